package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a request for content, or the part of it that a count of tokens holds. */
final class GeminiRequestDecoder {

    private final Fields body;
    private final List<Leftover> leftovers = new ArrayList<>();
    private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);
    private final GeminiPartDecoder parts = new GeminiPartDecoder(leftovers);
    private boolean validated;

    /**
     * @param path where the request stands; empty for a body of its own
     */
    GeminiRequestDecoder(ObjectNode body, String path) {
        this.body = Fields.of(body, path);
    }

    Prompt decode() {
        body.any("model"); // which stands in the address
        List<Message> messages = new ArrayList<>();
        system(messages);
        body.required("contents");
        for (Fields content : body.objects("contents")) {
            content(content, messages);
        }
        List<Tool> tools = new ArrayList<>();
        for (Fields tool : body.objects("tools")) {
            for (Fields function : tool.objects("functionDeclarations")) {
                tools.add(function(function));
            }
            tool.leave(leftovers);
        }
        ToolChoice choice = toolChoice(tools);
        ObjectNode config = body.objectOrNull("generationConfig");
        if (config != null) {
            new GenerationConfigDecoder(Fields.of(config, body.path("generationConfig")), settings, leftovers).decode();
        }
        body.leave(leftovers);
        return new Prompt(messages, validated ? strict(tools) : tools, choice, settings, leftovers, "toolConfig");
    }

    private void system(List<Message> messages) {
        JsonNode given = body.any("systemInstruction");
        if (given == null) {
            return;
        }
        String path = body.path("systemInstruction");
        Part plain = GeminiPartDecoder.plain(given, path);
        if (plain != null) {
            messages.add(new Message(Role.SYSTEM, List.of(plain), path));
            return;
        }
        Fields content = Fields.of(given, path);
        content.any("role"); // which says nothing here
        List<Part> instruction = parts.parts(content);
        if (!instruction.isEmpty()) {
            messages.add(new Message(Role.SYSTEM, instruction, path));
        }
        content.leave(leftovers);
    }

    private void content(Fields content, List<Message> messages) {
        String role = content.text("role");
        List<Part> said = parts.parts(content);
        switch (role == null || role.isEmpty() ? "user" : role) {
            case "user", "function" -> user(said, content.path(), messages);
            case "model" -> messages.add(new Message(Role.ASSISTANT, said, content.path()));
            case "system" -> messages.add(new Message(Role.SYSTEM, said, content.path()));
            default -> throw Fields.wrong(content.path("role"), "'user' or 'model'");
        }
        content.leave(leftovers);
    }

    /** Results of tools stand in the user's contents here; elsewhere a tool speaks for itself. */
    private static void user(List<Part> parts, String path, List<Message> messages) {
        int start = 0;
        for (int i = 1; i <= parts.size(); i++) {
            boolean result = parts.get(i - 1) instanceof Part.ToolResult;
            if (i == parts.size() || parts.get(i) instanceof Part.ToolResult != result) {
                messages.add(new Message(result ? Role.TOOL : Role.USER, parts.subList(start, i), path));
                start = i;
            }
        }
        if (parts.isEmpty()) {
            messages.add(new Message(Role.USER, parts, path));
        }
    }

    private Tool function(Fields function) {
        String name = function.textOrEmpty("name");
        String description = function.text("description");
        JsonNode parameters = function.any("parametersJsonSchema");
        if (parameters == null) {
            ObjectNode own = function.objectOrNull("parameters");
            parameters = own == null ? null : GeminiSchema.jsonSchema(own);
        }
        function.leave(leftovers);
        return new Tool(name, description, parameters, null, null, function.path());
    }

    /** In the mode VALIDATED every call follows its schema. */
    private static List<Tool> strict(List<Tool> tools) {
        return tools.stream()
                .map(tool -> new Tool(
                        tool.name(), tool.description(), tool.parameters(), true, tool.cacheMark(), tool.path()))
                .toList();
    }

    private @Nullable ToolChoice toolChoice(List<Tool> tools) {
        ObjectNode given = body.objectOrNull("toolConfig");
        if (given == null) {
            return null;
        }
        Fields config = Fields.of(given, body.path("toolConfig"));
        ObjectNode calling = config.objectOrNull("functionCallingConfig");
        ToolChoice choice = null;
        if (calling != null) {
            Fields fields = Fields.of(calling, config.path("functionCallingConfig"));
            choice = mode(fields, tools);
            fields.leave(leftovers);
        }
        config.leave(leftovers);
        return choice;
    }

    private @Nullable ToolChoice mode(Fields calling, List<Tool> tools) {
        String mode = calling.text("mode");
        ArrayNode allowed = calling.array("allowedFunctionNames");
        Set<String> names = allowed == null
                ? Set.of()
                : allowed.valueStream().map(JsonNode::asText).collect(java.util.stream.Collectors.toSet());
        boolean all = names.isEmpty() || tools.stream().allMatch(tool -> names.contains(tool.name()));
        ToolChoice choice = switch (mode == null ? "" : mode.toUpperCase(Locale.ROOT)) {
            case "", "MODE_UNSPECIFIED" -> null;
            case "AUTO" -> new ToolChoice.Auto();
            case "VALIDATED" -> {
                validated = true;
                yield new ToolChoice.Auto();
            }
            case "NONE" -> new ToolChoice.None();
            case "ANY" -> {
                if (names.size() == 1) {
                    all = true;
                    yield new ToolChoice.Named(names.iterator().next());
                }
                yield new ToolChoice.Required();
            }
            default -> throw Fields.wrong(calling.path("mode"), "'AUTO', 'ANY', 'NONE' or 'VALIDATED'");
        };
        if (!all && allowed != null) {
            leftovers.add(new Leftover(calling.path("allowedFunctionNames"), allowed));
        }
        return choice;
    }
}
