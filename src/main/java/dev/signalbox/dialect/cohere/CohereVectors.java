package dev.signalbox.dialect.cohere;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
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

/** Reads the vectors of {@code /v2/embed} in one pass, since they are long; they never come in pieces. */
final class CohereVectors implements AnswerDecoder {

    /** Reads one value where it stands, whatever follows. */
    private static final ObjectReader PART =
            Json.mapper().reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String model;
    private final List<float[]> vectors = new ArrayList<>();
    private @Nullable String id;
    private @Nullable Usage usage;
    private String error = "";
    private boolean any;
    private boolean ended;

    CohereVectors(String model) {
        this.model = model;
    }

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            read(parser);
        } catch (IOException | NumberFormatException e) {
            throw new BrokenAnswer("the answer is not JSON", null);
        }
        if (!any) {
            throw error.isEmpty()
                    ? new BrokenAnswer("the answer has no embeddings", null)
                    : CohereErrors.inAnswer(500, error);
        }
        sink.accept(new ChatEvent.Started(id, model));
        for (int i = 0; i < vectors.size(); i++) {
            sink.accept(new ChatEvent.Embedded(i, vectors.get(i)));
        }
        Usage used = usage;
        if (used != null) {
            sink.accept(new ChatEvent.Used(used));
        }
        ended = true;
    }

    private void read(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new BrokenAnswer("the answer is not a JSON object", null);
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "id" -> id = value == JsonToken.VALUE_STRING ? parser.getText() : null;
                case "message" -> error = value == JsonToken.VALUE_STRING ? parser.getText() : "";
                case "embeddings" -> {
                    embeddings(parser, value);
                    continue;
                }
                case "meta" -> {
                    JsonNode meta = PART.readTree(parser);
                    usage = CohereAnswer.usage(meta);
                    continue;
                }
                default -> {}
            }
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            throw new BrokenAnswer("the answer goes on after its end", null);
        }
    }

    /** By their type; the first version had an array in this place. */
    private void embeddings(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.START_ARRAY) {
            any = true;
            vectors.addAll(Vectors.read(parser));
        } else if (value == JsonToken.START_OBJECT) {
            for (String type = parser.nextFieldName(); type != null; type = parser.nextFieldName()) {
                if (parser.nextToken() == JsonToken.START_ARRAY && type.equals("float")) {
                    any = true;
                    vectors.addAll(Vectors.read(parser));
                } else {
                    parser.skipChildren();
                }
            }
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
