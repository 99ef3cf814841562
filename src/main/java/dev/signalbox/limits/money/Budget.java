package dev.signalbox.limits.money;

import java.math.BigDecimal;

/**
 * How much may be spent in each window.
 *
 * @param limit in pico-dollars
 */
public record Budget(long limit, Window window) {

    /**
     * An amount in dollars.
     *
     * @throws ArithmeticException when it is finer than a pico-dollar, or more than some nine million
     */
    public static Budget ofUsd(BigDecimal usd, Window window) {
        return new Budget(picos(usd), window);
    }

    /** The pico-dollars of an amount in dollars. */
    public static long picos(BigDecimal usd) {
        return usd.movePointRight(12).longValueExact();
    }
}
