package dev.signalbox.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Recorded and expected JSON, in a folder for each language. */
public final class Golden {

    private Golden() {}

    /**
     * A file as it is.
     *
     * @param name its folder and name, such as {@code gemini/answer-full.json}
     */
    public static byte[] bytes(String name) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words of a file. */
    public static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /** The JSON in a file. */
    public static JsonNode json(String name) {
        return json(bytes(name));
    }

    /** JSON that is in memory. */
    public static JsonNode json(byte[] bytes) {
        try {
            return Json.read(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON as text. */
    public static JsonNode parse(String text) {
        try {
            return Json.read(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
