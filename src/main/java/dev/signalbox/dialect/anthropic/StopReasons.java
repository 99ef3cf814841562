package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.FinishReason;

/** Anthropic's words for why an answer ended. */
final class StopReasons {

    private StopReasons() {}

    static FinishReason read(String reason) {
        return switch (reason) {
            case "end_turn" -> FinishReason.STOP;
            case "stop_sequence" -> FinishReason.STOP_SEQUENCE;
            case "max_tokens" -> FinishReason.LENGTH;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            case "refusal" -> FinishReason.REFUSAL;
            case "pause_turn" -> FinishReason.PAUSE;
            case "model_context_window_exceeded" -> FinishReason.CONTEXT_WINDOW;
            default -> FinishReason.OTHER;
        };
    }

    /** Says why an answer ended, and in whose words it was refused. */
    static void into(ObjectNode end, ChatEvent.Finished finished, CharSequence refusal) {
        boolean refused = !refusal.isEmpty() && finished.reason() == FinishReason.STOP;
        end.put("stop_reason", said(refused ? FinishReason.REFUSAL : finished.reason()))
                .put("stop_sequence", finished.stopSequence());
        if (!refusal.isEmpty()) {
            end.putObject("stop_details")
                    .put("type", "refusal")
                    .putNull("category")
                    .put("explanation", refusal.toString());
        }
    }

    static String said(FinishReason reason) {
        return switch (reason) {
            case STOP, OTHER -> "end_turn";
            case STOP_SEQUENCE -> "stop_sequence";
            case LENGTH -> "max_tokens";
            case TOOL_CALLS -> "tool_use";
            case CONTENT_FILTER, REFUSAL -> "refusal";
            case PAUSE -> "pause_turn";
            case CONTEXT_WINDOW -> "model_context_window_exceeded";
        };
    }
}
