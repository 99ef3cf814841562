package dev.signalbox.api;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.util.Set;

/**
 * What happens to a stream's upstream when the caller hangs up.
 *
 * @param readOn how long it is read on, for the vendor's own count of tokens; nothing: it is cancelled at once
 */
record OnDisconnect(Duration readOn) {

    /** Longer than any stream. */
    private static final Duration TO_THE_END = Duration.ofDays(1);

    static OnDisconnect parse(String text) {
        return switch (text.trim()) {
            case "cancel" -> new OnDisconnect(Duration.ZERO);
            case "drain" -> new OnDisconnect(TO_THE_END);
            default -> {
                try {
                    yield new OnDisconnect(DurationConverter.parseDuration(text));
                } catch (RuntimeException e) {
                    throw new ConfigurationException(
                            "signalbox.on-disconnect: must be cancel, drain or a duration, but is '" + text + "'",
                            Set.of("signalbox.on-disconnect"));
                }
            }
        };
    }
}
