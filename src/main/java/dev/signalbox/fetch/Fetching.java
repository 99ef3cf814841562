package dev.signalbox.fetch;

import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is fetched for one exchange, all at once. A name is resolved here, the address is checked, and that same address is
 * connected to, so that a name cannot lead elsewhere between the check and the connection; with every redirect again. The
 * server is told the name, and must prove it where TLS is spoken.
 */
final class Fetching {

    private static final int MOST_REDIRECTS = 3;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Vertx vertx;
    private final HttpClient client;
    private final AddressRules rules;
    private final Exchange exchange;
    private final List<HttpClientRequest> open = new ArrayList<>(2);
    private final Map<String, Media.Base64> found = new HashMap<>();
    private long bytesLeft;
    private boolean over;

    Fetching(Vertx vertx, HttpClient client, AddressRules rules, Exchange exchange, long maxBytes) {
        this.vertx = vertx;
        this.client = client;
        this.rules = rules;
        this.exchange = exchange;
        this.bytesLeft = maxBytes;
        exchange.fetched().values().forEach(media -> bytesLeft -= media.data().length() * 3L / 4);
    }

    /**
     * Fetches.
     *
     * @param paths where in the caller's body they stand, by address
     */
    Future<Void> run(Map<String, String> paths, Duration timeout) {
        Promise<Void> end = Promise.promise();
        Runnable hangUp = () -> end.tryFail(new CallerGone());
        exchange.cancellation().onCancel(hangUp);
        String first = paths.values().iterator().next();
        long ours = timeout.toMillis();
        long callers = callersMillis();
        long timer = vertx.setTimer(
                Math.max(1, Math.min(ours, callers)),
                _ -> end.tryFail(
                        callers < ours
                                ? new SignalboxException(504, "timeout", "the request's own time is used up", null)
                                : refused(first, "it takes longer than " + ours + " ms")));
        List<Future<Void>> all = new ArrayList<>(paths.size());
        paths.forEach((url, path) -> all.add(one(url, path)));
        Future.all(all).onComplete(done -> {
            if (done.succeeded()) {
                end.tryComplete();
            } else {
                end.tryFail(done.cause());
            }
        });
        // a step of its own, and no listener: who waits for the end on another thread must not overtake it
        return end.future().transform(done -> {
            over = true;
            vertx.cancelTimer(timer);
            exchange.cancellation().forget(hangUp);
            open.forEach(HttpClientRequest::reset);
            if (done.succeeded()) {
                exchange.keep(found);
            }
            return done.succeeded() ? Future.succeededFuture() : Future.failedFuture(done.cause());
        });
    }

    /** What is left of the time that the caller gave the whole request. */
    private long callersMillis() {
        Duration whole = exchange.controls().timeout();
        return whole == null
                ? Long.MAX_VALUE
                : whole.minusNanos(System.nanoTime() - exchange.startNanos()).toMillis();
    }

    private Future<Void> one(String url, String path) {
        return get(url, path, 0)
                .recover(failure -> Future.failedFuture(
                        failure instanceof InvalidRequest ? failure : refused(path, "its server does not answer")))
                .compose(bytes -> {
                    String mediaType = MediaTypes.of(bytes);
                    if (mediaType == null || !isWanted(url, mediaType)) {
                        return Future.failedFuture(refused(
                                path,
                                "it is "
                                        + (mediaType == null ? "none of PNG, JPEG, GIF, WebP, PDF and text" : mediaType)
                                        + (isPicture(url) ? ", and not an image" : ", and not a document")));
                    }
                    return vertx.executeBlocking(() -> Base64.getEncoder().encodeToString(bytes), false)
                            .onSuccess(data -> found.put(url, new Media.Base64(mediaType, data)))
                            .mapEmpty();
                });
    }

    private static InvalidRequest refused(String path, String why) {
        return new InvalidRequest("'" + path + "': what is at its address cannot be fetched: " + why, path);
    }

    private Future<byte[]> get(String url, String path, int redirects) {
        URI uri = parsed(url);
        if (uri == null) {
            return Future.failedFuture(
                    refused(path, "the address must be like https://host[:port]/path, without user and password"));
        }
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
        String host = uri.getHost().startsWith("[")
                ? uri.getHost().substring(1, uri.getHost().length() - 1)
                : uri.getHost();
        String target = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return vertx.executeBlocking(() -> allowed(host), false)
                .compose(address -> address == null
                        ? Future.failedFuture(refused(path, "it does not lead to a public address"))
                        : client.request(new RequestOptions()
                                .setMethod(HttpMethod.GET)
                                .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
                                .setHost(host)
                                .setPort(port)
                                .setSsl(tls)
                                .setURI(uri.getRawQuery() == null ? target : target + '?' + uri.getRawQuery())
                                .setFollowRedirects(false)
                                .putHeader("accept", "*/*")
                                .putHeader("user-agent", "signalbox")))
                .compose(this::sent)
                .compose(response -> {
                    if (REDIRECTS.contains(response.statusCode())) {
                        String location = response.getHeader("location");
                        response.request().reset();
                        if (location == null || redirects == MOST_REDIRECTS) {
                            return Future.failedFuture(refused(path, "it leads on and on"));
                        }
                        return get(resolved(uri, location), path, redirects + 1);
                    }
                    return response.statusCode() == 200
                            ? body(response, path)
                            : Future.failedFuture(refused(path, "its server answers HTTP " + response.statusCode()));
                });
    }

    private static @Nullable URI parsed(String url) {
        try {
            URI uri = new URI(url.strip());
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return http && uri.getHost() != null && uri.getRawUserInfo() == null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static String resolved(URI from, String location) {
        try {
            return from.resolve(location.strip()).toString();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The first address of that name that may be connected to; null when there is none. */
    private @Nullable InetAddress allowed(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (rules.allow(address)) {
                    return address;
                }
            }
        } catch (UnknownHostException unknown) {
            return null;
        }
        return null;
    }

    private Future<HttpClientResponse> sent(HttpClientRequest request) {
        if (over) {
            request.reset();
            return Future.failedFuture(new IllegalStateException("too late"));
        }
        open.add(request);
        // those that are given up are reset, which is no news
        return request.send().onSuccess(response -> response.exceptionHandler(_ -> {}));
    }

    private Future<byte[]> body(HttpClientResponse response, String path) {
        Promise<byte[]> whole = Promise.promise();
        Buffer bytes = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.handler(part -> {
            bytesLeft -= part.length();
            if (bytesLeft < 0) {
                whole.tryFail(refused(path, "it is larger than signalbox.fetch.max-bytes allows"));
                response.request().reset();
            } else {
                bytes.appendBuffer(part);
            }
        });
        response.endHandler(_ -> whole.tryComplete(bytes.getBytes()));
        return whole.future();
    }

    private boolean isWanted(String url, String mediaType) {
        return isPicture(url) == mediaType.startsWith("image/");
    }

    /** Whether a picture is wanted from that address, and not a document. */
    private boolean isPicture(String url) {
        for (Prompt.Message message : exchange.prompt().messages()) {
            if (isPicture(message.parts(), url)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPicture(List<Part> parts, String url) {
        for (Part part : parts) {
            boolean found = switch (part) {
                case Part.Image image -> image.media() instanceof Media.Url(var at) && at.equals(url);
                case Part.ToolResult result -> isPicture(result.content(), url);
                case Part.Text _,
                        Part.Document _,
                        Part.Audio _,
                        Part.ToolCall _,
                        Part.Thinking _,
                        Part.SealedThinking _,
                        Part.Refusal _ -> false;
            };
            if (found) {
                return true;
            }
        }
        return false;
    }
}
