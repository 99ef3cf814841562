package dev.signalbox.dialect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;

/** Failures of the gateway, as clients of all of OpenAI's languages know errors, and what every language tells of them. */
public final class Failures {

    private Failures() {}

    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    public static byte[] body(SignalboxException failure) {
        ObjectNode body = Json.object();
        ObjectNode error = body.putObject("error");
        error.put("message", failure.message());
        error.put("type", type(failure.status()));
        error.put("param", failure.param());
        error.put("code", failure.code());
        attempts(failure, error);
        return Json.bytes(body);
    }

    /** Puts what was tried into an error, when anything was or should have been. */
    public static void attempts(SignalboxException failure, ObjectNode error) {
        if (failure.attempts().isEmpty() && !failure.code().equals("all_providers_exhausted")) {
            return;
        }
        ArrayNode attempts = error.putArray("attempts");
        for (Attempt attempt : failure.attempts()) {
            attempts.addObject()
                    .put("provider", attempt.provider())
                    .put("model", attempt.model())
                    .put("status", attempt.status())
                    .put("error", attempt.error())
                    .put("duration_ms", attempt.durationMs());
        }
    }

    private static String type(int status) {
        return switch (status) {
            case 402 -> "insufficient_quota";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }
}
