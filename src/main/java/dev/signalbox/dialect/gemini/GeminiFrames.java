package dev.signalbox.dialect.gemini;

import dev.signalbox.chat.FrameParser;
import dev.signalbox.chat.SseParser;

/**
 * A stream of this language: server-sent events without an end mark. Where the body ends, its reader is told so by an event
 * that is named {@link #END} and holds nothing, since only then is it known why the answer ended.
 */
final class GeminiFrames implements FrameParser {

    /** The name of the event that stands for the end of the body. */
    static final String END = "signalbox-end";

    private final SseParser events;

    /**
     * @param longest the most bytes of one event
     */
    GeminiFrames(int longest) {
        this.events = new SseParser(longest);
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Events sink) {
        events.feed(bytes, from, to, sink);
    }

    @Override
    public void end(Events sink) {
        events.end(sink);
        sink.event(END, new byte[0]);
    }
}
