package dev.signalbox.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.upstream.Breakdown;
import dev.signalbox.upstream.Fault;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a failure drill is to be; nonsense is the caller's fault and names the field. */
final class FaultRequest {

    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Set<String> FIELDS = Set.of("failure", "rate", "latency", "for");

    private FaultRequest() {}

    /**
     * @param body {@code {failure, rate, latency, for}}; a rate that is not given is 1, a latency 0; with a latency and no
     *     failure all attempts are late, and none fails
     */
    static Fault read(byte[] body, Clock clock) {
        ObjectNode fields = Parameters.object(body);
        fields.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw new InvalidRequest(name + " is no field of a fault drill", name);
            }
        });
        Duration latency = duration(fields, "latency");
        Duration time = duration(fields, "for");
        if (time == null || time.isZero()) {
            throw new InvalidRequest("for must say how long the drill takes, such as 10m", "for");
        }
        boolean onlyDelays = latency != null && !fields.hasNonNull("failure");
        return new Fault(
                onlyDelays ? Breakdown.SERVER_ERROR : failure(fields),
                onlyDelays ? 0 : rate(fields),
                latency == null ? Duration.ZERO : latency,
                clock.instant().plus(time));
    }

    private static Breakdown failure(ObjectNode fields) {
        JsonNode failure = fields.path("failure");
        if (!failure.isTextual() && !failure.isIntegralNumber()) {
            throw new InvalidRequest("failure must say how attempts fail, such as \"500\"", "failure");
        }
        try {
            return Breakdown.of(failure.asText());
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest(String.valueOf(e.getMessage()), "failure");
        }
    }

    private static double rate(ObjectNode fields) {
        JsonNode rate = fields.path("rate");
        if (rate.isMissingNode() || rate.isNull()) {
            return 1;
        }
        if (!rate.isNumber() || !(rate.asDouble() >= 0 && rate.asDouble() <= 1)) {
            throw new InvalidRequest("rate must be a number from 0 to 1", "rate");
        }
        return rate.asDouble();
    }

    private static @Nullable Duration duration(ObjectNode fields, String name) {
        JsonNode given = fields.path(name);
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        try {
            Duration time = given.isTextual() ? DurationConverter.parseDuration(given.asText()) : null;
            if (time != null && !time.isNegative() && time.compareTo(LONGEST) <= 0) {
                return time;
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw new InvalidRequest(name + " must be a duration such as 10m or 500ms, 24h at most", name);
    }
}
