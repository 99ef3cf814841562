package dev.signalbox.routing;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Bounds the retries of the whole gateway, so that a struggling upstream is not met with a multiple of the load: in a window,
 * at most a share of its requests, and never less than a floor. Going to another candidate is no retry.
 */
@Singleton
public class RetryBudget {

    private static final int SLICES = 10;

    private final double share;
    private final int floor;
    private final long sliceNanos;
    private final LongSupplier nanos;
    private final long[] slices = new long[SLICES];
    private final int[] requests = new int[SLICES];
    private final int[] retries = new int[SLICES];

    /** Reads the configuration. */
    @Inject
    public RetryBudget(RoutingConfig config) {
        this(
                config.retryBudget(),
                config.retryBudgetFloor(),
                config.retryBudgetWindow().toNanos(),
                System::nanoTime);
    }

    RetryBudget(double share, int floor, long windowNanos, LongSupplier nanos) {
        require(share >= 0, "signalbox.retry-budget");
        require(floor >= 0, "signalbox.retry-budget-floor");
        require(windowNanos >= SLICES, "signalbox.retry-budget-window");
        this.share = share;
        this.floor = floor;
        this.sliceNanos = windowNanos / SLICES;
        this.nanos = nanos;
        Arrays.fill(slices, Long.MIN_VALUE);
    }

    private static void require(boolean valid, String key) {
        if (!valid) {
            throw new ConfigurationException(key + ": must not be below zero", Set.of(key));
        }
    }

    /** A request has come. */
    synchronized void requested() {
        requests[current()]++;
    }

    /** Takes one retry from the budget, if there is one left. */
    synchronized boolean take() {
        int now = current();
        long oldest = slices[now] - SLICES + 1;
        long asked = 0;
        long tried = 0;
        for (int i = 0; i < SLICES; i++) {
            if (slices[i] >= oldest) {
                asked += requests[i];
                tried += retries[i];
            }
        }
        if (tried >= Math.max(floor, (long) (asked * share))) {
            return false;
        }
        retries[now]++;
        return true;
    }

    private int current() {
        long slice = Math.floorDiv(nanos.getAsLong(), sliceNanos);
        int at = (int) Math.floorMod(slice, (long) SLICES);
        if (slices[at] != slice) {
            slices[at] = slice;
            requests[at] = 0;
            retries[at] = 0;
        }
        return at;
    }
}
