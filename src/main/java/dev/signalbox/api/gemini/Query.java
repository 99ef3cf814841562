package dev.signalbox.api.gemini;

import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The parts of a request's address, decoded; what is not well encoded is taken as it is. */
final class Query {

    private Query() {}

    /** The first value of a parameter; null when it is missing or empty. */
    static @Nullable String parameter(HttpServerRequest request, String name) {
        String query = request.query();
        if (query == null) {
            return null;
        }
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0
                    && equals < pair.length() - 1
                    && decoded(pair.substring(0, equals)).equals(name)) {
                return decoded(pair.substring(equals + 1));
            }
        }
        return null;
    }

    /** The path behind a prefix that it begins with. */
    static String path(HttpServerRequest request, String prefix) {
        String path = String.valueOf(request.path());
        return path.length() <= prefix.length()
                ? ""
                : decoded(path.substring(prefix.length()).replace("+", "%2B"));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
