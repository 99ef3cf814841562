package dev.signalbox.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
     * Says what is left to the caller, in headers that clients of this language read.
     *
     * @param headers takes a name and a value
     */
    default void tell(Quota quota, BiConsumer<String, String> headers) {
        quota.tell(headers);
    }

    /** What is asked in it. */
    default Operation operation() {
        return Operation.CHAT;
    }

    /**
     * What takes a stream of this language apart.
     *
     * @param longest the most bytes of one event, a bound on memory
     */
    default FrameParser frames(int longest) {
        return new SseParser(longest);
    }

    /**
     * What the caller asks.
     *
     * @throws InvalidRequest when a field that it understands has the wrong type; the message names the field
     */
    Prompt decode(Body body);

    /** The prompt as a request of this language, and what this language could not say. */
    Encoded encode(Prompt prompt, Target target);

    /** The caller's own body for an upstream of the same language. */
    Forwarded forward(Body body, Target target);

    /** Reads answers of an upstream for a caller of another language. */
    AnswerDecoder decoder();

    /**
     * Reads answers of an upstream for a caller of the same language: every event is a {@link ChatEvent.Wire}.
     *
     * @param usageWanted whether the caller asked for usage in a stream; when not, it is taken out
     */
    AnswerDecoder passing(boolean usageWanted);

    /**
     * Reads what {@link #passing} has passed on, for somebody else to go on with it: refuses with a {@link BrokenAnswer} what
     * {@link #decoder} would pass over. Null in languages whose answers nobody can go on with.
     */
    default @Nullable AnswerDecoder rereader() {
        return null;
    }

    /**
     * The caller's own body with the beginning of an answer and the wish for the rest of it at its end; null in languages that
     * cannot ask for that.
     */
    default @Nullable Body goOn(Body body, Continued wish) {
        return null;
    }

    /** Writes an answer. */
    AnswerEncoder encoder(AnswerForm form);

    /** An upstream's error body in this language, as far as it can be understood. */
    UpstreamError readError(int status, byte[] body);

    /** The headers in which upstreams of this language say what is left of their limits. */
    default List<Allowance> allowances() {
        return Allowance.USUAL;
    }

    /** A failure as a plain answer's body. */
    byte[] error(SignalboxException failure);

    /**
     * The same, in languages whose errors hold the id of the request.
     *
     * @param requestId the gateway's id; null when there is none
     */
    default byte[] error(SignalboxException failure, @Nullable String requestId) {
        return error(failure);
    }

    /**
     * What a request is written for.
     *
     * @param model the upstream's name of the model
     * @param stream whether the answer is to be streamed
     * @param maxOutputTokens the model's output limit, for languages that demand one; null when unknown
     * @param defaults settings for callers who gave none, under this language's names
     * @param quirks how the upstream differs from the language's own vendor
     * @param fetched what is at addresses that the caller named, for languages that take bytes only; by address
     */
    record Target(
            String model,
            boolean stream,
            @Nullable Integer maxOutputTokens,
            Map<String, Object> defaults,
            Quirks quirks,
            Map<String, Part.Media.Base64> fetched) {

        /** A target that has nothing special about it. */
        public static Target of(String model, boolean stream, @Nullable Integer maxOutputTokens) {
            return new Target(model, stream, maxOutputTokens, Map.of(), Quirks.NONE, Map.of());
        }

        /** The same with those of its defaults that mean something for what is asked. */
        public Target withDefaults(Predicate<String> wanted) {
            if (defaults.isEmpty()) {
                return this;
            }
            Map<String, Object> left = new LinkedHashMap<>(defaults);
            left.keySet().removeIf(wanted.negate());
            return new Target(model, stream, maxOutputTokens, left, quirks, fetched);
        }
    }

    /**
     * How an upstream differs from the vendor whose language it speaks.
     *
     * @param renamed top-level fields that it wants under another name
     * @param usageInStream whether it understands being asked for usage in a stream
     * @param refused fields that it does not take: top-level ones, and those of messages as {@code messages.name}
     * @param taken fields that it takes though the language's vendor does not, such as {@code top_k}
     * @param parts kinds of content that it takes, such as {@code image}; empty: all
     * @param formats kinds of answers that can be asked for, such as {@code json_schema}; empty: all
     * @param outputLimit its usual name for the most tokens of an answer
     * @param mostStops how many stop sequences it takes; 0: as the language's vendor
     * @param toolCallIdLength how many letters and digits the id of a tool call has; 0: any
     * @param requiredTool its word for that some tool must be called
     * @param thoughts how it is told what a model thought before
     * @param thoughtsWithCalls whether every call of a tool must stand beside what was thought, even if that is nothing
     * @param developers whether it knows the role {@code developer}
     * @param thinks whether its model takes a wish for how much to think; null when nobody knows
     */
    record Quirks(
            Map<String, String> renamed,
            boolean usageInStream,
            Set<String> refused,
            Set<String> taken,
            Set<String> parts,
            Set<String> formats,
            String outputLimit,
            int mostStops,
            int toolCallIdLength,
            String requiredTool,
            Thoughts thoughts,
            boolean thoughtsWithCalls,
            boolean developers,
            @Nullable Boolean thinks) {

        /** It differs in nothing. */
        public static final Quirks NONE = new Quirks(Map.of(), true);

        public Quirks {
            renamed = Map.copyOf(renamed);
            refused = Set.copyOf(refused);
            taken = Set.copyOf(taken);
            parts = Set.copyOf(parts);
            formats = Set.copyOf(formats);
        }

        /** An upstream that differs in names and in usage alone. */
        public Quirks(Map<String, String> renamed, boolean usageInStream) {
            this(
                    renamed,
                    usageInStream,
                    Set.of(),
                    Set.of(),
                    Set.of(),
                    Set.of(),
                    "max_completion_tokens",
                    0,
                    0,
                    "required",
                    Thoughts.UNSAID,
                    false,
                    true,
                    null);
        }

        /** How an upstream is told what a model thought before. */
        public enum Thoughts {
            /** Not at all. */
            UNSAID,
            /** In {@code reasoning_content} beside the words. */
            REASONING_CONTENT,
            /** In {@code reasoning} beside the words. */
            REASONING,
            /** As a part of the content. */
            CONTENT
        }
    }

    /**
     * How an answer is written.
     *
     * @param id an id for answers whose upstream gives none
     * @param created the time of the answer, in seconds of the Unix epoch
     * @param stream whether as server-sent events
     * @param usageWanted whether usage is told at the end of a stream
     * @param request what was asked, for languages whose answers repeat some of it; null when the caller is Java code
     */
    record AnswerForm(
            String id,
            long created,
            boolean stream,
            boolean usageWanted,
            @Nullable Body request) {

        /** A form for languages whose answers repeat nothing. */
        public AnswerForm(String id, long created, boolean stream, boolean usageWanted) {
            this(id, created, stream, usageWanted, null);
        }
    }

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

        /** The media type of a stream. */
        default String streamType() {
            return "text/event-stream";
        }

        /** The bytes to send for an event of a stream; empty when there are none yet. */
        byte[] event(ChatEvent event);

        /**
         * What comes now is no {@link ChatEvent.Wire} and goes on with a stream that may have been, under the same ids and
         * places. An encoder that has written all of the stream itself just goes on.
         *
         * @param heard everything the caller has heard so far, none of it {@link ChatEvent.Wire}
         * @return whether it can go on: what was passed must be built as this encoder would have built it
         */
        default boolean resume(List<ChatEvent> heard) {
            return false;
        }

        /** Takes an event of a plain answer. */
        void gather(ChatEvent event);

        /** The body of a plain answer, of everything gathered. */
        byte[] plain();

        /**
         * The answer as it is kept, for callers who come back to it; null in languages that keep nothing, and when it is not
         * worth keeping. Asked for when everything was given, before {@link #end} and {@link #plain}.
         */
        default @Nullable ObjectNode kept() {
            return null;
        }

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

        /** Something that keeps a quiet connection open and means nothing; empty where the clients bear nothing like that. */
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
     * @param retryAfter when to come back, for vendors that say so in the body; null when it is not said there
     * @param headers what stands in the body though it would be headers of the answer, by names in lower case
     */
    record UpstreamError(
            int status,
            String type,
            String code,
            String message,
            @Nullable String param,
            @Nullable Duration retryAfter,
            Map<String, String> headers) {

        public UpstreamError {
            headers = Map.copyOf(headers);
        }

        /** An error whose body holds no headers. */
        public UpstreamError(
                int status,
                String type,
                String code,
                String message,
                @Nullable String param,
                @Nullable Duration retryAfter) {
            this(status, type, code, message, param, retryAfter, Map.of());
        }

        /** An error that does not say when to come back. */
        public UpstreamError(int status, String type, String code, String message, @Nullable String param) {
            this(status, type, code, message, param, null);
        }
    }

    /**
     * One limit of an upstream, as its answers tell it.
     *
     * @param left the header that says how much is left of it
     * @param reset the header that says when it begins anew: a length of time, or a time
     */
    record Allowance(String left, String reset) {

        /** As most write it. */
        public static final List<Allowance> USUAL = List.of(
                new Allowance("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
                new Allowance("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
                new Allowance("x-ratelimit-remaining-project-tokens", "x-ratelimit-reset-project-tokens"),
                new Allowance("x-ratelimit-remaining-requests-day", "x-ratelimit-reset-requests-day"),
                new Allowance("x-ratelimit-remaining-tokens-minute", "x-ratelimit-reset-tokens-minute"),
                new Allowance("x-ratelimit-remaining", "x-ratelimit-reset"),
                new Allowance("ratelimit-remaining", "ratelimit-reset"),
                new Allowance("ratelimitbysize-remaining", "ratelimitbysize-reset"));
    }

    /** Everything an answer decoder says about a plain answer, in order. */
    static List<ChatEvent> read(AnswerDecoder decoder, byte[] json) {
        var events = new java.util.ArrayList<ChatEvent>(4);
        decoder.answer(json, events::add);
        return events;
    }
}
