package dev.signalbox.dialect.ollama;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Vectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the vectors of {@code /api/embed} in one pass, since they are long; they never come in pieces. */
final class OllamaVectors implements AnswerDecoder {

    private final List<float[]> vectors = new ArrayList<>();
    private String model = "";
    private long tokens = -1;
    private boolean any;
    private boolean ended;

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            read(parser, json);
        } catch (IOException | NumberFormatException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
        if (!any) {
            throw new BrokenAnswer("the answer has no embeddings", null);
        }
        sink.accept(new ChatEvent.Started(null, model));
        for (int i = 0; i < vectors.size(); i++) {
            sink.accept(new ChatEvent.Embedded(i, vectors.get(i)));
        }
        if (tokens >= 0) {
            sink.accept(new ChatEvent.Used(new Usage(tokens, 0, 0, 0, 0)));
        }
        ended = true;
    }

    private void read(JsonParser parser, byte[] json) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new BrokenAnswer("the answer is not a JSON object", null);
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "error" -> {
                    if (value != JsonToken.VALUE_NULL) {
                        throw OllamaErrors.inAnswer(Json.read(json));
                    }
                }
                case "model" -> model = value == JsonToken.VALUE_STRING ? parser.getText() : "";
                case "prompt_eval_count" -> {
                    if (value == JsonToken.VALUE_NUMBER_INT) {
                        tokens = Math.clamp((long) parser.getDoubleValue(), 0, Integer.MAX_VALUE);
                    }
                }
                case "embeddings" -> {
                    any = value == JsonToken.START_ARRAY;
                    if (any) {
                        vectors.addAll(Vectors.read(parser));
                        continue;
                    }
                }
                default -> {}
            }
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            throw new BrokenAnswer("the answer goes on after its end", null);
        }
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        throw new BrokenAnswer("vectors do not come in pieces", null);
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
