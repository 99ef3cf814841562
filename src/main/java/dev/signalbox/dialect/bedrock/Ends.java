package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Usage;

/** Why an answer ended, and what it took. */
final class Ends {

    private Ends() {}

    /** A reason to stop. */
    static FinishReason reason(String stopReason) {
        return switch (stopReason) {
            case "end_turn" -> FinishReason.STOP;
            case "stop_sequence" -> FinishReason.STOP_SEQUENCE;
            case "max_tokens" -> FinishReason.LENGTH;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            case "content_filtered", "guardrail_intervened" -> FinishReason.CONTENT_FILTER;
            case "refusal" -> FinishReason.REFUSAL;
            case "model_context_window_exceeded" -> FinishReason.CONTEXT_WINDOW;
            default -> FinishReason.OTHER; // malformed_model_output, malformed_tool_use
        };
    }

    /** Bedrock counts tokens that were read from or written to the cache beside those of the input. */
    static Usage usage(JsonNode usage) {
        return new Usage(
                count(usage, "inputTokens"),
                count(usage, "cacheReadInputTokens"),
                count(usage, "cacheWriteInputTokens"),
                count(usage, "outputTokens"),
                0);
    }

    private static long count(JsonNode usage, String name) {
        return Math.max(0, usage.path(name).asLong());
    }
}
