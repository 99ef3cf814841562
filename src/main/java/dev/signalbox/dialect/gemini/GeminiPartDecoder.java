package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt.Leftover;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the parts of one conversation; what is not understood is left over under its path. */
final class GeminiPartDecoder {

    private final List<Leftover> leftovers;
    private final CallIds ids = new CallIds();

    GeminiPartDecoder(List<Leftover> leftovers) {
        this.leftovers = leftovers;
    }

    /** The parts of a {@code Content}. */
    List<Part> parts(Fields content) {
        List<Part> parts = new ArrayList<>();
        StringBuilder unsealed = new StringBuilder();
        for (Fields part : content.objects("parts")) {
            if (isThought(part)) {
                thought(part, unsealed, parts);
            } else {
                unsealed.setLength(0);
                part(part, parts);
            }
            part.leave(leftovers);
        }
        return parts;
    }

    /** Thoughts are words, or nothing but a seal. */
    private static boolean isThought(Fields part) {
        return part.isTrue("thought")
                && (part.has("text")
                        || (part.has("thoughtSignature") && part.object().size() == 2));
    }

    /**
     * A thought. Where another vendor's seal ends several of them, as it does in a stream that a client has gathered, they
     * are one thought under that seal.
     */
    private static void thought(Fields part, StringBuilder unsealed, List<Part> parts) {
        String text = part.textOrEmpty("text");
        String signature = part.text("thoughtSignature");
        GeminiSeal seal = signature == null || signature.isEmpty() ? null : GeminiSeal.read(signature);
        if (seal == null) {
            unsealed.append(text);
            parts.add(new Part.Thinking(text, null, null, part.path()));
            return;
        }
        boolean foreign = !seal.origin().equals(GeminiDialect.ID);
        if (seal.kind() == GeminiSeal.Kind.SEALED) {
            if (!text.isEmpty()) {
                parts.add(new Part.Thinking(text, null, null, part.path()));
            }
            parts.add(new Part.SealedThinking(seal.value(), seal.origin(), part.path()));
        } else {
            String whole = foreign ? unsealed + text : text;
            if (foreign) {
                dropUnsealed(parts);
            }
            parts.add(new Part.Thinking(whole, seal.value(), seal.origin(), part.path()));
        }
        unsealed.setLength(0);
    }

    private static void dropUnsealed(List<Part> parts) {
        while (!parts.isEmpty() && parts.getLast() instanceof Part.Thinking thinking && thinking.signature() == null) {
            parts.removeLast();
        }
    }

    private void part(Fields part, List<Part> parts) {
        if (part.isTrue("thought")) {
            leftovers.add(new Leftover(part.path("thought"), BooleanNode.TRUE));
        }
        String signature = part.text("thoughtSignature");
        GeminiSeal seal = signature == null || signature.isEmpty() ? null : GeminiSeal.read(signature);
        Part read = data(part);
        boolean empty =
                read == null || (read instanceof Part.Text text && text.text().isEmpty());
        if (seal != null && read instanceof Part.ToolCall call) {
            parts.add(sealed(seal, GeminiSeal.ofCall(call.id(), seal.value()), part));
            parts.add(call);
            return;
        }
        if (read != null && !(empty && seal != null)) {
            parts.add(read);
        }
        if (seal != null) {
            String own = empty ? GeminiSeal.ownPart(seal.value()) : GeminiSeal.onPart(seal.value());
            parts.add(sealed(seal, own, part));
        }
    }

    /** What the part holds; null when that is left over. */
    private @Nullable Part data(Fields part) {
        if (part.has("text")) {
            return new Part.Text(part.textOrEmpty("text"), null, part.path());
        }
        if (part.has("functionCall")) {
            return functionCall(Fields.of(part.required("functionCall"), part.path("functionCall")), part);
        }
        if (part.has("functionResponse")) {
            return functionResponse(Fields.of(part.required("functionResponse"), part.path("functionResponse")), part);
        }
        return media(part);
    }

    private @Nullable Part media(Fields part) {
        if (part.has("inlineData")) {
            return inlineData(Fields.of(part.required("inlineData"), part.path("inlineData")), part);
        }
        return part.has("fileData")
                ? fileData(Fields.of(part.required("fileData"), part.path("fileData")), part)
                : null;
    }

    private static Part sealed(GeminiSeal seal, String ownData, Fields part) {
        if (seal.origin().equals(GeminiDialect.ID)) {
            return new Part.SealedThinking(ownData, GeminiDialect.ID, part.path());
        }
        return seal.kind() == GeminiSeal.Kind.SEALED
                ? new Part.SealedThinking(seal.value(), seal.origin(), part.path())
                : new Part.Thinking("", seal.value(), seal.origin(), part.path());
    }

    private Part.ToolCall functionCall(Fields call, Fields part) {
        String name = call.textOrEmpty("name");
        ObjectNode args = call.objectOrNull("args");
        String id = ids.ofCall(call.text("id"), name);
        call.leave(leftovers);
        return new Part.ToolCall(id, name, args == null ? "{}" : Json.text(args), null, part.path());
    }

    private @Nullable Part inlineData(Fields blob, Fields part) {
        String type = blob.textOrEmpty("mimeType");
        Media media = new Media.Base64(type, blob.textOrEmpty("data"));
        return media(media, type, blob, part);
    }

    private @Nullable Part fileData(Fields file, Fields part) {
        String uri = file.text("fileUri");
        if (uri == null) {
            throw new InvalidRequest("'" + file.path("fileUri") + "' is required", file.path("fileUri"));
        }
        Media media = GeminiFiles.isOwn(uri) ? new Media.FileId(uri) : new Media.Url(uri);
        String given = file.text("mimeType");
        return media(media, given == null ? GeminiFiles.typeOf(uri) : given, file, part);
    }

    private @Nullable Part media(Media media, String mimeType, Fields data, Fields part) {
        String type = mimeType.toLowerCase(Locale.ROOT);
        if (type.startsWith("video/")) {
            leftovers.add(new Leftover(data.path(), data.object()));
            return null;
        }
        if (type.startsWith("image/")) {
            data.leave(leftovers);
            return new Part.Image(media, null, null, part.path());
        }
        if (type.startsWith("audio/")) {
            data.leave(leftovers);
            return new Part.Audio(media, part.path());
        }
        String name = data.text("displayName");
        data.leave(leftovers);
        return new Part.Document(media, name, null, part.path());
    }

    private Part functionResponse(Fields answer, Fields part) {
        String name = answer.textOrEmpty("name");
        String id = ids.ofResult(answer.text("id"), name);
        ObjectNode response = answer.objectOrNull("response");
        List<Part> content = new ArrayList<>(1);
        boolean failed = false;
        if (response != null) {
            failed = response.size() == 1 && response.hasNonNull("error");
            content.add(new Part.Text(GeminiResults.text(response), null, answer.path("response")));
        }
        for (Fields media : answer.objects("parts")) {
            Part read = media(media);
            if (read != null) {
                content.add(read);
            }
            media.leave(leftovers);
        }
        answer.leave(leftovers);
        return new Part.ToolResult(id, content, failed, null, part.path());
    }

    /** The one text of system instructions, which some clients write without parts. */
    static @Nullable Part plain(@Nullable JsonNode instruction, String path) {
        return instruction instanceof TextNode text ? new Part.Text(text.textValue(), null, path) : null;
    }
}
