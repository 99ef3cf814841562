package dev.signalbox.api;

import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.openai.OpenAiDialect;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The first look at every request, before anybody reads it: whether who has passed it on may have understood something else than
 * what is understood here. And the last word on requests that end before anybody could answer them.
 */
@Singleton
public class Entrance {

    /** The most characters of an address; the server takes in twice as much, so that what is longer is told so in JSON. */
    static final int LONGEST_ADDRESS = 8 * 1024;

    private static final Logger LOG = Logger.getLogger(Entrance.class);
    private static final int FIRST = -4_000;

    private final Instance<Doorplate> plates;
    private final Dialect usual = new OpenAiDialect();

    /** For CDI. */
    public Entrance(@Any Instance<Doorplate> plates) {
        this.plates = plates;
    }

    void routes(@Observes Router router) {
        Wicket.open();
        router.route().order(FIRST).handler(this::look).failureHandler(this::failed);
    }

    private void look(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (request.uri().length() > LONGEST_ADDRESS) {
            refuse(ctx, tooLong());
            return;
        }
        String ambiguous = ambiguous(request);
        if (ambiguous != null) {
            refuse(ctx, new SignalboxException(400, "invalid_request", ambiguous, null));
            request.connection().close();
            return;
        }
        ctx.next();
    }

    /** What in its head another server might read in another way; null: nothing. */
    private static @Nullable String ambiguous(HttpServerRequest request) {
        String encoding = request.headers().get(HttpHeaders.TRANSFER_ENCODING);
        if (encoding != null) {
            List<String> encodings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
            if (encodings.size() > 1
                    || !encoding.equalsIgnoreCase("chunked")
                    || request.version() != HttpVersion.HTTP_1_1) {
                return "transfer-encoding can only be 'chunked', once, and with HTTP/1.1";
            }
        }
        return request.headers().getAll(HttpHeaders.HOST).size() > 1 ? "the Host header stands twice" : null;
    }

    private void failed(RoutingContext ctx) {
        if (ctx.response().headWritten() || ctx.response().ended()) {
            ctx.next();
            return;
        }
        int status = ctx.statusCode();
        if (status == 404) {
            refuse(ctx, new SignalboxException(404, "not_found", "there is nothing at that address", null));
        } else if (status >= 400 && status < 500) {
            String why = status == 400 ? "the address or the Host header is not well formed" : "the request is refused";
            refuse(ctx, new SignalboxException(status, "invalid_request", why, null));
        } else {
            LOG.errorf(
                    ctx.failure(),
                    "%s failed inside the gateway",
                    Bodies.shown(String.valueOf(ctx.request().path())));
            refuse(ctx, new SignalboxException(500, "internal_error", "the gateway failed", null));
        }
    }

    /** Refuses what is no request, and does not listen to what comes behind it. */
    void refuse(HttpServerRequest request) {
        Throwable why = request.decoderResult().cause();
        SignalboxException told;
        if (why instanceof TooLongHttpLineException) {
            told = tooLong();
        } else if (why instanceof TooLongHttpHeaderException) {
            told = new SignalboxException(431, "invalid_request", "the headers are too large", null);
        } else {
            told = new SignalboxException(400, "invalid_request", "that is no well-formed request of HTTP/1.1", null);
        }
        HttpServerResponse response = request.response();
        refuse(request, response, told);
        request.connection().close();
    }

    private static SignalboxException tooLong() {
        return new SignalboxException(
                414, "invalid_request", "the address is longer than " + LONGEST_ADDRESS + " characters", null);
    }

    /** Refuses in the language of the door that is looked for. */
    void refuse(RoutingContext ctx, SignalboxException why) {
        Bodies.pass(ctx.request());
        refuse(ctx.request(), ctx.response(), why);
    }

    private void refuse(HttpServerRequest request, HttpServerResponse response, SignalboxException why) {
        Gate.stamp(request, response);
        Dialect dialect = plates.stream()
                .filter(plate -> plate.isFor(request))
                .findFirst()
                .map(Doorplate::dialect)
                .orElse(usual);
        ReplyWriter.refuse(response, dialect, why);
    }
}
