package dev.signalbox.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** What an operator ordered for one provider. There is at most one of each kind. */
public sealed interface Order {

    /** What is ordered. */
    enum Kind {
        /** It is taken out. */
        DRAIN,
        /** It fails on purpose. */
        DRILL
    }

    /** For which provider. */
    String provider();

    /** What is ordered. */
    Kind kind();

    /** All but provider and kind, as one line of JSON. */
    String details();

    /** What tells it from all others: kind and provider. */
    default String id() {
        return id(kind(), provider());
    }

    /** What tells the order of that kind for that provider from all others. */
    static String id(Kind kind, String provider) {
        return kind + " " + provider;
    }

    /**
     * It is taken out.
     *
     * @param since when that was ordered
     */
    record Drain(String provider, Instant since) implements Order {
        @Override
        public Kind kind() {
            return Kind.DRAIN;
        }

        @Override
        public String details() {
            return Json.text(Json.object().put("since", since.toString()));
        }
    }

    /**
     * It fails on purpose.
     *
     * @param fault how, and for how long
     */
    record Drill(String provider, Fault fault) implements Order {
        @Override
        public Kind kind() {
            return Kind.DRILL;
        }

        @Override
        public String details() {
            return Json.text(Json.object()
                    .put("failure", fault.failure().word())
                    .put("rate", fault.rate())
                    .put("latency_ms", fault.latency().toMillis())
                    .put("until", fault.until().toString()));
        }
    }

    /**
     * The order of that {@link #id} with those {@link #details}.
     *
     * @throws IllegalArgumentException when it is none that this version knows
     */
    static Order read(String id, String details) {
        int space = id.indexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("no order has the id " + id);
        }
        return read(Kind.valueOf(id.substring(0, space)), id.substring(space + 1), details);
    }

    /**
     * The order of that kind with those {@link #details}.
     *
     * @throws IllegalArgumentException when it is none that this version knows
     */
    static Order read(Kind kind, String provider, String details) {
        try {
            JsonNode said = Json.read(details);
            return switch (kind) {
                case DRAIN ->
                    new Drain(provider, Instant.parse(said.path("since").asText()));
                case DRILL ->
                    new Drill(
                            provider,
                            new Fault(
                                    Breakdown.of(said.path("failure").asText()),
                                    said.path("rate").asDouble(),
                                    Duration.ofMillis(said.path("latency_ms").asLong()),
                                    Instant.parse(said.path("until").asText())));
            };
        } catch (JsonProcessingException | DateTimeException e) {
            throw new IllegalArgumentException("no details of an order: " + details, e);
        }
    }
}
