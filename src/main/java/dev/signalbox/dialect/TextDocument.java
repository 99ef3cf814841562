package dev.signalbox.dialect;

import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The words of a document that is text, for languages that have no documents, or none of that kind. */
public final class TextDocument {

    private TextDocument() {}

    /**
     * What is said in a document's place: its words, behind its name if it has one.
     *
     * @param bytes what is in it
     * @return null when it is no text, or not in UTF-8
     */
    public static @Nullable String said(Part.Document document, Media.Base64 bytes) {
        String words = bytes.mediaType().toLowerCase(Locale.ROOT).startsWith("text/") ? words(bytes.data()) : null;
        String name = document.name();
        return words == null || name == null || name.isEmpty() ? words : name + ":\n\n" + words;
    }

    /** The words in base64; null when they are not in UTF-8. */
    public static @Nullable String words(String base64) {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(base64);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return null;
        }
    }
}
