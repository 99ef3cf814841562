package dev.signalbox.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.PlainErrors;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Errors in Bedrock's words, {@code {"message": ...}}: their type stands in a header, and in the body only at times.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html">Error codes</a>
 */
final class ConverseErrors {

    /** What a 400 says when the caller is not to blame, since there is no such model for this account. */
    private static final List<String> NO_SUCH_MODEL = List.of(
            "model identifier is invalid",
            "on-demand throughput",
            "inference profile",
            "model is not supported in this region");

    private static final List<String> TOO_LONG =
            List.of("too many input tokens", "maximum tokens you requested exceeds", "exceeds the model limit");

    private ConverseErrors() {}

    /** The body of an upstream's error, as far as it can be understood. */
    static UpstreamError read(int status, byte[] body) {
        try {
            JsonNode root = Json.read(body);
            if (root.isObject()) {
                return error(status, type(root), message(root));
            }
        } catch (IOException e) {
            // said below
        }
        return error(status, "", PlainErrors.message(status, body));
    }

    /** An exception among the events of a stream. */
    static BrokenAnswer inStream(String type, byte[] data) {
        @Nullable String message = null;
        try {
            message = message(Json.read(data));
        } catch (IOException e) {
            // it has no words
        }
        UpstreamError error = error(status(type), type, message == null ? type : message);
        return new BrokenAnswer(error.message(), error);
    }

    /** What came in place of an answer. */
    static BrokenAnswer notAnAnswer(JsonNode root) {
        String type = type(root);
        String message = message(root);
        if (type.isEmpty() && message == null) {
            return new BrokenAnswer("the answer is not a message: it has no content", null);
        }
        UpstreamError error = error(status(type), type, message);
        return new BrokenAnswer(error.message(), error);
    }

    private static UpstreamError error(int given, String type, @Nullable String message) {
        String words = message == null ? "" : message.toLowerCase(Locale.ROOT);
        int status = given < 400 ? status(type) : given;
        String code = "";
        if (status == 424) {
            status = 502;
        } else if (status == 400 && (is(type, "servicequotaexceeded") || words.contains("exceeds the service quota"))) {
            status = 429;
        } else if (status == 400 && any(words, NO_SUCH_MODEL)) {
            status = 404;
        } else if (status == 400 && any(words, TOO_LONG)) {
            code = "context_length_exceeded";
        }
        return new UpstreamError(
                status, type, code, message == null || message.isBlank() ? PlainErrors.nameless(given) : message, null);
    }

    private static boolean any(String words, List<String> of) {
        return of.stream().anyMatch(words::contains);
    }

    private static boolean is(String type, String beginning) {
        return type.toLowerCase(Locale.ROOT).startsWith(beginning);
    }

    /** The type without namespace and address, as in {@code com.amazon.coral#ValidationException:http://...}. */
    private static String type(JsonNode root) {
        String type = text(root, "__type");
        if (type.isEmpty()) {
            type = text(root, "code");
        }
        type = type.substring(type.indexOf('#') + 1);
        int colon = type.indexOf(':');
        return colon < 0 ? type : type.substring(0, colon);
    }

    private static @Nullable String message(JsonNode root) {
        for (String name : List.of("message", "Message", "originalMessage")) {
            String message = text(root, name);
            if (!message.isBlank()) {
                return message;
            }
        }
        return null;
    }

    private static String text(JsonNode node, String field) {
        String text = node.path(field).textValue();
        return text == null ? "" : text;
    }

    /** The status that Bedrock gives to a type of error; what the model is to blame for is a bad gateway. */
    private static int status(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "validationexception", "conflictexception" -> 400;
            case "accessdeniedexception", "expiredtokenexception", "unrecognizedclientexception" -> 403;
            case "resourcenotfoundexception" -> 404;
            case "modeltimeoutexception" -> 408;
            case "throttlingexception", "modelnotreadyexception", "servicequotaexceededexception" -> 429;
            case "modelerrorexception", "modelstreamerrorexception" -> 502;
            case "serviceunavailableexception" -> 503;
            default -> 500;
        };
    }
}
