package dev.signalbox.it;

import java.util.List;
import java.util.stream.Stream;

/** The names of the strategies, as callers and configurations write them. */
final class StrategyNames {

    private static final List<String> OF_SPREADING = List.of(
            "round-robin",
            "weighted-round-robin",
            "random",
            "weighted-random",
            "least-connections",
            "least-response-time",
            "least-errors",
            "usage",
            "client-hash");

    private static final List<String> OF_CHOOSING = List.of(
            "priority",
            "cost",
            "latency",
            "quality",
            "performance",
            "requirements",
            "prefix-affinity",
            "complexity",
            "task",
            "hybrid",
            "dynamic");

    private StrategyNames() {}

    /** Those that spread requests over equals. */
    static Stream<String> spreading() {
        return OF_SPREADING.stream();
    }

    /** All of them. */
    static Stream<String> all() {
        return Stream.concat(OF_CHOOSING.stream(), spreading());
    }
}
