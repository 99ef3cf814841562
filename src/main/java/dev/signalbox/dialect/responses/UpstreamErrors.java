package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What upstreams of this language, and the proxies in front of them, write when something went wrong. */
final class UpstreamErrors {

    private static final int LONGEST_MESSAGE = 4000;
    private static final int LONGEST_UNKNOWN = 500;
    private static final Pattern SECRETS = Pattern.compile("(?i)\\b(?:sk|pk|rk)[-_*][\\w*.-]{4,}"
            + "|\\bBearer\\s+[^\\s\"',]+"
            + "|(?<=api key provided: )[^\\s\"',]+"
            + "|(?<=[?&]key=)[^\\s\"'&]+");

    private UpstreamErrors() {}

    /** The error of an answer with that status. */
    static UpstreamError read(int status, byte[] body) {
        JsonNode tree;
        try {
            tree = Json.read(body);
        } catch (IOException e) {
            return unknown(status, body);
        }
        return tree.isObject() ? known(status, tree) : unknown(status, body);
    }

    /** A failure for the error that stands in a good answer's place. */
    static BrokenAnswer inPlaceOfAnAnswer(JsonNode holder) {
        return new BrokenAnswer("the upstream sent an error in place of an answer", known(200, holder));
    }

    /** An error, or an object that has one, or an event that is one. */
    private static UpstreamError known(int status, JsonNode holder) {
        JsonNode error = holder.path("error");
        JsonNode inner = error.isObject() ? error : holder;
        String type = word(inner.get("type"));
        String code = word(inner.get("code"));
        String message =
                error.isTextual() ? error.asText() : inner.path("message").asText("");
        int told = status >= 400 ? status : status(code + " " + type, inner);
        if (message.isBlank()) {
            message = "HTTP " + told + ": " + cut(Json.text(holder), LONGEST_UNKNOWN);
        }
        String param = word(inner.get("param"));
        return new UpstreamError(
                told,
                type,
                code,
                cut(withoutSecrets(message.strip()), LONGEST_MESSAGE),
                param.isEmpty() ? null : param);
    }

    private static UpstreamError unknown(int status, byte[] body) {
        String raw = new String(body, 0, Math.min(body.length, 4 * LONGEST_UNKNOWN), StandardCharsets.UTF_8).strip();
        boolean silent = raw.isEmpty() || raw.startsWith("<") || raw.indexOf('\0') >= 0 || raw.indexOf('\uFFFD') >= 0;
        int told = status >= 400 ? status : 500;
        return new UpstreamError(
                told, "", "", silent ? "HTTP " + told : cut(withoutSecrets(raw), LONGEST_UNKNOWN), null);
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

    private static String word(@Nullable JsonNode node) {
        return node == null || node.isNull() || node.isContainerNode() ? "" : cut(withoutSecrets(node.asText()), 200);
    }

    private static String withoutSecrets(String text) {
        return SECRETS.matcher(text).replaceAll("***");
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }
}
