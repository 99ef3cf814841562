package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.dialect.Members;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the parts of a message's content. */
final class PartDecoder {

    private final List<Leftover> leftovers;

    PartDecoder(List<Leftover> leftovers) {
        this.leftovers = leftovers;
    }

    /** The part; null when it is left over as a whole. */
    @Nullable Part decode(JsonNode node, String path) {
        Members part = Members.of(node, path);
        Part made = switch (part.requiredString("type")) {
            case "text" -> new Part.Text(part.requiredString("text"), part.object("cache_control"), path);
            case "image_url" -> image(part);
            case "input_audio" -> audio(part);
            case "file" -> document(part);
            case "refusal" -> new Part.Refusal(part.requiredString("refusal"), path);
            default -> null;
        };
        if (made == null) {
            part.leave(leftovers);
        } else {
            part.leaveTheRest(leftovers);
        }
        return made;
    }

    private Part image(Members part) {
        JsonNode mark = part.object("cache_control");
        JsonNode bare = part.take("image_url");
        if (bare != null && bare.isTextual()) {
            return new Part.Image(media(bare.textValue()), null, mark, part.path());
        }
        Members image = part.requiredObject("image_url");
        var made = new Part.Image(media(image.requiredString("url")), image.string("detail"), mark, part.path());
        image.leaveTheRest(leftovers);
        return made;
    }

    private Part audio(Members part) {
        Members audio = part.requiredObject("input_audio");
        String data = audio.requiredString("data");
        var made = new Part.Audio(new Media.Base64("audio/" + audio.requiredString("format"), data), part.path());
        audio.leaveTheRest(leftovers);
        return made;
    }

    private @Nullable Part document(Members part) {
        Members file = part.requiredObject("file");
        String name = file.string("filename");
        String id = file.string("file_id");
        String data = file.string("file_data");
        if (id == null && data == null) {
            throw Members.wrong(file.path(), "a file with file_data or file_id");
        }
        Media media = id != null ? new Media.FileId(id) : data != null ? fileData(data, name) : null;
        if (media == null || (id != null && data != null)) {
            return null;
        }
        var made = new Part.Document(media, name, part.object("cache_control"), part.path());
        file.leaveTheRest(leftovers);
        return made;
    }

    /** Bytes or an address; null when nothing says what kind of bytes they are. */
    private static @Nullable Media fileData(String data, @Nullable String name) {
        if (startsWith(data, "data:") || startsWith(data, "https:") || startsWith(data, "http:")) {
            return media(data);
        }
        boolean pdf = name != null && name.toLowerCase(Locale.ROOT).endsWith(".pdf");
        return pdf ? new Media.Base64("application/pdf", data) : null;
    }

    /** An address, or the bytes that stand in a {@code data:} address as base64. */
    static Media media(String url) {
        int comma = startsWith(url, "data:") ? url.indexOf(',') : -1;
        if (comma < 0) {
            return new Media.Url(url);
        }
        String kind = url.substring("data:".length(), comma);
        int last = kind.lastIndexOf(';');
        if (last < 0 || !kind.substring(last + 1).strip().equalsIgnoreCase("base64")) {
            return new Media.Url(url);
        }
        int first = kind.indexOf(';');
        String type = kind.substring(0, first).strip();
        return new Media.Base64(type.isEmpty() ? "application/octet-stream" : type, url.substring(comma + 1));
    }

    private static boolean startsWith(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
