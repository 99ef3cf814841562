package dev.signalbox.routing;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds what second attempts of one model cost: in ten to twenty minutes at most a share of what all its requests were
 * predicted to cost, and whatever that is a few attempts, so that there is a beginning.
 */
final class HedgeBudget {

    private static final long WINDOW = TimeUnit.MINUTES.toNanos(10);
    private static final int FLOOR = 10;

    private final LongSupplier nanos;
    private Sums now;
    private Sums before;

    /** What was spent from some moment on. */
    private static final class Sums {
        private final long since;
        private long requests;
        private long hedges;
        private int attempts;

        private Sums(long since) {
            this.since = since;
        }
    }

    /** @param nanos the monotonic clock */
    HedgeBudget(LongSupplier nanos) {
        this.nanos = nanos;
        this.now = new Sums(nanos.getAsLong());
        this.before = new Sums(nanos.getAsLong());
    }

    /** A request is predicted to cost that much, in any unit that is always the same. */
    synchronized void requested(long cost) {
        turn();
        now.requests += cost;
    }

    /** Takes what a second attempt is predicted to cost, if that is in the budget. */
    synchronized boolean take(long cost, double share) {
        turn();
        double most = share * (now.requests + before.requests);
        boolean fits = now.hedges + before.hedges + cost <= most || now.attempts + before.attempts < FLOOR;
        if (fits) {
            now.hedges += cost;
            now.attempts++;
        }
        return fits;
    }

    private void turn() {
        long time = nanos.getAsLong();
        if (time - now.since >= WINDOW) {
            before = time - now.since >= 2 * WINDOW ? new Sums(time) : now;
            now = new Sums(time);
        }
    }
}
