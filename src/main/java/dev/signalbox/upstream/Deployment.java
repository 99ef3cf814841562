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
import java.util.function.IntSupplier;
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
    private final boolean isConfigured;
    private final TypedGuard<Boolean> guard;
    private final int mostTrials;
    private final AtomicInteger trials = new AtomicInteger();
    private final Outcomes outcomes = new Outcomes();
    private final long openForNanos;
    private final ProviderState state;
    private final IntSupplier siblings;
    private final Misconfiguration misconfiguration;
    private volatile CircuitBreakerState circuit = CircuitBreakerState.CLOSED;
    private volatile long openedAt;

    /**
     * @param state how its provider stands
     * @param siblings how many deployments of its provider are known, itself included
     * @param configured whether it is of a configured model, and not of a caller's making
     */
    Deployment(
            Vertx vertx,
            ProviderEntry provider,
            DeploymentEntry entry,
            Credentials credentials,
            DeploymentModel model,
            ProviderState state,
            IntSupplier siblings,
            boolean configured) {
        this.vertx = vertx;
        this.provider = provider;
        this.entry = entry;
        this.served = new Trail.Served(entry.provider(), entry.model(), entry.tariff());
        this.credentials = credentials;
        this.model = model;
        this.state = state;
        this.misconfiguration = new Misconfiguration(state::nanos);
        this.siblings = siblings;
        this.isConfigured = configured;
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

    /** Whether its circuit lets a call pass, and its provider is healthy. */
    public boolean isHealthy() {
        return circuitLetsPass() && state.health().letsPass();
    }

    /** Whether its circuit lets a call pass. */
    public boolean circuitLetsPass() {
        return circuit != CircuitBreakerState.OPEN || System.nanoTime() - openedAt >= openForNanos;
    }

    /** Whether its provider is taken out: then it is not asked at all, not even when nobody is healthy. */
    public boolean isDrained() {
        return state.drainedSince() != null;
    }

    /**
     * Whether the vendor said a moment ago that it is not there. Then it is asked only when nobody else is left; after a
     * minute somebody may find out whether it is repaired.
     */
    public boolean isMisconfigured() {
        return misconfiguration.isFresh();
    }

    /** What the vendor said when it was last asked and was not there; null: it was there, or was never asked. */
    public @Nullable String misconfiguration() {
        return misconfiguration.why();
    }

    /** Why it is not asked while somebody else is there, in words; null: it is asked. */
    public @Nullable String whyUnwell() {
        if (!circuitLetsPass()) {
            return "its circuit is open";
        }
        if (!state.health().letsPass()) {
            return "its provider is unhealthy";
        }
        return isMisconfigured() ? "it is misconfigured: " + misconfiguration.why() : null;
    }

    /** Whether it is of a configured model, and not of a caller's making. */
    public boolean isConfigured() {
        return isConfigured;
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
     * @param despiteCircuit whether to ask even so: for one that is not {@link #isHealthy()} when nobody else is left
     */
    public Uni<Void> ask(Call call, EventSink sink, boolean despiteCircuit) {
        boolean trial = circuit != CircuitBreakerState.CLOSED && mayTry();
        if (!trial && !despiteCircuit && circuit != CircuitBreakerState.CLOSED) {
            return Uni.createFrom().failure(new CircuitBreakerOpenException(id() + " has an open circuit"));
        }
        state.begun();
        return new Asking(vertx, state.drill().over(model, vertx), provider, call, sink)
                .uni()
                .onTermination()
                .invoke((_, failure, _) -> {
                    if (trial) {
                        trials.decrementAndGet();
                    }
                    state.ended();
                    judge(call.exchange().id(), failure);
                });
    }

    /** As many as it takes to close the circuit may find out whether the deployment is back. */
    private boolean mayTry() {
        if (!circuitLetsPass()) {
            return false;
        }
        if (trials.incrementAndGet() > mostTrials) {
            trials.decrementAndGet();
            return false;
        }
        return true;
    }

    /**
     * Tells the circuit and the provider's health how an attempt ended. An end that says nothing about the deployment, such
     * as a hang-up or a bad request, is not told at all, where a guard around the attempt would take it for a success.
     */
    private void judge(String exchange, @Nullable Throwable thrown) {
        UpstreamFailure failure = thrown == null ? null : Failures.of(thrown);
        if (failure == null) {
            misconfiguration.repaired();
            state.health().answered();
        } else if (failure.kind().countsForBreaker()) {
            state.health().failed(exchange, id(), siblings, failure);
        } else {
            note(failure);
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

    private void note(UpstreamFailure failure) {
        if (failure.kind() == UpstreamFailure.Kind.MODEL_UNAVAILABLE) {
            if (misconfiguration.found(failure) && isConfigured) {
                LOG.warnf("%s is misconfigured: %s", id(), failure.inShort());
            }
        } else if (failure.kind().isOfTheCredential()) {
            state.credentialFailed(failure);
        }
    }

    @Override
    public String toString() {
        return id();
    }
}
