package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads vectors, written as numbers or in base64, for callers of other languages. */
final class VectorReader implements AnswerDecoder {

    private final List<ChatEvent> vectors = new ArrayList<>();
    private @Nullable Usage usage;
    private String model = "";
    private @Nullable String id;
    private boolean error;
    private boolean ended;

    @Override
    public void answer(byte[] json, Consumer<ChatEvent> sink) {
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw AnswerScan.notAnObject();
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                member(parser, name, value);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new BrokenAnswer("the upstream's answer holds no vectors", null);
        }
        if (error) {
            throw UpstreamErrors.inPlaceOfAnAnswer(json);
        }
        if (vectors.isEmpty()) {
            throw new BrokenAnswer("the upstream's answer holds no vectors", null);
        }
        ended = true;
        sink.accept(new ChatEvent.Started(id, model));
        vectors.forEach(sink);
        if (usage != null) {
            sink.accept(new ChatEvent.Used(usage));
        }
    }

    private void member(JsonParser parser, String name, JsonToken value) throws IOException {
        switch (name) {
            case "usage" -> usage = TokenCounts.read(parser);
            case "model" -> model = value == JsonToken.VALUE_STRING ? parser.getText() : model;
            case "id" -> id = value == JsonToken.VALUE_STRING ? parser.getText() : id;
            case "data" -> data(parser, value);
            default -> error |= name.equals("error") && value != JsonToken.VALUE_NULL;
        }
        parser.skipChildren();
    }

    private void data(JsonParser parser, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("no vector");
            }
            vector(parser, vectors.size());
        }
    }

    private void vector(JsonParser parser, int position) throws IOException {
        int index = position;
        float[] numbers = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "index" -> index = value == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : index;
                case "embedding" -> numbers = numbers(parser, value);
                default -> {}
            }
            parser.skipChildren();
        }
        if (numbers == null || index < 0) {
            throw new IllegalArgumentException("no vector");
        }
        vectors.add(new ChatEvent.Embedded(index, numbers));
    }

    private static float @Nullable [] numbers(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return read(parser.getText());
        }
        if (value != JsonToken.START_ARRAY) {
            return null;
        }
        float[] numbers = new float[512];
        int length = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (length == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * length);
            }
            numbers[length++] = finite(parser.getFloatValue());
        }
        return Arrays.copyOf(numbers, length);
    }

    private static float[] read(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[bytes.remaining() / Float.BYTES];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = finite(bytes.getFloat());
        }
        return numbers;
    }

    private static float finite(float number) {
        if (!Float.isFinite(number)) {
            throw new IllegalArgumentException("no number");
        }
        return number;
    }

    @Override
    public void event(@Nullable String name, byte[] data, Consumer<ChatEvent> sink) {
        throw new BrokenAnswer("vectors are never streamed", null);
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
