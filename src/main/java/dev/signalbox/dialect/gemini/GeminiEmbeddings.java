package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Google's Gemini API for vectors: {@code embedContent} of one text, and {@code batchEmbedContents} of many. Callers may
 * write both; of the two, what is written for upstreams is always the latter.
 *
 * @see <a href="https://ai.google.dev/api/embeddings">Embeddings</a>
 */
public final class GeminiEmbeddings implements Dialect {

    /** Its name. */
    public static final String ID = "gemini-embeddings";

    /** Whether a body is one of {@code batchEmbedContents}. */
    public static boolean isBatch(Body body) {
        return body.member("requests") != null;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Operation operation() {
        return Operation.EMBEDDINGS;
    }

    @Override
    public Prompt decode(Body body) {
        return new EmbeddingsDecoder(body.tree()).decode();
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        return new EmbeddingsEncoder(prompt, target).encode();
    }

    /** The caller's body; each request of a batch names the model, and must name the one in the address. */
    @Override
    public Forwarded forward(Body body, Target target) {
        Map<String, byte @Nullable []> changes = new LinkedHashMap<>(2);
        if (body.member("model") != null) {
            changes.put("model", null);
        }
        ObjectNode defaults = EmbeddingsEncoder.defaults(target);
        if (!isBatch(body)) {
            defaults.properties().forEach(member -> {
                if (!body.has(member.getKey()) && !body.has(Fields.snake(member.getKey()))) {
                    changes.put(member.getKey(), Json.bytes(member.getValue()));
                }
            });
        } else if (body.tree().get("requests") instanceof ArrayNode requests) {
            ArrayNode forwarded = requests.deepCopy();
            for (JsonNode each : forwarded) {
                if (each instanceof ObjectNode request) {
                    request.put("model", GeminiModel.resource(target.model()));
                    defaults.properties().forEach(member -> {
                        if (!request.has(Fields.snake(member.getKey()))) {
                            request.putIfAbsent(member.getKey(), member.getValue());
                        }
                    });
                }
            }
            changes.put("requests", Json.bytes(forwarded));
        }
        return Forwarded.whole(changes.isEmpty() ? body.bytes() : body.with(changes));
    }

    @Override
    public AnswerDecoder decoder() {
        return new EmbeddingsReader(false, "");
    }

    @Override
    public AnswerDecoder passing(boolean usageWanted) {
        return new EmbeddingsReader(true, "");
    }

    @Override
    public AnswerEncoder encoder(AnswerForm form) {
        Body request = form.request();
        return new EmbeddingsWriter(request == null || isBatch(request));
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
