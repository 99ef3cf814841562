package dev.signalbox.routing;

import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.catalogue.Capabilities;
import dev.signalbox.catalogue.Capabilities.Capability;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.tokens.TokenEstimate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange asks of whoever is to answer it, found out no further than what is known of a candidate makes necessary:
 * from the body's members and length first, from its bytes next, and only when those leave a doubt from the prompt.
 */
final class Demand {

    /** One of these stands in every body that holds a picture, in any dialect: a type, a member or a media type. */
    private static final byte[][] PICTURE_WORDS = words("image");

    /** The same for documents. */
    private static final byte[][] DOCUMENT_WORDS = words("document", "file", "pdf");

    private final Exchange exchange;
    private long least = -1;

    Demand(Exchange exchange) {
        this.exchange = exchange;
    }

    private static byte[][] words(String... words) {
        byte[][] bytes = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            bytes[i] = words[i].getBytes(StandardCharsets.US_ASCII);
        }
        return bytes;
    }

    /** What the deployment is known not to be able to do of it; null when it may be asked. */
    @Nullable Unsaid unmetBy(DeploymentEntry deployment) {
        Capabilities known = deployment.capabilities();
        if (known.excludes(exchange.operation())) {
            return new Unsaid(
                    "model", "cannot be asked for " + exchange.operation().code(), true);
        }
        if (known.cannot().isEmpty()) {
            return null;
        }
        String path = known.lacks(Capability.TOOLS) ? tools() : null;
        if (path != null) {
            return new Unsaid(path, "calls no tools", true);
        }
        path = known.lacks(Capability.VISION) ? part(PICTURE_WORDS, Part.Image.class::isInstance) : null;
        if (path != null) {
            return new Unsaid(path, "sees no images", true);
        }
        path = known.lacks(Capability.DOCUMENTS) ? part(DOCUMENT_WORDS, Demand::isNoText) : null;
        return path == null ? null : new Unsaid(path, "reads no documents", true);
    }

    private static boolean isNoText(Part part) {
        return part instanceof Part.Document document
                && !(document.media() instanceof Part.Media.Base64(var mediaType, var _)
                        && mediaType.startsWith("text/"));
    }

    private @Nullable String tools() {
        Body body = exchange.body();
        Body.Member tools = body == null ? null : body.member("tools");
        if (body == null || tools == null || tools.type() != JsonToken.START_ARRAY) {
            return null;
        }
        for (int i = tools.start() + 1; i < tools.end() - 1; i++) {
            if (body.bytes()[i] > ' ') {
                return "tools";
            }
        }
        return null;
    }

    /** The path of the first such part; null when there is none, or when the prompt cannot be read. */
    private @Nullable String part(byte[][] words, Predicate<Part> wanted) {
        Body body = exchange.body();
        if (body != null && !mentions(body.bytes(), words)) {
            return null;
        }
        try {
            for (Prompt.Message message : exchange.prompt().messages()) {
                String path = first(message.parts(), wanted);
                if (path != null) {
                    return path;
                }
            }
        } catch (SignalboxException unreadable) {
            return null;
        }
        return null;
    }

    private static @Nullable String first(List<Part> parts, Predicate<Part> wanted) {
        for (Part part : parts) {
            if (wanted.test(part)) {
                return part.path();
            }
            String within = part instanceof Part.ToolResult result ? first(result.content(), wanted) : null;
            if (within != null) {
                return within;
            }
        }
        return null;
    }

    private static boolean mentions(byte[] bytes, byte[][] words) {
        for (byte[] word : words) {
            byte begin = word[0];
            for (int i = 0; i <= bytes.length - word.length; i++) {
                if (bytes[i] == begin && is(word, bytes, i)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean is(byte[] word, byte[] bytes, int at) {
        for (int i = 1; i < word.length; i++) {
            if (bytes[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the deployment's window cannot hold the prompt and the answer that is asked for. A prompt of which that is not
     * sure goes out: the vendor counts better.
     */
    boolean isTooLongFor(DeploymentEntry deployment) {
        Integer window = deployment.contextWindow();
        Body body = exchange.body();
        if (window == null || body == null || exchange.operation() != Operation.CHAT) {
            return false;
        }
        // a token has at least a byte
        if (body.bytes().length <= window / 2) {
            return false;
        }
        return isTooLongFor(deployment, leastTokens());
    }

    /** Whether its window cannot hold a prompt of so many tokens and the answer that is asked for. */
    boolean isTooLongFor(DeploymentEntry deployment, long prompt) {
        Integer window = deployment.contextWindow();
        if (window == null || exchange.operation() != Operation.CHAT) {
            return false;
        }
        atLeast(prompt);
        return prompt > window || (prompt > window / 2 && prompt + askedOutput() > window);
    }

    private void atLeast(long prompt) {
        least = Math.max(least, prompt);
    }

    /** How many tokens the prompt has, at least. */
    long leastTokens() {
        Body body = exchange.body();
        if (least < 0) {
            least = body == null ? 0 : TokenEstimate.least(body.bytes());
        }
        return least;
    }

    private long askedOutput() {
        try {
            Prompt.Given asked = exchange.prompt().setting(Prompt.Setting.MAX_OUTPUT_TOKENS);
            return asked == null || !asked.value().canConvertToLong()
                    ? 0
                    : Math.max(0, asked.value().longValue());
        } catch (SignalboxException unreadable) {
            return 0;
        }
    }
}
