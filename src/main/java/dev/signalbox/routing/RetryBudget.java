package dev.signalbox.routing;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
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

    /** By number modulo their count; those of event loops that count requests at the same time do not wait for each other. */
    private final AtomicReferenceArray<Slice> slices = new AtomicReferenceArray<>(SLICES);

    /** A part of the window, and what happened in it; retries belong to the lock of the budget. */
    private static final class Slice {
        private final long number;
        private final LongAdder requests = new LongAdder();
        private int retries;

        Slice(long number) {
            this.number = number;
        }
    }

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
    }

    private static void require(boolean valid, String key) {
        if (!valid) {
            throw new ConfigurationException(key + ": must not be below zero", Set.of(key));
        }
    }

    /** A request has come. */
    void requested() {
        current().requests.increment();
    }

    /** Takes one retry from the budget, if there is one left. */
    synchronized boolean take() {
        Slice now = current();
        long asked = 0;
        long tried = 0;
        for (int i = 0; i < SLICES; i++) {
            Slice slice = slices.get(i);
            if (slice != null && slice.number > now.number - SLICES) {
                asked += slice.requests.sum();
                tried += slice.retries;
            }
        }
        if (tried >= Math.max(floor, (long) (asked * share))) {
            return false;
        }
        now.retries++;
        return true;
    }

    private Slice current() {
        long number = Math.floorDiv(nanos.getAsLong(), sliceNanos);
        int at = (int) Math.floorMod(number, (long) SLICES);
        Slice known = slices.get(at);
        while (known == null || known.number < number) {
            var made = new Slice(number);
            if (slices.compareAndSet(at, known, made)) {
                return made;
            }
            known = slices.get(at);
        }
        return known;
    }
}
