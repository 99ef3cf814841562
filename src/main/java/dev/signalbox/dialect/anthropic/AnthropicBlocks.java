package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.dialect.Arguments;
import dev.signalbox.dialect.Disclosure;
import dev.signalbox.dialect.MediaTypes;
import dev.signalbox.dialect.TextDocument;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parts of messages as content blocks; null for what is not said, which is then disclosed. */
final class AnthropicBlocks {

    private static final Set<String> PICTURES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

    /** How Anthropic's own file ids begin; ids of other vendors mean nothing to it. */
    private static final String OWN_FILE = "file_";

    private final Disclosure disclosure;
    private final ToolNames names;
    private final CacheMarks marks;

    AnthropicBlocks(Disclosure disclosure, ToolNames names, CacheMarks marks) {
        this.disclosure = disclosure;
        this.names = names;
        this.marks = marks;
    }

    /** A part of a system message. */
    @Nullable ObjectNode system(Part part) {
        return switch (part) {
            case Part.Text text -> text(text);
            case Part.Refusal refusal -> refusal(refusal);
            default -> impossible(part, "takes only text as a system message");
        };
    }

    /** A part of what a user or a tool says. */
    @Nullable ObjectNode user(Part part) {
        return switch (part) {
            case Part.Text text -> text(text);
            case Part.Image image -> image(image);
            case Part.Document document -> document(document);
            case Part.Audio audio -> audio(audio);
            case Part.ToolResult result -> toolResult(result);
            case Part.Refusal refusal -> refusal(refusal);
            case Part.ToolCall call -> impossible(call, "takes tool calls only from the assistant");
            case Part.Thinking thinking -> hint(thinking, "takes thinking only from the assistant");
            case Part.SealedThinking thinking -> hint(thinking, "takes thinking only from the assistant");
        };
    }

    /** A part of what the model said. */
    @Nullable ObjectNode assistant(Part part) {
        return switch (part) {
            case Part.Text text -> text(text);
            case Part.Refusal refusal -> refusal(refusal);
            case Part.ToolCall call -> toolCall(call);
            case Part.Thinking thinking -> thinking(thinking);
            case Part.SealedThinking thinking -> sealedThinking(thinking);
            case Part.Image image -> impossible(image, "takes no pictures from the assistant");
            case Part.Document document -> impossible(document, "takes no documents from the assistant");
            case Part.Audio audio -> audio(audio);
            case Part.ToolResult result -> impossible(result, "takes no tool results from the assistant");
        };
    }

    private @Nullable ObjectNode text(Part.Text text) {
        if (text.text().isBlank()) {
            disclosure.cacheMark(text.cacheMark(), text.path(), "takes no blank text, and so no mark on it");
            if (!text.text().isEmpty()) {
                disclosure.emulated(text.path());
            }
            return null;
        }
        return marked(typed("text").put("text", text.text()), text);
    }

    private @Nullable ObjectNode refusal(Part.Refusal refusal) {
        disclosure.emulated(refusal.path());
        return refusal.text().isBlank() ? null : typed("text").put("text", refusal.text());
    }

    private @Nullable ObjectNode image(Part.Image image) {
        String detail = image.detail();
        if (detail != null && !detail.equals("auto")) {
            disclosure.unsaid(image.path() + ".detail", "has no level of detail for pictures");
        }
        ObjectNode source = switch (image.media()) {
            case Media.Url(String url) -> typed("url").put("url", url);
            case Media.FileId(String id)
            when id.startsWith(OWN_FILE) -> typed("file").put("file_id", id);
            case Media.FileId _ -> null;
            case Media.Base64(String mediaType, String data) -> {
                String type = MediaTypes.bare(mediaType).replace("image/jpg", "image/jpeg");
                yield PICTURES.contains(type) ? base64(type, data) : null;
            }
        };
        if (source == null) {
            return impossible(
                    image,
                    image.media() instanceof Media.FileId
                            ? "cannot read files that are kept at another vendor"
                            : "takes pictures only as JPEG, PNG, GIF or WebP");
        }
        return marked(typed("image").set("source", source), image);
    }

