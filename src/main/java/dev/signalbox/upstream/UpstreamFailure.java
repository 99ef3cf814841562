package dev.signalbox.upstream;

import dev.signalbox.chat.Dialect.UpstreamError;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An attempt failed. What follows is decided by its {@link Kind} alone. */
public final class UpstreamFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What a failure means for the attempts after it. */
    public enum Kind {
        /** 429: this credential has had enough for now. */
        RATE_LIMITED(false, true, false),
        /** 429 or 402: this credential's money is used up. */
        QUOTA_EXHAUSTED(false, true, false),
        /** 503 or 529: the vendor is overloaded. */
        OVERLOADED(true, true, true),
        /** Another 5xx, or 408. */
        SERVER_ERROR(true, true, true),
        /** An answer that is none: broken JSON, an empty body, an error inside a 200. */
        INVALID_ANSWER(true, true, true),
        /** No connection, or it was closed before the answer. */
        CONNECT_FAILED(true, true, true),
        /** The first token, or the whole plain answer, took too long. */
        FIRST_EVENT_TIMEOUT(true, true, true),
        /** 401 or 403: our credential, never the caller's. */
        CREDENTIAL_REJECTED(false, true, false),
        /** 404, or an address that answers with something else: misconfigured. */
        MODEL_UNAVAILABLE(false, true, false),
        /** 400: the prompt is longer than the model's window. */
        CONTEXT_TOO_LONG(false, false, false),
        /** 400: the vendor's content policy. */
        CONTENT_FILTERED(false, false, false),
        /** Another 4xx: the caller's fault. */
        INVALID_REQUEST(false, false, false),
        /** It broke, or fell silent, after the first token. */
        STREAM_BROKEN(false, false, true),
        /** It was asked to go on with another's answer, and said something else; of which the caller heard nothing. */
        NOT_CONTINUED(false, true, false),
        /** The caller's own time is used up. */
        OUT_OF_TIME(false, false, false),
        /** A whole answer that is not as it should be, so that another is asked for. */
        FLAWED(false, false, false),
        /** Another attempt was faster. */
        SUPERSEDED(false, false, false),
        /** The caller has hung up. */
        CALLER_GONE(false, false, false);

        private final boolean again;
        private final boolean next;
        private final boolean counted;

        Kind(boolean again, boolean next, boolean counted) {
            this.again = again;
            this.next = next;
            this.counted = counted;
        }

        /** Whether the same deployment may be asked again after a pause. */
        public boolean isWorthRetrying() {
            return again;
        }

        /** Whether the next candidate is asked. */
        public boolean goesOn() {
            return next;
        }

        /** Whether it says something about the health of the deployment. */
        public boolean countsForBreaker() {
            return counted;
        }

        /** Whether another credential of the same provider may do better. */
        public boolean isOfTheCredential() {
            return this == RATE_LIMITED || this == QUOTA_EXHAUSTED || this == CREDENTIAL_REJECTED;
        }

        /** As it is told in attempts and metrics, such as {@code rate_limited}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;
    private final @Nullable Integer status;
    private final transient @Nullable UpstreamError error;
    private final transient byte @Nullable [] body;
    private final transient @Nullable Duration retryAfter;
    private final @Nullable String dialect;
    private final boolean isOnPurpose;

    /**
     * @param kind what it means
     * @param message what happened, without credentials
     * @param status the upstream's HTTP status; null when there was none
     * @param error what the upstream said; null when it said nothing
     * @param body its words as they were, for a caller of the same language; null when there is none
     * @param retryAfter when the upstream wants to be asked again; null when it did not say
     * @param dialect the language of {@code body}; null when there is none
     */
    public UpstreamFailure(
            Kind kind,
            String message,
            @Nullable Integer status,
            @Nullable UpstreamError error,
            byte @Nullable [] body,
            @Nullable Duration retryAfter,
            @Nullable String dialect) {
        this(kind, message, status, error, body, retryAfter, dialect, false);
    }

    private UpstreamFailure(
            Kind kind,
            String message,
            @Nullable Integer status,
            @Nullable UpstreamError error,
            byte @Nullable [] body,
            @Nullable Duration retryAfter,
            @Nullable String dialect,
            boolean isOnPurpose) {
        super(message, null, false, false);
        this.kind = kind;
        this.status = status;
        this.error = error;
        this.body = body;
        this.retryAfter = retryAfter;
        this.dialect = dialect;
        this.isOnPurpose = isOnPurpose;
    }

    /** A failure without an answer. */
    public UpstreamFailure(Kind kind, String message) {
        this(kind, message, null, null, null, null, null);
    }

    /** The same, as one of a drill. */
    UpstreamFailure onPurpose() {
        return new UpstreamFailure(kind, message(), status, error, body, retryAfter, dialect, true);
    }

    /** Whether a drill made it. */
    boolean isOnPurpose() {
        return isOnPurpose;
    }

    /** Its kind and status, such as {@code server_error (HTTP 500)}, without anybody's words. */
    String inShort() {
        return kind.code() + (status == null ? "" : " (HTTP " + status + ")");
    }

    /** What it means. */
    public Kind kind() {
        return kind;
    }

    /** The upstream's HTTP status; null when there was none. */
    public @Nullable Integer status() {
        return status;
    }

    /** What the upstream said; null when it said nothing. */
    public @Nullable UpstreamError error() {
        return error;
    }

    /** The upstream's error body as it was; null when there is none. */
    public byte @Nullable [] body() {
        return body;
    }

    /** When the upstream wants to be asked again; null when it did not say. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** The language of {@link #body()}; null when there is none. */
    public @Nullable String dialect() {
        return dialect;
    }

    /** What happened, never null. */
    public String message() {
        return String.valueOf(getMessage());
    }
}
