package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Continued;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.FrameParser;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.GoingOn;
import dev.signalbox.dialect.Rereading;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Google's Gemini API for conversations: {@code generateContent} and {@code streamGenerateContent}. The model and whether
 * the answer is streamed stand in the address, so that a body says neither.
 *
 * @see <a href="https://ai.google.dev/api/generate-content">Generating content</a>
 */
public final class GeminiDialect implements Dialect {

    /** Its name. */
    public static final String ID = "gemini";

    private static final byte[] MARK = GeminiSeal.MARK.getBytes(StandardCharsets.US_ASCII);

    /** How streams come. */
    enum Form {
        EVENTS,
        BARE_EVENTS,
        ARRAY
    }

    private final Form form;

    /** The language with streams of server-sent events, as {@code alt=sse} asks for them. */
    public GeminiDialect() {
        this(Form.EVENTS);
    }

    private GeminiDialect(Form form) {
        this.form = form;
    }

    /** The language with streams that are one JSON array, as callers get them who do not ask for events. */
    public static GeminiDialect array() {
        return new GeminiDialect(Form.ARRAY);
    }

    /** The language with streams of server-sent events for readers to whom every line is data: without comments. */
    public static GeminiDialect withoutComments() {
        return new GeminiDialect(Form.BARE_EVENTS);
    }

    @Override
    public String id() {
        return ID;
    }

    /** Streams of upstreams are always asked for as server-sent events. */
    @Override
    public FrameParser frames(int longest) {
        return new GeminiFrames(longest);
    }

    @Override
    public Prompt decode(Body body) {
        return new GeminiRequestDecoder(body.tree(), "").decode();
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new GeminiRequestEncoder(prompt, target).encode();
    }

    /**
     * The caller's body with what the deployment's configuration adds. A model's name in it goes, since the address has it,
     * and so do seals of other vendors, which no one but this gateway has put there.
     */
    @Override
    public Forwarded forward(Body body, Target target) {
        Map<String, byte @Nullable []> changes = new LinkedHashMap<>(2);
        if (body.member("model") != null) {
            changes.put("model", null);
        }
        if (contains(body.bytes(), MARK)) {
            withoutForeignSeals(body, changes);
        }
        if (!target.defaults().isEmpty()) {
            new GeminiDefaults(target).change(body, changes);
        }
        return Forwarded.whole(changes.isEmpty() ? body.bytes() : body.with(changes));
    }

    private static void withoutForeignSeals(Body body, Map<String, byte @Nullable []> changes) {
        for (String name : List.of("contents", "systemInstruction", "system_instruction")) {
            JsonNode given = body.tree().get(name);
            if (given != null) {
                JsonNode copy = given.deepCopy();
                strip(copy);
                changes.put(name, Json.bytes(copy));
            }
        }
    }

    private static void strip(JsonNode node) {
        node.forEach(GeminiDialect::strip);
        if (node instanceof ArrayNode parts) {
            parts.removeIf(GeminiDialect::saysNothing);
        } else if (node instanceof ObjectNode part) {
            withoutForeignSeal(part, "thoughtSignature");
            withoutForeignSeal(part, "thought_signature");
        }
    }

    private static void withoutForeignSeal(ObjectNode part, String name) {
        JsonNode seal = part.get(name);
        if (seal != null && seal.asText().startsWith(GeminiSeal.MARK)) {
            if (part.has("functionCall") || part.has("function_call")) {
                part.put(name, GeminiSeal.NOT_SEALED);
            } else {
                part.remove(name);
            }
        }
    }

    /** Whether nothing but a foreign seal was in it. */
    private static boolean saysNothing(JsonNode part) {
        boolean wordless = part.path("text").asText().isEmpty();
        return part.path("thought").asBoolean() && wordless && part.size() == (part.has("text") ? 2 : 1);
    }

    private static boolean contains(byte[] bytes, byte[] word) {
        int last = bytes.length - word.length;
        for (int i = 0; i <= last; i++) {
            if (bytes[i] == word[0] && Arrays.equals(bytes, i, i + word.length, word, 0, word.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public AnswerDecoder decoder() {
        return new GeminiAnswerDecoder(Map.of(), Set.of());
    }

    /** Usage is part of every stream of this language, so nothing is ever taken out. */
    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new GeminiPassing();
    }

    @Override
    public AnswerDecoder rereader() {
        return new Rereading(new GeminiAnswerDecoder(Map.of(), Set.of()), new PlainParts());
    }

    @Override
    public @Nullable Body goOn(Body body, Continued wish) {
        GoingOn asked = new GoingOn(body);
        ArrayNode more = Json.mapper().createArrayNode();
        if (!wish.said().isEmpty()) {
            more.addObject().put("role", "model").putArray("parts").addObject().put("text", wish.said());
            more.addObject().put("role", "user").putArray("parts").addObject().put("text", wish.wish());
        }
        Integer limit = wish.outputLimit();
        if (limit != null) {
            String name = body.has("generation_config") ? "generation_config" : "generationConfig";
            if (body.tree().path(name) instanceof ObjectNode config) {
                ObjectNode lower = config.deepCopy();
                String own = lower.has("max_output_tokens") ? "max_output_tokens" : "maxOutputTokens";
                asked.put(name, Json.bytes(lower.put(own, limit)));
            }
        }
        return asked.append("contents", more).body();
    }

    @Override
    public AnswerEncoder encoder(AnswerForm answer) {
        return new GeminiAnswerEncoder(answer, form);
    }

    @Override
    public UpstreamError readError(int status, byte[] body) {
        return GeminiErrors.read(status, body);
    }

    @Override
    public byte[] error(SignalboxException failure) {
        return Json.bytes(GeminiErrors.body(failure));
    }
}
