package dev.signalbox.it;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON as callers send and read it. */
final class Shapes {

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Shapes() {}

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    static ObjectNode object(String text) {
        return (ObjectNode) json(text);
    }

    static String quoted(String text) {
        return JsonNodeFactory.instance.textNode(text).toString();
    }

    /** The shortest request. */
    static String question(String model) {
        return question(model, "hi");
    }

    static String question(String model, String words) {
        return """
                {"model":%s,"messages":[{"role":"user","content":%s}]}""".formatted(quoted(model), quoted(words));
    }

    /** The same, streamed. */
    static String streamed(String model) {
        return """
                {"model":%s,"stream":true,"messages":[{"role":"user","content":"hi"}]}""".formatted(quoted(model));
    }

    /** A request with more fields: {@code more} is JSON without its braces. */
    static String with(String model, String more) {
        return """
                {"model":%s,"messages":[{"role":"user","content":"hi"}],%s}""".formatted(quoted(model), more);
    }
}
