package dev.signalbox.chat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment's tokens cost, in US dollars per million tokens.
 *
 * @param input a prompt token
 * @param output an answer token, visible or thought
 * @param cachedInput a prompt token read from the vendor's cache; null: as {@code input}
 * @param cacheWrite a prompt token written to the vendor's cache; null: as {@code input}
 */
public record Price(
        BigDecimal input,
        BigDecimal output,
        @Nullable BigDecimal cachedInput,
        @Nullable BigDecimal cacheWrite) {

    public Price {
        requireAmount("input", input);
        requireAmount("output", output);
        requireAmount("cached-input", cachedInput);
        requireAmount("cache-write", cacheWrite);
    }

    private static void requireAmount(String name, @Nullable BigDecimal amount) {
        if (amount != null && amount.signum() < 0) {
            throw new IllegalArgumentException(name + " is below zero");
        }
        if (amount != null && amount.stripTrailingZeros().scale() > 6) {
            throw new IllegalArgumentException(name + " has more than 6 decimals");
        }
    }

    /** The exact cost of a usage. */
    public Cost of(Usage usage) {
        return new Cost(Math.addExact(
                Math.addExact(
                        times(usage.input(), input),
                        times(usage.cacheRead(), cachedInput == null ? input : cachedInput)),
                Math.addExact(
                        times(usage.cacheWrite(), cacheWrite == null ? input : cacheWrite),
                        times(usage.completion(), output))));
    }

    /** A price of x dollars per million tokens is x million pico-dollars per token, a whole number. */
    private static long times(long tokens, BigDecimal perMillion) {
        return Math.multiplyExact(
                tokens,
                perMillion
                        .movePointRight(6)
                        .setScale(0, RoundingMode.UNNECESSARY)
                        .longValueExact());
    }
}
