package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Members;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what the model may call. Functions are the same everywhere; the vendor's own tools are left over. */
final class ToolDecoder {

    private final Members body;
    private final List<Leftover> leftovers;
    private boolean hasTypes;

    ToolDecoder(Members body, List<Leftover> leftovers) {
        this.body = body;
        this.leftovers = leftovers;
    }

    /** Whether there are tools other than functions. */
    boolean hasTypes() {
        return hasTypes;
    }

    List<Tool> tools() {
        JsonNode array = body.array("tools");
        var tools = new ArrayList<Tool>();
        for (int i = 0; array != null && i < array.size(); i++) {
            Members tool = Members.of(array.get(i), "tools[" + i + "]");
            if (tool.requiredString("type").equals("function")) {
                tools.add(tool(tool));
            } else {
                hasTypes = true;
                tool.leave(leftovers);
            }
        }
        return tools;
    }

    private Tool tool(Members tool) {
        JsonNode strict = tool.bool("strict");
        JsonNode later = tool.peek("defer_loading");
        if (later != null && later.isBoolean() && !later.booleanValue()) {
            tool.take("defer_loading");
        }
        var made = new Tool(
                tool.requiredString("name"),
                tool.string("description"),
                tool.object("parameters"),
                strict == null ? null : strict.booleanValue(),
                null,
                tool.path());
        tool.leaveTheRest(leftovers);
        return made;
    }

    /**
     * Whether one must be called.
     *
     * @param tools loses those that the caller does not allow
     */
    @Nullable ToolChoice choice(List<Tool> tools) {
        JsonNode given = body.take("tool_choice");
        if (given == null) {
            return null;
        }
        if (given.isTextual()) {
            return word(given.textValue(), "tool_choice", "none, auto, required or an object");
        }
        if (!given.isObject()) {
            throw Members.wrong("tool_choice", "a string or an object");
        }
        Members choice = Members.of(given, "tool_choice");
        ToolChoice understood = switch (choice.requiredString("type")) {
            case "function" -> new ToolChoice.Named(choice.requiredString("name"));
            case "allowed_tools" -> allowed(choice, tools);
            default -> null;
        };
        if (understood == null) {
            choice.leave(leftovers);
        } else {
            choice.leaveTheRest(leftovers);
        }
        return understood;
    }

    private static ToolChoice word(String word, String path, String expected) {
        return switch (word) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "required" -> new ToolChoice.Required();
            default -> throw Members.wrong(path, expected);
        };
    }

    /** Only some of the tools may be called: the same as if there were no others. */
    private static @Nullable ToolChoice allowed(Members choice, List<Tool> tools) {
        ToolChoice mode = word(choice.requiredString("mode"), choice.path("mode"), "auto or required");
        JsonNode array = choice.array("tools");
        Set<String> names = new HashSet<>();
        for (int i = 0; array != null && i < array.size(); i++) {
            JsonNode tool = array.get(i);
            if (!tool.path("type").asText().equals("function")
                    || !tool.path("name").isTextual()) {
                return null;
            }
            names.add(tool.path("name").textValue());
        }
        if (names.isEmpty() || !tools.stream().map(Tool::name).toList().containsAll(names)) {
            return null;
        }
        tools.removeIf(tool -> !names.contains(tool.name()));
        return mode;
    }
}
