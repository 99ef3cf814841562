package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the messages of a prompt. Results of tools stand directly behind the calls, each a message of its own, and hold
 * words alone; their pictures and documents follow in a message of the user's.
 */
final class MessageEncoder {

    /** OpenAI refuses ids of calls that are longer; other vendors make such. */
    private static final int LONGEST_ID = 40;

    private final List<Unsaid> unsaid;
    private final List<String> emulated;
    private final FunctionNames names;
    private final Quirks quirks;
    private final PartEncoder parts;
    private final ArrayNode messages = Json.mapper().createArrayNode();
    private final ArrayNode shown = Json.mapper().createArrayNode();

    MessageEncoder(List<Unsaid> unsaid, List<String> emulated, Target target, FunctionNames names) {
        this.unsaid = unsaid;
        this.emulated = emulated;
        this.names = names;
        this.quirks = target.quirks();
        this.parts = new PartEncoder(unsaid, emulated, target);
    }

    /** A mark for the prompt cache: OpenAI caches prompts unasked. */
    static Unsaid cacheMark(String path) {
        return Unsaid.hint(path + ".cache_control", "takes no marks for its prompt cache");
    }

    ArrayNode encode(List<Message> prompt) {
        for (Message message : prompt) {
            boolean answersCalls = message.parts().stream().anyMatch(Part.ToolResult.class::isInstance);
            if (!answersCalls) {
                showWhatToolsShowed();
            }
            switch (message.role()) {
                case SYSTEM -> system(message);
                case ASSISTANT -> assistant(message);
                case USER, TOOL -> user(message, answersCalls);
            }
        }
        showWhatToolsShowed();
        return messages;
    }

    private void system(Message message) {
        ArrayNode content = Json.mapper().createArrayNode();
        for (Part part : message.parts()) {
            if (part instanceof Part.Text text) {
                content.add(parts.text(text));
            } else {
                unsaid.add(new Unsaid(part.path(), "takes only text in system messages", true));
            }
        }
        add("system", content);
    }

    /** The results of tools come first, since nothing may stand between them and the calls. */
    private void user(Message message, boolean answersCalls) {
        ArrayNode content = Json.mapper().createArrayNode();
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult result) {
                result(result);
            } else {
                parts.spoken(part, content);
            }
        }
        if (!content.isEmpty() || !answersCalls) {
            showWhatToolsShowed();
            add("user", content);
        }
    }

    private void add(String role, ArrayNode content) {
        ObjectNode message = messages.addObject().put("role", role);
        setContent(message, content);
    }

    /** A single text without anything else is written as a string, which every server understands. */
    private static void setContent(ObjectNode message, ArrayNode content) {
        if (content.isEmpty()) {
            message.put("content", "");
        } else if (content.size() == 1 && content.path(0).path("type").asText().equals("text")) {
            message.set("content", content.path(0).path("text"));
        } else {
            message.set("content", content);
        }
    }

    private void assistant(Message message) {
        ArrayNode content = Json.mapper().createArrayNode();
        ArrayNode calls = Json.mapper().createArrayNode();
        var refusals = new ArrayList<Part.Refusal>();
        var thoughts = new StringBuilder();
        for (Part part : message.parts()) {
            switch (part) {
                case Part.Text text -> content.add(parts.text(text));
                case Part.Refusal refusal -> refusals.add(refusal);
                case Part.ToolCall call -> calls.add(call(call));
                case Part.Thinking thinking -> think(thinking, thoughts, content);
                case Part.SealedThinking thinking -> unsaid.add(Unsaid.hint(thinking.path(), "takes no thoughts"));
                case Part.ToolResult result -> result(result);
                case Part.Image _, Part.Document _, Part.Audio _ ->
                    unsaid.add(new Unsaid(part.path(), "takes only text in assistant messages", true));
            }
        }
        ObjectNode object = messages.addObject().put("role", "assistant");
        if (quirks.refused().contains("messages.refusal")) {
            refusals.forEach(refusal -> {
                content.addObject().put("type", "text").put("text", refusal.text());
                emulated.add(refusal.path());
            });
            refusals.clear();
        }
        if (refusals.size() > 1) {
            refusals.forEach(
                    refusal -> content.addObject().put("type", "refusal").put("refusal", refusal.text()));
        }
        if (content.isEmpty() && !(calls.isEmpty() && refusals.isEmpty())) {
            object.putNull("content");
        } else {
            setContent(object, content);
        }
        if (refusals.size() == 1) {
            object.put("refusal", refusals.getFirst().text());
        }
        if (!thoughts.isEmpty() || (quirks.thoughtsWithCalls() && !calls.isEmpty())) {
            boolean longer = quirks.thoughts() == Quirks.Thoughts.REASONING_CONTENT;
            object.put(longer ? Thoughts.PLAIN : Thoughts.PLAIN_TOO, thoughts.toString());
        }
        if (!calls.isEmpty()) {
            object.set("tool_calls", calls);
        }
    }

    /** Earlier thoughts, where the upstream takes them; seals are of no use to it. */
    private void think(Part.Thinking thinking, StringBuilder beside, ArrayNode content) {
        boolean taken = quirks.thoughts() != Quirks.Thoughts.UNSAID && !Boolean.FALSE.equals(quirks.thinks());
        if (!taken || thinking.text().isEmpty()) {
            unsaid.add(Unsaid.hint(thinking.path(), "takes no thoughts"));
            return;
        }
        if (thinking.signature() != null) {
            unsaid.add(Unsaid.hint(thinking.path() + ".signature", "takes no seals of thoughts"));
        }
        if (quirks.thoughts() == Quirks.Thoughts.CONTENT) {
            ObjectNode part = content.addObject().put("type", "thinking");
            part.putArray("thinking").addObject().put("type", "text").put("text", thinking.text());
        } else {
            beside.append(thinking.text());
        }
    }

    private ObjectNode call(Part.ToolCall call) {
        if (call.cacheMark() != null) {
            unsaid.add(cacheMark(call.path()));
        }
        ObjectNode object = Json.object().put("id", fit(call.id())).put("type", "function");
        object.putObject("function")
                .put("name", names.said(call.name()))
                .put("arguments", call.arguments().isBlank() ? "{}" : call.arguments());
        return object;
    }

    private void result(Part.ToolResult result) {
        if (result.cacheMark() != null) {
            unsaid.add(cacheMark(result.path()));
        }
        ArrayNode words = Json.mapper().createArrayNode();
        if (result.failed()) {
            words.addObject().put("type", "text").put("text", "The tool failed:");
            emulated.add(result.path() + ".is_error");
        }
        boolean shows = false;
        for (Part part : result.content()) {
            if (part instanceof Part.Text text) {
                words.add(parts.text(text));
                continue;
            }
            if (!shows) {
                shows = true;
                shown.addObject().put("type", "text").put("text", "Shown by the tool call " + result.callId() + ":");
            }
            emulated.add(part.path());
            parts.spoken(part, shown);
        }
        if (shows) {
            words.addObject()
                    .put("type", "text")
                    .put("text", "What the tool shows is in the next message of the user.");
        }
        setContent(messages.addObject().put("role", "tool").put("tool_call_id", fit(result.callId())), words);
    }

    private String fit(String id) {
        int length = quirks.toolCallIdLength();
        return length == 0 && id.length() > LONGEST_ID ? ToolCallIds.fit(id, LONGEST_ID) : ToolCallIds.fit(id, length);
    }

    private void showWhatToolsShowed() {
        if (!shown.isEmpty()) {
            messages.addObject().put("role", "user").set("content", shown.deepCopy());
            shown.removeAll();
        }
    }
}
