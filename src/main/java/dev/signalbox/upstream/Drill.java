package dev.signalbox.upstream;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Whether a provider fails on purpose at the moment. */
final class Drill {

    private static final Logger LOG = Logger.getLogger(Drill.class);

    private final String provider;
    private final Clock clock;
    private final RandomGenerator random;
    private final AtomicReference<@Nullable Fault> running = new AtomicReference<>();

    /** @param random draws which attempts fail */
    Drill(String provider, Clock clock, RandomGenerator random) {
        this.provider = provider;
        this.clock = clock;
        this.random = random;
    }

    /**
     * What runs from now on is what was ordered, unless its time is over: that drill in place of one that runs, or none.
     *
     * @return whether another one ran before
     */
    boolean follow(@Nullable Fault ordered) {
        Fault before = now();
        Fault next = ordered != null && clock.instant().isBefore(ordered.until()) ? ordered : null;
        if (Objects.equals(before, next)) {
            return false;
        }
        running.set(next);
        if (next == null) {
            LOG.infof("provider %s: the fault drill was ended", provider);
        } else {
            LOG.warnf("provider %s: %s", provider, next.inWords());
        }
        return before != null;
    }

    /** The drill that runs; null when none does, or when its time is over. */
    @Nullable Fault now() {
        Fault fault = running.get();
        if (fault == null || clock.instant().isBefore(fault.until())) {
            return fault;
        }
        if (running.compareAndSet(fault, null)) {
            LOG.infof("provider %s: the fault drill is over", provider);
        }
        return null;
    }

    /** How an attempt that begins now fails; null when it does not. */
    @Nullable Breakdown draw() {
        Fault fault = now();
        return fault != null && random.nextDouble() < fault.rate() ? fault.failure() : null;
    }

    /** The model as it is to be asked: itself, or behind the drill. */
    DeploymentModel over(DeploymentModel model, Vertx vertx) {
        Fault fault = now();
        return fault == null ? model : new DrilledModel(model, fault, random, Alarm.of(vertx));
    }
}
