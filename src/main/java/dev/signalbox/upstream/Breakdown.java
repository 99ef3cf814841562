package dev.signalbox.upstream;

import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A way in which an upstream can break down on purpose: a simulated one as it is configured, any other in a drill. */
public enum Breakdown {
    /** It has had too many requests. */
    RATE_LIMITED("429", Kind.RATE_LIMITED, 429, "too many requests"),
    /** It fails inside. */
    SERVER_ERROR("500", Kind.SERVER_ERROR, 500, "server error"),
    /** It never says a word; the attempt's own deadline ends it. */
    TIMEOUT("timeout", Kind.FIRST_EVENT_TIMEOUT, null, "silence"),
    /** It closes the connection. */
    DISCONNECT("disconnect", Kind.CONNECT_FAILED, null, "connection closed"),
    /** Its answer is none. */
    MALFORMED("malformed", Kind.INVALID_ANSWER, null, "broken JSON");

    private final String word;
    private final Kind kind;
    private final @Nullable Integer status;
    private final String message;

    Breakdown(String word, Kind kind, @Nullable Integer status, String message) {
        this.word = word;
        this.kind = kind;
        this.status = status;
        this.message = message;
    }

    /** As configuration and the admin API write it. */
    public String word() {
        return word;
    }

    /**
     * The one that is written so.
     *
     * @throws IllegalArgumentException when there is none; its message names those that there are
     */
    public static Breakdown of(String text) {
        for (Breakdown each : values()) {
            if (each.word.equals(text.trim())) {
                return each;
            }
        }
        throw new IllegalArgumentException("there is no failure '" + text + "'; there are "
                + Arrays.stream(values()).map(Breakdown::word).collect(Collectors.joining(", ")));
    }

    /**
     * Breaks down.
     *
     * @param who whose doing it is, for the message and the error's type, such as {@code simulated}
     * @param to told the failure; not at all by one that never says a word
     */
    public void breakDown(String who, Consumer<? super UpstreamFailure> to) {
        if (this != TIMEOUT) {
            to.accept(failure(who));
        }
    }

    /** The failure that it is, or for one that never says a word, comes to be. */
    UpstreamFailure failure(String who) {
        String said = who + ": " + message;
        return status == null
                ? new UpstreamFailure(kind, said)
                : new UpstreamFailure(
                        kind, said, status, new UpstreamError(status, who, "", said, null), null, null, null);
    }
}
