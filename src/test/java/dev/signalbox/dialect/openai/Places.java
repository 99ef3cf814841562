package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads and writes values at paths such as {@code messages[1].content[0].text}. */
final class Places {

    /** The order in which what was taken out must be put back. */
    static final Comparator<String> ORDER = (one, other) -> {
        List<Object> a = steps(one);
        List<Object> b = steps(other);
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = a.get(i) instanceof Integer x && b.get(i) instanceof Integer y
                    ? Integer.compare(x, y)
                    : a.get(i).toString().compareTo(b.get(i).toString());
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    };

    private Places() {}

    static JsonNode get(JsonNode root, String path) {
        JsonNode at = root;
        for (Object step : steps(path)) {
            at = step instanceof Integer index ? at.path(index) : at.path((String) step);
        }
        return at;
    }

    /** Sets a member, or inserts an element before the one that stands there. */
    static void put(ObjectNode root, String path, JsonNode value) {
        List<Object> steps = steps(path);
        JsonNode at = root;
        for (int i = 0; i < steps.size() - 1; i++) {
            boolean wantsArray = steps.get(i + 1) instanceof Integer;
            JsonNode next = steps.get(i) instanceof Integer index ? at.path(index) : at.path((String) steps.get(i));
            if (next.isMissingNode() || next.isNull()) {
                next = wantsArray ? Json.mapper().createArrayNode() : Json.object();
                set(at, steps.get(i), next);
            }
            at = next;
        }
        set(at, steps.getLast(), value);
    }

    private static void set(JsonNode at, Object step, JsonNode value) {
        if (step instanceof Integer index) {
            ((ArrayNode) at).insert(index, value);
        } else {
            ((ObjectNode) at).set((String) step, value);
        }
    }

    private static List<Object> steps(String path) {
        var steps = new ArrayList<Object>();
        for (String step : path.split("[.\\[]")) {
            steps.add(step.endsWith("]") ? (Object) Integer.valueOf(step.substring(0, step.length() - 1)) : step);
        }
        return steps;
    }
}
