package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.dialect.Arguments;
import dev.signalbox.dialect.Disclosure;
import dev.signalbox.dialect.MediaTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parts of messages as Gemini's parts; null for what is not said, which is then disclosed. */
final class GeminiParts {

    /** Why marks for a prompt cache are left out. */
    static final String NO_MARKS = "caches prompts by itself, and takes no marks";

    private static final Set<String> PICTURES =
            Set.of("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif");

    private final Disclosure disclosure;
    private final GeminiNames names;
    private final Map<String, Media.Base64> fetched;

    /**
     * @param fetched what is at addresses, by address
     */
    GeminiParts(Disclosure disclosure, GeminiNames names, Map<String, Media.Base64> fetched) {
        this.disclosure = disclosure;
        this.names = names;
        this.fetched = fetched;
    }

    /** A part of a system message. */
    @Nullable ObjectNode system(Part part) {
        return switch (part) {
            case Part.Text text -> text(text);
            case Part.Refusal refusal -> refusal(refusal);
            case Part.Thinking thinking -> unsaid(thinking, "takes thinking only from the model");
            case Part.SealedThinking thinking -> unsaid(thinking, "takes thinking only from the model");
            default -> impossible(part, "takes only text as a system message");
        };
    }

    /** Words; those that are empty are none. */
    @Nullable ObjectNode text(Part.Text text) {
        unmarked(text);
        return text.text().isEmpty() ? null : words(text.text());
    }

    /** The model's refusal, which are words like others. */
    @Nullable ObjectNode refusal(Part.Refusal refusal) {
        disclosure.emulated(refusal.path());
        return refusal.text().isEmpty() ? null : words(refusal.text());
    }

    static ObjectNode words(String text) {
        return Json.object().put("text", text);
    }

    /** A picture, a document or sound. */
    @Nullable ObjectNode media(Part part) {
        return switch (part) {
            case Part.Image image -> image(image);
            case Part.Document document -> document(document);
            case Part.Audio audio -> data(audio, audio.media());
            default -> throw new IllegalArgumentException("not a medium");
        };
    }

    private @Nullable ObjectNode image(Part.Image image) {
        unmarked(image);
        String detail = image.detail();
        if (detail != null && !detail.equals("auto")) {
            disclosure.hint(image.path() + ".detail", "has no level of detail for one picture");
        }
        if (image.media() instanceof Media.Base64(String type, String data)) {
            String bare = MediaTypes.bare(type).replace("image/jpg", "image/jpeg");
            return PICTURES.contains(bare)
                    ? inline(bare, data)
                    : impossible(image, "takes pictures only as PNG, JPEG, WebP, HEIC or HEIF");
        }
        return data(image, image.media());
    }

    private @Nullable ObjectNode document(Part.Document document) {
        unmarked(document);
        String name = document.name();
        if (name != null && !name.isEmpty()) {
            disclosure.hint(document.path() + ".name", "has no names for documents");
        }
        return data(document, document.media());
    }

    private @Nullable ObjectNode data(Part part, Media media) {
        return switch (media) {
            case Media.Base64(String type, String data) -> {
                String bare = MediaTypes.bare(type);
                yield bare.isEmpty() ? impossible(part, "takes no bytes of an unknown type") : inline(bare, data);
            }
            case Media.FileId(String id) ->
                GeminiFiles.isOwn(id)
                        ? file(id)
                        : impossible(part, "cannot read files that are kept at another vendor");
            case Media.Url(String url) -> {
                if (GeminiFiles.isRead(url)) {
                    yield file(url);
                }
                Media.Base64 bytes = fetched.get(url);
                if (bytes == null) {
                    disclosure.bytesOnly(part.path(), "takes bytes only, and not what is at an address", url);
                    yield null;
                }
                yield inline(MediaTypes.bare(bytes.mediaType()), bytes.data());
            }
        };
    }

    private static ObjectNode file(String uri) {
        ObjectNode part = Json.object();
        ObjectNode file = part.putObject("fileData");
        String type = GeminiFiles.typeOf(uri);
        if (!type.isEmpty()) {
            file.put("mimeType", type);
        }
        file.put("fileUri", uri);
        return part;
    }

    private static ObjectNode inline(String mediaType, String data) {
        ObjectNode part = Json.object();
        part.putObject("inlineData").put("mimeType", mediaType).put("data", data);
        return part;
    }

    /** A call; ids that Gemini never gave are not shown to it. */
    @Nullable ObjectNode call(Part.ToolCall call) {
        unmarked(call);
        ObjectNode args = Arguments.object(call.arguments());
        if (args == null) {
            disclosure.emulated(call.path());
            args = Arguments.wrapped(call.arguments());
        }
        ObjectNode part = Json.object();
        ObjectNode said = part.putObject("functionCall");
        if (isKnown(call.id())) {
            said.put("id", call.id());
        }
        said.put("name", names.said(call.name())).set("args", args);
        return part;
    }

    private static boolean isKnown(String id) {
        return !id.isEmpty() && !id.startsWith(CallIds.MADE);
    }

    /**
     * What a tool answered, and behind it what of that the model cannot be shown inside.
     *
     * @param name the name of the tool
     * @param inside whether pictures may stand inside of an answer
     */
    List<ObjectNode> result(Part.ToolResult result, String name, boolean inside) {
        unmarked(result);
        List<String> words = new ArrayList<>(1);
        ArrayNode media = Json.mapper().createArrayNode();
        List<ObjectNode> behind = new ArrayList<>(1);
        for (Part part : result.content()) {
            switch (part) {
                case Part.Text text -> {
                    unmarked(text);
                    words.add(text.text());
                }
                case Part.Refusal refusal -> {
                    disclosure.emulated(refusal.path());
                    words.add(refusal.text());
                }
                case Part.Image _, Part.Document _, Part.Audio _ -> {
                    ObjectNode said = media(part);
                    if (said != null && inside) {
                        media.add(said);
                    } else if (said != null) {
                        disclosure.emulated(part.path());
                        behind.add(said);
                    }
                }
                default -> impossible(part, "takes only text, pictures, sound and documents as a tool's result");
            }
        }
        ObjectNode part = Json.object();
        ObjectNode said = part.putObject("functionResponse");
        if (isKnown(result.callId())) {
            said.put("id", result.callId());
        }
        said.put("name", names.said(name)).set("response", GeminiResults.response(words, result.failed()));
        if (!media.isEmpty()) {
            said.set("parts", media);
        }
        behind.addFirst(part);
        return behind;
    }

    private void unmarked(Part part) {
        disclosure.cacheMark(part.cacheMark(), part.path(), NO_MARKS);
    }

    @Nullable ObjectNode unsaid(Part part, String reason) {
        disclosure.hint(part.path(), reason);
        return null;
    }

    @Nullable ObjectNode impossible(Part part, String reason) {
        disclosure.impossible(part.path(), reason);
        return null;
    }
}
