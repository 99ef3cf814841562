package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Writes vectors as numbers, or in base64 when that was asked for: the bytes of 32-bit floats, the lowest first. */
final class VectorWriter extends WholeAnswer {

    private final AnswerForm form;
    private final Map<Integer, float[]> vectors = new TreeMap<>();
    private String model = "";
    private Usage usage = Usage.NONE;

    VectorWriter(AnswerForm form) {
        this.form = form;
    }

    private boolean isBase64Wanted() {
        Body request = form.request();
        Body.Member format = request == null ? null : request.member("encoding_format");
        return request != null
                && format != null
                && format.type() == JsonToken.VALUE_STRING
                && "base64".equals(request.string("encoding_format"));
    }

    @Override
    public void gather(ChatEvent event) {
        switch (event) {
            case ChatEvent.Started started -> model = started.model();
            case ChatEvent.Embedded(var index, var vector) -> vectors.put(index, vector);
            case ChatEvent.Used used -> usage = used.usage();
            default -> super.gather(event);
        }
    }

    @Override
    public byte[] plain() {
        if (passes()) {
            return super.plain();
        }
        boolean base64 = isBase64Wanted();
        var out = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (Map.Entry<Integer, float[]> vector : vectors.entrySet()) {
                json.writeStartObject();
                json.writeStringField("object", "embedding");
                json.writeNumberField("index", vector.getKey());
                json.writeFieldName("embedding");
                write(vector.getValue(), base64, json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("model", model);
            json.writeObjectFieldStart("usage");
            json.writeNumberField("prompt_tokens", usage.prompt());
            json.writeNumberField("total_tokens", usage.prompt() + usage.completion());
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return out.toByteArray();
    }

    private static void write(float[] vector, boolean base64, JsonGenerator json) throws IOException {
        if (base64) {
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float number : vector) {
                bytes.putFloat(number);
            }
            json.writeString(Base64.getEncoder().encodeToString(bytes.array()));
            return;
        }
        json.writeStartArray();
        for (float number : vector) {
            json.writeNumber(number);
        }
        json.writeEndArray();
    }
}
