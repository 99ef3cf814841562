package dev.signalbox.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.Allowance;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Failures;
import dev.signalbox.dialect.PlainErrors;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Errors in Anthropic's words: {@code {"type": "error", "error": {"type", "message"}}}. */
final class AnthropicErrors {

    /**
     * The headers of its limits, whose resets are times in RFC 3339.
     *
     * @see <a href="https://docs.anthropic.com/en/api/rate-limits#response-headers">Response headers</a>
     */
    static final List<Allowance> ALLOWANCES = Stream.of("requests", "tokens", "input-tokens", "output-tokens")
            .map(limit -> "anthropic-ratelimit-" + limit)
            .map(limit -> new Allowance(limit + "-remaining", limit + "-reset"))
            .toList();

    private AnthropicErrors() {}

    /** The body of an upstream's error, as far as it can be understood. */
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

    /** An error that stood where an answer should be. */
    static BrokenAnswer inAnswer(JsonNode root) {
        UpstreamError error = error(status(text(root.path("error").path("type"))), root);
        return new BrokenAnswer(error.message(), error);
    }

    private static UpstreamError error(int status, JsonNode root) {
        JsonNode error = root.path("error");
        String message = text(error.path("message"));
        if (message.isBlank()) {
            message = text(root.path("message"));
        }
        if (message.isBlank()) {
            message = text(error);
        }
        if (message.isBlank()) {
            message = PlainErrors.nameless(status);
        }
        String code = text(error.path("code"));
        return new UpstreamError(
                status,
                text(error.path("type")),
                code.isEmpty() ? text(error.path("details").path("error_code")) : code,
                message,
                null);
    }

    private static String text(JsonNode node) {
        String text = node.textValue();
        return text == null ? "" : text;
    }

    /** The status that Anthropic gives to a type of error. */
    private static int status(String type) {
        return switch (type) {
            case "invalid_request_error" -> 400;
            case "authentication_error" -> 401;
            case "billing_error" -> 402;
            case "permission_error" -> 403;
            case "not_found_error" -> 404;
            case "conflict_error" -> 409;
            case "request_too_large" -> 413;
            case "rate_limit_error" -> 429;
            case "timeout_error" -> 504;
            case "overloaded_error" -> 529;
            default -> 500;
        };
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 408, 504 -> "timeout_error";
            case 409 -> "conflict_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 529 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /**
     * A failure as the body of an answer or the data of an {@code error} event.
     *
     * @param requestId the gateway's id of the request; null when there is none
     */
    static ObjectNode body(SignalboxException failure, @Nullable String requestId) {
        ObjectNode body = Json.object().put("type", "error");
        ObjectNode error = body.putObject("error")
                .put("type", type(failure.status()))
                .put("code", failure.code())
                .put("message", failure.message());
        Failures.attempts(failure, error);
        return requestId == null ? body : body.put("request_id", requestId);
    }
}
