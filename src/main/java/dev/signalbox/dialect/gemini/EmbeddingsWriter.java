package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Unstreamed;
import java.util.Map;
import java.util.TreeMap;

/** Writes vectors. */
final class EmbeddingsWriter extends Unstreamed {

    private final boolean batch;
    private final Map<Integer, float[]> vectors = new TreeMap<>();

    /**
     * @param batch whether the caller asked for a batch
     */
    EmbeddingsWriter(boolean batch) {
        this.batch = batch;
    }

    @Override
    protected void take(ChatEvent event) {
        if (event instanceof ChatEvent.Embedded(int index, float[] vector)) {
            vectors.put(index, vector);
        }
    }

    @Override
    protected ObjectNode written() {
        ObjectNode body = Json.object();
        if (batch) {
            ArrayNode all = body.putArray("embeddings");
            vectors.values().forEach(vector -> values(all.addObject(), vector));
        } else {
            values(
                    body.putObject("embedding"),
                    vectors.isEmpty() ? new float[0] : vectors.getOrDefault(0, new float[0]));
        }
        return body;
    }

    private static void values(ObjectNode embedding, float[] vector) {
        ArrayNode values = embedding.putArray("values");
        for (float value : vector) {
            values.add(value);
        }
    }

    @Override
    protected ObjectNode failed(SignalboxException failure) {
        return GeminiErrors.body(failure);
    }
}
