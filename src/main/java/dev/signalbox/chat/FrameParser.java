package dev.signalbox.chat;

import org.jspecify.annotations.Nullable;

/** Takes a streamed body apart into its events, however its bytes were cut on the way. */
public interface FrameParser {

    /** Receives the events. */
    @FunctionalInterface
    interface Events {
        /**
         * One event.
         *
         * @param name its name; null when it has none
         * @param data its data, a copy of its own
         */
        void event(@Nullable String name, byte[] data);
    }

    /**
     * Reads on.
     *
     * @throws Dialect.BrokenAnswer when the bytes are none of the format, or an event is longer than allowed
     */
    void feed(byte[] bytes, int from, int to, Events events);

    /** The body has ended: what stands at its end without an end mark of its own may be an event too. */
    default void end(Events events) {}
}
