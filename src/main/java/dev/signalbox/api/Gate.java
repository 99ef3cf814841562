package dev.signalbox.api;

import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.keys.KeyRing;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who may pass: the key a caller sends, and in open mode that no web page is behind the request. */
@Singleton
public class Gate {

    private static final Set<HttpMethod> WRITES = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);
    private static final List<String> ALWAYS_FORWARDED =
            List.of("traceparent", "tracestate", "baggage", "openai-beta", "anthropic-beta");

    /** The header that has the gateway's id of a request. */
    public static final String REQUEST_ID = "x-signalbox-request-id";

    private final KeyRing keys;
    private final Clock clock;
    private final Map<CharSequence, String> forwarded;

    /** For CDI. */
    public Gate(KeyRing keys, Clock clock, ApiConfig config) {
        this.keys = keys;
        this.clock = clock;
        this.forwarded = Stream.concat(
                        ALWAYS_FORWARDED.stream(),
                        config.forwardHeaders().orElse(List.of()).stream()
                                .map(name -> name.trim().toLowerCase(Locale.ROOT)))
                .distinct()
                .collect(Collectors.toMap(HttpHeaders::createOptimized, name -> name));
    }

    /** Gives the request its id, and writes it, and the caller's own, on the answer. */
    public static String stamp(HttpServerRequest request, HttpServerResponse response) {
        String id = newId();
        response.putHeader(HeaderNames.REQUEST_ID, id);
        String own = request.getHeader(HeaderNames.X_REQUEST_ID);
        response.putHeader(HeaderNames.X_REQUEST_ID, own == null || own.isEmpty() ? id : Bodies.shown(own));
        return id;
    }

    private static String newId() {
        var random = ThreadLocalRandom.current();
        return "req_" + hex(random.nextLong()) + hex(random.nextLong());
    }

    private static String hex(long bits) {
        char[] digits = new char[16];
        for (int i = 0; i < 16; i++) {
            digits[i] = Character.forDigit((int) (bits >>> (60 - 4 * i)) & 0xF, 16);
        }
        return new String(digits);
    }

    /**
     * Lets a caller in.
     *
     * @param credential as the dialect's clients send it
     * @throws SignalboxException 401, 403 or 400
     */
    public Exchange.Arrival admit(HttpServerRequest request, String id, long nanos, @Nullable String credential) {
        return arrival(request, id, nanos, keys.identify(credential));
    }

    /**
     * Somebody who needs no key, for those who were let in by other means.
     *
     * @throws SignalboxException 400 {@code invalid_request} naming the header
     */
    Exchange.Arrival anyone(HttpServerRequest request) {
        return arrival(request, newId(), System.nanoTime(), Caller.ANYONE);
    }

    private Exchange.Arrival arrival(HttpServerRequest request, String id, long nanos, Caller caller) {
        Controls asked = ControlHeaders.read(request.headers(), caller);
        Controls controls = caller.tags().isEmpty() ? asked : asked.tagged(caller.tags());
        SocketAddress remote = request.remoteAddress();
        String address = remote == null || remote.hostAddress() == null ? "" : remote.hostAddress();
        return new Exchange.Arrival(id, clock.instant(), nanos, caller, controls, forwarded(request), null, address);
    }

    private Map<String, String> forwarded(HttpServerRequest request) {
        Map<String, String> found = null;
        for (Map.Entry<CharSequence, String> name : forwarded.entrySet()) {
            String value = request.getHeader(name.getKey());
            if (value != null) {
                found = found == null ? new HashMap<>() : found;
                found.put(name.getValue(), value);
            }
        }
        return found == null ? Map.of() : found;
    }

    /** The credential of {@code Authorization: Bearer}. */
    public static @Nullable String bearer(HttpServerRequest request) {
        String value = request.getHeader(HttpHeaders.AUTHORIZATION);
        return value != null && value.regionMatches(true, 0, "Bearer ", 0, 7)
                ? value.substring(7).trim()
                : null;
    }

    /**
     * In open mode, refuses what a web page could send.
     *
     * @throws SignalboxException 403 {@code forbidden}
     */
    void requireNoWebPage(HttpServerRequest request) {
        if (!keys.isOpen()) {
            return;
        }
        HostAndPort host = request.authority();
        if (host == null || !KeyRing.isLoopback(host.host())) {
            throw forbidden("the Host header must name this machine, such as localhost");
        }
        String origin = request.getHeader("origin");
        if (origin != null && !isOwn(origin)) {
            throw forbidden("requests of web pages from elsewhere are refused");
        }
        if (WRITES.contains(request.method()) && !Bodies.isJson(request.getHeader("content-type"))) {
            throw forbidden("a write must be sent with 'content-type: application/json'");
        }
    }

    private static SignalboxException forbidden(String why) {
        return new SignalboxException(403, "forbidden", "the gateway is in open mode: " + why, null);
    }

    private static boolean isOwn(String origin) {
        try {
            String host = URI.create(origin).getHost();
            return host != null && KeyRing.isLoopback(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
