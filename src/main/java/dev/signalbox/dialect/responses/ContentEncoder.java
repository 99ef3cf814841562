package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.dialect.TextDocument;
import java.util.List;

/** Writes what a message says or shows. */
final class ContentEncoder {

    private final List<Unsaid> unsaid;
    private final List<String> emulated;

    ContentEncoder(List<Unsaid> unsaid, List<String> emulated) {
        this.unsaid = unsaid;
        this.emulated = emulated;
    }

    /** What the model said. */
    void said(Part.Text text, ArrayNode content) {
        text(text, "output_text", content).putArray("annotations");
    }

    /** What the model is told. */
    void text(Part.Text text, ArrayNode content) {
        text(text, "input_text", content);
    }

    private ObjectNode text(Part.Text text, String type, ArrayNode content) {
        mark(text);
        return content.addObject().put("type", type).put("text", text.text());
    }

    private void mark(Part part) {
        if (part.cacheMark() != null) {
            unsaid.add(ItemEncoder.cacheMark(part.path()));
        }
    }

    /** Adds what a user or a tool shows, or says why not. */
    void spoken(Part part, ArrayNode content) {
        switch (part) {
            case Part.Text text -> text(text, content);
            case Part.Image image -> image(image, content);
            case Part.Document document -> document(document, content);
            case Part.Audio _ -> unsaid.add(new Unsaid(part.path(), "takes no audio", true));
            case Part.Refusal _, Part.Thinking _, Part.SealedThinking _, Part.ToolCall _, Part.ToolResult _ ->
                unsaid.add(new Unsaid(part.path(), "takes this only from the model", true));
        }
    }

    private void image(Part.Image image, ArrayNode content) {
        mark(image);
        if (image.media() instanceof Media.FileId(var id) && !isFile(id)) {
            unsaid.add(new Unsaid(image.path(), "has no file of that id", true));
            return;
        }
        ObjectNode object = content.addObject().put("type", "input_image");
        switch (image.media()) {
            case Media.Url(var url) -> object.put("image_url", url);
            case Media.Base64 bytes -> object.put("image_url", dataUrl(bytes));
            case Media.FileId(var id) -> object.put("file_id", id);
        }
        object.put("detail", image.detail() == null ? "auto" : image.detail());
    }

    private void document(Part.Document document, ArrayNode content) {
        mark(document);
        switch (document.media()) {
            case Media.FileId(var id) when isFile(id) -> file(document, "file_id", id, content);
            case Media.FileId _ -> unsaid.add(new Unsaid(document.path(), "has no file of that id", true));
            case Media.Url(var url) -> file(document, "file_url", url, content);
            case Media.Base64 bytes -> {
                if (bytes.mediaType().startsWith("text/")) {
                    words(document, bytes, content);
                } else {
                    file(document, "file_data", dataUrl(bytes), content);
                }
            }
        }
    }

    private static boolean isFile(String id) {
        return id.startsWith("file-");
    }

    private static void file(Part.Document document, String how, String value, ArrayNode content) {
        ObjectNode file = content.addObject().put("type", "input_file");
        String name = document.name();
        if (how.equals("file_data")) {
            file.put("filename", name == null ? "document.pdf" : name); // without a name OpenAI takes no bytes
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
        content.addObject().put("type", "input_text").put("text", text);
        emulated.add(document.path());
    }

    private static String dataUrl(Media.Base64 bytes) {
        return "data:" + bytes.mediaType() + ";base64," + bytes.data();
    }
}
