package dev.signalbox.chat;

import java.util.List;
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

    /**
     * Reads again what goes to the caller as {@link ChatEvent.Wire}, and refuses what it cannot read whole: with what cannot
     * be read nobody but its author could go on. Null where there is no such reader.
     */
    default Dialect.@Nullable AnswerDecoder reader() {
        return null;
    }

    /**
     * The upstream broke off in the middle, and another one is going to continue: {@link ChatEvent}s that are no {@link
     * ChatEvent.Wire} follow, as the rest of the same answer. {@link Exchange#trail()} still names the one that broke off.
     *
     * @param heard everything the caller has heard so far, none of it {@link ChatEvent.Wire}
     * @return whether that can be written; when not, the answer can only fail
     */
    default boolean resume(List<ChatEvent> heard) {
        return false;
    }

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
