package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes vectors; they are never streamed. */
final class EmbeddingsWriter implements AnswerEncoder {

    private static final byte[] NOTHING = {};

    private final boolean batch;
    private final Map<Integer, float[]> vectors = new TreeMap<>();
    private byte @Nullable [] whole;

    /**
     * @param batch whether the caller asked for a batch
     */
    EmbeddingsWriter(boolean batch) {
        this.batch = batch;
    }

    @Override
    public byte[] event(ChatEvent event) {
        gather(event);
        return NOTHING;
    }

    @Override
    public void gather(ChatEvent event) {
        if (event instanceof ChatEvent.Wire wire) {
            whole = wire.data();
        } else if (event instanceof ChatEvent.Embedded(int index, float[] vector)) {
            vectors.put(index, vector);
        }
    }

    @Override
    public byte[] plain() {
        byte[] passed = whole;
        if (passed != null) {
            return passed;
        }
        ObjectNode body = Json.object();
        if (batch) {
            ArrayNode all = body.putArray("embeddings");
            vectors.values().forEach(vector -> values(all.addObject(), vector));
        } else {
            values(
                    body.putObject("embedding"),
                    vectors.isEmpty() ? new float[0] : vectors.getOrDefault(0, new float[0]));
        }
        return Json.bytes(body);
    }

    private static void values(ObjectNode embedding, float[] vector) {
        ArrayNode values = embedding.putArray("values");
        for (float value : vector) {
            values.add(value);
        }
    }

    @Override
    public byte[] end(byte[] comment) {
        return plain();
    }

    @Override
    public byte[] broken(SignalboxException failure, byte[] comment) {
        return Json.bytes(GeminiErrors.body(failure));
    }

    @Override
    public byte[] keepAlive() {
        return NOTHING;
    }
}
