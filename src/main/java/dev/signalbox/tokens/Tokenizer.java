package dev.signalbox.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Counts the tokens of a prompt as a model does, where its encoding is published. Costs as much as the rest of a request and
 * more, and the first count reads megabytes: not for an event loop.
 *
 * @see <a href="https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken">how messages are framed</a>
 */
public final class Tokenizer {

    /** What stands around each message, and before the answer. */
    private static final int FRAME = 3;

    /** Longer prompts are estimated: a count of megabytes would hold a thread for seconds. */
    private static final int LONGEST = 8 << 20;

    private static final EncodingRegistry REGISTRY = Encodings.newLazyEncodingRegistry();

    private final String encoding;
    private final boolean isPublished;

    private Tokenizer(String encoding, boolean isPublished) {
        this.encoding = encoding;
        this.isPublished = isPublished;
    }

    /** The tokenizer of a model; null when none is published. */
    public static @Nullable Tokenizer of(String model) {
        String name = model.substring(model.lastIndexOf('/') + 1);
        Properties data = data();
        for (String encoding : data.stringPropertyNames()) {
            for (String known : data.getProperty(encoding).split(" ")) {
                if (name.equals(known) || (known.endsWith("-") && name.startsWith(known))) {
                    return new Tokenizer(encoding, true);
                }
            }
        }
        return null;
    }

    /** The tokenizer that is closest to those of models which publish none. */
    public static Tokenizer usual() {
        return new Tokenizer("o200k_base", false);
    }

    private static Properties data() {
        Properties data = new Properties();
        try (@Nullable InputStream in = Tokenizer.class.getResourceAsStream("encodings.properties")) {
            if (in == null) {
                throw new IllegalStateException("encodings.properties is missing");
            }
            data.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return data;
    }

    /** Whether what another has counted is what this one would count, which is that of a model. */
    public boolean agreesWith(Tokenizer other) {
        return isPublished && encoding.equals(other.encoding);
    }

    /** Whether a count of it is exact: it is all words. How tools, pictures and documents are framed is not published. */
    public boolean isExactFor(Prompt prompt) {
        long length = 0;
        for (Prompt.Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (!(part instanceof Part.Text text)) {
                    return false;
                }
                length += text.text().length();
            }
        }
        return prompt.tools().isEmpty() && length <= LONGEST;
    }

    /** The tokens of a prompt {@linkplain #isExactFor that is all words}. */
    public long count(Prompt prompt) {
        Encoding words = REGISTRY.getEncoding(encoding)
                .orElseThrow(() -> new IllegalStateException("there is no encoding " + encoding));
        long tokens = FRAME;
        for (Prompt.Message message : prompt.messages()) {
            tokens += FRAME + 1;
            for (Part part : message.parts()) {
                if (part instanceof Part.Text text) {
                    tokens += words.countTokensOrdinary(text.text());
                }
            }
        }
        return tokens;
    }
}
