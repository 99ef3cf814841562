import java.util.Arrays;

/** Durations in nanoseconds, and how they are distributed. */
final class Samples {
    private long[] values = new long[1 << 12];
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    /** In milliseconds; 0.99 is the 99th percentile, 1 the maximum. Not a number without samples. */
    double percentile(double share) {
        if (size == 0) {
            return Double.NaN;
        }
        Arrays.sort(values, 0, size);
        int rank = (int) Math.ceil(share * size);
        return values[Math.max(0, rank - 1)] / 1e6;
    }
}
