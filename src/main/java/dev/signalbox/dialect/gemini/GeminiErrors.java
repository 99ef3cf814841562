package dev.signalbox.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Failures;
import dev.signalbox.dialect.PlainErrors;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Errors in the words of Google's APIs: {@code {"error": {"code", "message", "status", "details"}}}, where streams that are
 * JSON arrays have them in an array too.
 *
 * @see <a href="https://google.aip.dev/193">AIP-193, errors</a>
 */
final class GeminiErrors {

    private static final BigDecimal LONGEST_REST = BigDecimal.valueOf(86_400);
    private static final String TYPES = "type.googleapis.com/google.rpc.";

    private GeminiErrors() {}

    /** The body of an upstream's error, as far as it can be understood. */
    static UpstreamError read(int status, byte[] body) {
        try {
            JsonNode root = Json.read(body);
            JsonNode first = root.isArray() && !root.isEmpty() ? root.get(0) : root;
            if (first.isObject()) {
                return error(status, first);
            }
        } catch (IOException e) {
            // said below
        }
        return new UpstreamError(status, "", "", PlainErrors.message(status, body), null);
    }

    /** An error that stands where an answer should be; null when there is none. */
    static @Nullable BrokenAnswer inAnswer(JsonNode answer) {
        JsonNode root = answer.isArray() && !answer.isEmpty() ? answer.get(0) : answer;
        JsonNode error = root.path("error");
        if (!error.isObject()) {
            return null;
        }
        UpstreamError read = error(status(error), root);
        return new BrokenAnswer(read.message(), read);
    }

    private static int status(JsonNode error) {
        int code = error.path("code").asInt();
        if (code >= 400 && code <= 599) {
            return code;
        }
        return switch (text(error.path("status"))) {
            case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE" -> 400;
            case "UNAUTHENTICATED" -> 401;
            case "PERMISSION_DENIED" -> 403;
            case "NOT_FOUND" -> 404;
            case "ABORTED", "ALREADY_EXISTS" -> 409;
            case "RESOURCE_EXHAUSTED" -> 429;
            case "CANCELLED" -> 499;
            case "UNIMPLEMENTED" -> 501;
            case "UNAVAILABLE" -> 503;
            case "DEADLINE_EXCEEDED" -> 504;
            default -> 500;
        };
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
        return new UpstreamError(
                status, text(error.path("status")), reason(error), message, field(error), retryAfter(error));
    }

    private static String reason(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            String reason = text(detail.path("reason"));
            if (!reason.isEmpty()) {
                return reason;
            }
        }
        return text(error.path("errors").path(0).path("reason"));
    }

    private static @Nullable String field(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            String field = text(detail.path("fieldViolations").path(0).path("field"));
            if (!field.isEmpty()) {
                return field;
            }
        }
        return null;
    }

    private static @Nullable Duration retryAfter(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            Duration delay = duration(text(detail.path("retryDelay")));
            if (delay != null) {
                return delay;
            }
        }
        return null;
    }

    /** A duration of ProtoJSON, such as {@code 39s} or {@code 39.073s}. */
    private static @Nullable Duration duration(String text) {
        if (text.length() < 2 || text.length() > 20 || !text.endsWith("s")) {
            return null;
        }
        try {
            BigDecimal seconds = new BigDecimal(text.substring(0, text.length() - 1));
            BigDecimal bounded = seconds.max(BigDecimal.ZERO).min(LONGEST_REST);
            return Duration.ofMillis(bounded.movePointRight(3)
                    .setScale(0, java.math.RoundingMode.CEILING)
                    .longValueExact());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String text(JsonNode node) {
        String text = node.textValue();
        return text == null ? "" : text;
    }

    /** Google's word for a status. */
    private static String word(int status) {
        return switch (status) {
            case 401 -> "UNAUTHENTICATED";
            case 402 -> "FAILED_PRECONDITION";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 405, 501 -> "UNIMPLEMENTED";
            case 409 -> "ABORTED";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 499 -> "CANCELLED";
            case 408, 504 -> "DEADLINE_EXCEEDED";
            case 502, 503, 529 -> "UNAVAILABLE";
            default -> status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
        };
    }

    /** A failure as the body of an answer or the data of an event. */
    static ObjectNode body(SignalboxException failure) {
        ObjectNode body = Json.object();
        ObjectNode error = body.putObject("error")
                .put("code", failure.status())
                .put("message", failure.message())
                .put("status", word(failure.status()));
        ArrayNode details = error.putArray("details");
        details.addObject()
                .put("@type", TYPES + "ErrorInfo")
                .put("reason", failure.code())
                .put("domain", "signalbox");
        String param = failure.param();
        if (param != null) {
            details.addObject()
                    .put("@type", TYPES + "BadRequest")
                    .putArray("fieldViolations")
                    .addObject()
                    .put("field", param)
                    .put("description", failure.message());
        }
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            details.addObject().put("@type", TYPES + "RetryInfo").put("retryDelay", seconds(retryAfter));
        }
        Failures.attempts(failure, error);
        return body;
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + "s";
    }
}
