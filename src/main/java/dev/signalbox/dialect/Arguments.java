package dev.signalbox.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import org.jspecify.annotations.Nullable;

/** The arguments of a call, which are text to the gateway and must be a JSON object in many languages. */
public final class Arguments {

    /** Where arguments that are no object are put; Anthropic's own advice. */
    private static final String NO_OBJECT = "INVALID_JSON";

    private Arguments() {}

    /** The object that they are, an empty one for none; null when they are something else. */
    public static @Nullable ObjectNode object(String text) {
        if (text.isBlank()) {
            return Json.object();
        }
        try {
            return Json.read(text) instanceof ObjectNode object ? object : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** Arguments that are something else, put into an object. */
    public static ObjectNode wrapped(String text) {
        return Json.object().put(NO_OBJECT, text);
    }
}
