package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.dialect.Members;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the messages of one request, in their order. */
final class MessageDecoder {

    /** What the vendor said about its own answer. */
    private static final Set<String> HINTS = Set.of("annotations", "reasoning_details");

    private final List<Leftover> leftovers;
    private final PartDecoder parts;
    private final Map<String, String> namesOfCalls = new HashMap<>();
    private final Map<String, String> idsOfFunctions = new HashMap<>();
    private int functionCalls;

    MessageDecoder(List<Leftover> leftovers) {
        this.leftovers = leftovers;
        this.parts = new PartDecoder(leftovers);
    }

    /** The message; null when it is of the old kind that only this language has. */
    @Nullable Message decode(JsonNode node, String path) {
        Members message = Members.of(node, path);
        String role = message.requiredString("role");
        Message made = switch (role) {
            case "system", "developer" -> new Message(Role.SYSTEM, marked(message, spoken(message)), path);
            case "user" -> new Message(Role.USER, marked(message, spoken(message)), path);
            case "assistant" -> new Message(Role.ASSISTANT, marked(message, assistant(message)), path);
            case "tool" -> new Message(Role.TOOL, marked(message, List.of(toolResult(message))), path);
            case "function" -> function(message);
            default -> throw Members.wrong(message.path("role"), "system, developer, user, assistant or tool");
        };
        if (made == null) {
            message.leave(leftovers);
        } else {
            message.leaveTheRest(leftovers, HINTS);
        }
        return made;
    }

    /** The older form of a tool's result, which belongs to the last call of that name. */
    private @Nullable Message function(Members message) {
        String id = idsOfFunctions.get(String.valueOf(message.string("name")));
        return id == null
                ? null
                : new Message(
                        Role.TOOL,
                        List.of(new Part.ToolResult(id, content(message), false, null, message.path())),
                        message.path());
    }

    /** The older form of a tool's call, which has no id. */
    private Part functionCall(Members call) {
        String name = call.requiredString("name");
        String arguments = call.string("arguments");
        String id = "call_function_" + functionCalls++;
        idsOfFunctions.put(name, id);
        call.leaveTheRest(leftovers);
        return new Part.ToolCall(
                id, name, arguments == null || arguments.isBlank() ? "{}" : arguments, null, call.path());
    }

    private List<Part> spoken(Members message) {
        if (message.peek("content") == null) {
            throw Members.wrong(message.path("content"), "a string or an array");
        }
        return content(message);
    }

    private List<Part> content(Members message) {
        JsonNode content = message.take("content");
        String path = message.path("content");
        if (content == null) {
            return List.of();
        }
        if (content.isTextual()) {
            return List.of(new Part.Text(content.textValue(), null, path));
        }
        if (!content.isArray()) {
            throw Members.wrong(path, "a string or an array");
        }
        var made = new ArrayList<Part>(content.size());
        for (int i = 0; i < content.size(); i++) {
            Part part = parts.decode(content.get(i), path + "[" + i + "]");
            if (part != null) {
                made.add(part);
            }
        }
        return made;
    }

    /** Thoughts stand before the words, or before the call that they led to. */
    private List<Part> assistant(Members message) {
        Thoughts thoughts = Thoughts.of(message, leftovers);
        var made = new ArrayList<Part>(thoughts.beforeWords());
        made.addAll(content(message));
        String refusal = message.string("refusal");
        if (refusal != null) {
            made.add(new Part.Refusal(refusal, message.path("refusal")));
        }
        List<Part> calls = toolCalls(message);
        for (int i = 0; i < calls.size(); i++) {
            made.addAll(thoughts.beforeCall(i));
            made.add(calls.get(i));
        }
        made.addAll(thoughts.afterCalls(calls.size()));
        JsonNode annotations = message.peek("annotations");
        if (annotations != null && annotations.isArray() && annotations.isEmpty()) {
            message.take("annotations");
        }
        return made;
    }

    private List<Part> toolCalls(Members message) {
        JsonNode array = message.array("tool_calls");
        var calls = new ArrayList<Part>();
        for (int i = 0; array != null && i < array.size(); i++) {
            Members call = Members.of(array.get(i), message.path("tool_calls") + "[" + i + "]");
            String type = call.string("type");
            if (type == null || type.equals("function")) {
                calls.add(toolCall(call));
            } else {
                call.leave(leftovers);
            }
        }
        if (calls.isEmpty() && message.peek("function_call") != null) {
            calls.add(functionCall(message.requiredObject("function_call")));
        }
        return calls;
    }

    private Part toolCall(Members call) {
        Members function = call.requiredObject("function");
        String id = call.requiredString("id");
        String name = function.requiredString("name");
        String arguments = function.string("arguments");
        call.integer("index"); // the place, kept by clients that put streams together
        namesOfCalls.put(id, name);
        var made = new Part.ToolCall(
                id,
                name,
                arguments == null || arguments.isBlank() ? "{}" : arguments,
                call.object("cache_control"),
                call.path());
        function.leaveTheRest(leftovers);
        call.leaveTheRest(leftovers);
        return made;
    }

    private Part toolResult(Members message) {
        String id = message.requiredString("tool_call_id");
        JsonNode name = message.peek("name");
        if (name != null && name.asText().equals(namesOfCalls.get(id))) {
            message.take("name"); // says again what the call says
        }
        return new Part.ToolResult(id, content(message), false, null, message.path());
    }

    /** A prompt-cache mark on a message is one on its last part. */
    private List<Part> marked(Members message, List<Part> parts) {
        JsonNode mark = message.object("cache_control");
        if (mark == null) {
            return parts;
        }
        Part last = parts.isEmpty() ? null : withMark(parts.getLast(), mark);
        if (last == null) {
            message.leave("cache_control", leftovers);
            return parts;
        }
        var marked = new ArrayList<>(parts);
        marked.set(parts.size() - 1, last);
        return marked;
    }

    private static @Nullable Part withMark(Part part, JsonNode mark) {
        if (part.cacheMark() != null) {
            return mark.equals(part.cacheMark()) ? part : null;
        }
        return switch (part) {
            case Part.Text(var text, var _, var path) -> new Part.Text(text, mark, path);
            case Part.Image(var media, var detail, var _, var path) -> new Part.Image(media, detail, mark, path);
            case Part.Document(var media, var name, var _, var path) -> new Part.Document(media, name, mark, path);
            case Part.ToolCall(var id, var name, var arguments, var _, var path) ->
                new Part.ToolCall(id, name, arguments, mark, path);
            case Part.ToolResult(var id, var content, var failed, var _, var path) ->
                new Part.ToolResult(id, content, failed, mark, path);
            case Part.Audio _, Part.Thinking _, Part.SealedThinking _, Part.Refusal _ -> null;
        };
    }
}
