package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Prompt.Leftover;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The fields of one object in a caller's body: each is asked for by name, and those that nobody asked for are left over. */
final class Fields {

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
        throw wrong(path, "an object");
    }

    /** Where a field stands. */
    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
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
        asked.add(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
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

    String requiredText(String name) {
        required(name);
        return String.valueOf(text(name));
    }

    boolean isTrue(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(path(name), "true or false");
        }
        return value != null && value.booleanValue();
    }

    @Nullable JsonNode number(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isNumber()) {
            throw wrong(path(name), "a number");
        }
        return value;
    }

    @Nullable JsonNode integer(String name) {
        JsonNode value = any(name);
        if (value != null && !(value.isIntegralNumber() && value.canConvertToLong())) {
            throw wrong(path(name), "an integer");
        }
        return value;
    }

    @Nullable ArrayNode array(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isArray()) {
            throw wrong(path(name), "an array");
        }
        return (ArrayNode) value;
    }

    @Nullable ObjectNode objectOrNull(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isObject()) {
            throw wrong(path(name), "an object");
        }
        return (ObjectNode) value;
    }

    /** Leaves over what nobody asked for; null says nothing. */
    void leave(List<Leftover> leftovers) {
        leave(leftovers, Set.of());
    }

    /**
     * Leaves over what nobody asked for.
     *
     * @param hints the fields without which the answer means the same
     */
    void leave(List<Leftover> leftovers, Set<String> hints) {
        object.properties().forEach(field -> {
            String name = field.getKey();
            if (!asked.contains(name) && !field.getValue().isNull()) {
                leftovers.add(new Leftover(path(name), field.getValue(), hints.contains(name)));
            }
        });
    }

    /** Takes note of a field whose value says what goes without saying. */
    void skip(String name, Predicate<JsonNode> saysNothing) {
        JsonNode value = object.get(name);
        if (value != null && saysNothing.test(value)) {
            asked.add(name);
        }
    }

    static InvalidRequest wrong(String path, String expected) {
        return new InvalidRequest("'" + path + "' must be " + expected, path);
    }
}