    private @Nullable ObjectNode document(Part.Document document) {
        ObjectNode source = switch (document.media()) {
            case Media.Url(String url) -> typed("url").put("url", url);
            case Media.FileId(String id)
            when id.startsWith(OWN_FILE) -> typed("file").put("file_id", id);
            case Media.FileId _ -> null;
            case Media.Base64(String mediaType, String data) ->
                documentData(document, MediaTypes.bare(mediaType), data);
        };
        if (source == null) {
            return impossible(
                    document,
                    document.media() instanceof Media.FileId
                            ? "cannot read files that are kept at another vendor"
                            : "takes documents only as PDF or as text in UTF-8");
        }
        ObjectNode block = typed("document");
        block.set("source", source);
        String name = document.name();
        if (name != null && !name.isEmpty()) {
            block.put("title", name);
        }
        return marked(block, document);
    }

    private @Nullable ObjectNode documentData(Part.Document document, String type, String data) {
        if (type.equals("application/pdf")) {
            return base64(type, data);
        }
        if (!type.startsWith("text/")) {
            return null;
        }
        String words = TextDocument.words(data);
        if (words == null) {
            return null;
        }
        if (!type.equals("text/plain")) {
            disclosure.emulated(document.path());
        }
        return typed("text").put("media_type", "text/plain").put("data", words);
    }

    private static ObjectNode base64(String mediaType, String data) {
        return typed("base64").put("media_type", mediaType).put("data", data);
    }

    private @Nullable ObjectNode audio(Part.Audio audio) {
        return impossible(audio, "takes no sound");
    }

    private @Nullable ObjectNode toolCall(Part.ToolCall call) {
        ObjectNode input = Arguments.object(call.arguments());
        if (input == null) {
            disclosure.emulated(call.path());
            input = Arguments.wrapped(call.arguments());
        }
        ObjectNode block =
                typed("tool_use").put("id", AnthropicNames.callId(call.id())).put("name", names.said(call.name()));
        block.set("input", input);
        return marked(block, call);
    }

    private ObjectNode toolResult(Part.ToolResult result) {
        ObjectNode block = typed("tool_result").put("tool_use_id", AnthropicNames.callId(result.callId()));
        ArrayNode content = Json.mapper().createArrayNode();
        for (Part part : result.content()) {
            ObjectNode said = switch (part) {
                case Part.Text text -> text(text);
                case Part.Image image -> image(image);
                case Part.Document document -> document(document);
                case Part.Refusal refusal -> refusal(refusal);
                default -> impossible(part, "takes only text, pictures and documents as a tool's result");
            };
            if (said != null) {
                content.add(said);
            }
        }
        if (!content.isEmpty()) {
            block.set("content", content);
        }
        if (result.failed()) {
            block.put("is_error", true);
        }
        return marked(block, result);
    }

    private @Nullable ObjectNode thinking(Part.Thinking thinking) {
        String signature = thinking.signature();
        if (signature == null || !AnthropicDialect.ID.equals(thinking.origin())) {
            return hint(thinking, "takes back only thinking that it has signed itself");
        }
        return typed("thinking").put("thinking", thinking.text()).put("signature", signature);
    }

    private @Nullable ObjectNode sealedThinking(Part.SealedThinking thinking) {
        if (!AnthropicDialect.ID.equals(thinking.origin())) {
            return hint(thinking, "cannot read thinking that another vendor has encrypted");
        }
        return typed("redacted_thinking").put("data", thinking.data());
    }

    private @Nullable ObjectNode hint(Part part, String reason) {
        disclosure.hint(part.path(), reason);
        return null;
    }

    private @Nullable ObjectNode impossible(Part part, String reason) {
        disclosure.impossible(part.path(), reason);
        return null;
    }

    private ObjectNode marked(ObjectNode block, Part part) {
        return marks.mark(block, part.cacheMark(), part.path());
    }

    private static ObjectNode typed(String type) {
        return Json.object().put("type", type);
    }
}
