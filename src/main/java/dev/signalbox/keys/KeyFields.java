package dev.signalbox.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a key beside its name and its secret, as the admin API and the store write it.
 *
 * @param team the team it belongs to; null: none
 * @param terms what it may do, and how much
 * @param expiresAt when it ends; null: never
 */
public record KeyFields(
        @Nullable String team, Terms terms, @Nullable Instant expiresAt) {

    private static final int LONGEST_NAME = 128;

    /** What can be said of a key and not of a team. */
    public static final Set<String> OF_KEYS_ALONE = Set.of("team", "expires_at");

    /** Everything that can be said of a key. */
    static final Set<String> OF_KEYS =
            Stream.concat(OF_KEYS_ALONE.stream(), TermsJson.FIELDS.stream()).collect(Collectors.toUnmodifiableSet());

    /**
     * Reads it.
     *
     * @throws InvalidRequest naming the field that is wrong or unknown
     */
    public static KeyFields read(ObjectNode fields) {
        requireKnown(fields, OF_KEYS, "a key");
        return new KeyFields(name(fields, "team"), TermsJson.read(fields), time(fields));
    }

    /** Writes it; what is not limited is null. */
    public ObjectNode write() {
        ObjectNode fields = Json.object().put("team", team);
        TermsJson.write(terms, fields);
        return fields.put("expires_at", expiresAt == null ? null : expiresAt.toString());
    }

    /** What is said of a key that there is. */
    public static KeyFields of(KeyEntry entry) {
        return new KeyFields(entry.team(), entry.terms(), entry.expiresAt());
    }

    /** What is said of a team that there is. */
    public static KeyFields of(TeamEntry entry) {
        return new KeyFields(null, entry.terms(), null);
    }

    /** What there is, with what is to be changed: null takes a value away. */
    static ObjectNode merged(ObjectNode before, ObjectNode changes) {
        ObjectNode merged = before.deepCopy();
        for (Map.Entry<String, JsonNode> change : changes.properties()) {
            merged.set(change.getKey(), change.getValue());
        }
        return merged;
    }

    /**
     * Refuses what nobody reads.
     *
     * @throws InvalidRequest naming the field
     */
    static void requireKnown(ObjectNode fields, Set<String> known, String what) {
        Set<String> unknown = new HashSet<>();
        fields.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        unknown.stream().sorted().findFirst().ifPresent(name -> {
            throw new InvalidRequest(name + " is no field of " + what, name);
        });
    }

    /**
     * A name that people chose, or null when there is none.
     *
     * @throws InvalidRequest when it is none
     */
    static @Nullable String name(ObjectNode fields, String field) {
        JsonNode given = fields.path(field);
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        String name = given.isTextual() ? given.asText() : "";
        if (name.isBlank()
                || name.length() > LONGEST_NAME
                || !name.equals(name.strip())
                || name.indexOf('/') >= 0
                || !TermsJson.isPlain(name)) {
            throw new InvalidRequest(
                    field + " must be a text of 1 to " + LONGEST_NAME
                            + " characters, without a slash, control characters and space around it",
                    field);
        }
        return name;
    }

    private static @Nullable Instant time(ObjectNode fields) {
        JsonNode given = fields.path("expires_at");
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(given.isTextual() ? given.asText() : "").toInstant();
        } catch (DateTimeException e) {
            throw new InvalidRequest("expires_at must be an RFC 3339 time such as 2027-01-01T00:00:00Z", "expires_at");
        }
    }
}
