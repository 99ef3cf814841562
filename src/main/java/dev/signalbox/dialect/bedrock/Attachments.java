package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.dialect.Disclosure;
import dev.signalbox.dialect.MediaTypes;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Pictures, documents and sounds as blocks; null for what is not said, which is then disclosed. Bytes stand in the request
 * as base64 and are not decoded; an address is taken only when it is one of Amazon S3.
 */
final class Attachments {

    private static final Map<String, String> PICTURES = Map.of(
            "image/png", "png", "image/jpeg", "jpeg", "image/jpg", "jpeg", "image/gif", "gif", "image/webp", "webp");

    private static final Map<String, String> DOCUMENTS = Map.of(
            "application/pdf", "pdf",
            "text/csv", "csv",
            "application/msword", "doc",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx",
            "application/vnd.ms-excel", "xls",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx",
            "text/html", "html",
            "text/plain", "txt",
            "text/markdown", "md");

    private static final Map<String, String> SOUNDS = Map.ofEntries(
            Map.entry("audio/mpeg", "mp3"),
            Map.entry("audio/mp3", "mp3"),
            Map.entry("audio/wav", "wav"),
            Map.entry("audio/x-wav", "wav"),
            Map.entry("audio/aac", "aac"),
            Map.entry("audio/flac", "flac"),
            Map.entry("audio/ogg", "ogg"),
            Map.entry("audio/opus", "opus"),
            Map.entry("audio/mp4", "mp4"),
            Map.entry("audio/webm", "webm"),
            Map.entry("audio/pcm16", "pcm"),
            Map.entry("audio/pcm", "pcm"));

    private static final String BUCKET = "s3://";
    private static final int LONGEST_NAME = 200;
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^\\p{Alnum}\\s()\\[\\]-]");
    private static final Pattern SPACES = Pattern.compile("\\s+");

    private final Map<String, Media.Base64> fetched;
    private final Family family;
    private final Disclosure disclosure;
    private final Set<String> names = new HashSet<>();

    Attachments(Map<String, Media.Base64> fetched, Family family, Disclosure disclosure) {
        this.fetched = fetched;
        this.family = family;
        this.disclosure = disclosure;
    }

    /** A picture. */
    @Nullable ObjectNode image(Part.Image image) {
        String detail = image.detail();
        if (detail != null && !detail.equals("auto")) {
            disclosure.unsaid(image.path() + ".detail", "has no level of detail for pictures");
        }
        return block("image", image, image.media(), PICTURES, null, "takes pictures only as PNG, JPEG, GIF or WebP");
    }

    /** A document. */
    @Nullable ObjectNode document(Part.Document document) {
        String given = document.name();
        ObjectNode block = block(
                "document",
                document,
                document.media(),
                DOCUMENTS,
                given,
                "takes documents only as PDF, CSV, DOC, DOCX, XLS, XLSX, HTML, TXT or MD");
        if (block == null) {
            return null;
        }
        String name = unique(allowed(given));
        if (given != null && !given.isEmpty() && !given.equals(name)) {
            disclosure.emulated(document.path());
        }
        ((ObjectNode) block.get("document")).put("name", name);
        return block;
    }

    /** A sound. */
    @Nullable ObjectNode audio(Part.Audio audio) {
        return family.sound()
                ? block("audio", audio, audio.media(), SOUNDS, null, "does not take this kind of sound")
                : impossible(audio, "takes no sound");
    }

    private @Nullable ObjectNode block(
            String kind,
            Part part,
            Media media,
            Map<String, String> formats,
            @Nullable String fileName,
            String refusal) {
        ObjectNode source = Json.object();
        String format;
        switch (media) {
            case Media.FileId _ -> {
                return impossible(part, "cannot read files that are kept at another vendor");
            }
            case Media.Base64(String mediaType, String data) -> {
                source.put("bytes", data);
                format = format(part, mediaType, formats, fileName);
            }
            case Media.Url(String url) -> {
                Media.Base64 bytes = fetched.get(url);
                if (bytes != null) {
                    source.put("bytes", bytes.data());
                    format = format(part, bytes.mediaType(), formats, fileName == null ? url : fileName);
                } else if (url.startsWith(BUCKET)) {
                    source.putObject("s3Location").put("uri", url);
                    format = byEnding(url, formats);
                } else {
                    disclosure.bytesOnly(part.path(), "takes " + kind + "s only as bytes, and not by URL", url);
                    return null;
                }
            }
        }
        if (format == null) {
            return impossible(part, refusal);
        }
        ObjectNode block = Json.object();
        block.putObject(kind).put("format", format).set("source", source);
        return block;
    }

    private @Nullable String format(
            Part part, String mediaType, Map<String, String> formats, @Nullable String fileName) {
        String type = MediaTypes.bare(mediaType);
        String format = formats.get(type);
        if (format == null && (type.isEmpty() || type.equals("application/octet-stream"))) {
            return byEnding(fileName, formats);
        }
        if (format == null && formats.containsKey("text/plain") && type.startsWith("text/")) {
            disclosure.emulated(part.path());
            return "txt";
        }
        return format;
    }

    private static @Nullable String byEnding(@Nullable String name, Map<String, String> formats) {
        if (name == null) {
            return null;
        }
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String format = ending.equals("jpg") ? "jpeg" : ending;
        return formats.containsValue(format) ? format : null;
    }

    private static String allowed(@Nullable String name) {
        String said = name == null ? "" : NOT_IN_NAMES.matcher(name).replaceAll("-");
        said = SPACES.matcher(said).replaceAll(" ").strip();
        return said.isEmpty() ? "document" : said.substring(0, Math.min(LONGEST_NAME - 8, said.length()));
    }

    /** No two documents of a request may have one name. */
    private String unique(String name) {
        String said = name;
        for (int i = 2; !names.add(said); i++) {
            said = name + " (" + i + ")";
        }
        return said;
    }

    private @Nullable ObjectNode impossible(Part part, String reason) {
        disclosure.impossible(part.path(), reason);
        return null;
    }
}
