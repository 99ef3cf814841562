package dev.signalbox.dialect.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.dialect.Arguments;
import dev.signalbox.dialect.Disclosure;
import dev.signalbox.dialect.TextDocument;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as messages with one string of words each, and pictures beside it. Texts that follow one another are joined
 * by a blank line, as the server joins messages. Ollama shows a message's pictures before its words, or where a model's
 * template puts them: words and pictures that alternate become several messages, so that their order is kept. Each result of
 * a tool is a message of its own.
 */
final class OllamaMessages {

    private final Disclosure disclosure;
    private final Map<String, Media.Base64> fetched;
    private final ArrayNode messages = Json.mapper().createArrayNode();
    private final Map<String, String> tools = new HashMap<>();

    OllamaMessages(Disclosure disclosure, Map<String, Media.Base64> fetched) {
        this.disclosure = disclosure;
        this.fetched = fetched;
    }

    /** A message under way. */
    private static final class Draft {
        final StringBuilder words = new StringBuilder();
        final ArrayNode images = Json.mapper().createArrayNode();
        final ArrayNode calls = Json.mapper().createArrayNode();
        final StringBuilder thoughts = new StringBuilder();

        boolean isEmpty() {
            return words.isEmpty() && images.isEmpty() && calls.isEmpty() && thoughts.isEmpty();
        }

        void say(String text) {
            join(words, text);
        }

        static void join(StringBuilder to, String text) {
            if (!to.isEmpty() && !text.isEmpty()) {
                to.append("\n\n");
            }
            to.append(text);
        }
    }

    ArrayNode encode(List<Message> conversation) {
        conversation.forEach(this::message);
        return messages;
    }

