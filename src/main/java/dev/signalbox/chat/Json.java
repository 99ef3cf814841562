package dev.signalbox.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * JSON trees and bytes as this gateway reads and writes them: decimals keep their digits ({@code 0.20} stays
 * {@code 0.20}), strings may be as long as a body, nesting is bounded.
 */
public final class Json {

    private static final int DEEPEST = 500;
    private static final String HUGE = "a number has an exponent that is out of range";

    /** Makes the streaming parsers of the hot path. */
    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final ObjectMapper MAPPER = new ObjectMapper(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true)
            .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);

    /** Writes what has no usual form, half of a surrogate pair or a number with a huge exponent, as JSON can say it. */
    private static final ObjectWriter UNUSUAL = MAPPER.writer()
            .with(JsonWriteFeature.ESCAPE_NON_ASCII)
            .without(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);

    private Json() {}

    /** An empty object to fill. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * The tree of one JSON document.
     *
     * @throws IOException when the bytes are not exactly one JSON document
     */
    public static JsonNode read(byte[] bytes) throws IOException {
        try {
            return MAPPER.readTree(bytes);
        } catch (NumberFormatException e) {
            throw new JsonParseException(null, HUGE);
        }
    }

    /**
     * The tree of one JSON document given as text.
     *
     * @throws JsonProcessingException when the text is not exactly one JSON document
     */
    public static JsonNode read(String text) throws JsonProcessingException {
        try {
            return MAPPER.readTree(text);
        } catch (NumberFormatException e) {
            throw new JsonParseException(null, HUGE);
        }
    }

    /** The UTF-8 bytes of a tree. */
    public static byte[] bytes(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            return unusual(tree);
        }
    }

    private static byte[] unusual(Object value) {
        try {
            return UNUSUAL.writeValueAsBytes(value);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The text of a tree. */
    public static String text(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            return new String(unusual(tree), StandardCharsets.UTF_8);
        }
    }

    /** The UTF-8 bytes of a JSON string literal, quotes included. */
    public static byte[] quoted(String value) {
        byte[] inner;
        try {
            inner = JsonStringEncoder.getInstance().quoteAsUTF8(value);
        } catch (IllegalArgumentException e) {
            return unusual(value);
        }
        byte[] outer = new byte[inner.length + 2];
        outer[0] = '"';
        System.arraycopy(inner, 0, outer, 1, inner.length);
        outer[outer.length - 1] = '"';
        return outer;
    }

    /** A converter between trees and values, for the few places that want one. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }
}
