package dev.signalbox.chat;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a caller is told: a stable {@code code} with its HTTP status and a message that says what to do. It is
 * rendered by the caller's dialect and carries no stack trace, since it is an answer and not a bug.
 */
public class SignalboxException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final transient @Nullable String param;
    private final transient List<Attempt> attempts;
    private final transient @Nullable Duration retryAfter;

    /**
     * @param status the HTTP status the caller sees
     * @param code the stable code, such as {@code model_not_found}
     * @param message what happened, in words for the caller
     * @param param the field of the caller's request that is at fault, if one is
     * @param attempts what was tried before, oldest first
     * @param retryAfter when it is worth coming back, if known
     */
    public SignalboxException(
            int status,
            String code,
            String message,
            @Nullable String param,
            List<Attempt> attempts,
            @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.param = param;
        this.attempts = attempts;
        this.retryAfter = retryAfter;
    }

    /** A failure that names a field and has no attempts. */
    public SignalboxException(int status, String code, String message, @Nullable String param) {
        this(status, code, message, param, List.of(), null);
    }

    /** The HTTP status the caller sees. */
    public int status() {
        return status;
    }

    /** The stable code. */
    public String code() {
        return code;
    }

    /** The words for the caller; never null. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** The field at fault. */
    public @Nullable String param() {
        return param;
    }

    /** What was tried, oldest first. */
    public List<Attempt> attempts() {
        return attempts;
    }

    /** When it is worth coming back. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
