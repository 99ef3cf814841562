package dev.signalbox.cluster;

import java.util.concurrent.TimeUnit;

/** What time it is at Redis, as far as its last answer told; before the first it is this machine's. */
final class RedisClock {

    private volatile long offset = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();

    /**
     * Redis said what time it was.
     *
     * @param millis since 1970
     * @param nanos when that was here, by {@link System#nanoTime}
     */
    void told(long millis, long nanos) {
        offset = TimeUnit.MILLISECONDS.toNanos(millis) - nanos;
    }

    /** Nanoseconds since 1970. */
    long nanos() {
        return System.nanoTime() + offset;
    }
}
