package dev.signalbox.chat;

import org.jspecify.annotations.Nullable;

/**
 * Where an answer goes. A stream calls {@link #begin}, {@link #event} again and again, and {@link #complete} or {@link
 * #fail}; a plain answer makes the same calls, all at once. Nothing reaches the caller before {@code begin}, and nothing
 * after {@code complete} or {@code fail}.
 */
public interface Reply {

    /** Whether something may have reached the caller, so that nothing can be taken back. */
    boolean begun();

    /** The first token is here: the caller is going to be told what {@link Exchange#trail()} says. */
    void begin();

    /** One thing that happened; it may wait for {@link #flush}. */
    void event(ChatEvent event);

    /** Sends what was held back since the last flush. */
    void flush();

    /** Whether the caller reads too slowly for more to be sent now. */
    boolean isFull();

    /** Calls the action once when there is room again. */
    void onRoom(Runnable action);

    /** The answer is whole. */
    void complete(Receipt receipt);

    /**
     * There will be no (whole) answer.
     *
     * @param receipt what was used nonetheless; null when nobody was asked
     */
    void fail(SignalboxException failure, @Nullable Receipt receipt);
}
