package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt.Message;
import java.util.List;

/** Writes the messages of a prompt as items: calls, results and thoughts stand beside messages here, not in them. */
final class ItemEncoder {

    private final List<Unsaid> unsaid;
    private final List<String> emulated;
    private final ContentEncoder contents;
    private final ArrayNode items = Json.mapper().createArrayNode();
    private ArrayNode content = Json.mapper().createArrayNode();

    ItemEncoder(List<Unsaid> unsaid, List<String> emulated) {
        this.unsaid = unsaid;
        this.emulated = emulated;
        this.contents = new ContentEncoder(unsaid, emulated);
    }

    /** A mark for the prompt cache: OpenAI caches prompts unasked. */
    static Unsaid cacheMark(String path) {
        return Unsaid.hint(path + ".cache_control", "takes no marks for its prompt cache");
    }

    ArrayNode encode(List<Message> messages) {
        for (Message message : messages) {
            switch (message.role()) {
                case SYSTEM -> system(message);
                case ASSISTANT -> assistant(message);
                case USER, TOOL -> user(message);
            }
        }
        return items;
    }

    private void system(Message message) {
        for (Part part : message.parts()) {
            if (part instanceof Part.Text text) {
                contents.text(text, content);
            } else {
                unsaid.add(new Unsaid(part.path(), "takes only text in system messages", true));
            }
        }
        endMessage("system", message.parts().isEmpty());
    }

    private void user(Message message) {
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult result) {
                endMessage("user", false);
                result(result);
            } else {
                contents.spoken(part, content);
            }
        }
        endMessage("user", message.parts().isEmpty());
    }

    private void assistant(Message message) {
        for (Part part : message.parts()) {
            switch (part) {
                case Part.Text text -> contents.said(text, content);
                case Part.Refusal refusal ->
                    content.addObject().put("type", "refusal").put("refusal", refusal.text());
                case Part.ToolCall call -> {
                    endMessage("assistant", false);
                    call(call);
                }
                case Part.Thinking thinking -> {
                    endMessage("assistant", false);
                    thinking(thinking);
                }
                case Part.SealedThinking sealed -> {
                    endMessage("assistant", false);
                    sealed(sealed);
                }
                case Part.ToolResult result -> {
                    endMessage("assistant", false);
                    result(result);
                }
                case Part.Image _, Part.Document _, Part.Audio _ ->
                    unsaid.add(new Unsaid(part.path(), "takes only text in assistant messages", true));
            }
        }
        endMessage("assistant", message.parts().isEmpty());
    }

    /** A single text without anything else is written as a string. */
    private void endMessage(String role, boolean evenIfEmpty) {
        if (content.isEmpty() && !evenIfEmpty) {
            return;
        }
        ObjectNode message = items.addObject().put("type", "message").put("role", role);
        setContent(message, "content");
    }

    private void setContent(ObjectNode object, String name) {
        if (content.isEmpty()) {
            object.put(name, "");
        } else if (content.size() == 1 && content.path(0).has("text")) {
            object.set(name, content.path(0).path("text"));
        } else {
            object.set(name, content);
        }
        content = Json.mapper().createArrayNode();
    }

    private void call(Part.ToolCall call) {
        if (call.cacheMark() != null) {
            unsaid.add(cacheMark(call.path()));
        }
        items.addObject()
                .put("type", "function_call")
                .put("call_id", call.id())
                .put("name", call.name())
                .put("arguments", call.arguments().isBlank() ? "{}" : call.arguments());
    }

    private void result(Part.ToolResult result) {
        if (result.cacheMark() != null) {
            unsaid.add(cacheMark(result.path()));
        }
        if (result.failed()) {
            content.addObject().put("type", "input_text").put("text", "The tool failed:");
            emulated.add(result.path() + ".is_error");
        }
        result.content().forEach(part -> contents.spoken(part, content));
        ObjectNode item = items.addObject().put("type", "function_call_output").put("call_id", result.callId());
        setContent(item, "output");
    }

    /** Thoughts are only taken back with their seal. */
    private void thinking(Part.Thinking thinking) {
        String seal = thinking.signature();
        if (seal == null || !ResponsesDialect.ID.equals(thinking.origin())) {
            unsaid.add(Unsaid.hint(thinking.path(), "takes only thoughts of its own"));
            return;
        }
        ObjectNode item = items.addObject().put("type", "reasoning");
        item.putArray("summary").addObject().put("type", "summary_text").put("text", thinking.text());
        item.put("encrypted_content", seal);
    }

    private void sealed(Part.SealedThinking sealed) {
        if (!ResponsesDialect.ID.equals(sealed.origin())) {
            unsaid.add(Unsaid.hint(sealed.path(), "takes only thoughts of its own"));
            return;
        }
        ObjectNode item = items.addObject().put("type", "reasoning");
        boolean isId = sealed.data().startsWith("rs_");
        if (isId) {
            item.put("id", sealed.data());
        }
        item.putArray("summary");
        if (!isId) {
            item.put("encrypted_content", sealed.data());
        }
    }
}
