package dev.signalbox.upstream;

import java.time.Duration;
import java.time.Instant;

/**
 * A failure drill in front of one provider; a value that exists is valid.
 *
 * @param failure how attempts fail
 * @param rate the share of attempts that do, from 0, for a drill that only delays, to 1
 * @param latency how much later every attempt begins; at least 0
 * @param until when it ends by itself
 */
public record Fault(Breakdown failure, double rate, Duration latency, Instant until) {

    public Fault {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate must be from 0 to 1, but is " + rate);
        }
        if (latency.isNegative()) {
            throw new IllegalArgumentException("latency must not be below zero, but is " + latency);
        }
    }

    /** In words, such as {@code fault drill: 500 at rate 0.3 until 2026-03-01T12:00:00Z}. */
    public String inWords() {
        return "fault drill: " + failure.word() + " at rate " + rate
                + (latency.isZero() ? "" : ", " + latency.toMillis() + " ms late") + ", until " + until;
    }
}
