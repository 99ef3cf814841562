package dev.signalbox.it;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what will be true soon. */
final class Await {

    private static final Duration LONG = Duration.ofSeconds(10);

    private Await() {}

    /** Waits generously. */
    static void until(String what, BooleanSupplier condition) {
        until(what, LONG, condition);
    }

    /** Waits at most that long. */
    static void until(String what, Duration most, BooleanSupplier condition) {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + most + ": " + what);
            }
            Gateway.pause(Duration.ofMillis(10));
        }
    }
}
