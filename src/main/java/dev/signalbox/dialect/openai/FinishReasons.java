package dev.signalbox.dialect.openai;

import dev.signalbox.chat.FinishReason;
import org.jspecify.annotations.Nullable;

/** The words for why an answer ended. */
final class FinishReasons {

    private FinishReasons() {}

    /** The reason; null while there is none, which some servers write as an empty string. */
    static @Nullable FinishReason read(@Nullable String word) {
        if (word == null || word.isEmpty()) {
            return null;
        }
        return switch (word) {
            case "stop" -> FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
            case "content_filter" -> FinishReason.CONTENT_FILTER;
            default -> FinishReason.OTHER;
        };
    }

    /** The word for callers who know tools only in their older form. */
    static String write(FinishReason reason, boolean functions) {
        return functions && reason == FinishReason.TOOL_CALLS ? "function_call" : write(reason);
    }

    static String write(FinishReason reason) {
        return switch (reason) {
            case STOP, STOP_SEQUENCE, PAUSE, OTHER -> "stop";
            case LENGTH, CONTEXT_WINDOW -> "length";
            case TOOL_CALLS -> "tool_calls";
            case CONTENT_FILTER, REFUSAL -> "content_filter";
        };
    }
}
