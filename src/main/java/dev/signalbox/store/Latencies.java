package dev.signalbox.store;

import org.jspecify.annotations.Nullable;

/**
 * How long requests took, in buckets that each reach 4 % further than the one before: a percentile is at most 2 % away from
 * that of the latencies themselves.
 */
final class Latencies {

    private static final double STEP = 1.04;

    /** The bucket that ends with 1 ms, as {@code usage_bucket} in the schema counts. */
    private static final int ONE = 180;

    /** The bucket whose count stands before the point, as {@code usage_packed} in the schema writes it. */
    private static final int ORIGIN = 350;

    /** Of each bucket. */
    private static final int DIGITS = 12;

    private final long leastMicros;
    private final long mostMicros;

    /** The first bucket that is counted. */
    private final int first;

    private final long[] buckets;
    private long count;

    /**
     * @param packed a decimal number: of every twelve digits the count of a bucket, those of higher buckets first
     */
    Latencies(long leastMicros, long mostMicros, String packed) {
        this.leastMicros = leastMicros;
        this.mostMicros = mostMicros;
        int point = packed.indexOf('.');
        int end = point < 0 ? packed.length() : point;
        int below = point < 0 ? 0 : (packed.length() - point - 1) / DIGITS;
        first = ORIGIN - below;
        buckets = new long[below + Math.ceilDiv(end, DIGITS)];
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            int last = bucket < below ? packed.length() - bucket * DIGITS : end - (bucket - below) * DIGITS;
            long counted = Long.parseLong(packed, Math.max(0, last - DIGITS), last, 10);
            buckets[bucket] = counted;
            count += counted;
        }
    }

    /** In milliseconds, interpolated between the two nearest as {@code percentile_cont} does; null when there are none. */
    @Nullable Double percentile(double share) {
        if (count == 0) {
            return null;
        }
        double at = share * (count - 1);
        double below = value((long) Math.floor(at));
        double above = value((long) Math.ceil(at));
        return Math.round((below + (at - Math.floor(at)) * (above - below)) * 1000) / 1000.0;
    }

    /** About the latency of that rank, counted from 0. */
    private double value(long rank) {
        long passed = 0;
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            passed += buckets[bucket];
            if (passed > rank) {
                double middle = 2 * Math.pow(STEP, first + bucket - ONE) / (1 + STEP);
                return Math.clamp(middle, leastMicros / 1000.0, mostMicros / 1000.0);
            }
        }
        return mostMicros / 1000.0;
    }
}
