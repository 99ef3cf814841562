package dev.signalbox.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An upstream's refusal that is the caller's own fault: told as the upstream told it. */
public final class PassedThrough extends SignalboxException {

    private static final long serialVersionUID = 1;

    private final transient byte @Nullable [] body;

    /**
     * @param status the upstream's
     * @param message the upstream's
     * @param param the field that the upstream names, if it does
     * @param attempts what was tried, that upstream last
     * @param body the upstream's own words when they are in the caller's dialect; null otherwise
     */
    public PassedThrough(
            int status,
            String code,
            String message,
            @Nullable String param,
            List<Attempt> attempts,
            byte @Nullable [] body) {
        super(status, code, message, param, attempts, null);
        this.body = body;
    }

    /** The upstream's own words when they are in the caller's dialect; null otherwise. */
    public byte @Nullable [] body() {
        return body;
    }
}
