package dev.signalbox.limits.money;

/**
 * How an account stands, in pico-dollars. What always holds for a purse whose limit was not lowered: {@code spent + reserved <=
 * limit}, and {@code spent} is the sum of what was settled.
 *
 * @param spent by all that is settled, and before
 * @param reserved the most that what is under way can come to
 */
public record Balance(long spent, long reserved) {

    /** What is left of a limit; never below zero. */
    public long left(long limit) {
        return Math.max(0, limit - Book.plus(spent, reserved));
    }
}
