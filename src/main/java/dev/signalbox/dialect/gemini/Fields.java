package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt.Leftover;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object in a caller's body: each is asked for by name, and those that nobody asked for are left over.
 *
 * <p>As in every JSON form of a protocol buffer, a field may be written {@code topP} or {@code top_p}, a number may be a
 * string, and null is the same as nothing.
 *
 * @see <a href="https://protobuf.dev/programming-guides/json/">ProtoJSON</a>
 */
final class Fields {

    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private final ObjectNode object;
    private final String path;
    private final Set<String> asked = new HashSet<>();

    private Fields(ObjectNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /**
     * @param path where the object stands; empty for the body itself
     * @throws InvalidRequest when it is no object
     */
    static Fields of(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            return new Fields(object, path);
        }
        throw wrong(path.isEmpty() ? "the body" : path, "an object");
    }

    /** The name with an underscore before each capital, as protocol buffers spell their fields. */
    static String snake(String name) {
        StringBuilder snake = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                snake.append('_').append((char) (c + 32));
            } else {
                snake.append(c);
            }
        }
        return snake.toString();
    }

    /** The name as the caller wrote it. */
    private String spelled(String name) {
        if (object.has(name)) {
            return name;
        }
        String snake = snake(name);
        return object.has(snake) ? snake : name;
    }

    /** Where a field stands, in the caller's spelling. */
    String path(String name) {
        String spelled = spelled(name);
        return path.isEmpty() ? spelled : path + "." + spelled;
    }

    /** Where the object stands. */
    String path() {
        return path;
    }

    /** The object itself. */
    ObjectNode object() {
        return object;
    }

    /** Any value; null when it is missing or null. */
    @Nullable JsonNode any(String name) {
        String spelled = spelled(name);
        asked.add(spelled);
        JsonNode value = object.get(spelled);
        return value == null || value.isNull() ? null : value;
    }

    /** Whether the field is there and not null; it counts as not asked for. */
    boolean has(String name) {
        return object.hasNonNull(spelled(name));
    }

    /** A value that must be there. */
    JsonNode required(String name) {
        JsonNode value = any(name);
        if (value == null) {
            throw new InvalidRequest("'" + path(name) + "' is required", path(name));
        }
        return value;
    }

    @Nullable String text(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isTextual()) {
            throw wrong(path(name), "a string");
        }
        return value == null ? null : value.textValue();
    }

    /** A string; empty when it is missing, as protocol buffers have it. */
    String textOrEmpty(String name) {
        String text = text(name);
        return text == null ? "" : text;
    }

    boolean isTrue(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(path(name), "true or false");
        }
        return value != null && value.booleanValue();
    }

    /** A boolean that may be missing. */
    @Nullable JsonNode bool(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(path(name), "true or false");
        }
        return value;
    }

    @Nullable JsonNode number(String name) {
        JsonNode value = any(name);
        JsonNode number = value == null ? null : unquoted(value);
        if (number != null && !number.isNumber()) {
            throw wrong(path(name), "a number");
        }
        return number;
    }

    @Nullable JsonNode integer(String name) {
        JsonNode value = any(name);
        if (value == null) {
            return null;
        }
        JsonNode number = unquoted(value);
        if (number.isIntegralNumber() && number.canConvertToLong()) {
            return number;
        }
        if (number.isNumber()) {
            BigDecimal decimal = number.decimalValue();
            if (decimal.abs().compareTo(MOST) <= 0
                    && decimal.remainder(BigDecimal.ONE).signum() == 0) {
                return LongNode.valueOf(decimal.longValue());
            }
        }
        throw wrong(path(name), "an integer");
    }

    private static JsonNode unquoted(JsonNode value) {
        if (!value.isTextual()) {
            return value;
        }
        try {
            return Json.read(value.textValue());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return value;
        }
    }

    @Nullable ObjectNode objectOrNull(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isObject()) {
            throw wrong(path(name), "an object");
        }
        return (ObjectNode) value;
    }

    @Nullable ArrayNode array(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isArray()) {
            throw wrong(path(name), "an array");
        }
        return (ArrayNode) value;
    }

    /** Objects of a list; a single object counts as a list of itself, which the vendor's own examples rely on. */
    List<Fields> objects(String name) {
        JsonNode value = any(name);
        if (value == null) {
            return List.of();
        }
        if (value.isObject()) {
            return List.of(of(value, path(name)));
        }
        if (!value.isArray()) {
            throw wrong(path(name), "an array");
        }
        List<Fields> objects = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            objects.add(of(value.get(i), path(name) + "[" + i + "]"));
        }
        return objects;
    }

    /** Leaves over what nobody asked for; null and an empty list are the same as nothing. */
    void leave(List<Leftover> leftovers) {
        object.properties().forEach(field -> {
            JsonNode value = field.getValue();
            boolean empty = value.isNull() || (value.isArray() && value.isEmpty());
            if (!empty && !asked.contains(field.getKey())) {
                String where = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                leftovers.add(new Leftover(where, value));
            }
        });
    }

    static InvalidRequest wrong(String path, String expected) {
        return new InvalidRequest("'" + path + "' must be " + expected, path);
    }
}
