package dev.signalbox.tokens;

import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import java.util.List;

/**
 * How many tokens a text has, about: a quarter of its characters for ASCII, one for each other character. Costs a pass
 * over the text, where a real tokenizer costs as much as the rest of a request; what rests on it is marked as estimated.
 */
public final class TokenEstimate {

    /** What vendors count for a message beside its words, about. */
    private static final int MESSAGE = 4;

    /** What vendors count for a picture, about. */
    private static final int IMAGE = 800;

    private TokenEstimate() {}

    /** Tokens of a text. */
    public static long of(String text) {
        long ascii = 0;
        long other = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < 128) {
                ascii++;
            } else {
                other++;
            }
        }
        return (ascii + 3) / 4 + other;
    }

    /** Tokens of so many characters of unknown text. */
    public static long ofLength(long characters) {
        return (characters + 3) / 4;
    }

    /** Tokens of a whole prompt. */
    public static long of(Prompt prompt) {
        long sum = 0;
        for (Prompt.Message message : prompt.messages()) {
            sum += MESSAGE + of(message.parts());
        }
        for (Prompt.Tool tool : prompt.tools()) {
            sum += of(tool.name())
                    + of(tool.description() == null ? "" : tool.description())
                    + (tool.parameters() == null ? 0 : of(tool.parameters().toString()));
        }
        return sum;
    }

    private static long of(List<Part> parts) {
        long sum = 0;
        for (Part part : parts) {
            sum += switch (part) {
                case Part.Text text -> of(text.text());
                case Part.Image _, Part.Document _, Part.Audio _ -> IMAGE;
                case Part.ToolCall call -> of(call.name()) + of(call.arguments());
                case Part.ToolResult result -> of(result.content());
                case Part.Thinking thinking -> of(thinking.text());
                case Part.SealedThinking _ -> 0;
                case Part.Refusal refusal -> of(refusal.text());
            };
        }
        return sum;
    }
}
