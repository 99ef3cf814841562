package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Prompt.Leftover;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The members of one object of a request. What is taken is understood; the rest is left over. */
final class Members {

    private final JsonNode object;
    private final String path;
    private final Set<String> taken = new HashSet<>();

    private Members(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /**
     * The members of an object.
     *
     * @param path where it stands; empty for the body itself
     */
    static Members of(JsonNode node, String path) {
        if (!node.isObject()) {
            throw wrong(path, "an object");
        }
        return new Members(node, path);
    }

    /** A complaint about a value. */
    static InvalidRequest wrong(String path, String expected) {
        return new InvalidRequest("'" + path + "' must be " + expected, path);
    }

    /** Where the object stands. */
    String path() {
        return path;
    }

    /** Where a member stands. */
    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The member, which stays where it is; null when it is missing or null. */
    @Nullable JsonNode peek(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** The member; null when it is missing or null. */
    @Nullable JsonNode take(String name) {
        taken.add(name);
        return peek(name);
    }

    @Nullable String string(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isTextual()) {
            throw wrong(path(name), "a string");
        }
        return value == null ? null : value.textValue();
    }

    String requiredString(String name) {
        String value = string(name);
        if (value == null) {
            throw wrong(path(name), "a string");
        }
        return value;
    }

    @Nullable JsonNode number(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isNumber()) {
            throw wrong(path(name), "a number");
        }
        return value;
    }

    @Nullable JsonNode integer(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isIntegralNumber()) {
            throw wrong(path(name), "an integer");
        }
        return value;
    }

    @Nullable JsonNode bool(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(path(name), "true or false");
        }
        return value;
    }

    @Nullable JsonNode object(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isObject()) {
            throw wrong(path(name), "an object");
        }
        return value;
    }

    Members requiredObject(String name) {
        JsonNode value = object(name);
        if (value == null) {
            throw wrong(path(name), "an object");
        }
        return new Members(value, path(name));
    }

    @Nullable JsonNode array(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isArray()) {
            throw wrong(path(name), "an array");
        }
        return value;
    }

    /** The object as a whole is not understood. */
    void leave(List<Leftover> leftovers) {
        leftovers.add(new Leftover(path, object));
    }

    /** The member, taken or not, is not understood. */
    void leave(String name, List<Leftover> leftovers) {
        leftovers.add(new Leftover(path(name), object.get(name)));
    }

    /** Everything that was not taken and is not null is not understood. */
    void leaveTheRest(List<Leftover> leftovers) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            if (!taken.contains(member.getKey()) && !member.getValue().isNull()) {
                leftovers.add(new Leftover(path(member.getKey()), member.getValue()));
            }
        }
    }
}
