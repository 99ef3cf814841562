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

    /** Shorter base64 is not worth telling from words. */
    private static final int SHORTEST_BLOB = 1_024;

    private static final int SAMPLE = 256;

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

    /**
     * The fewest tokens that a request can have, from its bytes: no tokenizer in use puts more than about six ASCII
     * characters of prose or code, or ten bytes of another script, into one token. Long runs of base64 are left out, since
     * what they hold is not counted by its length. Costs a pass over the bytes, and decodes nothing.
     */
    public static long least(byte[] json) {
        long ascii = 0;
        long other = 0;
        int at = 0;
        while (at < json.length) {
            if (json[at++] != '"') {
                continue;
            }
            int end = closing(json, at);
            if (end - at >= SHORTEST_BLOB && isBase64(json, at, end)) {
                at = end + 1;
                continue;
            }
            while (at < end) {
                byte b = json[at];
                if (b == '\\' && json[at + 1] == 'u') {
                    other += 2;
                    at += 6;
                } else if (b == '\\') {
                    ascii++;
                    at += 2;
                } else {
                    ascii += b >= 0 ? 1 : 0;
                    other += b < 0 ? 1 : 0;
                    at++;
                }
            }
            at = end + 1;
        }
        return ascii / 6 + other / 10;
    }

    /** Where the string that begins there ends; the bytes are known to be JSON. */
    private static int closing(byte[] json, int from) {
        int at = from;
        while (at < json.length && json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return Math.min(at, json.length);
    }

    /**
     * Whether the string looks like base64: its middle, which may be silence or of one colour, has nothing that is not of its
     * alphabet, and the whole has capitals, small letters and digits, as every file's beginning brings along.
     */
    private static boolean isBase64(byte[] json, int from, int to) {
        int middle = (from + to) >>> 1;
        for (int i = middle; i < middle + SAMPLE; i++) {
            if (!isCapital(json[i]) && !isSmall(json[i]) && !isDigit(json[i]) && "+/-_=\\".indexOf(json[i]) < 0) {
                return false;
            }
        }
        boolean capital = false;
        boolean small = false;
        boolean digit = false;
        for (int i = from; i < to && !(capital && small && digit); i++) {
            if (json[i] == '\\' && json[i + 1] == 'u') {
                return false;
            }
            capital |= isCapital(json[i]);
            small |= isSmall(json[i]);
            digit |= isDigit(json[i]);
        }
        return capital && small && digit;
    }

    private static boolean isCapital(byte b) {
        return b >= 'A' && b <= 'Z';
    }

    private static boolean isSmall(byte b) {
        return b >= 'a' && b <= 'z';
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
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
