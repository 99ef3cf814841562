package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Disclosure;
import dev.signalbox.dialect.Outbound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of Bedrock's InvokeModel, which takes each vendor's own request: Titan's models take one text a call, the
 * {@code embed-} models many. Spoken to upstreams alone, as {@link BedrockDialect} is.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html">Titan</a>
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html">Embed</a>
 */
public final class BedrockEmbeddings extends Outbound {

    /** Its name. */
    public static final String ID = "bedrock-embeddings";

    private static final Pattern ONE_TEXT = Pattern.compile("titan-embed-(?:text|g1)");
    private static final Pattern ONE_LENGTH =
            Pattern.compile("titan-embed-(?:text-v1|g1)|embed-(?:english|multilingual)-v3");
    private static final Pattern MANY_TEXTS = Pattern.compile("embed-(?:english|multilingual|v\\d)");
    private static final int MOST_TEXTS = 96;
    private static final Set<String> PURPOSES =
            Set.of("search_query", "search_document", "classification", "clustering");

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Operation operation() {
        return Operation.EMBEDDINGS;
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Disclosure disclosure = new Disclosure();
        ObjectNode body = Json.object();
        List<Part.Text> texts = texts(prompt, disclosure);
        boolean many = !ONE_TEXT.matcher(target.model()).find();
        if (many && !MANY_TEXTS.matcher(target.model()).find()) {
            disclosure.impossible("model", "makes no vectors in a way that is known");
        } else if (many) {
            many(texts, body, disclosure);
        } else {
            one(texts, body, disclosure);
        }
        purpose(prompt, many, body, disclosure);
        dimensions(prompt, target, many, body, disclosure);
        for (Setting setting : Setting.values()) {
            Given given = prompt.setting(setting);
            if (given == null
                    || given.value().isNull()
                    || setting == Setting.DIMENSIONS
                    || setting == Setting.EMBEDDING_PURPOSE) {
                continue;
            }
            if (setting == Setting.USER) {
                disclosure.hint(given.path(), "has no field for the caller's own user");
            } else {
                disclosure.unsaid(given.path(), "makes vectors, and does not answer");
            }
        }
        disclosure.leftovers(prompt);
        return new Encoded(body, disclosure.unsaid(), disclosure.emulated(), () -> new Vectors(target.model()));
    }

    private static List<Part.Text> texts(Prompt prompt, Disclosure disclosure) {
        List<Part.Text> texts = new ArrayList<>();
        for (Prompt.Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.Text text) {
                    texts.add(text);
                } else {
                    disclosure.impossible(part.path(), "makes vectors of text alone");
                }
            }
        }
        if (texts.isEmpty()) {
            disclosure.impossible("input", "needs a text");
        }
        return texts;
    }

    private static void one(List<Part.Text> texts, ObjectNode body, Disclosure disclosure) {
        if (texts.size() > 1) {
            disclosure.impossible(texts.get(1).path(), "takes one text at a time");
        }
        if (!texts.isEmpty()) {
            body.put("inputText", texts.getFirst().text());
        }
    }

    private static void many(List<Part.Text> texts, ObjectNode body, Disclosure disclosure) {
        if (texts.size() > MOST_TEXTS) {
            disclosure.impossible(texts.get(MOST_TEXTS).path(), "takes " + MOST_TEXTS + " texts at a time");
        }
        ArrayNode all = body.putArray("texts");
        texts.forEach(text -> all.add(text.text()));
        body.put("input_type", "search_document");
        body.putArray("embedding_types").add("float");
    }

    private static void purpose(Prompt prompt, boolean many, ObjectNode body, Disclosure disclosure) {
        Given given = prompt.setting(Setting.EMBEDDING_PURPOSE);
        if (given == null || given.value().isNull()) {
            return;
        }
        if (many && PURPOSES.contains(given.value().asText())) {
            body.set("input_type", given.value());
        } else {
            disclosure.unsaid(given.path(), "has no word for what the vectors are for");
        }
    }

    private static void dimensions(Prompt prompt, Target target, boolean many, ObjectNode body, Disclosure disclosure) {
        Given given = prompt.setting(Setting.DIMENSIONS);
        boolean oneLength = ONE_LENGTH.matcher(target.model()).find();
        String member = many ? "output_dimension" : "dimensions";
        if (given == null || given.value().isNull()) {
            Object fallback = target.defaults().get("dimensions");
            if (fallback != null && !oneLength) {
                body.set(member, Json.mapper().valueToTree(fallback));
            }
        } else if (oneLength) {
            disclosure.unsaid(given.path(), "makes vectors of one length only");
        } else {
            body.set(member, given.value());
        }
    }

    @Override
    public AnswerDecoder decoder() {
        return new Vectors("");
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return ConverseErrors.read(status, body);
    }

    /** Reads one vector or many; there are no streams of them. */
    private record Vectors(String model) implements AnswerDecoder {
        @Override
        public void answer(byte[] json, Consumer<ChatEvent> sink) {
            JsonNode root;
            try {
                root = Json.read(json);
            } catch (IOException e) {
                throw new BrokenAnswer("the answer is not JSON", null);
            }
            JsonNode all = root.path("embeddings");
            if (all.isObject()) {
                all = all.path("float");
            }
            if (root.path("embedding").isArray()) {
                all = Json.mapper().createArrayNode().add(root.path("embedding"));
            }
            if (!all.isArray() || all.isEmpty()) {
                throw ConverseErrors.notAnAnswer(root);
            }
            sink.accept(new ChatEvent.Started(null, model));
            for (int i = 0; i < all.size(); i++) {
                sink.accept(new ChatEvent.Embedded(i, vector(all.get(i))));
            }
            JsonNode tokens = root.path("inputTextTokenCount");
            if (tokens.canConvertToLong()) {
                sink.accept(new ChatEvent.Used(new Usage(Math.max(0, tokens.asLong()), 0, 0, 0, 0)));
            }
        }

        private static float[] vector(JsonNode numbers) {
            if (!numbers.isArray() || numbers.isEmpty()) {
                throw new BrokenAnswer("a vector is missing", null);
            }
            float[] vector = new float[numbers.size()];
            for (int i = 0; i < vector.length; i++) {
                if (!numbers.get(i).isNumber()) {
                    throw new BrokenAnswer("a vector holds something that is no number", null);
                }
                vector[i] = numbers.get(i).floatValue();
            }
            return vector;
        }

        @Override
        public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
            throw new BrokenAnswer("vectors came as a stream", null);
        }

        @Override
        public boolean ended() {
            return false;
        }
    }
}
