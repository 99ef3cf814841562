package dev.signalbox.chat;

import org.jspecify.annotations.Nullable;

/**
 * One thing that happens while a model answers, in no vendor's language. A plain answer is the same events, all at once.
 *
 * <p>Order: {@link Started} first, {@link Finished} and {@link Used} last; indexes of tool calls count from 0 in the order
 * in which they start. {@link Wire} stands alone: it is an event of the caller's own dialect that goes on as it is.
 */
public sealed interface ChatEvent {

    /** Whether this is the model speaking, and not bookkeeping: the first such event is the first token. */
    default boolean meaningful() {
        return false;
    }

    /**
     * The model begins.
     *
     * @param id the vendor's id of the answer; null when it has none
     * @param model the upstream's name of the model
     */
    record Started(@Nullable String id, String model) implements ChatEvent {}

    /** More words. */
    record Text(String delta) implements ChatEvent {
        @Override
        public boolean meaningful() {
            return !delta.isEmpty();
        }
    }

    /** More thoughts. */
    record Thinking(String delta) implements ChatEvent {
        @Override
        public boolean meaningful() {
            return !delta.isEmpty();
        }
    }

    /**
     * The seal of the thoughts that came before it.
     *
     * @param origin the dialect whose seal it is
     */
    record ThinkingSealed(String signature, String origin) implements ChatEvent {}

    /**
     * Thoughts that the vendor has encrypted whole.
     *
     * @param origin the dialect that can read them
     */
    record SealedThinking(String data, String origin) implements ChatEvent {}

    /** A tool is going to be called. */
    record ToolCallStarted(int index, String id, String name) implements ChatEvent {
        @Override
        public boolean meaningful() {
            return true;
        }
    }

    /** A piece of the JSON text of a call's arguments. */
    record ToolCallArguments(int index, String delta) implements ChatEvent {}

    /** More words of refusal. */
    record Refusal(String delta) implements ChatEvent {
        @Override
        public boolean meaningful() {
            return !delta.isEmpty();
        }
    }

    /**
     * The model has ended.
     *
     * @param stopSequence the stop sequence that was met; null when none was
     */
    record Finished(FinishReason reason, @Nullable String stopSequence) implements ChatEvent {}

    /** The vendor's count so far; a later one replaces it. */
    record Used(Usage usage) implements ChatEvent {}

    /**
     * A text as a vector.
     *
     * @param index which of the texts, from 0
     */
    record Embedded(int index, float[] vector) implements ChatEvent {
        @Override
        public boolean meaningful() {
            return true;
        }
    }

    /**
     * The tokens of a prompt that was to be counted and not answered.
     *
     * @param estimated whether they were estimated, since nobody could count them
     */
    record Counted(long tokens, boolean estimated) implements ChatEvent {
        @Override
        public boolean meaningful() {
            return true;
        }
    }

    /**
     * An event of the caller's own dialect, to be passed on as it is: the data of one server-sent event, or a whole plain
     * answer.
     *
     * @param name the event's name, in dialects that name theirs; null otherwise
     * @param data JSON in UTF-8; when {@code silent}, nothing of it is for the caller
     * @param meaningful whether it holds something the model said
     * @param usage the vendor's count so far, if it holds one
     * @param finished why the answer ended, if it says so
     * @param textLength how many characters the model said in it
     * @param model the upstream's name of the model, if it says so
     * @param silent whether it is only for the gateway
     */
    record Wire(
            @Nullable String name,
            byte[] data,
            boolean meaningful,
            @Nullable Usage usage,
            @Nullable FinishReason finished,
            int textLength,
            @Nullable String model,
            boolean silent)
            implements ChatEvent {}
}
