package dev.signalbox.dialect.cohere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.dialect.Disclosure;
import dev.signalbox.dialect.TextDocument;
import java.util.List;
import java.util.Map;

/**
 * A conversation in Cohere's words. Instructions may stand anywhere. Results of tools stand directly behind the calls, each a
 * message of its own, and hold words alone; their pictures follow in a message of the user's. Documents that are text are
 * said as text: Cohere's own {@code documents} are sources that it cites, and others cannot be said.
 */
final class CohereMessages {

    /** Stands for a result without words, since a message of a tool holds some. */
    private static final String NOTHING = "(no output)";

    private final Disclosure disclosure;
    private final CohereNames names;
    private final Map<String, Media.Base64> fetched;
    private final ArrayNode messages = Json.mapper().createArrayNode();
    private final ArrayNode shown = Json.mapper().createArrayNode();

    CohereMessages(Disclosure disclosure, CohereNames names, Map<String, Media.Base64> fetched) {
        this.disclosure = disclosure;
        this.names = names;
        this.fetched = fetched;
    }

    ArrayNode encode(List<Message> conversation) {
        for (Message message : conversation) {
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
            disclosure.cacheMark(part.cacheMark(), part.path(), CohereDialect.NO_MARKS);
            switch (part) {
                case Part.Text text -> say(text.text(), content);
                case Part.Document document -> document(document, content);
                default -> disclosure.impossible(part.path(), "takes only text in system messages");
            }
        }
        setContent(messages.addObject().put("role", "system"), content);
    }

