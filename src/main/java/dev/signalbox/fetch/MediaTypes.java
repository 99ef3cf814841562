package dev.signalbox.fetch;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Tells what bytes are by how they begin, whatever a server says that they are. */
final class MediaTypes {

    private static final int TEXT_SAMPLE = 1_024;

    private MediaTypes() {}

    /** The media type of a picture, a PDF or a text; null when it is none of them. */
    static @Nullable String of(byte[] bytes) {
        if (begins(bytes, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
            return "image/png";
        }
        if (begins(bytes, 0, 0xFF, 0xD8, 0xFF)) {
            return "image/jpeg";
        }
        if (begins(bytes, 0, 'G', 'I', 'F', '8', '7', 'a') || begins(bytes, 0, 'G', 'I', 'F', '8', '9', 'a')) {
            return "image/gif";
        }
        if (begins(bytes, 0, 'R', 'I', 'F', 'F') && begins(bytes, 8, 'W', 'E', 'B', 'P')) {
            return "image/webp";
        }
        if (begins(bytes, 0, '%', 'P', 'D', 'F', '-')) {
            return "application/pdf";
        }
        return isText(bytes) ? "text/plain" : null;
    }

    private static boolean begins(byte[] bytes, int at, int... with) {
        if (bytes.length < at + with.length) {
            return false;
        }
        for (int i = 0; i < with.length; i++) {
            if (bytes[at + i] != (byte) with[i]) {
                return false;
            }
        }
        return true;
    }

    /** UTF-8 whose beginning has no control characters but those that stand in texts. */
    private static boolean isText(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, TEXT_SAMPLE); i++) {
            int b = bytes[i];
            if (b == 0x7F || (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f')) {
                return false;
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return bytes.length > 0;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
