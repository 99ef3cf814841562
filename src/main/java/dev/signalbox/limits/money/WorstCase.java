package dev.signalbox.limits.money;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Tariff;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The most that one attempt can cost: no guess, but what its bill cannot exceed.
 *
 * @param promptTokens at most
 * @param outputTokens at most, of all answers together
 * @param picos both at the dearest price that can be in force; {@link Long#MAX_VALUE} when it is more than that
 */
public record WorstCase(long promptTokens, long outputTokens, long picos) {

    /** No vendor counts more for a picture, however large. */
    static final long PICTURE = 50_000;

    /** What vendors say to a model on their own when it is given tools. */
    static final long TOOLS = 2_048;

    /** Of an answer of which neither the caller nor the catalogue says how long it can be: more than any model says. */
    static final long LONGEST_ANSWER = 131_072;

    /** Of a window that is not known: larger than most. */
    static final long LARGEST_WINDOW = 2_000_000;

    /** One of these stands in every body that holds something else than words, in any dialect. */
    private static final byte[][] MEDIA = bytes("image", "file", "document", "audio", "video", "media", "pdf");

    private static final byte[][] TOOL = bytes("tool", "function");

    private static byte[][] bytes(String... words) {
        byte[][] all = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            all[i] = words[i].getBytes(StandardCharsets.US_ASCII);
        }
        return all;
    }

    /**
     * Of one attempt.
     *
     * @param tariff of the deployment
     * @param sent the body that would be sent; empty when nothing is
     * @param unsaid paths in the caller's body that are not in it
     * @param usual the provider's own {@code max-tokens}, for callers who say none; null: it has none
     */
    public static WorstCase of(
            Exchange exchange,
            DeploymentEntry deployment,
            Tariff tariff,
            byte[] sent,
            List<String> unsaid,
            @Nullable Long usual) {
        Prompt prompt = read(exchange);
        long most = promptTokens(exchange, deployment, prompt, sent);
        long answer = answers(exchange, deployment, prompt, sent, unsaid, usual);
        return new WorstCase(most, answer, picos(tariff, exchange.time(), most, answer));
    }

    private static @Nullable Prompt read(Exchange exchange) {
        try {
            return exchange.prompt();
        } catch (SignalboxException unreadable) {
            return null; // only a vendor of the caller's own language understands it
        }
    }

    /**
     * A token has a byte at least, as tokenizers fall back to bytes and not below; what stands around the words in JSON is more
     * than what vendors put around them. Base64 is not words: with pictures and the like the words are counted one by one.
     */
    private static long promptTokens(
            Exchange exchange, DeploymentEntry deployment, @Nullable Prompt prompt, byte[] sent) {
        Body body = exchange.body();
        byte[] asked = body == null ? new byte[0] : body.bytes();
        long bytes = Math.max(sent.length, asked.length);
        if (body == null && prompt != null) {
            bytes = Math.max(bytes, words(prompt));
        }
        boolean hasTools = prompt == null
                ? mentions(sent, TOOL) || mentions(asked, TOOL)
                : !prompt.tools().isEmpty()
                        || prompt.leftovers().stream().anyMatch(left -> mentions(utf8Bytes(left.path()), TOOL));
        long tools = hasTools ? TOOLS : 0;
        boolean media = prompt == null
                ? mentions(sent, MEDIA) || mentions(asked, MEDIA)
                : prompt.messages().stream()
                        .anyMatch(message -> message.parts().stream().anyMatch(WorstCase::isMedia));
        boolean unknown = prompt == null ? media : prompt.leftovers().stream().anyMatch(WorstCase::isMedia);
        long window = deployment.contextWindow() == null ? LARGEST_WINDOW : Math.max(deployment.contextWindow(), 1);
        if (unknown) {
            return Math.max(bytes, window) + tools;
        }
        if (!media || prompt == null) {
            return bytes + tools;
        }
        long blobs = 0;
        long seen = 0;
        for (Prompt.Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                blobs += blob(part);
                seen = Book.plus(seen, media(part, window));
            }
        }
        // what was fetched for it, or written in another form, is in the body that is sent and not in the caller's
        long written = Math.max(asked.length - blobs, Math.min(sent.length, 2L * words(prompt) + 4_096));
        return Book.plus(Math.max(written, words(prompt)) + tools, seen);
    }

    private static boolean isMedia(Prompt.Leftover leftover) {
        return leftover.value().isContainerNode()
                && (mentions(utf8Bytes(leftover.path()), MEDIA)
                        || mentions(utf8Bytes(leftover.value().toString()), MEDIA));
    }

    private static byte[] utf8Bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isMedia(Part part) {
        return switch (part) {
            case Part.Image _, Part.Document _, Part.Audio _ -> true;
            case Part.ToolResult result -> result.content().stream().anyMatch(WorstCase::isMedia);
            case Part.Text _, Part.ToolCall _, Part.Thinking _, Part.SealedThinking _, Part.Refusal _ -> false;
        };
    }

    /** How many of the caller's bytes are base64. */
    private static long blob(Part part) {
        return switch (part) {
            case Part.Image image -> blob(image.media());
            case Part.Document document -> blob(document.media());
            case Part.Audio audio -> blob(audio.media());
            case Part.ToolResult result ->
                result.content().stream().mapToLong(WorstCase::blob).sum();
            case Part.Text _, Part.ToolCall _, Part.Thinking _, Part.SealedThinking _, Part.Refusal _ -> 0;
        };
    }

    private static long blob(Part.Media media) {
        return media instanceof Part.Media.Base64(var _, var data) ? data.length() : 0;
    }

    /** Pages and seconds are not known without opening what they are in, but a byte of it is no more than a token. */
    private static long media(Part part, long window) {
        return switch (part) {
            case Part.Image _ -> PICTURE;
            case Part.Document document -> ofBytes(document.media(), window);
            case Part.Audio audio -> ofBytes(audio.media(), window);
            case Part.ToolResult result ->
                result.content().stream()
                        .mapToLong(within -> media(within, window))
                        .sum();
            case Part.Text _, Part.ToolCall _, Part.Thinking _, Part.SealedThinking _, Part.Refusal _ -> 0;
        };
    }

    /** Compressed pages can hold more words than bytes; the window is what the vendor takes at most. */
    private static long ofBytes(Part.Media media, long window) {
        return media instanceof Part.Media.Base64(var type, var data) && type.startsWith("text/")
                ? Math.min(window, data.length())
                : window;
    }

    /** UTF-8 bytes of everything that is said, and something for what vendors put around it. */
    private static long words(Prompt prompt) {
        long sum = 0;
        for (Prompt.Message message : prompt.messages()) {
            sum += 32;
            for (Part part : message.parts()) {
                sum += words(part);
            }
        }
        for (Prompt.Tool tool : prompt.tools()) {
            sum += 64 + utf8(tool.name()) + utf8(tool.description());
            sum += tool.parameters() == null ? 0 : utf8(tool.parameters().toString());
        }
        for (Prompt.Leftover leftover : prompt.leftovers()) {
            sum += utf8(leftover.value().toString());
        }
        Prompt.Given format = prompt.setting(Setting.RESPONSE_FORMAT);
        return sum + (format == null ? 0 : utf8(format.value().toString()));
    }

    private static long words(Part part) {
        return 16
                + switch (part) {
                    case Part.Text text -> utf8(text.text());
                    case Part.ToolCall call -> utf8(call.id()) + utf8(call.name()) + utf8(call.arguments());
                    case Part.ToolResult result ->
                        utf8(result.callId())
                                + result.content().stream()
                                        .mapToLong(WorstCase::words)
                                        .sum();
                    case Part.Thinking thinking -> utf8(thinking.text()) + utf8(thinking.signature());
                    case Part.SealedThinking sealed -> utf8(sealed.data());
                    case Part.Refusal refusal -> utf8(refusal.text());
                    case Part.Image _, Part.Audio _ -> 0;
                    case Part.Document document -> utf8(document.name());
                };
    }

    private static long utf8(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    /** Of all answers together: as many as are asked for, each as long as it can be. */
    private static long answers(
            Exchange exchange,
            DeploymentEntry deployment,
            @Nullable Prompt prompt,
            byte[] sent,
            List<String> unsaid,
            @Nullable Long usual) {
        if (!exchange.operation().isTalk()) {
            return 0;
        }
        long each = answer(deployment, prompt, unsaid, usual);
        long count =
                Math.max(1, prompt == null ? unread(exchange, "n") : number(prompt, Setting.CANDIDATES, unsaid, 1));
        if (exchange.operation() == Operation.TEXT_COMPLETION) {
            count = times(count, completions(exchange));
        }
        // what a caller predicts of an answer, and the model does not say, is paid for beside it
        boolean predicts = prompt != null
                && prompt.leftovers().stream().anyMatch(left -> left.path().startsWith("prediction"));
        return Book.plus(times(each, count), predicts ? sent.length : 0);
    }

    /** A model that thinks can be given more for its thoughts than for its answer; both count. */
    private static long answer(
            DeploymentEntry deployment, @Nullable Prompt prompt, List<String> unsaid, @Nullable Long usual) {
        Integer most = deployment.maxOutputTokens();
        Integer window = deployment.contextWindow();
        long longest = most != null ? most : window != null ? Math.min(window, LONGEST_ANSWER) : LONGEST_ANSWER;
        if (prompt == null) {
            return longest;
        }
        long otherwise = usual == null || usual < 1 ? longest : usual;
        long asked = number(prompt, Setting.MAX_OUTPUT_TOKENS, unsaid, otherwise);
        return asked < 1 ? longest : asked;
    }

    private static long number(@Nullable Prompt prompt, Setting setting, List<String> unsaid, long otherwise) {
        Prompt.Given given = prompt == null ? null : prompt.setting(setting);
        return given == null || !given.value().canConvertToLong() || unsaid.contains(given.path())
                ? otherwise
                : given.value().longValue();
    }

    /** A text can be gone on with several times, and several texts at once. */
    private static long completions(Exchange exchange) {
        Body body = exchange.body();
        if (body == null) {
            return 1;
        }
        JsonNode texts = body.tree().path("prompt");
        boolean several = texts.isArray() && !texts.isEmpty() && !texts.path(0).isNumber();
        return times(several ? texts.size() : 1, Math.max(1, unread(exchange, "best_of")));
    }

    private static long unread(Exchange exchange, String member) {
        Body body = exchange.body();
        return body != null && body.has(member) ? body.tree().path(member).asLong(1) : 1;
    }

    private static long picos(Tariff tariff, Instant time, long promptTokens, long outputTokens) {
        long input = 0;
        long output = 0;
        for (Price price : tariff.upTo(time, promptTokens)) {
            input = Math.max(input, price.dearestInput());
            output = Math.max(output, price.dearestOutput());
        }
        return Book.plus(times(promptTokens, input), times(outputTokens, output));
    }

    private static long times(long one, long other) {
        return Math.multiplyHigh(one, other) != 0 || one * other < 0 ? Long.MAX_VALUE : one * other;
    }

    private static boolean mentions(byte[] text, byte[][] words) {
        for (byte[] word : words) {
            for (int i = 0; i <= text.length - word.length; i++) {
                if (text[i] == word[0] && Arrays.equals(text, i, i + word.length, word, 0, word.length)) {
                    return true;
                }
            }
        }
        return false;
    }
}