    private void user(Message message, boolean answersCalls) {
        ArrayNode content = Json.mapper().createArrayNode();
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult result) {
                result(result);
            } else {
                spoken(part, content);
            }
        }
        if (!content.isEmpty() || !answersCalls) {
            showWhatToolsShowed();
            setContent(messages.addObject().put("role", "user"), content);
        }
    }

    private void spoken(Part part, ArrayNode content) {
        disclosure.cacheMark(part.cacheMark(), part.path(), CohereDialect.NO_MARKS);
        switch (part) {
            case Part.Text text -> say(text.text(), content);
            case Part.Image image -> image(image, content);
            case Part.Document document -> document(document, content);
            case Part.Refusal refusal -> refusal(refusal, content);
            case Part.Audio audio -> disclosure.impossible(audio.path(), "takes no sound");
            case Part.Thinking thinking -> disclosure.hint(thinking.path(), "takes thinking only from the assistant");
            case Part.SealedThinking sealed -> sealed(sealed);
            case Part.ToolCall _, Part.ToolResult _ ->
                disclosure.impossible(part.path(), "takes this only from the assistant");
        }
    }

    private void assistant(Message message) {
        ArrayNode content = Json.mapper().createArrayNode();
        ArrayNode calls = Json.mapper().createArrayNode();
        StringBuilder plan = new StringBuilder();
        for (Part part : message.parts()) {
            if (!(part instanceof Part.ToolResult)) {
                disclosure.cacheMark(part.cacheMark(), part.path(), CohereDialect.NO_MARKS);
            }
            switch (part) {
                case Part.Text text -> say(text.text(), content);
                case Part.Refusal refusal -> refusal(refusal, content);
                case Part.Document document -> document(document, content);
                case Part.ToolCall call -> calls.add(call(call));
                case Part.Thinking thinking -> thinking(thinking, content, plan);
                case Part.SealedThinking sealed -> sealed(sealed);
                case Part.ToolResult result -> result(result);
                case Part.Image _, Part.Audio _ ->
                    disclosure.impossible(part.path(), "takes only text from the assistant");
            }
        }
        ObjectNode said = messages.addObject().put("role", "assistant");
        if (!plan.isEmpty()) {
            said.put("tool_plan", plan.toString());
        }
        if (!content.isEmpty() || (calls.isEmpty() && plan.isEmpty())) {
            setContent(said, content);
        }
        if (!calls.isEmpty()) {
            said.set("tool_calls", calls);
        }
    }

    /** A single text without anything else is written as a string. */
    private static void setContent(ObjectNode message, ArrayNode content) {
        if (content.isEmpty()) {
            message.put("content", "");
        } else if (content.size() == 1 && content.path(0).path("type").asText().equals("text")) {
            message.set("content", content.path(0).path("text"));
        } else {
            message.set("content", content);
        }
    }

    private static void say(String text, ArrayNode content) {
        content.addObject().put("type", "text").put("text", text);
    }

    private void refusal(Part.Refusal refusal, ArrayNode content) {
        disclosure.emulated(refusal.path());
        say(refusal.text(), content);
    }

    private void sealed(Part.SealedThinking sealed) {
        disclosure.hint(sealed.path(), "cannot read thinking that a vendor has encrypted");
    }

    private void thinking(Part.Thinking thinking, ArrayNode content, StringBuilder plan) {
        String signature = thinking.signature();
        boolean own = CohereDialect.ID.equals(thinking.origin());
        if (own && CohereAnswer.PLAN.equals(signature)) {
            plan.append(thinking.text());
            return;
        }
        if (signature != null) {
            disclosure.hint(thinking.path() + ".signature", "has no seals on thinking");
        }
        if (!thinking.text().isEmpty()) {
            content.addObject().put("type", "thinking").put("thinking", thinking.text());
        }
    }

    private void image(Part.Image image, ArrayNode content) {
        String url = switch (image.media()) {
            case Media.Url(var address) -> address;
            case Media.Base64(var type, var data) -> "data:" + type + ";base64," + data;
            case Media.FileId _ -> null;
        };
        if (url == null) {
            disclosure.impossible(image.path(), "cannot read files that are kept at a vendor");
            return;
        }
        ObjectNode said = content.addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", url);
        String detail = image.detail();
        if (detail != null) {
            said.put("detail", detail);
        }
    }

    private void document(Part.Document document, ArrayNode content) {
        Media.Base64 bytes = switch (document.media()) {
            case Media.Base64 given -> given;
            case Media.Url(var url) -> fetched.get(url);
            case Media.FileId _ -> null;
        };
        if (bytes == null) {
            if (document.media() instanceof Media.Url(var url)) {
                disclosure.bytesOnly(document.path(), "takes documents only as bytes of text", url);
            } else {
                disclosure.impossible(document.path(), "cannot read files that are kept at a vendor");
            }
            return;
        }
        String words = TextDocument.said(document, bytes);
        if (words == null) {
            disclosure.impossible(document.path(), "takes documents only as text in UTF-8");
            return;
        }
        disclosure.emulated(document.path());
        say(words, content);
    }

    private ObjectNode call(Part.ToolCall call) {
        ObjectNode said = Json.object().put("id", call.id()).put("type", "function");
        said.putObject("function")
                .put("name", names.said(call.name()))
                .put("arguments", call.arguments().isBlank() ? "{}" : call.arguments());
        return said;
    }

    private void result(Part.ToolResult result) {
        disclosure.cacheMark(result.cacheMark(), result.path(), CohereDialect.NO_MARKS);
        ArrayNode words = Json.mapper().createArrayNode();
        if (result.failed()) {
            say("The tool failed:", words);
            disclosure.emulated(result.path() + ".is_error");
        }
        boolean shows = false;
        for (Part part : result.content()) {
            switch (part) {
                case Part.Text _, Part.Document _, Part.Refusal _ -> spoken(part, words);
                case Part.Image image -> {
                    if (!shows) {
                        shows = true;
                        say("Shown by the tool call " + result.callId() + ":", shown);
                    }
                    disclosure.emulated(image.path());
                    spoken(image, shown);
                }
                case Part.Audio _, Part.ToolCall _, Part.ToolResult _, Part.Thinking _, Part.SealedThinking _ ->
                    disclosure.impossible(part.path(), "takes only text and pictures as a tool's result");
            }
        }
        if (shows) {
            say("What the tool shows is in the next message of the user.", words);
        }
        if (isSilent(words)) {
            words.removeAll();
            say(NOTHING, words);
            disclosure.emulated(result.path());
        }
        setContent(messages.addObject().put("role", "tool").put("tool_call_id", result.callId()), words);
    }

    private static boolean isSilent(ArrayNode words) {
        for (JsonNode part : words) {
            if (!part.path("text").asText().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void showWhatToolsShowed() {
        if (!shown.isEmpty()) {
            messages.addObject().put("role", "user").set("content", shown.deepCopy());
            shown.removeAll();
        }
    }
}
