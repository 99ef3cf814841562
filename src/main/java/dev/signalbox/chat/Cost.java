package dev.signalbox.chat;

import java.math.BigDecimal;

/**
 * An exact amount of money.
 *
 * @param picos millionths of a micro-dollar: 10^12 are one US dollar
 */
public record Cost(long picos) {

    /** This amount and another. */
    public Cost plus(Cost other) {
        return new Cost(Math.addExact(picos, other.picos));
    }

    /** US dollars, without trailing zeros. */
    public BigDecimal usd() {
        BigDecimal exact = BigDecimal.valueOf(picos, 12).stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0) : exact;
    }

    /** A plain decimal, such as {@code 0.00125}; never scientific notation. */
    @Override
    public String toString() {
        return usd().toPlainString();
    }
}
