package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.dialect.TextDocument;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the parts of what a user says or shows. */
final class PartEncoder {

    private static final String DOCUMENT_URL = "document-url";

    private final List<Unsaid> unsaid;
    private final List<String> emulated;
    private final Quirks quirks;
    private final Map<String, Media.Base64> fetched;

    PartEncoder(List<Unsaid> unsaid, List<String> emulated, Target target) {
        this.unsaid = unsaid;
        this.emulated = emulated;
        this.quirks = target.quirks();
        this.fetched = target.fetched();
    }

    ObjectNode text(Part.Text text) {
        ObjectNode object = Json.object().put("type", "text").put("text", text.text());
        if (text.cacheMark() != null && quirks.taken().contains("cache_control")) {
            object.set("cache_control", text.cacheMark());
        } else if (text.cacheMark() != null) {
            unsaid.add(MessageEncoder.cacheMark(text.path()));
        }
        return object;
    }

    private boolean takes(String kind) {
        return quirks.parts().isEmpty() || quirks.parts().contains(kind);
    }

    /** Adds the part to the content, or says why not. */
    void spoken(Part part, ArrayNode content) {
        if (part.cacheMark() != null && !(part instanceof Part.Text)) {
            unsaid.add(MessageEncoder.cacheMark(part.path()));
        }
        switch (part) {
            case Part.Text text -> content.add(text(text));
            case Part.Image image -> image(image, content);
            case Part.Audio audio -> audio(audio, content);
            case Part.Document document -> document(document, content);
            case Part.Refusal _, Part.Thinking _, Part.SealedThinking _, Part.ToolCall _, Part.ToolResult _ ->
                unsaid.add(new Unsaid(part.path(), "takes this only from the model", true));
        }
    }

    private void image(Part.Image image, ArrayNode content) {
        String url = switch (image.media()) {
            case Media.Url(var address) -> address;
            case Media.Base64 bytes -> dataUrl(bytes);
            case Media.FileId _ -> null;
        };
        if (!takes("image")) {
            unsaid.add(new Unsaid(image.path(), "takes no images", true));
            return;
        }
        if (url == null) {
            unsaid.add(new Unsaid(image.path(), "takes images as bytes or addresses only", true));
            return;
        }
        ObjectNode object = content.addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", url);
        if (image.detail() != null) {
            object.put("detail", image.detail());
        }
    }

    private void audio(Part.Audio audio, ArrayNode content) {
        String format = audio.media() instanceof Media.Base64 bytes ? audioFormat(bytes.mediaType()) : null;
        if (!takes("audio")) {
            unsaid.add(new Unsaid(audio.path(), "takes no audio", true));
            return;
        }
        if (format == null || !(audio.media() instanceof Media.Base64 bytes)) {
            unsaid.add(new Unsaid(audio.path(), "takes audio as bytes in wav or mp3 only", true));
            return;
        }
        content.addObject()
                .put("type", "input_audio")
                .putObject("input_audio")
                .put("data", bytes.data())
                .put("format", format);
    }

    private static @Nullable String audioFormat(String mediaType) {
        return switch (mediaType.toLowerCase(Locale.ROOT)) {
            case "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave" -> "wav";
            case "audio/mp3", "audio/mpeg" -> "mp3";
            default -> null;
        };
    }

    private void document(Part.Document document, ArrayNode content) {
        switch (bytesOf(document.media())) {
            case Media.FileId(var id)
            when id.startsWith("file-") && takes("file") -> file(document, "file_id", id, content);
            case Media.FileId _ -> unsaid.add(new Unsaid(document.path(), "has no file of that id", true));
            case Media.Url(var url) when takesAddresses() -> address(document, url, content);
            case Media.Url(var url) ->
                unsaid.add(Unsaid.bytesOnly(document.path(), "takes documents as bytes only", url));
            case Media.Base64 bytes -> {
                if (bytes.mediaType().startsWith("text/")) {
                    words(document, bytes, content);
                } else if (takesAddresses()) {
                    address(document, dataUrl(bytes), content);
                } else if (!takes("file")) {
                    unsaid.add(new Unsaid(document.path(), "takes no documents", true));
                } else {
                    file(document, "file_data", dataUrl(bytes), content);
                }
            }
        }
    }

    /** What was fetched stands for its address, where addresses are not taken. */
    private Media bytesOf(Media media) {
        Media.Base64 bytes = media instanceof Media.Url(var url) && !takesAddresses() ? fetched.get(url) : null;
        return bytes == null ? media : bytes;
    }

    /** Some vendors have a part of their own for documents at addresses, {@code data:} among them. */
    private boolean takesAddresses() {
        return quirks.parts().contains(DOCUMENT_URL);
    }

    private static void address(Part.Document document, String url, ArrayNode content) {
        ObjectNode part = content.addObject().put("type", "document_url").put("document_url", url);
        if (document.name() != null) {
            part.put("document_name", document.name());
        }
    }

    private static void file(Part.Document document, String how, String value, ArrayNode content) {
        ObjectNode file = content.addObject().put("type", "file").putObject("file");
        String name = document.name();
        if (name != null) {
            file.put("filename", name);
        } else if (how.equals("file_data")) {
            file.put("filename", "document.pdf"); // without a name OpenAI takes no bytes
        }
        file.put(how, value);
    }

    /** A document that is text is said as text. */
    private void words(Part.Document document, Media.Base64 bytes, ArrayNode content) {
        String text = TextDocument.said(document, bytes);
        if (text == null) {
            unsaid.add(new Unsaid(document.path(), "takes text in UTF-8 only", true));
            return;
        }
        content.addObject().put("type", "text").put("text", text);
        emulated.add(document.path());
    }

    private static String dataUrl(Media.Base64 bytes) {
        return "data:" + bytes.mediaType() + ";base64," + bytes.data();
    }
}
