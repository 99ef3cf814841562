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
 * @param cacheWriteHour the same where the vendor keeps it for an hour; null: as {@code cacheWrite}
 * @param reasoning a token of thinking; null: as {@code output}
 */
public record Price(
        BigDecimal input,
        BigDecimal output,
        @Nullable BigDecimal cachedInput,
        @Nullable BigDecimal cacheWrite,
        @Nullable BigDecimal cacheWriteHour,
        @Nullable BigDecimal reasoning) {

    /** A price of vendors who ask no more for thinking, nor for keeping a prompt longer. */
    public Price(
            BigDecimal input, BigDecimal output, @Nullable BigDecimal cachedInput, @Nullable BigDecimal cacheWrite) {
        this(input, output, cachedInput, cacheWrite, null, null);
    }

    public Price {
        requireAmount("input", input);
        requireAmount("output", output);
        requireAmount("cached-input", cachedInput);
        requireAmount("cache-write", cacheWrite);
        requireAmount("cache-write-hour", cacheWriteHour);
        requireAmount("reasoning", reasoning);
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
        BigDecimal write = cacheWrite == null ? input : cacheWrite;
        long hour = usage.cacheWriteHour();
        long prompt = Math.addExact(
                times(usage.input(), input), times(usage.cacheRead(), cachedInput == null ? input : cachedInput));
        long written = Math.addExact(
                times(usage.cacheWrite() - hour, write), times(hour, cacheWriteHour == null ? write : cacheWriteHour));
        long answer = reasoning == null
                ? times(usage.completion(), output)
                : Math.addExact(times(usage.output(), output), times(usage.reasoning(), reasoning));
        return new Cost(Math.addExact(Math.addExact(prompt, written), answer));
    }

    /** The most that a prompt token can cost, in pico-dollars: cached, written to a cache, or neither. */
    public long dearestInput() {
        long most = Math.max(picos(input), cachedInput == null ? 0 : picos(cachedInput));
        most = Math.max(most, cacheWrite == null ? 0 : picos(cacheWrite));
        return Math.max(most, cacheWriteHour == null ? 0 : picos(cacheWriteHour));
    }

    /** The most that an answer token can cost, in pico-dollars: visible or thought. */
    public long dearestOutput() {
        return Math.max(picos(output), reasoning == null ? 0 : picos(reasoning));
    }

    /** A price of x dollars per million tokens is x million pico-dollars per token, a whole number. */
    private static long times(long tokens, BigDecimal perMillion) {
        return tokens == 0 ? 0 : Math.multiplyExact(tokens, picos(perMillion));
    }

    private static long picos(BigDecimal perMillion) {
        return perMillion
                .movePointRight(6)
                .setScale(0, RoundingMode.UNNECESSARY)
                .longValueExact();
    }
}
