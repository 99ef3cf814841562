package dev.signalbox.limits;

/**
 * How much was used in the last 60 seconds, kept in slices of half a second. A slice counts as a whole until all of it is older
 * than a minute, so that what is admitted by this count is in no interval of 60 seconds more than a limit. Not for two threads.
 */
final class SlidingMinute {

    static final long SLICE_NANOS = 500_000_000L;

    /** A minute of slices, and one more since a minute seldom begins where a slice does. */
    static final int SLICES = 121;

    private final long[] used = new long[SLICES];
    private long newest;
    private long sum;

    /** Lets go what is older than a minute; the slice in which {@code elapsed} lies, in nanoseconds from an origin, is the newest. */
    long at(long elapsed) {
        long slice = Math.max(newest, elapsed / SLICE_NANOS);
        long first = Math.max(newest + 1, slice - SLICES + 1);
        for (long i = first; i <= slice; i++) {
            int at = (int) (i % SLICES);
            sum -= used[at];
            used[at] = 0;
        }
        newest = slice;
        return slice;
    }

    /** What was used in the minute up to the newest slice; below zero never. */
    long sum() {
        return sum;
    }

    /** More, or with a negative amount less, was used in that slice than was known; forgotten when it is older than a minute. */
    void add(long slice, long amount) {
        if (slice > newest - SLICES) {
            used[(int) (slice % SLICES)] += amount;
            sum += amount;
        }
    }

    /** Every slice in which something was used, and how much. */
    void forEach(Each each) {
        for (long slice = Math.max(0, newest - SLICES + 1); slice <= newest; slice++) {
            long amount = used[(int) (slice % SLICES)];
            if (amount != 0) {
                each.accept(slice, amount);
            }
        }
    }

    /** Is told of slices. */
    @FunctionalInterface
    interface Each {
        void accept(long slice, long amount);
    }

    /** When no more than that is used if nothing is added, in nanoseconds from the origin; 0: now. */
    long falls(long toAtMost) {
        long left = sum;
        for (long slice = Math.max(0, newest - SLICES + 1); left > toAtMost && slice <= newest; slice++) {
            left -= used[(int) (slice % SLICES)];
            if (left <= toAtMost) {
                return (slice + SLICES) * SLICE_NANOS;
            }
        }
        return 0;
    }
}
