package dev.signalbox.provider.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import java.util.List;

/**
 * Embeddings by {@code :embedContent}, as the newer models on Google Cloud make them: one text in a request, and settings in
 * an object of their own.
 *
 * @see <a href="https://cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-multimodal-embeddings">Multimodal
 *     embeddings</a>
 */
final class VertexEmbeddings extends VertexLanguage {

    @Override
    public String id() {
        return "vertex-embed";
    }

    @Override
    public Operation operation() {
        return Operation.EMBEDDINGS;
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Texts texts = Texts.of(prompt, target, true);
        ObjectNode body = Json.object();
        var parts = body.putObject("content").putArray("parts");
        for (Part.Text text : texts.texts()) {
            parts.addObject().put("text", text.text());
        }
        ObjectNode config = Json.object();
        if (texts.purpose() != null) {
            config.put("taskType", texts.purpose());
        }
        if (texts.title() != null) {
            config.put("title", texts.title());
        }
        if (texts.dimensions() != null) {
            config.set("outputDimensionality", texts.dimensions());
        }
        if (!config.isEmpty()) {
            body.set("embedContentConfig", config);
        }
        return new Encoded(body, texts.unsaid(), List.of(), () -> decoder(target.model()));
    }

    @Override
    public AnswerDecoder decoder() {
        return decoder("");
    }

    private static AnswerDecoder decoder(String model) {
        return new VectorDecoder(model) {
            @Override
            void read(JsonNode answer) {
                vector(answer.path("embedding").path("values"));
                tokens(answer.path("usageMetadata").path("promptTokenCount"));
            }
        };
    }
}
