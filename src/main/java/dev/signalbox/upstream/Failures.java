package dev.signalbox.upstream;

import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells what an upstream's answer or silence means; by behaviour, never by the name of a vendor. */
public final class Failures {

    private static final Logger LOG = Logger.getLogger(Failures.class);

    private static final List<String> TOO_LONG = List.of(
            "context_length_exceeded",
            "string_above_max_length",
            "maximum context length",
            "maximum prompt length",
            "exceeds the context length",
            "context window",
            "available context size",
            "prompt is too long",
            "input is too long",
            "too many tokens",
            "exceeds the maximum number of tokens",
            "but model only supports up to",
            "tokens + `max_new_tokens` must be",
            "tokens (prompt and prediction) cannot exceed",
            "input length and `max_tokens` exceed",
            "reduce the length of the messages");

    /** More than a whole minute's tokens: no waiting helps, and the credential is as good as ever for others. */
    private static final List<String> TOO_LARGE_ALONE = List.of("request too large for");

    private static final List<String> FILTERED = List.of(
            "content_filter",
            "content filter",
            "content_policy",
            "content policy",
            "content management policy",
            "content exists risk",
            "data_inspection_failed",
            "flagged as potentially violating",
            "input was flagged",
            "responsibleaipolicyviolation",
            "safety system",
            "violates usage guidelines");

    /** A credential that is good for other models is not rejected because of one. */
    private static final List<String> NOT_THIS_MODEL =
            List.of("model_not_found", "access to model", "access to the model", "model access", "this model");

    /** A 400 that is about our key and not about what the caller asks. */
    private static final List<String> NOT_THIS_CREDENTIAL =
            List.of("api_key_invalid", "api key not valid", "api key expired", "incorrect api key provided");

    /** A 400 that is about where this gateway stands and not about what the caller asks. */
    private static final List<String> NOT_FROM_HERE = List.of("user location is not supported");

    /** A 400 that ought to be a 429, though it speaks of tokens. */
    private static final List<String> SLOW_DOWN = List.of("please wait before trying again");

    private static final List<String> NO_MONEY = List.of(
            "insufficient_quota",
            "spend_limit",
            "spending limit",
            "api usage limits",
            "credit balance",
            "insufficient credits",
            "out of credits",
            "credits are depleted",
            "payment required",
            "insufficient balance");

    /** Some speak of plans and billing at every limit; who says when to come back is not out of money. */
    private static final List<String> PERHAPS_NO_MONEY = List.of("billing", "exceeded your current quota");

    /** A limit that does not begin anew within the minute. */
    private static final List<String> FOR_LONG = List.of("per day", "per-day", "/ day", "per month", "/ month");

    private Failures() {}

    /**
     * What an error answer means.
     *
     * @param header looks a header of the answer up; null when it is not there
     */
    public static UpstreamFailure of(
            Dialect dialect, int status, UnaryOperator<@Nullable String> header, byte[] body, Clock clock) {
        UpstreamError error = dialect.readError(status, body);
        Duration retryAfter = RetryAfter.of(error, header, dialect.allowances(), clock);
        return new UpstreamFailure(
                kind(error, retryAfter), error.message(), status, error, body, retryAfter, dialect.id());
    }

    /** What an error inside a 200, or an answer that is none, means. */
    public static UpstreamFailure of(Dialect.BrokenAnswer broken) {
        UpstreamError error = broken.error();
        if (error == null) {
            return new UpstreamFailure(
                    Kind.INVALID_ANSWER, String.valueOf(broken.getMessage()), 200, null, null, null, null);
        }
        Duration retryAfter = RetryAfter.of(error);
        return new UpstreamFailure(
                kind(error, retryAfter), error.message(), error.status(), error, null, retryAfter, null);
    }

    /**
     * The kind of an error.
     *
     * @param retryAfter when to come back; null when it is not said
     */
    static Kind kind(UpstreamError error, @Nullable Duration retryAfter) {
        int status = error.status();
        String name = (error.type() + ' ' + error.code()).toLowerCase(Locale.ROOT);
        String words = name + ' ' + error.message().toLowerCase(Locale.ROOT);
        return switch (status) {
            case 401 -> Kind.CREDENTIAL_REJECTED;
            case 402 -> Kind.QUOTA_EXHAUSTED;
            case 403 -> forbidden(words);
            case 404, 405 -> Kind.MODEL_UNAVAILABLE;
            case 408, 499, 504 -> Kind.SERVER_ERROR;
            case 429 -> tooMany(name, words, retryAfter);
            case 503, 529 -> Kind.OVERLOADED;
            default -> {
                if (status >= 500) {
                    yield Kind.SERVER_ERROR;
                }
                yield status < 400 ? Kind.MODEL_UNAVAILABLE : refused(words);
            }
        };
    }

    private static Kind forbidden(String words) {
        if (any(words, FILTERED)) {
            return Kind.CONTENT_FILTERED;
        }
        if (any(words, NO_MONEY)) {
            return Kind.QUOTA_EXHAUSTED;
        }
        return any(words, NOT_THIS_MODEL) ? Kind.MODEL_UNAVAILABLE : Kind.CREDENTIAL_REJECTED;
    }

    private static Kind tooMany(String name, String words, @Nullable Duration retryAfter) {
        if (any(words, NO_MONEY)) {
            return Kind.QUOTA_EXHAUSTED;
        }
        if (any(words, TOO_LARGE_ALONE)) {
            return Kind.CONTEXT_TOO_LONG;
        }
        if (retryAfter != null) {
            return Kind.RATE_LIMITED;
        }
        boolean used = any(words, FOR_LONG) || (any(words, PERHAPS_NO_MONEY) && !name.contains("rate_limit"));
        return used ? Kind.QUOTA_EXHAUSTED : Kind.RATE_LIMITED;
    }

    private static Kind refused(String words) {
        if (any(words, NOT_THIS_CREDENTIAL)) {
            return Kind.CREDENTIAL_REJECTED;
        }
        if (any(words, NOT_FROM_HERE)) {
            return Kind.MODEL_UNAVAILABLE;
        }
        if (any(words, SLOW_DOWN)) {
            return Kind.RATE_LIMITED;
        }
        if (any(words, TOO_LONG) || any(words, TOO_LARGE_ALONE)) {
            return Kind.CONTEXT_TOO_LONG;
        }
        if (any(words, FILTERED)) {
            return Kind.CONTENT_FILTERED;
        }
        return any(words, NO_MONEY) || any(words, PERHAPS_NO_MONEY) ? Kind.QUOTA_EXHAUSTED : Kind.INVALID_REQUEST;
    }

    private static boolean any(String words, List<String> of) {
        for (String word : of) {
            if (words.contains(word)) {
                return true;
            }
        }
        return false;
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
