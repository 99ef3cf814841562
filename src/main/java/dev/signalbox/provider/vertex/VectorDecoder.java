package dev.signalbox.provider.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.gemini.GeminiDialect;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads vectors out of an answer; how they lie in it is its subclass's to say. */
abstract class VectorDecoder implements AnswerDecoder {

    private static final GeminiDialect GOOGLE = new GeminiDialect();

    private final String model;
    private final List<float[]> vectors = new ArrayList<>();
    private long tokens;
    private boolean counted;

    /**
     * @param model the upstream's name of the model, which the answer does not repeat
     */
    VectorDecoder(String model) {
        this.model = model;
    }

    /** Finds what is to be found, with {@link #vector} and {@link #tokens}. */
    abstract void read(JsonNode answer);

    /**
     * The next vector.
     *
     * @throws Dialect.BrokenAnswer when it is none
     */
    final void vector(JsonNode values) {
        if (!values.isArray() || values.isEmpty()) {
            throw new Dialect.BrokenAnswer("the answer lacks a vector", null);
        }
        float[] vector = new float[values.size()];
        for (int i = 0; i < vector.length; i++) {
            if (!values.get(i).isNumber()) {
                throw new Dialect.BrokenAnswer("a vector holds something that is no number", null);
            }
            vector[i] = values.get(i).floatValue();
        }
        vectors.add(vector);
    }

    /** How many tokens a text had, when that is said. */
    final void tokens(JsonNode count) {
        if (count.isNumber() && count.longValue() >= 0) {
            tokens += count.longValue();
            counted = true;
        }
    }

    @Override
    public final void answer(byte[] json, Consumer<ChatEvent> sink) {
        JsonNode answer;
        try {
            answer = Json.read(json);
        } catch (IOException e) {
            throw new Dialect.BrokenAnswer("the answer is not JSON", null);
        }
        if (answer.path("error").isObject()) {
            int status = answer.path("error").path("code").asInt(500);
            throw new Dialect.BrokenAnswer("an error in place of an answer", GOOGLE.readError(status, json));
        }
        read(answer);
        sink.accept(new ChatEvent.Started(null, model));
        for (int i = 0; i < vectors.size(); i++) {
            sink.accept(new ChatEvent.Embedded(i, vectors.get(i)));
        }
        if (counted) {
            sink.accept(new ChatEvent.Used(new Usage(tokens, 0, 0, 0, 0)));
        }
    }

    @Override
    public final void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        throw new Dialect.BrokenAnswer("vectors are not streamed", null);
    }

    @Override
    public final boolean ended() {
        return false;
    }
}
