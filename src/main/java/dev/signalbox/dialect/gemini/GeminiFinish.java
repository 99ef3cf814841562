package dev.signalbox.dialect.gemini;

import dev.signalbox.chat.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * Why an answer ended, over all of a stream: Gemini has no reason of its own for calls, models before the second
 * generation say {@code STOP} with every piece, and a blocked prompt has no candidate that could say anything.
 *
 * @see <a href="https://ai.google.dev/api/generate-content#FinishReason">FinishReason</a>
 */
final class GeminiFinish {

    private @Nullable FinishReason reason;
    private boolean called;

    /** A function was called. */
    void called() {
        called = true;
    }

    /** A candidate says why it ended; any reason goes before {@code STOP}. */
    void ended(String word) {
        FinishReason read = read(word);
        if (reason == null || read != FinishReason.STOP) {
            reason = read;
        }
    }

    /** The prompt was blocked. */
    void blocked() {
        reason = FinishReason.CONTENT_FILTER;
    }

    /** Whether a reason was given. */
    boolean isKnown() {
        return reason != null;
    }

    /** The reason; null while there is none. */
    @Nullable FinishReason reason() {
        return reason == FinishReason.STOP && called ? FinishReason.TOOL_CALLS : reason;
    }

    private static FinishReason read(String word) {
        return switch (word) {
            case "STOP" -> FinishReason.STOP;
            case "MAX_TOKENS" -> FinishReason.LENGTH;
            case "SAFETY",
                    "RECITATION",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "MODEL_ARMOR",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> FinishReason.CONTENT_FILTER;
            default -> FinishReason.OTHER; // calls that are malformed or unexpected, languages, and what is yet to come
        };
    }

    /** A reason in Gemini's words. */
    static String said(FinishReason reason) {
        return switch (reason) {
            case STOP, STOP_SEQUENCE, TOOL_CALLS, PAUSE -> "STOP";
            case LENGTH, CONTEXT_WINDOW -> "MAX_TOKENS";
            case CONTENT_FILTER, REFUSAL -> "SAFETY";
            case OTHER -> "OTHER";
        };
    }
}
