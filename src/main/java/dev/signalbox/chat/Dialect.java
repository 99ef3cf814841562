package dev.signalbox.chat;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JSON language for chats: pure functions between a vendor's JSON and {@link Prompt}, {@link ChatEvent} and {@link
 * SignalboxException}. It knows no address, no HTTP client and no configuration.
 *
 * <p>The same language on both sides is not translated: {@link #forward} and {@link #passing} carry the bytes.
 */
public interface Dialect {

    /** Its name, such as {@code openai}. */
    String id();

    /**
     * What the caller asks.
     *
     * @throws InvalidRequest when a field that it understands has the wrong type; the message names the field
     */
    Prompt decode(Body body);

    /** The prompt as a request of this language, and what this language could not say. */
    Encoded encode(Prompt prompt, Target target);

    /** The caller's own body for an upstream of the same language, with as few changes as possible. */
    byte[] forward(Body body, Target target);

    /** Reads answers of an upstream for a caller of another language. */
    AnswerDecoder decoder();

    /**
     * Reads answers of an upstream for a caller of the same language: every event is a {@link ChatEvent.Wire}.
     *
     * @param usageWanted whether the caller asked for usage in a stream; when not, it is taken out
     */
    AnswerDecoder passing(boolean usageWanted);

    /** Writes an answer. */
    AnswerEncoder encoder(AnswerForm form);

    /** An upstream's error body in this language, as far as it can be understood. */
    UpstreamError readError(int status, byte[] body);

    /** A failure as a plain answer's body. */
    byte[] error(SignalboxException failure);

    /**
     * What a request is written for.
     *
     * @param model the upstream's name of the model
     * @param stream whether the answer is to be streamed
     * @param maxOutputTokens the model's output limit, for languages that demand one; null when unknown
     * @param defaults settings for callers who gave none, under this language's names
     * @param renamed top-level fields that the upstream wants under another name
     * @param usageInStream whether the upstream understands being asked for usage in a stream
     */
    record Target(
            String model,
            boolean stream,
            @Nullable Integer maxOutputTokens,
            Map<String, Object> defaults,
            Map<String, String> renamed,
            boolean usageInStream) {}

    /**
     * How an answer is written.
     *
     * @param id an id for answers whose upstream gives none
     * @param created the time of the answer, in seconds of the Unix epoch
     * @param stream whether as server-sent events
     * @param usageWanted whether usage is told at the end of a stream
     */
    record AnswerForm(String id, long created, boolean stream, boolean usageWanted) {}

    /** Reads one answer, plain or streamed. Not for two threads, nor for two answers. */
    interface AnswerDecoder {

        /**
         * Reads a whole plain answer.
         *
         * @throws BrokenAnswer when it is not an answer of this language, or holds an error
         */
        void answer(byte[] json, Consumer<ChatEvent> sink);

        /**
         * Reads one server-sent event.
         *
         * @param name the event's name; null when it has none
         * @throws BrokenAnswer when it is not an event of this language, or holds an error
         */
        void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink);

        /** Whether the language's end mark was seen, so that a close of the connection is an end and not a break. */
        boolean ended();

        /** Whether the end of the answer was seen, though its end mark may be missing. */
        default boolean finished() {
            return ended();
        }
    }

    /** Writes one answer, plain or streamed. Not for two threads, nor for two answers. */
    interface AnswerEncoder {

        /** The bytes to send for an event of a stream; empty when there are none yet. */
        byte[] event(ChatEvent event);

        /** Takes an event of a plain answer. */
        void gather(ChatEvent event);

        /** The body of a plain answer, of everything gathered. */
        byte[] plain();

        /**
         * The end of a stream.
         *
         * @param comment an SSE comment block with the facts of the answer, to be put where the language's clients bear it
         */
        byte[] end(byte[] comment);

        /**
         * The end of a stream that broke.
         *
         * @param comment as in {@link #end}
         */
        byte[] broken(SignalboxException failure, byte[] comment);

        /** Something that keeps a quiet connection open and means nothing. */
        byte[] keepAlive();
    }

    /** An upstream's answer that is none: not in its language, or an error where an answer should be. */
    final class BrokenAnswer extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient @Nullable UpstreamError error;

        /**
         * @param message what is wrong with it
         * @param error the error that it holds; null when it holds none
         */
        public BrokenAnswer(String message, @Nullable UpstreamError error) {
            super(message, null, false, false);
            this.error = error;
        }

        /** The error that stood where an answer should be. */
        public @Nullable UpstreamError error() {
            return error;
        }
    }

    /**
     * What an upstream says went wrong.
     *
     * @param status the HTTP status, or the one that the error's own words stand for when it came inside a 200
     * @param type the vendor's type, such as {@code overloaded_error}; empty when there is none
     * @param code the vendor's code, such as {@code insufficient_quota}; empty when there is none
     * @param message the vendor's words; never empty
     * @param param the field at fault; null when the vendor names none
     */
    record UpstreamError(
            int status,
            String type,
            String code,
            String message,
            @Nullable String param) {}

    /** Everything an answer decoder says about a plain answer, in order. */
    static List<ChatEvent> read(AnswerDecoder decoder, byte[] json) {
        var events = new java.util.ArrayList<ChatEvent>(4);
        decoder.answer(json, events::add);
        return events;
    }
}
