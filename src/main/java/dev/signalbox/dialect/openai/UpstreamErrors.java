package dev.signalbox.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.Hushed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What upstreams of this language, and the proxies in front of them, write when something went wrong. */
final class UpstreamErrors {

    private static final int MOST_HEADERS = 50;

    private UpstreamErrors() {}

    /** The error of an answer with that status. */
    static UpstreamError read(int status, byte[] body) {
        JsonNode tree = tree(body);
        return tree == null || !tree.isContainerNode() ? Hushed.unknown(status, body) : known(status, tree);
    }

    /** A failure for the error that stands in a good answer's place. */
    static BrokenAnswer inPlaceOfAnAnswer(byte[] body) {
        return new BrokenAnswer("the upstream sent an error in place of an answer", read(200, body));
    }

    private static @Nullable JsonNode tree(byte[] body) {
        try {
            return Json.read(body);
        } catch (IOException e) {
            return null;
        }
    }

    private static UpstreamError known(int status, JsonNode tree) {
        JsonNode outer = tree.isArray() ? tree.path(0) : tree;
        JsonNode error = outer.path("error");
        JsonNode inner = error.isObject() ? error : outer;
        String type = Hushed.word(inner.get("type"));
        String code = Hushed.word(inner.get("code"));
        String message = message(error, inner);
        String param = Hushed.word(inner.get("param"));
        if (message.isEmpty()) {
            JsonNode detail = outer.path("detail");
            message = detail.isArray() ? String.join("; ", complaints(detail)) : text(detail);
        }
        if (message.isEmpty()) {
            message = "HTTP " + statusOr(status, inner, type, code) + ": " + Hushed.beginning(Json.text(tree));
        }
        return new UpstreamError(
                statusOr(status, inner, type, code),
                type,
                code,
                Hushed.message(message),
                param.isEmpty() ? null : param,
                null,
                headers(inner.path("metadata").path("headers")));
    }

    /** What a vendor in front of other vendors repeats of its headers. */
    private static Map<String, String> headers(JsonNode told) {
        var headers = new HashMap<String, String>();
        told.properties().stream()
                .filter(header -> header.getValue().isValueNode())
                .limit(MOST_HEADERS)
                .forEach(header -> headers.put(
                        header.getKey().toLowerCase(Locale.ROOT),
                        header.getValue().asText()));
        return headers;
    }

    private static String message(JsonNode error, JsonNode inner) {
        if (error.isTextual()) {
            String text = text(inner.path("message"));
            return text.isEmpty() ? error.asText() : text;
        }
        return text(inner.path("message"));
    }

    private static String text(JsonNode node) {
        if (node.path("detail").isArray()) {
            return String.join("; ", complaints(node.path("detail")));
        }
        return node.isTextual() ? node.asText().strip() : node.isContainerNode() ? Json.text(node) : "";
    }

    /** The complaints of a validator that lists them as {@code {loc, msg}}. */
    private static List<String> complaints(JsonNode detail) {
        var complaints = new ArrayList<String>();
        for (JsonNode complaint : detail) {
            var place = new ArrayList<String>();
            complaint.path("loc").forEach(step -> place.add(step.asText()));
            String said = text(complaint.path("msg"));
            complaints.add(place.isEmpty() ? said : String.join(".", place) + ": " + said);
        }
        return complaints;
    }

    private static int statusOr(int status, JsonNode error, String type, String code) {
        if (status >= 400) {
            return status;
        }
        for (JsonNode number : new JsonNode[] {error.path("code"), error.path("status")}) {
            int value = number.asInt(0);
            if (value >= 400 && value <= 599) {
                return value;
            }
        }
        int byCode = statusOf(code);
        return byCode != 0 ? byCode : statusOf(type) != 0 ? statusOf(type) : 500;
    }

    /** The status that a type or code stands for; 0 when it stands for none. */
    private static int statusOf(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        if (lower.contains("rate_limit") || lower.contains("quota") || lower.contains("too_many")) {
            return 429;
        }
        if (lower.contains("overloaded") || lower.contains("unavailable")) {
            return 503;
        }
        if (lower.contains("server_error") || lower.contains("internal")) {
            return 500;
        }
        if (lower.contains("api_key") || lower.contains("authentication")) {
            return 401;
        }
        if (lower.contains("permission")) {
            return 403;
        }
        if (lower.contains("not_found")) {
            return 404;
        }
        if (lower.contains("timeout")) {
            return 504;
        }
        return lower.contains("invalid") || lower.contains("context_length") || lower.contains("content_") ? 400 : 0;
    }
}