    private void message(Message message) {
        String role = switch (message.role()) {
            case SYSTEM -> "system";
            case USER, TOOL -> "user";
            case ASSISTANT -> "assistant";
        };
        boolean assistant = message.role() == Role.ASSISTANT;
        boolean alternates = alternates(message.parts());
        Draft draft = new Draft();
        boolean answered = false;
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult result) {
                draft = flush(role, draft);
                result(result);
                answered = true;
            } else if (alternates && part instanceof Part.Image && !draft.words.isEmpty()) {
                draft = flush(role, draft);
                disclosure.emulated(message.path());
                add(part, draft, assistant);
            } else {
                add(part, draft, assistant);
            }
        }
        if (!draft.isEmpty() || !answered) {
            write(role, draft);
        }
    }

    /** Whether words stand both before and behind some picture. */
    private static boolean alternates(List<Part> parts) {
        boolean words = false;
        boolean shown = false;
        for (Part part : parts) {
            if (part instanceof Part.Image) {
                shown |= words;
            } else if (part instanceof Part.Text || part instanceof Part.Document) {
                if (shown) {
                    return true;
                }
                words = true;
            }
        }
        return false;
    }

    private Draft flush(String role, Draft draft) {
        if (draft.isEmpty()) {
            return draft;
        }
        write(role, draft);
        return new Draft();
    }

    private void write(String role, Draft draft) {
        ObjectNode message = messages.addObject().put("role", role).put("content", draft.words.toString());
        if (!draft.thoughts.isEmpty()) {
            message.put("thinking", draft.thoughts.toString());
        }
        if (!draft.images.isEmpty()) {
            message.set("images", draft.images);
        }
        if (!draft.calls.isEmpty()) {
            message.set("tool_calls", draft.calls);
        }
    }

    private void add(Part part, Draft draft, boolean assistant) {
        if (!(part instanceof Part.ToolResult)) {
            disclosure.cacheMark(part.cacheMark(), part.path(), OllamaDialect.NO_MARKS);
        }
        switch (part) {
            case Part.Text text -> draft.say(text.text());
            case Part.Image image -> image(image, draft.images);
            case Part.Document document -> document(document, draft);
            case Part.Audio audio -> disclosure.impossible(audio.path(), "takes no sound");
            case Part.Refusal refusal -> {
                disclosure.emulated(refusal.path());
                draft.say(refusal.text());
            }
            case Part.ToolCall call -> {
                if (assistant) {
                    call(call, draft.calls);
                } else {
                    disclosure.impossible(call.path(), "takes tool calls only from the assistant");
                }
            }
            case Part.Thinking thinking -> thinking(thinking, draft, assistant);
            case Part.SealedThinking sealed ->
                disclosure.hint(sealed.path(), "cannot read thinking that a vendor has encrypted");
            case Part.ToolResult result -> disclosure.impossible(result.path(), "takes no result within a result");
        }
    }

    private void thinking(Part.Thinking thinking, Draft draft, boolean assistant) {
        if (!assistant) {
            disclosure.hint(thinking.path(), "takes thinking only from the assistant");
            return;
        }
        if (thinking.signature() != null) {
            disclosure.hint(thinking.path() + ".signature", "has no seals on thinking");
        }
        Draft.join(draft.thoughts, thinking.text());
    }

    private void image(Part.Image image, ArrayNode images) {
        String detail = image.detail();
        if (detail != null && !detail.equals("auto")) {
            disclosure.unsaid(image.path() + ".detail", "has no level of detail for pictures");
        }
        Media.Base64 bytes = bytes(image.media(), image.path(), "takes pictures only as bytes");
        if (bytes != null) {
            images.add(bytes.data());
        }
    }

    /** The bytes, given or fetched; null when they are not there, which is then disclosed. */
    private Media.@Nullable Base64 bytes(Media media, String path, String reason) {
        switch (media) {
            case Media.Base64 given -> {
                return given;
            }
            case Media.Url(String url) -> {
                Media.Base64 found = fetched.get(url);
                if (found == null) {
                    disclosure.bytesOnly(path, reason, url);
                }
                return found;
            }
            case Media.FileId _ -> {
                disclosure.impossible(path, "cannot read files that are kept at a vendor");
                return null;
            }
        }
    }

    /** A document that is text is said as text; others cannot be said. */
    private void document(Part.Document document, Draft draft) {
        Media.Base64 bytes = bytes(document.media(), document.path(), "takes documents only as bytes of text");
        if (bytes == null) {
            return;
        }
        String words = TextDocument.said(document, bytes);
        if (words == null) {
            disclosure.impossible(document.path(), "takes documents only as text in UTF-8");
            return;
        }
        disclosure.emulated(document.path());
        draft.say(words);
    }

    private void call(Part.ToolCall call, ArrayNode calls) {
        ObjectNode arguments = Arguments.object(call.arguments());
        if (arguments == null) {
            disclosure.emulated(call.path());
            arguments = Arguments.wrapped(call.arguments());
        }
        tools.put(call.id(), call.name());
        ObjectNode function = calls.addObject().put("id", call.id()).putObject("function");
        function.put("name", call.name()).set("arguments", arguments);
    }

    /** The id of the call goes along, though older servers know the tool's name alone. */
    private void result(Part.ToolResult result) {
        disclosure.cacheMark(result.cacheMark(), result.path(), OllamaDialect.NO_MARKS);
        Draft draft = new Draft();
        if (result.failed()) {
            disclosure.emulated(result.path() + ".is_error");
            draft.say("The tool failed:");
        }
        for (Part part : result.content()) {
            switch (part) {
                case Part.Text _, Part.Image _, Part.Document _, Part.Refusal _ -> add(part, draft, false);
                case Part.Audio _, Part.ToolCall _, Part.ToolResult _, Part.Thinking _, Part.SealedThinking _ ->
                    disclosure.impossible(part.path(), "takes only text and pictures as a tool's result");
            }
        }
        write("tool", draft);
        ObjectNode message = (ObjectNode) Objects.requireNonNull(messages.get(messages.size() - 1));
        String tool = tools.get(result.callId());
        if (tool != null) {
            message.put("tool_name", tool);
        }
        message.put("tool_call_id", result.callId());
    }
}
