package dev.signalbox.api;

import dev.signalbox.api.Reading.Fit;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Operation;
import io.vertx.core.MultiMap;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds out whose a body is: who is certain of it; else who may be asked for it, as far as the model is known; else the likeliest. */
final class Recognition {

    private final List<Reading> readings;

    Recognition(List<Reading> readings) {
        this.readings = List.copyOf(readings);
    }

    private record Guess(Reading reading, Fit fit) {}

    /**
     * @param excluded whether the model that the body names is known not to be there for that
     * @throws InvalidRequest when it is nobody's
     */
    Reading of(MultiMap headers, Body body, Predicate<Operation> excluded) {
        return readings.stream()
                .map(reading -> new Guess(reading, reading.fit(headers, body)))
                .filter(guess -> guess.fit() != Fit.NONE)
                .min(Comparator.<Guess, Boolean>comparing(guess -> guess.fit() != Fit.CERTAIN)
                        .thenComparing(guess -> guess.fit() != Fit.CERTAIN
                                && excluded.test(guess.reading().operation()))
                        .thenComparing(Guess::fit, Comparator.reverseOrder())
                        .thenComparing(guess -> guess.reading().operation())
                        .thenComparing(guess -> guess.reading().member(), Comparator.reverseOrder()))
                .map(Guess::reading)
                .orElseThrow(this::nobodys);
    }

    private InvalidRequest nobodys() {
        String members = readings.stream()
                .map(reading -> "'" + reading.member() + "'")
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return new InvalidRequest("the body is a request of no language: it has none of " + members, null);
    }
}
