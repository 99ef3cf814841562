package dev.signalbox.upstream;

import dev.signalbox.catalogue.ProviderEntry.HealthCheck;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether a provider is well, by its attempts and by probes. So many failures in a row make it unhealthy, so many successes in
 * a row healthy again; who is limited, rejects a credential or refuses a request is as well as before.
 *
 * <p>A row counts an exchange once, however often it was retried. What one deployment does says little of the others: where a
 * provider has several, attempts make it unhealthy only when more than one of them failed in the row. Its circuit takes the
 * one out that fails alone. A failed probe is about the provider as a whole.
 *
 * <p>An unhealthy provider that has no probe lets one attempt pass after each interval, since it could not come back while
 * others take everything. Kept under the provider's name, it outlives a change of the configuration.
 */
final class Health {

    private static final Logger LOG = Logger.getLogger(Health.class);

    private final String provider;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Set<String> failedExchanges = new LinkedHashSet<>();
    private final Set<String> failedDeployments = new HashSet<>();
    private volatile HealthCheck check;
    private volatile boolean probed;
    /** Whether there is no row of failures, so that a success changes nothing. */
    private volatile boolean calm = true;

    private volatile boolean healthy = true;
    private volatile long lastWell;
    private volatile long lastTrial;
    private volatile @Nullable Instant nextProbe;
    private int failures;
    private boolean probeFailed;
    private int successes;
    private Instant since;
    private @Nullable String lastFailure;
    private @Nullable Integer rejectedProbe;

    /**
     * What is shown of it.
     *
     * @param healthy whether it is
     * @param since when it became so
     * @param lastFailure kind, status and time of the last failure; null when there was none since it was last well
     * @param rejectedProbe the status, 401 or 403, with which the last probe's credential was rejected; null: it was not
     * @param nextProbe when it is probed next; null: never
     */
    record View(
            boolean healthy,
            Instant since,
            @Nullable String lastFailure,
            @Nullable Integer rejectedProbe,
            @Nullable Instant nextProbe) {}

    /**
     * Of a provider that is taken for healthy.
     *
     * @param nanos the monotonic clock
     */
    Health(String provider, HealthCheck check, Clock clock, LongSupplier nanos) {
        this.provider = provider;
        this.check = check;
        this.clock = clock;
        this.nanos = nanos;
        this.since = clock.instant();
        this.lastWell = nanos.getAsLong() - check.interval().toNanos();
        this.lastTrial = nanos.getAsLong();
    }

    /** From now on with these thresholds; what happened before still counts. */
    void follow(HealthCheck now) {
        check = now;
    }

    /** The thresholds. */
    HealthCheck check() {
        return check;
    }

    /** Whether it is healthy. */
    boolean isHealthy() {
        return healthy;
    }

    /** Whether attempts may pass: it is healthy, or it is time for one that finds out. */
    boolean letsPass() {
        return healthy
                || (!probed && nanos.getAsLong() - lastTrial >= check.interval().toNanos());
    }

    /** An attempt begins; when the provider is unhealthy it is the one that finds out, for this interval. */
    void asked() {
        if (!healthy) {
            lastTrial = nanos.getAsLong();
        }
    }

    /** An attempt was answered. */
    void answered() {
        lastWell = nanos.getAsLong();
        if (!calm) {
            succeeded("an answer");
        }
    }

    /**
     * An attempt failed in a way that says something about the provider.
     *
     * @param exchange whose attempt it was
     * @param deployment which deployment failed
     * @param deployments how many the provider is known to have
     */
    synchronized void failed(String exchange, String deployment, IntSupplier deployments, UpstreamFailure failure) {
        lastFailure = failure.inShort() + " at " + clock.instant();
        calm = false;
        successes = 0;
        failedDeployments.add(deployment);
        if (failedExchanges.size() < check.failureThreshold() && failedExchanges.add(exchange)) {
            failures++;
        }
        judge(deployments);
    }

    /** A probe brought an answer; anything but a 5xx means that the provider can be reached. */
    void probed(int status) {
        if (status >= 500) {
            unreachable("HTTP " + status);
            return;
        }
        Integer rejected = status == 401 || status == 403 ? (Integer) status : null;
        synchronized (this) {
            if (rejected != null && rejectedProbe == null) {
                LOG.warnf(
                        "provider %s: its health probe is answered with HTTP %d; see its api-keys and health.path",
                        provider, status);
            }
            rejectedProbe = rejected;
        }
        lastWell = nanos.getAsLong();
        if (!calm) {
            succeeded("a probe, HTTP " + status);
        }
    }

    /** A probe brought no answer, or one that says that the provider is not well. */
    synchronized void unreachable(String why) {
        lastFailure = "a probe (" + why + ") at " + clock.instant();
        calm = false;
        successes = 0;
        failures++;
        probeFailed = true;
        judge(() -> 1);
    }

    private void judge(IntSupplier deployments) {
        if (healthy
                && failures >= check.failureThreshold()
                && (probeFailed || failedDeployments.size() >= Math.min(2, deployments.getAsInt()))) {
            healthy = false;
            since = clock.instant();
            lastTrial = nanos.getAsLong();
            LOG.warnf("provider %s is unhealthy: %d failures in a row, the last: %s", provider, failures, lastFailure);
        }
    }

    private synchronized void succeeded(String how) {
        failures = 0;
        probeFailed = false;
        failedExchanges.clear();
        failedDeployments.clear();
        if (!healthy && ++successes < check.recoveryThreshold()) {
            return;
        }
        if (!healthy) {
            healthy = true;
            since = clock.instant();
            LOG.infof("provider %s is healthy again: %d successes in a row, the last: %s", provider, successes, how);
        }
        successes = 0;
        lastFailure = null;
        calm = true;
    }

    /** Whether an answer proved it well within that time. */
    boolean isProvenWithin(Duration time) {
        return healthy && calm && nanos.getAsLong() - lastWell < time.toNanos();
    }

    /** When it is probed next; null: never. */
    void nextProbe(@Nullable Instant at) {
        nextProbe = at;
        probed = at != null;
    }

    /** What is shown of it. */
    synchronized View view() {
        return new View(healthy, since, lastFailure, rejectedProbe, nextProbe);
    }
}
