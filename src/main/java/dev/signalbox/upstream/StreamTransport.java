package dev.signalbox.upstream;

import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.ContextInternal;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Carries every streamed answer, of all providers, over kept connections. Each event loop has a pool of its own: who asks and
 * who answers are served by the same thread then, and no chunk has to wake up a second one. The REST client is not used for
 * streams since it closes the connection after each one (docs/decisions/0003).
 */
@Singleton
public class StreamTransport {

    /** To each host, from each event loop. */
    private static final int CONNECTIONS = 20_000;

    /** For a connection, in each event loop. */
    private static final int WAITING = 2_000;

    private static final int KEPT_SECONDS = 30;

    private final Vertx vertx;
    private final Map<EventLoop, HttpClient> clients = new ConcurrentHashMap<>();

    /** Opens no connection yet. */
    public StreamTransport(Vertx vertx) {
        this.vertx = vertx;
    }

    private HttpClient client() {
        EventLoop loop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        HttpClient known = clients.get(loop);
        return known == null ? clients.computeIfAbsent(loop, _ -> connect()) : known;
    }

    private HttpClient connect() {
        return vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(CONNECTIONS)
                .setMaxWaitQueueSize(WAITING)
                .setKeepAliveTimeout(KEPT_SECONDS)
                .setVerifyHost(true));
    }

    /** What comes back: {@link #head} first, {@link #end} or {@link #broken} last. */
    public interface Answer {
        /** The connection is there. */
        void connected();

        /** Status and headers; the answer can be paused through it. */
        void head(HttpClientResponse response);

        /** Some bytes. */
        void bytes(Buffer bytes);

        /** The body is whole. */
        void end();

        /** It broke. */
        void broken(Throwable cause);
    }

    /**
     * Sends a request.
     *
     * @param uri where
     * @param headers with credentials
     * @param connectTimeout how long a connection may take to open
     * @param call whose attempt it is: when it is cancelled the connection is closed
     */
    public void post(
            URI uri, Map<String, String> headers, byte[] body, Duration connectTimeout, Call call, Answer answer) {
        boolean tls = "https".equals(uri.getScheme());
        MultiMap fields = MultiMap.caseInsensitiveMultiMap();
        headers.forEach(fields::set);
        var options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(uri.getHost())
                .setPort(uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80)
                .setSsl(tls)
                .setURI(uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + '?' + uri.getRawQuery())
                .setFollowRedirects(false)
                .setConnectTimeout(connectTimeout.toMillis())
                .setHeaders(fields);
        client().request(options).onComplete(opened -> {
            if (opened.failed()) {
                answer.broken(opened.cause());
                return;
            }
            HttpClientRequest request = opened.result();
            request.exceptionHandler(answer::broken);
            if (call.cancellation().isCancelled()) {
                request.reset();
                return;
            }
            answer.connected();
            call.cancellation().onCancel(request::reset);
            request.response().onComplete(came -> {
                if (came.failed()) {
                    answer.broken(came.cause());
                    return;
                }
                HttpClientResponse response = came.result();
                response.exceptionHandler(answer::broken);
                response.handler(answer::bytes);
                response.endHandler(_ -> answer.end());
                answer.head(response);
            });
            request.send(Buffer.buffer(body)).onFailure(answer::broken);
        });
    }

    /** The failure of a stream that ended without its end mark. */
    static UpstreamFailure cut() {
        return new UpstreamFailure(Kind.INVALID_ANSWER, "the stream ended before its end mark");
    }
}
