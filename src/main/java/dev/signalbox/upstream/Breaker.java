package dev.signalbox.upstream;

import dev.signalbox.catalogue.ProviderEntry.Circuit;
import dev.signalbox.upstream.Hint.Trouble;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The circuit of one upstream model at one provider, whatever public models it serves. Kept under the deployment's id, so that
 * all who ask it learn from one another, and that it outlives a change of what is configured.
 */
final class Breaker {

    private static final Logger LOG = Logger.getLogger(Breaker.class);

    private final String id;
    private final String label;
    private final Circuit when;
    private final TypedGuard<Boolean> guard;
    private final AtomicInteger trials = new AtomicInteger();
    private final Outcomes outcomes;
    private final Misconfiguration misconfiguration;
    private final Rumour rumour;
    private final BiConsumer<Trouble, Duration> others;
    private volatile CircuitBreakerState state = CircuitBreakerState.CLOSED;
    private volatile long openedAt;

    /**
     * A closed one.
     *
     * @param label its deployment's name in metrics
     * @param others are told what is wrong with it, and for how long
     */
    Breaker(String id, String label, Circuit when, BiConsumer<Trouble, Duration> others) {
        this(
                id,
                label,
                when,
                new Outcomes(),
                new Misconfiguration(System::nanoTime),
                new Rumour(System::nanoTime),
                others);
    }

    private Breaker(
            String id,
            String label,
            Circuit when,
            Outcomes outcomes,
            Misconfiguration misconfiguration,
            Rumour rumour,
            BiConsumer<Trouble, Duration> others) {
        this.id = id;
        this.label = label;
        this.when = when;
        this.outcomes = outcomes;
        this.misconfiguration = misconfiguration;
        this.rumour = rumour;
        this.others = others;
        this.guard = TypedGuard.create(Boolean.class)
                .withDescription(label)
                .withCircuitBreaker()
                .failureRatio(when.failureRatio())
                .requestVolumeThreshold(when.volume())
                .delay(when.openFor().toMillis(), ChronoUnit.MILLIS)
                .successThreshold(when.halfOpenSuccesses())
                .failOn(UpstreamFailure.class)
                .onStateChange(this::is)
                .done()
                .build();
    }

    /** This one, or when it is to open or close otherwise than before, a closed one that knows the same. */
    Breaker following(Circuit next) {
        return when.equals(next) ? this : new Breaker(id, label, next, outcomes, misconfiguration, rumour, others);
    }

    private void is(CircuitBreakerState now) {
        LOG.log(
                now == CircuitBreakerState.OPEN ? Logger.Level.WARN : Logger.Level.INFO,
                "the circuit of " + id + " is "
                        + now.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        if (now == CircuitBreakerState.OPEN) {
            openedAt = System.nanoTime();
            others.accept(Trouble.CIRCUIT, when.openFor());
        }
        state = now;
    }

    /** Whether it is closed, half-open or open. */
    CircuitBreakerState state() {
        return state;
    }

    /** Whether a call may pass, were it the only one. */
    boolean letsPass() {
        return state != CircuitBreakerState.OPEN
                || System.nanoTime() - openedAt >= when.openFor().toNanos();
    }

    /** As many as it takes to close it may find out whether the deployment is back; each of them says when it has {@link #tried}. */
    boolean mayTry() {
        if (!letsPass()) {
            return false;
        }
        if (trials.incrementAndGet() > when.halfOpenSuccesses()) {
            trials.decrementAndGet();
            return false;
        }
        return true;
    }

    /** One that {@link #mayTry} let pass has ended. */
    void tried() {
        trials.decrementAndGet();
    }

    /** An attempt ended in a way that says something about the deployment; a failure, or null for an answer. */
    void judge(@Nullable UpstreamFailure failure) {
        outcomes.add(failure != null);
        if (failure == null) {
            misconfiguration.repaired();
            rumour.answered();
        } else {
            rumour.failed(when.openFor());
        }
        try {
            guard.get(() -> {
                if (failure != null) {
                    throw failure;
                }
                return true;
            });
        } catch (UpstreamFailure | CircuitBreakerOpenException _) {
            // the caller of the attempt has it already
        }
    }

    /**
     * The vendor says that the deployment is not there.
     *
     * @return whether that is news
     */
    boolean missing(UpstreamFailure failure) {
        if (!misconfiguration.isFresh()) {
            others.accept(Trouble.MISSING, Misconfiguration.LEFT_ALONE);
        }
        rumour.failed(Duration.ZERO);
        return misconfiguration.found(failure);
    }

    /** The share of failures among the last attempts. */
    double failureRate() {
        return outcomes.failureRate();
    }

    /** What other replicas say of the deployment. */
    Rumour rumour() {
        return rumour;
    }

    /** What the vendor said of a deployment that is not there. */
    Misconfiguration misconfiguration() {
        return misconfiguration;
    }
}
