package dev.signalbox.dialect.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;

/** Failures of the gateway as OpenAI's clients know errors. */
final class Failures {

    private Failures() {}

    static byte[] body(SignalboxException failure) {
        ObjectNode body = Json.object();
        ObjectNode error = body.putObject("error");
        error.put("message", failure.message());
        error.put("type", type(failure.status()));
        error.put("param", failure.param());
        error.put("code", failure.code());
        attempts(failure, error);
        return Json.bytes(body);
    }

    /** The {@code error} of a response that failed. */
    static ObjectNode inResponse(SignalboxException failure) {
        ObjectNode error = Json.object().put("code", failure.code()).put("message", failure.message());
        attempts(failure, error);
        return error;
    }

    private static void attempts(SignalboxException failure, ObjectNode error) {
        if (!failure.attempts().isEmpty() || failure.code().equals("all_providers_exhausted")) {
            ArrayNode attempts = error.putArray("attempts");
            failure.attempts().forEach(attempt -> write(attempt, attempts.addObject()));
        }
    }

    private static void write(Attempt attempt, ObjectNode object) {
        object.put("provider", attempt.provider());
        object.put("model", attempt.model());
        object.put("status", attempt.status());
        object.put("error", attempt.error());
        object.put("duration_ms", attempt.durationMs());
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
