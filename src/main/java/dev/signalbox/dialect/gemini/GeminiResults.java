package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tool answered, as the object that Gemini wants: the tool's own where it is one, else its words as {@code output},
 * or as {@code error} where it failed.
 *
 * @see <a href="https://ai.google.dev/api/caching#FunctionResponse">FunctionResponse</a>
 */
final class GeminiResults {

    private static final String OUTPUT = "output";
    private static final String ERROR = "error";

    /** Beyond these, whole numbers lose digits where they are kept as doubles, as Gemini keeps them. */
    private static final BigInteger EXACT = BigInteger.ONE.shiftLeft(53);

    private GeminiResults() {}

    /** The words of an answer. */
    static String text(ObjectNode response) {
        if (response.size() == 1) {
            for (String name : List.of(OUTPUT, ERROR)) {
                JsonNode only = response.get(name);
                if (only != null && (only.isTextual() || name.equals(ERROR))) {
                    return only.isTextual() ? only.textValue() : Json.text(only);
                }
            }
        }
        return Json.text(response);
    }

    /** The answer with those words. */
    static ObjectNode response(List<String> words, boolean failed) {
        ObjectNode response = Json.object();
        String name = failed ? ERROR : OUTPUT;
        if (words.size() > 1) {
            words.forEach(response.putArray(name)::add);
            return response;
        }
        String text = words.isEmpty() ? "" : words.getFirst();
        ObjectNode own = object(text);
        if (own == null) {
            return response.put(name, text);
        }
        if (failed) {
            response.set(ERROR, own);
            return response;
        }
        return own;
    }

    private static @Nullable ObjectNode object(String text) {
        if (text.isEmpty() || text.stripLeading().indexOf('{') != 0) {
            return null;
        }
        try {
            return Json.read(text) instanceof ObjectNode object && isHarmless(object) ? object : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** Gemini takes a {@code $ref} for one of its own, and numbers for doubles. */
    private static boolean isHarmless(JsonNode value) {
        if (value.isObject() && value.has("$ref")) {
            return false;
        }
        if (value.isIntegralNumber() && value.bigIntegerValue().abs().compareTo(EXACT) > 0) {
            return false;
        }
        for (JsonNode inner : value) {
            if (!isHarmless(inner)) {
                return false;
            }
        }
        return true;
    }
}
