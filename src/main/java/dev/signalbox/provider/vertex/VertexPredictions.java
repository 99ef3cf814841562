package dev.signalbox.provider.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import java.util.List;

/**
 * Embeddings by {@code :predict}, as Google Cloud's own text models make them.
 *
 * @see <a href="https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api">Text embeddings
 *     API</a>
 */
final class VertexPredictions extends VertexLanguage {

    private final boolean many;

    /**
     * @param many whether the model takes more than one text in a request
     */
    VertexPredictions(boolean many) {
        this.many = many;
    }

    @Override
    public String id() {
        return "vertex-predict";
    }

    @Override
    public Operation operation() {
        return Operation.EMBEDDINGS;
    }

    @Override
    public Encoded encode(Prompt prompt, Target target) {
        Texts texts = Texts.of(prompt, target, !many);
        ObjectNode body = Json.object();
        var instances = body.putArray("instances");
        for (Part.Text text : texts.texts()) {
            ObjectNode instance = instances.addObject().put("content", text.text());
            if (texts.purpose() != null) {
                instance.put("task_type", texts.purpose());
            }
            if (texts.title() != null) {
                instance.put("title", texts.title());
            }
        }
        if (texts.dimensions() != null) {
            body.putObject("parameters").set("outputDimensionality", texts.dimensions());
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
                JsonNode predictions = answer.path("predictions");
                if (!predictions.isArray() || predictions.isEmpty()) {
                    throw new Dialect.BrokenAnswer("the answer has no predictions", null);
                }
                for (JsonNode prediction : predictions) {
                    JsonNode embedding = prediction.path("embeddings");
                    vector(embedding.path("values"));
                    tokens(embedding.path("statistics").path("token_count"));
                }
            }
        };
    }
}
