package dev.signalbox.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Prompt.Leftover;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The members of one object of a request. What is taken is understood; the rest is left over. */
public final class Members {

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
    public static Members of(JsonNode node, String path) {
        if (!node.isObject()) {
            throw wrong(path, "an object");
        }
        return new Members(node, path);
    }

    /** A complaint about a value. */
    public static InvalidRequest wrong(String path, String expected) {
        return new InvalidRequest("'" + path + "' must be " + expected, path);
    }

    /** Where the object stands. */
    public String path() {
        return path;
    }

    /** Where a member stands. */
    public String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The member, which stays where it is; null when it is missing or null. */
    public @Nullable JsonNode peek(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** The member; null when it is missing or null. */
    public @Nullable JsonNode take(String name) {
        taken.add(name);
        return peek(name);
    }

    /** The member, a string; null when it is missing or null. */
    public @Nullable String string(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isTextual()) {
            throw wrong(path(name), "a string");
        }
        return value == null ? null : value.textValue();
    }

    /** The member, which must be there and a string. */
    public String requiredString(String name) {
        String value = string(name);
        if (value == null) {
            throw wrong(path(name), "a string");
        }
        return value;
    }

    /** The member, a number; null when it is missing or null. */
    public @Nullable JsonNode number(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isNumber()) {
            throw wrong(path(name), "a number");
        }
        return value;
    }

    /** The member, an integer; null when it is missing or null. */
    public @Nullable JsonNode integer(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isIntegralNumber()) {
            throw wrong(path(name), "an integer");
        }
        return value;
    }

    /** The member, true or false; null when it is missing or null. */
    public @Nullable JsonNode bool(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(path(name), "true or false");
        }
        return value;
    }

    /** The member, an object; null when it is missing or null. */
    public @Nullable JsonNode object(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isObject()) {
            throw wrong(path(name), "an object");
        }
        return value;
    }

    /** The members of the member, which must be there and an object. */
    public Members requiredObject(String name) {
        JsonNode value = object(name);
        if (value == null) {
            throw wrong(path(name), "an object");
        }
        return new Members(value, path(name));
    }

    /** The member, an array; null when it is missing or null. */
    public @Nullable JsonNode array(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isArray()) {
            throw wrong(path(name), "an array");
        }
        return value;
    }

    /** The object as a whole is not understood. */
    public void leave(List<Leftover> leftovers) {
        leftovers.add(new Leftover(path, object));
    }

    /** The member, taken or not, is not understood. */
    public void leave(String name, List<Leftover> leftovers) {
        leftovers.add(new Leftover(path(name), object.get(name)));
    }

    /** Everything that was not taken and is not null is not understood. */
    public void leaveTheRest(List<Leftover> leftovers) {
        leaveTheRest(leftovers, Set.of());
    }

    /**
     * Everything that was not taken and is not null is not understood.
     *
     * @param hints names of members without which the answer means the same
     */
    public void leaveTheRest(List<Leftover> leftovers, Set<String> hints) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String name = member.getKey();
            if (!taken.contains(name) && !member.getValue().isNull()) {
                leftovers.add(new Leftover(path(name), member.getValue(), hints.contains(name)));
            }
        }
    }
}
