package dev.signalbox.dialect.cohere;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.PlainErrors;
import java.io.IOException;

/**
 * Errors of Cohere: {@code {"id": "...", "message": "..."}}.
 *
 * @see <a href="https://docs.cohere.com/v2/reference/errors">Cohere's errors</a>
 */
final class CohereErrors {

    private static final int LONGEST = 4000;

    /** The status for a word that the vendor's policy denies. */
    private static final int DENIED = 498;

    private CohereErrors() {}

    /** The error of an answer with that status. */
    static UpstreamError read(int status, byte[] body) {
        try {
            JsonNode root = Json.read(body);
            if (root.isObject()) {
                return error(status, message(root));
            }
        } catch (IOException e) {
            // said below
        }
        return error(status, PlainErrors.message(status, body));
    }

    /** The failure for an error that stands where an answer should be. */
    static BrokenAnswer inAnswer(int status, String message) {
        UpstreamError error = error(status, message);
        return new BrokenAnswer(error.message(), error);
    }

    /** What an error says; empty when it says nothing. */
    static String message(JsonNode root) {
        for (JsonNode node :
                new JsonNode[] {root.path("message"), root.path("error"), root.at("/error/message"), root.path("detail")
                }) {
            if (node.isTextual() && !node.textValue().isBlank()) {
                return node.textValue().strip();
            }
        }
        return "";
    }

    private static UpstreamError error(int status, String message) {
        String said = message.isEmpty() ? PlainErrors.nameless(status) : message;
        return new UpstreamError(
                status,
                "",
                status == DENIED ? "content_filter" : "",
                said.length() <= LONGEST ? said : said.substring(0, LONGEST) + "...",
                null);
    }
}
