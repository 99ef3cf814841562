package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.Hushed;
import java.io.IOException;

/** What upstreams of this language, and the proxies in front of them, write when something went wrong. */
final class UpstreamErrors {

    private UpstreamErrors() {}

    /** The error of an answer with that status. */
    static UpstreamError read(int status, byte[] body) {
        JsonNode tree;
        try {
            tree = Json.read(body);
        } catch (IOException e) {
            return Hushed.unknown(status, body);
        }
        return tree.isObject() ? known(status, tree) : Hushed.unknown(status, body);
    }

    /** A failure for the error that stands in a good answer's place. */
    static BrokenAnswer inPlaceOfAnAnswer(JsonNode holder) {
        return new BrokenAnswer("the upstream sent an error in place of an answer", known(200, holder));
    }

    /** An error, or an object that has one, or an event that is one. */
    private static UpstreamError known(int status, JsonNode holder) {
        JsonNode error = holder.path("error");
        JsonNode inner = error.isObject() ? error : holder;
        String type = Hushed.word(inner.get("type"));
        String code = Hushed.word(inner.get("code"));
        String message =
                error.isTextual() ? error.asText() : inner.path("message").asText("");
        int told = status >= 400 ? status : status(code + " " + type, inner);
        if (message.isBlank()) {
            message = "HTTP " + told + ": " + Hushed.beginning(Json.text(holder));
        }
        String param = Hushed.word(inner.get("param"));
        return new UpstreamError(told, type, code, Hushed.message(message.strip()), param.isEmpty() ? null : param);
    }

    /** The status that an error's words stand for, or that it holds itself. */
    private static int status(String words, JsonNode error) {
        for (JsonNode number : new JsonNode[] {error.path("code"), error.path("status")}) {
            int value = number.asInt(0);
            if (value >= 400 && value <= 599) {
                return value;
            }
        }
        if (words.contains("rate_limit") || words.contains("quota")) {
            return 429;
        }
        if (words.contains("overloaded") || words.contains("unavailable")) {
            return 503;
        }
        if (words.contains("server_error")) {
            return 500;
        }
        return words.contains("invalid") || words.contains("image") || words.contains("context_length") ? 400 : 500;
    }
}
