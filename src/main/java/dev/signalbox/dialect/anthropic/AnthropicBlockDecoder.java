package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt.Leftover;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads content blocks; what is not understood is left over under its path. */
final class AnthropicBlockDecoder {

    /** What the model's words rest on, which it is told again beside the documents themselves. */
    private static final Set<String> CITED = Set.of("citations");

    private final List<Leftover> leftovers;

    AnthropicBlockDecoder(List<Leftover> leftovers) {
        this.leftovers = leftovers;
    }

    /** The parts of a {@code content}, which may be a string or blocks. */
    List<Part> content(@Nullable JsonNode content, String path) {
        if (content == null) {
            return List.of();
        }
        if (content.isTextual()) {
            return List.of(new Part.Text(content.textValue(), null, path));
        }
        if (!content.isArray()) {
            throw Fields.wrong(path, "a string or an array");
        }
        List<Part> parts = new ArrayList<>(content.size());
        for (int i = 0; i < content.size(); i++) {
            Part part = block(Fields.of(content.get(i), path + "[" + i + "]"));
            if (part != null) {
                parts.add(part);
            }
        }
        return parts;
    }

    private @Nullable Part block(Fields block) {
        Part part = switch (block.requiredText("type")) {
            case "text" -> text(block);
            case "image" -> image(block);
            case "document" -> document(block);
            case "tool_use" -> toolUse(block);
            case "tool_result" -> toolResult(block);
            case "thinking" -> thinking(block);
            case "redacted_thinking" -> redactedThinking(block);
            default -> null;
        };
        if (part == null) {
            leftovers.add(new Leftover(block.path(), block.object()));
        } else {
            block.skip("citations", AnthropicBlockDecoder::wantsNone);
            block.leave(leftovers, part instanceof Part.Text ? CITED : Set.of());
        }
        return part;
    }

    private static boolean wantsNone(JsonNode citations) {
        return citations.isEmpty()
                || (citations.size() == 1
                        && citations.path("enabled").isBoolean()
                        && !citations.path("enabled").booleanValue());
    }

    private static Part text(Fields block) {
        return new Part.Text(block.requiredText("text"), cacheMark(block), block.path());
    }

    private @Nullable Part image(Fields block) {
        Media media = media(block);
        return media == null ? null : new Part.Image(media, null, cacheMark(block), block.path());
    }

    private @Nullable Part document(Fields block) {
        Media media = media(block);
        return media == null ? null : new Part.Document(media, block.text("title"), cacheMark(block), block.path());
    }

    private @Nullable Media media(Fields block) {
        Fields source = Fields.of(block.required("source"), block.path("source"));
        Media media = switch (source.requiredText("type")) {
            case "base64" -> new Media.Base64(source.requiredText("media_type"), source.requiredText("data"));
            case "url" -> new Media.Url(source.requiredText("url"));
            case "file" -> new Media.FileId(source.requiredText("file_id"));
            case "text" -> words(source);
            case "content" -> written(source);
            default -> null;
        };
        if (media != null) {
            source.leave(leftovers);
        }
        return media;
    }

    private static Media words(Fields source) {
        String type = source.text("media_type");
        return words(type == null ? "text/plain" : type, source.requiredText("data"));
    }

    /** Words that stand in place of a document; null when there are pictures among them. */
    private static @Nullable Media written(Fields source) {
        JsonNode content = source.required("content");
        if (content.isTextual()) {
            return words("text/plain", content.textValue());
        }
        StringBuilder words = new StringBuilder();
        for (JsonNode block : content) {
            String text = block.path("text").textValue();
            if (text == null || block.size() != 2) {
                return null;
            }
            words.append(words.isEmpty() ? "" : "\n").append(text);
        }
        return words("text/plain", words.toString());
    }

    private static Media words(String type, String text) {
        return new Media.Base64(type, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Part toolUse(Fields block) {
        if (block.object().path("caller").path("type").asText().equals("direct")) {
            block.any("caller"); // the model itself, as where it is missing
        }
        JsonNode input = block.objectOrNull("input");
        return new Part.ToolCall(
                block.requiredText("id"),
                block.requiredText("name"),
                input == null ? "{}" : Json.text(input),
                cacheMark(block),
                block.path());
    }

    private Part toolResult(Fields block) {
        return new Part.ToolResult(
                block.requiredText("tool_use_id"),
                content(block.any("content"), block.path("content")),
                block.isTrue("is_error"),
                cacheMark(block),
                block.path());
    }

    private static Part thinking(Fields block) {
        String text = block.requiredText("thinking");
        String carried = block.text("signature");
        if (carried == null || carried.isEmpty()) {
            return new Part.Thinking(text, null, null, block.path());
        }
        Seal seal = Seal.read(carried);
        return seal.isNone()
                ? new Part.Thinking(text, null, null, block.path())
                : new Part.Thinking(text, seal.value(), seal.origin(), block.path());
    }

    private static Part redactedThinking(Fields block) {
        Seal seal = Seal.read(block.requiredText("data"));
        return new Part.SealedThinking(seal.value(), seal.origin(), block.path());
    }

    /** The part with a mark for the prompt cache, unless it has one; null when it can bear none. */
    static @Nullable Part marked(Part part, JsonNode mark) {
        if (part.cacheMark() != null) {
            return part;
        }
        return switch (part) {
            case Part.Text p -> p.text().isBlank() ? null : new Part.Text(p.text(), mark, p.path());
            case Part.Image p -> new Part.Image(p.media(), p.detail(), mark, p.path());
            case Part.Document p -> new Part.Document(p.media(), p.name(), mark, p.path());
            case Part.ToolCall p -> new Part.ToolCall(p.id(), p.name(), p.arguments(), mark, p.path());
            case Part.ToolResult p -> new Part.ToolResult(p.callId(), p.content(), p.failed(), mark, p.path());
            case Part.Audio _, Part.Thinking _, Part.SealedThinking _, Part.Refusal _ -> null;
        };
    }

    /** The prompt-cache mark on a block or a tool. */
    static @Nullable JsonNode cacheMark(Fields block) {
        return block.objectOrNull("cache_control");
    }
}
