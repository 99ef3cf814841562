package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Reads query parameters; nonsense is the caller's fault and names the parameter. */
final class Parameters {

    private static final int MOST = 1000;
    private static final int USUAL = 50;

    private Parameters() {}

    /** A text; null when it is absent or empty. */
    static @Nullable String text(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    /** A point in time as RFC 3339 has it, with any offset. */
    static @Nullable Instant time(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            // A plus sign that was not escaped in the URL arrives as a space.
            OffsetDateTime time = OffsetDateTime.parse(value.replace(' ', '+'));
            if (time.getYear() >= 0 && time.getYear() <= 9999) {
                return time.toInstant();
            }
        } catch (DateTimeException _) {
            // told below
        }
        throw new InvalidRequest(name + " is no RFC 3339 time such as 2026-03-01T12:00:00Z: " + value, name);
    }

    /** How long a page may be. */
    static int limit(@Nullable String value) {
        return limit(value, USUAL);
    }

    /** How long a page of sums may be: as long as any, unless it is said. */
    static int limitOfSums(@Nullable String value) {
        return limit(value, MOST);
    }

    private static int limit(@Nullable String value, int usual) {
        if (value == null || value.isEmpty()) {
            return usual;
        }
        int limit = number("limit", value);
        if (limit < 1 || limit > MOST) {
            throw new InvalidRequest("limit is not between 1 and " + MOST + ": " + value, "limit");
        }
        return limit;
    }

    /** What the page before has ended with; empty at the beginning. */
    static String cursor(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return "";
        }
        try {
            return new String(Base64.getUrlDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw new InvalidRequest("cursor is none that this list has given: " + value, "cursor");
        }
    }

    /** A cursor for what comes after that name. */
    static String cursorAfter(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    /** An HTTP status; null when it is absent. */
    static @Nullable Integer status(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        int status = number("status", value);
        if (status < 100 || status > 599) {
            throw new InvalidRequest("status is no HTTP status: " + value, "status");
        }
        return status;
    }

    /** A beginning that does not lie behind the end. */
    static void requireOrder(@Nullable Instant from, @Nullable Instant to) {
        if (from != null && to != null && to.isBefore(from)) {
            throw new InvalidRequest("to is before from", "to");
        }
    }

    /** A body that must be a JSON object. */
    static ObjectNode object(byte[] body) {
        try {
            if (Json.read(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException _) {
            // told below
        }
        throw new InvalidRequest("the body must be a JSON object", null);
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException _) {
            throw new InvalidRequest(name + " is no whole number: " + value, name);
        }
    }
}
