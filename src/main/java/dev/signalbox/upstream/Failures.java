package dev.signalbox.upstream;

import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells what an upstream's answer or silence means; by behaviour, never by the name of a vendor. */
public final class Failures {

    private static final Logger LOG = Logger.getLogger(Failures.class);

    private static final Duration LONGEST_REST = Duration.ofHours(24);

    private static final List<String> TOO_LONG = List.of(
            "context_length_exceeded",
            "maximum context length",
            "context window",
            "prompt is too long",
            "input is too long",
            "too many tokens",
            "exceeds the maximum number of tokens",
            "but model only supports up to",
            "input length and `max_tokens` exceed",
            "reduce the length of the messages");

    private static final List<String> FILTERED = List.of(
            "content_filter",
            "content_policy",
            "content policy",
            "content management policy",
            "responsibleaipolicyviolation",
            "safety system");

    /** A credential that is good for other models is not rejected because of one. */
    private static final List<String> NOT_THIS_MODEL =
            List.of("model_not_found", "access to model", "access to the model", "model access", "this model");

    /** A 400 that is about our key and not about what the caller asks. */
    private static final List<String> NOT_THIS_CREDENTIAL =
            List.of("api_key_invalid", "api key not valid", "api key expired");

    /** A 400 that is about where this gateway stands and not about what the caller asks. */
    private static final List<String> NOT_FROM_HERE = List.of("user location is not supported");

    private static final List<String> NO_MONEY = List.of(
            "insufficient_quota",
            "spend_limit",
            "billing",
            "credit balance",
            "exceeded your current quota",
            "payment required",
            "insufficient balance");

    private Failures() {}

    /**
     * What an error answer means.
     *
     * @param header looks a header of the answer up; null when it is not there
     */
    public static UpstreamFailure of(
            Dialect dialect, int status, UnaryOperator<@Nullable String> header, byte[] body, Clock clock) {
        UpstreamError error = dialect.readError(status, body);
        Duration inHeader = retryAfter(header, clock);
        return new UpstreamFailure(
                kind(error.status(), error),
                error.message(),
                status,
                error,
                body,
                inHeader == null ? retryAfter(error) : inHeader,
                dialect.id());
    }

    /** What an error inside a 200, or an answer that is none, means. */
    public static UpstreamFailure of(Dialect.BrokenAnswer broken) {
        UpstreamError error = broken.error();
        if (error == null) {
            return new UpstreamFailure(
                    Kind.INVALID_ANSWER, String.valueOf(broken.getMessage()), 200, null, null, null, null);
        }
        return new UpstreamFailure(
                kind(error.status(), error), error.message(), error.status(), error, null, retryAfter(error), null);
    }

    private static @Nullable Duration retryAfter(UpstreamError error) {
        Duration asked = error.retryAfter();
        return asked == null ? null : bounded(asked);
    }

    static Kind kind(int status, UpstreamError error) {
        String words = (error.type() + ' ' + error.code() + ' ' + error.message()).toLowerCase(Locale.ROOT);
        return switch (status) {
            case 401 -> Kind.CREDENTIAL_REJECTED;
            case 403 -> {
                if (any(words, FILTERED)) {
                    yield Kind.CONTENT_FILTERED;
                }
                yield any(words, NOT_THIS_MODEL) ? Kind.MODEL_UNAVAILABLE : Kind.CREDENTIAL_REJECTED;
            }
            case 402 -> Kind.QUOTA_EXHAUSTED;
            case 404, 405 -> Kind.MODEL_UNAVAILABLE;
            case 408, 499, 504 -> Kind.SERVER_ERROR;
            // some speak of plans and billing at every limit; who says when to come back is not out of money
            case 429 -> any(words, NO_MONEY) && error.retryAfter() == null ? Kind.QUOTA_EXHAUSTED : Kind.RATE_LIMITED;
            case 503, 529 -> Kind.OVERLOADED;
            default -> {
                if (status >= 500) {
                    yield Kind.SERVER_ERROR;
                }
                if (status < 400) {
                    yield Kind.MODEL_UNAVAILABLE;
                }
                if (any(words, NOT_THIS_CREDENTIAL)) {
                    yield Kind.CREDENTIAL_REJECTED;
                }
                if (any(words, NOT_FROM_HERE)) {
                    yield Kind.MODEL_UNAVAILABLE;
                }
                if (any(words, TOO_LONG)) {
                    yield Kind.CONTEXT_TOO_LONG;
                }
                if (any(words, FILTERED)) {
                    yield Kind.CONTENT_FILTERED;
                }
                yield any(words, NO_MONEY) ? Kind.QUOTA_EXHAUSTED : Kind.INVALID_REQUEST;
            }
        };
    }

    private static boolean any(String words, List<String> of) {
        for (String word : of) {
            if (words.contains(word)) {
                return true;
            }
        }
        return false;
    }

    /** When to come back: {@code retry-after-ms}, or {@code Retry-After} in seconds or as a date (RFC 9110, 10.2.3). */
    static @Nullable Duration retryAfter(UnaryOperator<@Nullable String> header, Clock clock) {
        Duration millis = number(header.apply("retry-after-ms"), 1);
        if (millis != null) {
            return millis;
        }
        String value = header.apply("retry-after");
        Duration seconds = number(value, 1000);
        if (seconds != null || value == null) {
            return seconds;
        }
        try {
            Instant at = ZonedDateTime.parse(value.trim(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return bounded(Duration.between(clock.instant(), at));
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static @Nullable Duration number(@Nullable String text, long millis) {
        if (text == null) {
            return null;
        }
        try {
            double value = Double.parseDouble(text.trim());
            return Double.isNaN(value) ? null : bounded(Duration.ofMillis((long) Math.ceil(value * millis)));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Duration bounded(Duration rest) {
        if (rest.isNegative()) {
            return Duration.ZERO;
        }
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }

    /** What an exception of a transport means: no answer came. */
    public static UpstreamFailure of(Throwable thrown) {
        if (thrown instanceof UpstreamFailure failure) {
            return failure;
        }
        if (thrown instanceof Dialect.BrokenAnswer broken) {
            return of(broken);
        }
        Throwable cause = thrown;
        for (int depth = 0; depth < 10 && cause.getCause() != null && !(cause instanceof IOException); depth++) {
            cause = cause.getCause();
        }
        if (!(cause instanceof IOException || cause instanceof VertxException || cause instanceof TimeoutException)) {
            LOG.errorf(thrown, "an attempt failed inside the gateway");
        }
        String what = cause.getClass().getSimpleName();
        return new UpstreamFailure(Kind.CONNECT_FAILED, "no answer from the upstream (" + what + ")");
    }
}
