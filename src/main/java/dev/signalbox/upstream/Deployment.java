package dev.signalbox.upstream;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Trail;
import dev.signalbox.telemetry.Meters;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One upstream model at one provider, behind its own circuit breaker: what happens at one deployment opens the circuit of no
 * other.
 */
public final class Deployment {

    private static final Logger LOG = Logger.getLogger(Deployment.class);

    /** A shorter value of a configured header is a word, which may stand in any message. */
    private static final int SHORTEST_SECRET = 8;

    private final Vertx vertx;
    private final ProviderEntry provider;
    private final DeploymentEntry entry;
    private final Trail.Served served;
    private final Credentials credentials;
    private final DeploymentModel model;
    private final String label;
    private final TypedGuard<Boolean> guard;
    private final int mostTrials;
    private final AtomicInteger trials = new AtomicInteger();
    private final Outcomes outcomes = new Outcomes();
    private final long openForNanos;
    private volatile CircuitBreakerState circuit = CircuitBreakerState.CLOSED;
    private volatile long openedAt;

    Deployment(
            Vertx vertx,
            ProviderEntry provider,
            DeploymentEntry entry,
            Credentials credentials,
            DeploymentModel model,
            boolean configured) {
        this.vertx = vertx;
        this.provider = provider;
        this.entry = entry;
        this.served = new Trail.Served(entry.provider(), entry.model(), entry.tariff());
        this.credentials = credentials;
        this.model = model;
        this.label = configured ? entry.id() : entry.provider() + "/" + Meters.OTHER;
        ProviderEntry.Circuit when = provider.circuit();
        this.openForNanos = when.openFor().toNanos();
        this.mostTrials = when.halfOpenSuccesses();
        this.guard = TypedGuard.create(Boolean.class)
                .withDescription(label)
                .withCircuitBreaker()
                .failureRatio(when.failureRatio())
                .requestVolumeThreshold(when.volume())
                .delay(when.openFor().toMillis(), ChronoUnit.MILLIS)
                .successThreshold(when.halfOpenSuccesses())
                .failOn(UpstreamFailure.class)
                .onStateChange(this::circuitIs)
                .done()
                .build();
    }

    private void circuitIs(CircuitBreakerState state) {
        LOG.log(
                state == CircuitBreakerState.OPEN ? Logger.Level.WARN : Logger.Level.INFO,
                "the circuit of " + id() + " is "
                        + state.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        if (state == CircuitBreakerState.OPEN) {
            openedAt = System.nanoTime();
        }
        circuit = state;
    }

    /** Its id, {@code provider/model}. */
    public String id() {
        return served.deployment();
    }

    /** Its name in metrics: its id when it is configured, so that callers cannot make new names. */
    public String label() {
        return label;
    }

    /** The provider it is at. */
    public ProviderEntry provider() {
        return provider;
    }

    /** What is known of it. */
    public DeploymentEntry entry() {
        return entry;
    }

    /** As it is told to callers and kept in the ledger. */
    public Trail.Served served() {
        return served;
    }

    /** The provider's credentials. */
    public Credentials credentials() {
        return credentials;
    }

    /** What must not be told to anyone: the credential, and what the configured headers hold but for short words. */
    public List<String> secrets(String credential) {
        return Stream.concat(
                        model.secrets(credential).stream().filter(secret -> !secret.isEmpty()),
                        provider.headers().values().stream().filter(value -> value.length() >= SHORTEST_SECRET))
                .toList();
    }

    /** The model behind it. */
    public DeploymentModel model() {
        return model;
    }

    /** The state of its circuit. */
    public CircuitBreakerState circuit() {
        return circuit;
    }

    /** Whether its circuit lets a call pass. */
    public boolean isHealthy() {
        return circuit != CircuitBreakerState.OPEN || System.nanoTime() - openedAt >= openForNanos;
    }

    /** How long until one of its provider's credentials can be used, in nanoseconds; empty when one can be now. */
    public OptionalLong resting() {
        return credentials.resting();
    }

    /** The share of failures among its last calls. */
    public double failureRate() {
        return outcomes.failureRate();
    }

    /**
     * Asks it. The events go to the sink, and the Uni ends when the answer does: with nothing, with an {@link
     * UpstreamFailure}, or with {@link
     * CircuitBreakerOpenException} when its circuit did not let the call
     * pass.
     *
     * @param despiteCircuit whether to ask even so
     */
    public Uni<Void> ask(Call call, EventSink sink, boolean despiteCircuit) {
        boolean trial = circuit != CircuitBreakerState.CLOSED;
        if (trial && !despiteCircuit && !mayTry()) {
            return Uni.createFrom().failure(new CircuitBreakerOpenException(id() + " has an open circuit"));
        }
        return new Asking(vertx, model, provider, call, sink)
                .uni()
                .onTermination()
                .invoke((_, failure, _) -> {
                    if (trial && !despiteCircuit) {
                        trials.decrementAndGet();
                    }
                    judge(failure);
                });
    }

    /** As many as it takes to close the circuit may find out whether the deployment is back. */
    private boolean mayTry() {
        if (!isHealthy()) {
            return false;
        }
        if (trials.incrementAndGet() > mostTrials) {
            trials.decrementAndGet();
            return false;
        }
        return true;
    }

    /**
     * Tells the circuit how an attempt ended. An end that says nothing about the deployment, such as a hang-up or a bad
     * request, is not told at all, where a guard around the attempt would take it for a success.
     */
    private void judge(@Nullable Throwable thrown) {
        UpstreamFailure failure = thrown == null ? null : Failures.of(thrown);
        if (failure != null && !failure.kind().countsForBreaker()) {
            return;
        }
        outcomes.add(failure != null);
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

    @Override
    public String toString() {
        return id();
    }
}
