package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.dialect.Members;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the items of one request, in their order. What the model did in one turn becomes one message. */
final class ItemDecoder {

    private final List<Leftover> leftovers;
    private final ContentDecoder contents;
    private final List<Message> messages = new ArrayList<>();
    private final List<Part> turn = new ArrayList<>();
    private String turnPath = "";

    ItemDecoder(List<Leftover> leftovers) {
        this.leftovers = leftovers;
        this.contents = new ContentDecoder(leftovers);
    }

    List<Message> decode(JsonNode items) {
        for (int i = 0; i < items.size(); i++) {
            item(Members.of(items.get(i), "input[" + i + "]"));
        }
        endTurn();
        return messages;
    }

    private void item(Members item) {
        String type = item.string("type");
        if (type == null && item.peek("role") == null) {
            throw Members.wrong(item.path("type"), "a string");
        }
        switch (type == null ? "message" : type) {
            case "message" -> message(item);
            case "function_call" -> model(item, call(item));
            case "function_call_output" -> say(Role.TOOL, List.of(result(item)), item);
            case "reasoning" -> {
                Part thought = thought(item);
                if (thought != null) {
                    model(item, thought);
                }
            }
            default -> {
                item.leave(leftovers);
                return;
            }
        }
        bookkeeping(item);
        item.leaveTheRest(leftovers);
    }

    /** What the vendor notes about items, which means nothing to a model. */
    private static void bookkeeping(Members item) {
        List.of("id", "status", "created_by", "phase").forEach(item::take);
        JsonNode caller = item.peek("caller");
        if (caller != null && caller.path("type").asText().equals("direct")) {
            item.take("caller");
        }
    }

    private void message(Members item) {
        String role = item.requiredString("role");
        JsonNode content = item.take("content");
        if (content == null) {
            throw Members.wrong(item.path("content"), "a string or an array");
        }
        List<Part> parts = contents.decode(content, item.path("content"));
        switch (role) {
            case "system", "developer" -> say(Role.SYSTEM, parts, item);
            case "user" -> say(Role.USER, parts, item);
            case "assistant" -> parts.forEach(part -> model(item, part));
            default -> throw Members.wrong(item.path("role"), "system, developer, user or assistant");
        }
    }

    private void say(Role role, List<Part> parts, Members item) {
        endTurn();
        messages.add(new Message(role, parts, item.path()));
    }

    private void model(Members item, Part part) {
        if (turn.isEmpty()) {
            turnPath = item.path();
        }
        turn.add(part);
    }

    private void endTurn() {
        if (!turn.isEmpty()) {
            messages.add(new Message(Role.ASSISTANT, turn, turnPath));
            turn.clear();
        }
    }

    private static Part call(Members item) {
        String arguments = item.string("arguments");
        return new Part.ToolCall(
                item.requiredString("call_id"),
                item.requiredString("name"),
                arguments == null || arguments.isBlank() ? "{}" : arguments,
                null,
                item.path());
    }

    private Part result(Members item) {
        String id = item.requiredString("call_id");
        JsonNode output = item.take("output");
        if (output == null) {
            throw Members.wrong(item.path("output"), "a string or an array");
        }
        return new Part.ToolResult(id, contents.decode(output, item.path("output")), false, null, item.path());
    }

    /** What the model thought, with its seal; an id alone stands for thoughts that the vendor keeps. */
    private @Nullable Part thought(Members item) {
        String encrypted = item.string("encrypted_content");
        String whole = words(item, "content", "reasoning_text");
        String summary = words(item, "summary", "summary_text");
        String text = whole.isEmpty() ? summary : whole;
        if (encrypted == null || encrypted.isEmpty()) {
            String id = item.string("id");
            if (text.isEmpty()) {
                return id == null || ItemIds.isOurs(id)
                        ? null
                        : new Part.SealedThinking(id, ResponsesDialect.ID, item.path());
            }
            return new Part.Thinking(text, null, null, item.path());
        }
        Seal seal = Seal.read(encrypted);
        boolean own = seal.origin().equals(ResponsesDialect.ID);
        return seal.whole() && (!own || text.isEmpty())
                ? new Part.SealedThinking(seal.data(), seal.origin(), item.path())
                : new Part.Thinking(text, seal.data(), seal.origin(), item.path());
    }

    private String words(Members item, String name, String type) {
        JsonNode array = item.array(name);
        var words = new StringBuilder();
        for (int i = 0; array != null && i < array.size(); i++) {
            Members part = Members.of(array.get(i), item.path(name) + "[" + i + "]");
            if (!part.requiredString("type").equals(type)) {
                part.leave(leftovers);
                continue;
            }
            words.append(words.isEmpty() ? "" : "\n\n").append(part.requiredString("text"));
            part.leaveTheRest(leftovers);
        }
        return words.toString();
    }
}
