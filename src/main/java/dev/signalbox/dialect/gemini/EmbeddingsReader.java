package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads vectors, of one text or of many; for callers of the same language it only looks at them and hands the bytes on. */
final class EmbeddingsReader implements AnswerDecoder {

    private final boolean passing;
    private final String model;
    private final UsageTally tally = new UsageTally();
    private final List<float[]> vectors = new ArrayList<>();
    private boolean found;
    private boolean error;
    private boolean counted;
    private boolean ended;

    /**
     * @param passing whether the caller speaks this language
     * @param model what was asked, since the answer does not name it; empty when nobody knows
     */
    EmbeddingsReader(boolean passing, String model) {
        this.passing = passing;
        this.model = model;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        read(json);
        ended = true;
        if (passing) {
            sink.accept(new ChatEvent.Wire(null, json, true, counted ? tally.usage() : null, null, 0, null, false));
            return;
        }
        sink.accept(new ChatEvent.Started(null, model));
        for (int i = 0; i < vectors.size(); i++) {
            sink.accept(new ChatEvent.Embedded(i, vectors.get(i)));
        }
        if (counted) {
            sink.accept(new ChatEvent.Used(tally.usage()));
        }
    }

    /** Vectors are never streamed; an answer that comes as an event is one nonetheless. */
    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        if (!ended) {
            answer(data, sink);
        }
    }

    private void read(byte[] json) {
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    member(parser.currentName(), parser.nextToken(), parser);
                }
            }
            if (error || first != JsonToken.START_OBJECT) {
                BrokenAnswer said = GeminiErrors.inAnswer(Json.read(json));
                throw said == null ? notVectors() : said;
            }
            if (!found || parser.nextToken() != null) {
                throw notVectors();
            }
        } catch (IOException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
    }

    private static BrokenAnswer notVectors() {
        return new BrokenAnswer("the answer holds no vectors", null);
    }

    private void member(String name, JsonToken token, JsonParser parser) throws IOException {
        switch (name) {
            case "embedding" -> embedding(token, parser);
            case "embeddings" -> {
                if (token != JsonToken.START_ARRAY) {
                    throw notVectors();
                }
                found = true;
                for (JsonToken each = parser.nextToken(); each != JsonToken.END_ARRAY; each = parser.nextToken()) {
                    embedding(each, parser);
                }
            }
            case "usageMetadata" -> {
                if (token == JsonToken.START_OBJECT) {
                    tally.take(parser);
                    counted = true;
                } else {
                    parser.skipChildren();
                }
            }
            case "error" -> {
                error |= token == JsonToken.START_OBJECT;
                parser.skipChildren();
            }
            default -> parser.skipChildren();
        }
    }

    private void embedding(@Nullable JsonToken token, JsonParser parser) throws IOException {
        if (token != JsonToken.START_OBJECT) {
            throw notVectors();
        }
        found = true;
        float[] vector = {};
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean values = parser.currentName().equals("values");
            JsonToken value = parser.nextToken();
            if (values && value == JsonToken.START_ARRAY && !passing) {
                vector = values(parser);
            } else {
                parser.skipChildren();
            }
        }
        vectors.add(vector);
    }

    private static float[] values(JsonParser parser) throws IOException {
        float[] values = new float[768];
        int size = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == null || !token.isNumeric()) {
                throw notVectors();
            }
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = parser.getFloatValue();
        }
        return Arrays.copyOf(values, size);
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
