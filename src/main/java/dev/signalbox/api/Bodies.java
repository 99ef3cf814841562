package dev.signalbox.api;

import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.SignalboxException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests: JSON, perhaps gzipped, up to a size that counts after decompression. */
@Singleton
public class Bodies {

    /** Decompressing more than this takes too long for an event loop. */
    private static final int SMALL = 64 * 1024;

    /** How long a body may take to begin, and how many bytes of it buy another second. */
    private static final long PATIENCE_MILLIS = 20_000;

    private static final long BYTES_A_SECOND = 1024;

    /** How long a body that nobody wants is still taken from the wire. */
    private static final long LINGER_MILLIS = 10_000;

    private final Vertx vertx;
    private final long most;

    /** For CDI. */
    public Bodies(Vertx vertx, ApiConfig config) {
        this.vertx = vertx;
        this.most = config.maxBodySize().asLongValue();
    }

    /** What comes of it: one of the two, once, on the request's event loop. */
    public interface Outcome {
        /** All of it. */
        void body(byte[] bytes);

        /** It is not wanted. */
        void refused(SignalboxException why);
    }

    /**
     * Refuses what is not declared to be JSON.
     *
     * @throws SignalboxException 415 {@code unsupported_media_type}
     */
    public static void requireJson(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (!isJson(type)) {
            throw new SignalboxException(
                    415,
                    "unsupported_media_type",
                    "the body must be sent with 'content-type: application/json'"
                            + (type == null ? "" : ", not '" + shown(type) + "'"),
                    "content-type");
        }
    }

    static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        int end = type.indexOf(';');
        String media = (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
        return media.equals("application/json") || (media.startsWith("application/") && media.endsWith("+json"));
    }

    /** Text of a caller as it may stand in a message: printable ASCII, not too long. */
    public static String shown(String text) {
        String cut = text.length() > 100 ? text.substring(0, 100) + "..." : text;
        return cut.replaceAll("[^\\x20-\\x7E]", "?");
    }

    /** Reads the whole body. */
    public void read(HttpServerRequest request, Outcome outcome) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        boolean gzip = "gzip".equalsIgnoreCase(encoding) || "x-gzip".equalsIgnoreCase(encoding);
        if (encoding != null && !gzip && !"identity".equalsIgnoreCase(encoding)) {
            refuse(
                    request,
                    outcome,
                    new SignalboxException(
                            415,
                            "unsupported_media_type",
                            "content-encoding '" + shown(encoding) + "' is not understood; send gzip or none",
                            "content-encoding"));
            return;
        }
        new Reading(request, gzip, outcome).begin();
    }

    private SignalboxException tooLarge() {
        return new SignalboxException(
                413, "request_too_large", "the body is larger than " + most + " bytes (signalbox.max-body-size)", null);
    }

    private static void refuse(HttpServerRequest request, Outcome outcome, SignalboxException why) {
        request.response().putHeader("connection", "close");
        pass(request);
        outcome.refused(why);
    }

    /**
     * Lets what is left of a body pass unread, so that a caller who is still writing gets to read the refusal; for a while, then
     * the connection is closed.
     */
    static void pass(HttpServerRequest request) {
        if (request.isEnded()) {
            return;
        }
        request.handler(_ -> {});
        request.resume();
        Context loop = Vertx.currentContext();
        if (loop != null && request.version() != HttpVersion.HTTP_2) {
            // a body that came with its head has passed by then
            loop.runOnContext(_ -> {
                if (!request.isEnded()) {
                    loop.owner().setTimer(LINGER_MILLIS, _ -> hangUp(request));
                }
            });
        }
    }

    private static void hangUp(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.connection().close();
        }
    }

    private final class Reading {
        private final HttpServerRequest request;
        private final boolean gzip;
        private final Outcome outcome;
        private @Nullable Buffer gathered;
        private boolean over;
        private long begunAt;
        private long timer = -1;

        Reading(HttpServerRequest request, boolean gzip, Outcome outcome) {
            this.request = request;
            this.gzip = gzip;
            this.outcome = outcome;
        }

        void begin() {
            String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
            if (length != null && isMore(length)) {
                refuse(request, outcome, tooLarge());
                return;
            }
            if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
                request.response().writeContinue();
            }
            request.handler(this::more);
            request.endHandler(_ -> end());
            request.exceptionHandler(_ -> stop());
            request.resume();
            vertx.getOrCreateContext().runOnContext(_ -> watch());
        }

        /** A body that came with its head is whole by now; who sends on must keep going. */
        private void watch() {
            if (!over) {
                begunAt = System.nanoTime();
                timer = vertx.setTimer(PATIENCE_MILLIS, _ -> look());
            }
        }

        private void look() {
            timer = -1;
            Buffer sofar = gathered;
            long due = PATIENCE_MILLIS + 1000L * (sofar == null ? 0 : sofar.length()) / BYTES_A_SECOND;
            long left = due - (System.nanoTime() - begunAt) / 1_000_000;
            if (left > 0) {
                timer = vertx.setTimer(left, _ -> look());
                return;
            }
            stop();
            refuse(
                    request,
                    outcome,
                    new SignalboxException(
                            408,
                            "request_timeout",
                            "the body comes too slowly: less than %d bytes a second after %d seconds"
                                    .formatted(BYTES_A_SECOND, PATIENCE_MILLIS / 1000),
                            null));
        }

        /** Nothing more of it is wanted, or will come. */
        private void stop() {
            over = true;
            gathered = null;
            if (timer >= 0) {
                vertx.cancelTimer(timer);
            }
        }

        private boolean isMore(String length) {
            try {
                return Long.parseLong(length.trim()) > most;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        private void more(Buffer chunk) {
            if (over) {
                return;
            }
            Buffer sofar = gathered;
            if ((sofar == null ? 0L : sofar.length()) + chunk.length() > most) {
                stop();
                refuse(request, outcome, tooLarge());
            } else if (sofar == null) {
                gathered = chunk;
            } else {
                gathered = (sofar.length() < SMALL ? Buffer.buffer(SMALL * 2).appendBuffer(sofar) : sofar)
                        .appendBuffer(chunk);
            }
        }

        private void end() {
            if (over) {
                return;
            }
            byte[] bytes = gathered == null ? new byte[0] : gathered.getBytes();
            stop();
            if (!gzip) {
                outcome.body(bytes);
            } else if (bytes.length <= SMALL / 8) {
                inflated(bytes);
            } else {
                vertx.executeBlocking(() -> inflate(bytes), false).onComplete(done -> {
                    if (done.succeeded()) {
                        outcome.body(done.result());
                    } else {
                        outcome.refused(told(done.cause()));
                    }
                });
            }
        }

        private void inflated(byte[] bytes) {
            byte[] plain;
            try {
                plain = inflate(bytes);
            } catch (IOException | SignalboxException e) {
                outcome.refused(told(e));
                return;
            }
            outcome.body(plain);
        }

        private SignalboxException told(Throwable cause) {
            return cause instanceof SignalboxException known
                    ? known
                    : new InvalidRequest("the body is not valid gzip", "content-encoding");
        }

        private byte[] inflate(byte[] bytes) throws IOException {
            var plain = new ByteArrayOutputStream(bytes.length * 4);
            try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                byte[] piece = new byte[16 * 1024];
                for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                    if (plain.size() + n > most) {
                        throw tooLarge();
                    }
                    plain.write(piece, 0, n);
                }
            }
            return plain.toByteArray();
        }
    }
}
