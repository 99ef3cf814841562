package dev.signalbox.provider.simulator;

import dev.signalbox.upstream.Breakdown;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** How providers of kind {@code simulator} behave; the keys stand beside those that all providers have. */
@ConfigMapping(prefix = "signalbox")
public interface SimulatorConfig {

    /** By the provider's name. */
    Map<String, Behaviour> providers();

    /** How one of them behaves. */
    interface Behaviour {

        /** {@code echo}: the last user message; anything else: that text. */
        @WithDefault("echo")
        String reply();

        /** How long a plain answer takes. */
        @WithDefault("0s")
        Duration latency();

        /** How long the first token of a stream takes; as {@code latency} when not given. */
        Optional<Duration> firstTokenAfter();

        /** How fast a stream is; 0: all at once. */
        @WithDefault("0")
        double tokensPerSecond();

        /** The share of requests that fail, from 0 to 1. */
        @WithDefault("0")
        double failureRate();

        /** How they fail: {@code 429}, {@code 500}, {@code timeout}, {@code disconnect} or {@code malformed}. */
        @WithDefault("500")
        @WithConverter(FailureConverter.class)
        Breakdown failure();

        /** Makes the failures come in the same order each time. */
        OptionalLong seed();
    }
}
