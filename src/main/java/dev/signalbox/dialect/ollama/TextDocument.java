package dev.signalbox.dialect.ollama;

import dev.signalbox.chat.Part.Media;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The words of a document that is text. */
final class TextDocument {

    private TextDocument() {}

    /** Its words; null when it is no text, or not in UTF-8. */
    static @Nullable String read(Media.Base64 bytes) {
        if (!bytes.mediaType().toLowerCase(Locale.ROOT).startsWith("text/")) {
            return null;
        }
        try {
            byte[] decoded = Base64.getMimeDecoder().decode(bytes.data());
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return null;
        }
    }
}
