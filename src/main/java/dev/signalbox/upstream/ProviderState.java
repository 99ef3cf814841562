package dev.signalbox.upstream;

import dev.signalbox.catalogue.ProviderEntry.HealthCheck;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * How a provider stands, beside how it is configured: its health, a drill, whether it is taken out, and what runs there. Kept
 * under its name, so that it outlives a change of the configuration.
 */
final class ProviderState {

    private static final Logger LOG = Logger.getLogger(ProviderState.class);

    private final String provider;
    private final LongSupplier nanos;
    private final Health health;
    private final Drill drill;
    private final LongAdder active = new LongAdder();
    private volatile @Nullable Instant drainedSince;
    private volatile @Nullable UpstreamFailure ofTheCredential;

    ProviderState(String provider, HealthCheck check, Clock clock, LongSupplier nanos, RandomGenerator random) {
        this.provider = provider;
        this.nanos = nanos;
        this.health = new Health(provider, check, clock, nanos);
        this.drill = new Drill(provider, clock, random);
    }

    /** The monotonic clock. */
    long nanos() {
        return nanos.getAsLong();
    }

    Health health() {
        return health;
    }

    Drill drill() {
        return drill;
    }

    /**
     * Is as it was ordered: taken out, so that nobody is sent there any more and what runs there finishes, and drilled.
     *
     * @return whether a drill that ran is over
     */
    boolean follow(Orders orders) {
        Instant before = drainedSince;
        Instant since = orders.drainedSince(provider);
        drainedSince = since;
        if (before == null && since != null) {
            LOG.infof("provider %s is drained", provider);
        } else if (before != null && since == null) {
            LOG.infof("provider %s is no longer drained", provider);
        }
        return drill.follow(orders.fault(provider));
    }

    /** Since when it is taken out; null: it is not. */
    @Nullable Instant drainedSince() {
        return drainedSince;
    }

    /** An attempt begins. */
    void begun() {
        active.increment();
        health.asked();
    }

    /** An attempt has ended. */
    void ended() {
        active.decrement();
    }

    /** How many attempts run. */
    long active() {
        return active.sum();
    }

    /** A credential was of no use. */
    void credentialFailed(UpstreamFailure failure) {
        ofTheCredential = failure;
    }

    /** Why a credential was of no use the last time; null: each was. */
    @Nullable UpstreamFailure ofTheCredential() {
        return ofTheCredential;
    }
}
