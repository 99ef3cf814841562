package dev.signalbox.upstream;

import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a provider is at one moment, as it is shown to people. Nothing here is secret.
 *
 * @param state in a word
 * @param reason why, in words
 * @param isUp whether something there can be asked
 * @param circuit the state of the circuit that is worst, of all its deployments
 * @param active how many attempts run there
 * @param drill the drill that runs; null when none does
 * @param nextProbe when it is probed next; null: never
 */
public record Condition(
        State state,
        String reason,
        boolean isUp,
        CircuitBreakerState circuit,
        long active,
        @Nullable Fault drill,
        @Nullable Instant nextProbe) {

    /** In a word; of several that hold, the first is told, and the reason names the others. */
    public enum State {
        /** Taken out by an operator. */
        DRAINING,
        /** It fails. */
        UNHEALTHY,
        /** It fails on purpose. */
        DRILLED,
        /** Its credentials, or all its configured deployments, are refused. */
        MISCONFIGURED,
        /** All its credentials rest. */
        LIMITED,
        /** Nothing of all that. */
        HEALTHY;

        /** As it is told, such as {@code healthy}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Condition of(ProviderState state, Credentials credentials, List<Deployment> deployments) {
        Health.View health = state.health().view();
        Fault drill = state.drill().now();
        OptionalLong resting = credentials.resting();
        boolean circuitsLetPass = deployments.isEmpty() || deployments.stream().anyMatch(Deployment::circuitLetsPass);
        var reasons = new Reasons();
        Instant drainedSince = state.drainedSince();
        if (drainedSince != null) {
            reasons.add(State.DRAINING, "drained since " + drainedSince + ", " + state.active() + " still running");
        }
        if (!health.healthy()) {
            reasons.add(
                    State.UNHEALTHY, "unhealthy since " + health.since() + ", last failure: " + health.lastFailure());
        } else if (!circuitsLetPass) {
            reasons.add(State.UNHEALTHY, "the circuits of all its deployments are open");
        }
        if (drill != null) {
            reasons.add(State.DRILLED, drill.inWords());
        }
        misconfigured(health, deployments, reasons);
        if (resting.isPresent()) {
            rests(resting.getAsLong(), state.ofTheCredential(), reasons);
        }
        deployments.forEach(each -> {
            String said = each.rumour();
            if (said != null) {
                reasons.note(each.id() + ": " + said);
            }
        });
        if (health.healthy() && health.lastFailure() != null) {
            reasons.note("last failure: " + health.lastFailure());
        }
        if (!health.healthy() && health.nextProbe() != null) {
            reasons.note("next probe at " + health.nextProbe());
        }
        return new Condition(
                reasons.state(),
                reasons.inWords(health.since()),
                drainedSince == null && health.healthy() && circuitsLetPass && resting.isEmpty(),
                worst(deployments),
                state.active(),
                drill,
                health.nextProbe());
    }

    private static void misconfigured(Health.View health, List<Deployment> deployments, Reasons reasons) {
        List<Deployment> configured =
                deployments.stream().filter(Deployment::isConfigured).toList();
        List<Deployment> missing =
                configured.stream().filter(d -> d.misconfiguration() != null).toList();
        for (Deployment each : missing) {
            String why = each.id() + ": " + each.misconfiguration();
            if (missing.size() == configured.size()) {
                reasons.add(State.MISCONFIGURED, why);
            } else {
                reasons.note(why);
            }
        }
        if (health.rejectedProbe() != null) {
            reasons.note("the last probe was answered with HTTP " + health.rejectedProbe());
        }
    }

    private static void rests(long nanos, @Nullable UpstreamFailure why, Reasons reasons) {
        String words = "all credentials rest for "
                + Math.ceilDiv(nanos, Duration.ofSeconds(1).toNanos()) + " s"
                + (why == null ? "" : ", the last because of " + why.inShort());
        boolean rejected = why != null && why.kind() == Kind.CREDENTIAL_REJECTED;
        reasons.add(rejected ? State.MISCONFIGURED : State.LIMITED, words);
    }

    private static CircuitBreakerState worst(List<Deployment> deployments) {
        CircuitBreakerState worst = CircuitBreakerState.CLOSED;
        for (Deployment each : deployments) {
            switch (each.circuit()) {
                case OPEN -> worst = CircuitBreakerState.OPEN;
                case HALF_OPEN -> worst = worst == CircuitBreakerState.OPEN ? worst : CircuitBreakerState.HALF_OPEN;
                case CLOSED -> {
                    // no worse than any
                }
            }
        }
        return worst;
    }

    /** Collects what is to be said, the worst first. */
    private static final class Reasons {
        private final List<String> words = new ArrayList<>();
        private State state = State.HEALTHY;

        void add(State why, String inWords) {
            state = why.compareTo(state) < 0 ? why : state;
            words.add(inWords);
        }

        void note(String inWords) {
            words.add(inWords);
        }

        State state() {
            return state;
        }

        String inWords(Instant since) {
            return words.isEmpty() ? "healthy since " + since : String.join("; ", words);
        }
    }
}
