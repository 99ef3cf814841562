package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.dialect.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads what an item says or shows. */
final class ContentDecoder {

    private final List<Leftover> leftovers;

    ContentDecoder(List<Leftover> leftovers) {
        this.leftovers = leftovers;
    }

    List<Part> decode(JsonNode content, String path) {
        if (content.isTextual()) {
            return List.of(new Part.Text(content.textValue(), null, path));
        }
        if (!content.isArray()) {
            throw Members.wrong(path, "a string or an array");
        }
        var made = new ArrayList<Part>(content.size());
        for (int i = 0; i < content.size(); i++) {
            Part part = part(Members.of(content.get(i), path + "[" + i + "]"));
            if (part != null) {
                made.add(part);
            }
        }
        return made;
    }

    private @Nullable Part part(Members part) {
        Part made = switch (part.requiredString("type")) {
            case "input_text", "text" -> new Part.Text(part.requiredString("text"), mark(part), part.path());
            case "output_text" -> said(part);
            case "refusal" -> new Part.Refusal(part.requiredString("refusal"), part.path());
            case "input_image" -> image(part);
            case "input_file" -> file(part);
            case "input_audio" -> audio(part);
            default -> null;
        };
        if (made == null) {
            part.leave(leftovers);
        } else {
            part.leaveTheRest(leftovers);
        }
        return made;
    }

    private static Part said(Members part) {
        part.take("logprobs"); // how likely its words were is no part of what the model said
        JsonNode annotations = part.peek("annotations");
        if (annotations != null && annotations.isArray() && annotations.isEmpty()) {
            part.take("annotations");
        }
        return new Part.Text(part.requiredString("text"), null, part.path());
    }

    /** A breakpoint for the prompt cache. */
    private static @Nullable JsonNode mark(Members part) {
        JsonNode breakpoint = part.object("prompt_cache_breakpoint");
        return breakpoint == null ? null : Json.object().put("type", "ephemeral");
    }

    private static @Nullable Part image(Members part) {
        String url = part.string("image_url");
        String id = part.string("file_id");
        if (url == null && id == null) {
            throw Members.wrong(part.path(), "an image with image_url or file_id");
        }
        if (url != null && id != null) {
            return null;
        }
        Media media = url != null ? media(url) : new Media.FileId(String.valueOf(id));
        return new Part.Image(media, part.string("detail"), mark(part), part.path());
    }

    private static @Nullable Part file(Members part) {
        String id = part.string("file_id");
        String url = part.string("file_url");
        String data = part.string("file_data");
        String name = part.string("filename");
        JsonNode detail = part.peek("detail");
        if (detail != null && detail.asText().equals("auto")) {
            part.take("detail");
        }
        int said = (id == null ? 0 : 1) + (url == null ? 0 : 1) + (data == null ? 0 : 1);
        if (said == 0) {
            throw Members.wrong(part.path(), "a file with file_data, file_url or file_id");
        }
        Media media = null;
        if (said == 1) {
            media = id != null ? new Media.FileId(id) : url != null ? new Media.Url(url) : bytes(data, name);
        }
        return media == null ? null : new Part.Document(media, name, mark(part), part.path());
    }

    /** Bytes; null when nothing says what kind of bytes they are. */
    private static @Nullable Media bytes(@Nullable String data, @Nullable String name) {
        if (data == null || startsWith(data, "data:")) {
            return data == null ? null : media(data);
        }
        boolean pdf = name != null && name.toLowerCase(Locale.ROOT).endsWith(".pdf");
        return pdf ? new Media.Base64("application/pdf", data) : null;
    }

    private Part audio(Members part) {
        Members audio = part.requiredObject("input_audio");
        String data = audio.requiredString("data");
        var made = new Part.Audio(new Media.Base64("audio/" + audio.requiredString("format"), data), part.path());
        audio.leaveTheRest(leftovers);
        return made;
    }

    /** An address, or the bytes that stand in a {@code data:} address as base64. */
    private static Media media(String url) {
        int comma = startsWith(url, "data:") ? url.indexOf(',') : -1;
        if (comma < 0) {
            return new Media.Url(url);
        }
        String kind = url.substring("data:".length(), comma);
        int last = kind.lastIndexOf(';');
        if (last < 0 || !kind.substring(last + 1).strip().equalsIgnoreCase("base64")) {
            return new Media.Url(url);
        }
        String type = kind.substring(0, kind.indexOf(';')).strip();
        return new Media.Base64(type.isEmpty() ? "application/octet-stream" : type, url.substring(comma + 1));
    }

    private static boolean startsWith(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
