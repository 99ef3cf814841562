package dev.signalbox.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.PlainErrors;
import java.io.IOException;

/** Errors of Ollama: {@code {"error": "..."}}, as a body or, in the middle of a stream, as a line. */
final class OllamaErrors {

    private static final int LONGEST = 4000;

    private OllamaErrors() {}

    /** The error of an answer with that status. */
    static UpstreamError read(int status, byte[] body) {
        try {
            JsonNode root = Json.read(body);
            if (root.isObject()) {
                return error(status, root);
            }
        } catch (IOException e) {
            // said below
        }
        return new UpstreamError(status, "", "", PlainErrors.message(status, body), null);
    }

    /** The failure for an error that stands where an answer should be. */
    static BrokenAnswer inAnswer(JsonNode root) {
        int given = root.path("status").asInt(0);
        UpstreamError error = error(given >= 400 && given <= 599 ? given : 500, root);
        return new BrokenAnswer(error.message(), error);
    }

    private static UpstreamError error(int status, JsonNode root) {
        JsonNode error = root.path("error");
        String message = text(error);
        if (message.isEmpty()) {
            message = text(error.path("message")); // of a proxy before it
        }
        if (message.isEmpty()) {
            message = text(root.path("message"));
        }
        if (message.isEmpty()) {
            message = PlainErrors.nameless(status);
        }
        return new UpstreamError(status, "", code(message), cut(message, LONGEST), null);
    }

    /** Prompts that do not fit are refused in words of its own. */
    private static String code(String message) {
        boolean tooLong = message.contains("exceeds the context length") || message.contains("exceeds maximum context");
        return tooLong || message.contains("exceeds the available context") ? "context_length_exceeded" : "";
    }

    private static String text(JsonNode node) {
        String text = node.textValue();
        return text == null ? "" : text.strip();
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }
}
