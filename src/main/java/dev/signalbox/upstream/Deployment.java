package dev.signalbox.upstream;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Trail;
import dev.signalbox.telemetry.Meters;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.OptionalLong;
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
    private final Breaker breaker;
    private final ProviderState state;
    private final IntSupplier siblings;
    private volatile boolean isReplaced;

    /**
     * @param breaker its circuit, which it shares with those of the same id
     * @param state how its provider stands
     * @param siblings how many deployments its provider has
     * @param configured whether it is of a configured model, and not of a caller's making
     */
    Deployment(
            Vertx vertx,
            ProviderEntry provider,
            DeploymentEntry entry,
            Credentials credentials,
            DeploymentModel model,
            Breaker breaker,
            ProviderState state,
            IntSupplier siblings,
            boolean configured) {
        this.vertx = vertx;
        this.provider = provider;
        this.entry = entry;
        this.served = new Trail.Served(entry.provider(), entry.model(), entry.tariff());
        this.credentials = credentials;
        this.model = model;
        this.breaker = breaker;
        this.state = state;
        this.siblings = siblings;
        this.isConfigured = configured;
        this.label = label(entry, configured);
    }

    static String label(DeploymentEntry entry, boolean configured) {
        return configured ? entry.id() : entry.provider() + "/" + Meters.OTHER;
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
        return breaker.state();
    }

    /** Whether its circuit lets a call pass, and its provider is healthy. */
    public boolean isHealthy() {
        return breaker.letsPass() && state.health().letsPass();
    }

    /** Whether its circuit lets a call pass. */
    public boolean circuitLetsPass() {
        return breaker.letsPass();
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
        return breaker.misconfiguration().isFresh();
    }

    /** What the vendor said when it was last asked and was not there; null: it was there, or was never asked. */
    public @Nullable String misconfiguration() {
        return breaker.misconfiguration().why();
    }

    /** Why it is not asked while somebody else is there, in words; null: it is asked. */
    public @Nullable String whyUnwell() {
        if (!breaker.letsPass()) {
            return "its circuit is open";
        }
        if (!state.health().letsPass()) {
            return "its provider is unhealthy";
        }
        return isMisconfigured() ? "it is misconfigured: " + misconfiguration() : rumour();
    }

    /** What other replicas say of it, so that somebody else is asked rather; null: nothing that counts here. */
    public @Nullable String rumour() {
        String said = breaker.rumour().why();
        return said == null ? credentials.rumour() : said;
    }

    /** Whether the configuration has changed since: then another stands in its place, and this one ends what it began. */
    public boolean isReplaced() {
        return isReplaced;
    }

    /** Another stands in its place from now on. */
    void replaced() {
        isReplaced = true;
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
        return breaker.failureRate();
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
        boolean closed = breaker.state() == CircuitBreakerState.CLOSED;
        boolean trial = !closed && breaker.mayTry();
        if (!trial && !despiteCircuit && !closed) {
            return Uni.createFrom().failure(new CircuitBreakerOpenException(id() + " has an open circuit"));
        }
        boolean findsOut = breaker.rumour().tries();
        state.begun();
        return new Asking(vertx, state.drill().over(model, vertx), provider, call, sink)
                .uni()
                .onTermination()
                .invoke((_, failure, _) -> {
                    if (trial) {
                        breaker.tried();
                    }
                    state.ended();
                    judge(call, failure);
                    if (findsOut) {
                        breaker.rumour().tried();
                    }
                });
    }

    /**
     * Tells the circuit and the provider's health how an attempt ended. An end that says nothing about the deployment, such
     * as a hang-up or a bad request, is not told at all, where a guard around the attempt would take it for a success.
     */
    private void judge(Call call, @Nullable Throwable thrown) {
        UpstreamFailure failure = thrown == null ? null : Failures.of(thrown);
        if (failure == null) {
            credentials.answered(call.credential());
            state.health().answered();
        } else if (failure.kind().countsForBreaker()) {
            state.health().failed(call.exchange().id(), id(), siblings, failure);
        } else {
            note(failure);
            return;
        }
        breaker.judge(failure);
    }

    private void note(UpstreamFailure failure) {
        if (failure.kind() == UpstreamFailure.Kind.MODEL_UNAVAILABLE) {
            if (breaker.missing(failure) && isConfigured) {
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
