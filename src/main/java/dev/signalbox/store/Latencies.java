package dev.signalbox.store;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * How long requests took, in buckets that each reach 4 % further than the one before: a percentile is at most 2 % away from
 * that of the latencies themselves.
 */
final class Latencies {

    private static final double STEP = 1.04;

    /** The bucket that ends with 1 ms, as {@code usage_bucket} in the schema counts. */
    private static final int ONE = 180;

    private static final int COUNT_BITS = 40;
    private static final int BUCKETS = 1024;

    private final long leastMicros;
    private final long mostMicros;
    private final long[] buckets = new long[BUCKETS];
    private long count;

    /**
     * @param base64 arrays of buckets and counts as PostgreSQL sends them in binary, one behind the other
     */
    Latencies(long leastMicros, long mostMicros, String base64) {
        this.leastMicros = leastMicros;
        this.mostMicros = mostMicros;
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64.replace("\n", "")));
        while (bytes.hasRemaining()) {
            int dimensions = bytes.getInt();
            bytes.getInt(); // whether there are nulls
            bytes.getInt(); // the type
            if (dimensions == 0) {
                continue;
            }
            int length = bytes.getInt();
            bytes.getInt(); // the first index
            for (int i = 0; i < length; i++) {
                bytes.getInt(); // 8 bytes
                long packed = bytes.getLong();
                long counted = packed & ((1L << COUNT_BITS) - 1);
                buckets[Math.clamp(packed >> COUNT_BITS, 0, BUCKETS - 1)] += counted;
                count += counted;
            }
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
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            passed += buckets[bucket];
            if (passed > rank) {
                double middle = 2 * Math.pow(STEP, bucket - ONE) / (1 + STEP);
                return Math.clamp(middle, leastMicros / 1000.0, mostMicros / 1000.0);
            }
        }
        return mostMicros / 1000.0;
    }
}
