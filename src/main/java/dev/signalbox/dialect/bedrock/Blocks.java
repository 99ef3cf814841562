package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.dialect.Arguments;
import dev.signalbox.dialect.Disclosure;
import org.jspecify.annotations.Nullable;

/** Parts of messages as content blocks; null for what is not said, which is then disclosed. */
final class Blocks {

    private static final String NOTHING = "(no output)";
    private static final String FAILED = "(the tool failed)";

    private final Attachments attachments;
    private final Names names;
    private final Family family;
    private final Disclosure disclosure;

    Blocks(Attachments attachments, Names names, Family family, Disclosure disclosure) {
        this.attachments = attachments;
        this.names = names;
        this.family = family;
        this.disclosure = disclosure;
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
            case Part.Image image -> attachments.image(image);
            case Part.Document document -> attachments.document(document);
            case Part.Audio audio -> attachments.audio(audio);
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
            case Part.Audio audio -> impossible(audio, "takes no sound from the assistant");
            case Part.ToolResult result -> impossible(result, "takes no tool results from the assistant");
        };
    }

    private @Nullable ObjectNode text(Part.Text text) {
        if (!text.text().isBlank()) {
            return Json.object().put("text", text.text());
        }
        if (!text.text().isEmpty()) {
            disclosure.emulated(text.path());
        }
        return null;
    }

    private @Nullable ObjectNode refusal(Part.Refusal refusal) {
        disclosure.emulated(refusal.path());
        return refusal.text().isBlank() ? null : Json.object().put("text", refusal.text());
    }

    private @Nullable ObjectNode toolCall(Part.ToolCall call) {
        ObjectNode input = Arguments.object(call.arguments());
        if (input == null) {
            disclosure.emulated(call.path());
            input = Arguments.wrapped(call.arguments());
        }
        if (call.name().isEmpty()) {
            return impossible(call, "takes no tool call without a name");
        }
        ObjectNode block = Json.object();
        block.putObject("toolUse")
                .put("toolUseId", Names.said(call.id()))
                .put("name", names.tool(call.name()))
                .set("input", input);
        return block;
    }

    private ObjectNode toolResult(Part.ToolResult result) {
        ObjectNode block = Json.object();
        ObjectNode said = block.putObject("toolResult").put("toolUseId", Names.said(result.callId()));
        ArrayNode content = said.putArray("content");
        if (result.failed() && !family.toolStatus()) {
            content.addObject().put("text", FAILED);
            disclosure.emulated(result.path());
        }
        for (Part part : result.content()) {
            ObjectNode inner = switch (part) {
                case Part.Text text -> text(text);
                case Part.Image image -> attachments.image(image);
                case Part.Document document -> attachments.document(document);
                case Part.Refusal refusal -> refusal(refusal);
                default -> impossible(part, "takes only text, pictures and documents as a tool's result");
            };
            if (inner != null) {
                content.add(inner);
            }
            disclosure.cacheMark(part.cacheMark(), part.path(), "takes no cache mark within a tool's result");
        }
        if (content.isEmpty()) {
            content.addObject().put("text", NOTHING);
            disclosure.emulated(result.path());
        }
        if (result.failed() && family.toolStatus()) {
            said.put("status", "error");
        }
        return block;
    }

    private @Nullable ObjectNode thinking(Part.Thinking thinking) {
        String signature = thinking.signature();
        if (signature == null || !BedrockDialect.ID.equals(thinking.origin())) {
            return hint(thinking, "takes back only thinking that it has signed itself");
        }
        ObjectNode block = Json.object();
        block.putObject("reasoningContent")
                .putObject("reasoningText")
                .put("text", thinking.text())
                .put("signature", signature);
        return block;
    }

    private @Nullable ObjectNode sealedThinking(Part.SealedThinking thinking) {
        if (!BedrockDialect.ID.equals(thinking.origin())) {
            return hint(thinking, "cannot read thinking that another vendor has encrypted");
        }
        ObjectNode block = Json.object();
        block.putObject("reasoningContent").put("redactedContent", thinking.data());
        return block;
    }

    private @Nullable ObjectNode hint(Part part, String reason) {
        disclosure.hint(part.path(), reason);
        return null;
    }

    private @Nullable ObjectNode impossible(Part part, String reason) {
        disclosure.impossible(part.path(), reason);
        return null;
    }
}
