package dev.signalbox.api.anthropic;

import dev.signalbox.api.Bodies;
import dev.signalbox.api.Door;
import dev.signalbox.api.Doorplate;
import dev.signalbox.api.Gate;
import dev.signalbox.api.Reader;
import dev.signalbox.api.Reading;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.anthropic.AnthropicCounting;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.keys.KeyRing;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code /v1/messages}, {@code /v1/messages/count_tokens} and {@code /v1/models}, as Anthropic's clients call them. */
@Singleton
public class AnthropicDoor implements Doorplate, Reader {

    /** Before the door that lists models for those who name no version. */
    private static final int BEFORE_OTHERS = -1_100;

    private static final String MESSAGES = "/v1/messages";
    private static final String MODELS = "/v1/models";

    /** Where Anthropic's clients look for the id of a request. */
    private static final String REQUEST_ID = "request-id";

    private final AnthropicDialect dialect = new AnthropicDialect();
    private final AnthropicCounting counting = new AnthropicCounting();
    private final AnthropicReading reading = new AnthropicReading(dialect);
    private final Door door;
    private final Catalogue catalogue;
    private final KeyRing keys;

    /** For CDI. */
    public AnthropicDoor(Door door, Catalogue catalogue, KeyRing keys) {
        this.door = door;
        this.catalogue = catalogue;
        this.keys = keys;
    }

    void routes(@Observes Router router) {
        router.route(MESSAGES).order(BEFORE_OTHERS).handler(this::message);
        router.route(MESSAGES + "/count_tokens").order(BEFORE_OTHERS).handler(this::count);
        router.route(MESSAGES + "/*").order(BEFORE_OTHERS + 1).handler(this::nothing);
        router.route(MODELS).order(BEFORE_OTHERS).handler(ctx -> models(ctx, AnthropicDoor::page));
        router.route(MODELS + "/*").order(BEFORE_OTHERS).handler(ctx -> models(ctx, AnthropicDoor::one));
    }

    @Override
    public boolean isFor(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        return path.equals(MESSAGES)
                || path.startsWith(MESSAGES + "/")
                || request.getHeader(AnthropicReading.VERSION) != null;
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public List<Reading> readings() {
        return List.of(reading);
    }

    private void message(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        door.chat(
                stamped(ctx),
                dialect,
                credential(request),
                (arrival, body) -> reading.message(arrival, request.headers(), body));
    }

    private void count(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        door.chat(
                stamped(ctx),
                counting,
                credential(request),
                (arrival, body) -> AnthropicReading.count(arrival, request.headers(), counting, body));
    }

    /** Gives the answer the id under the name that Anthropic's clients know, once there is one. */
    private static RoutingContext stamped(RoutingContext ctx) {
        ctx.addHeadersEndHandler(_ -> {
            String id = ctx.response().headers().get(Gate.REQUEST_ID);
            if (id != null) {
                ctx.response().putHeader(REQUEST_ID, id);
            }
        });
        return ctx;
    }

    private static @Nullable String credential(HttpServerRequest request) {
        String key = request.getHeader("x-api-key");
        return key == null || key.isBlank() ? Gate.bearer(request) : key.trim();
    }

    private void nothing(RoutingContext ctx) {
        door.plain(stamped(ctx), dialect, ctx.request().method(), _ -> {
            throw new SignalboxException(
                    404,
                    "not_found",
                    "there is nothing at " + ctx.request().method() + " "
                            + Bodies.shown(String.valueOf(ctx.request().path())),
                    null);
        });
    }

    private void models(RoutingContext ctx, Function<Listing, Buffer> answer) {
        if (ctx.request().getHeader(AnthropicReading.VERSION) == null) {
            ctx.next();
            return;
        }
        door.plain(
                stamped(ctx),
                dialect,
                HttpMethod.GET,
                asked -> answer.apply(new Listing(
                        asked.request(),
                        new AnthropicModels(catalogue.current(), keys.identify(credential(asked.request()))))));
    }

    /** Someone asks for models. */
    private record Listing(HttpServerRequest request, AnthropicModels models) {}

    private static Buffer page(Listing listing) {
        return Buffer.buffer(Json.bytes(listing.models().page(listing.request())));
    }

    private static Buffer one(Listing listing) {
        String path = String.valueOf(listing.request().path());
        return Buffer.buffer(Json.bytes(listing.models().one(decoded(path.substring(MODELS.length() + 1)))));
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }
}
