package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The deployments of a {@link Plan} that have not been asked yet, and why others are not asked at all. Each comes out once
 * at most.
 */
final class Candidates {

    private final Plan plan;
    private final Fleet fleet;
    private final Demand demand;
    private final List<Deployment> waiting = new ArrayList<>(4);
    private final List<String> known = new ArrayList<>(4);
    private final List<Unsaid> unsaid = new ArrayList<>(0);
    private @Nullable InvalidRequest refusal;
    private @Nullable Duration soonest;
    private int largestWindow;
    private boolean triedTheUnhealthy;

    Candidates(Plan plan, Exchange exchange, Fleet fleet) {
        this.plan = plan;
        this.fleet = fleet;
        this.demand = new Demand(exchange);
        wait(plan.candidates(), 0);
    }

    private void wait(List<DeploymentEntry> candidates, int from) {
        int at = from;
        for (DeploymentEntry candidate : candidates) {
            Deployment deployment = fleet.deployment(candidate);
            if (!known.contains(deployment.id())) {
                known.add(deployment.id());
                waiting.add(at++, deployment);
            }
        }
    }

    /**
     * The first that serves the request, is healthy and does not rest; when there is none, once, the least unhealthy; null
     * when nobody is left.
     */
    @Nullable Deployment next() {
        Deployment leastUnhealthy = null;
        int i = 0;
        while (i < waiting.size()) {
            Deployment candidate = waiting.get(i);
            OptionalLong resting = candidate.resting();
            if (!serves(candidate)) {
                continue;
            }
            if (resting.isPresent()) {
                comeBackIn(Duration.ofNanos(resting.getAsLong()));
            } else if (candidate.isHealthy()) {
                waiting.remove(i);
                return candidate;
            } else if (leastUnhealthy == null || candidate.failureRate() < leastUnhealthy.failureRate()) {
                leastUnhealthy = candidate;
            }
            i++;
        }
        if (leastUnhealthy == null || triedTheUnhealthy) {
            return null;
        }
        triedTheUnhealthy = true;
        waiting.remove(leastUnhealthy);
        return leastUnhealthy;
    }

    /** Whether it is not known that it cannot; what cannot is taken out. */
    private boolean serves(Deployment candidate) {
        Unsaid unmet = demand.unmetBy(candidate.entry());
        if (unmet != null) {
            waiting.remove(candidate);
            unsaid.add(unmet);
            return false;
        }
        if (demand.isTooLongFor(candidate.entry())) {
            waiting.remove(candidate);
            boolean isFirst = largestWindow == 0;
            largestWindow = Math.max(largestWindow, window(candidate));
            if (isFirst) {
                wait(plan.contextFallbacks(), afterOwn());
            }
            return false;
        }
        return true;
    }

    private boolean isOwn(Deployment deployment) {
        return plan.model().deployments().contains(deployment.entry());
    }

    private static int window(Deployment deployment) {
        Integer window = deployment.entry().contextWindow();
        return window == null ? 0 : window;
    }

    /** Behind those of the model itself, before those of its fallbacks. */
    private int afterOwn() {
        int at = 0;
        while (at < waiting.size() && isOwn(waiting.get(at))) {
            at++;
        }
        return at;
    }

    /** The vendor says that the prompt is too long: those of the model with a larger window are left, and who is there for that. */
    boolean wasTooLongFor(Deployment deployment) {
        int tooSmall = window(deployment);
        waiting.removeIf(other -> tooSmall == 0 || !isOwn(other) || window(other) <= tooSmall);
        wait(plan.contextFallbacks(), waiting.size());
        return !waiting.isEmpty();
    }

    /** The vendor's content policy refused: only who is there for that is left. */
    boolean wasFiltered() {
        waiting.clear();
        wait(plan.contentFallbacks(), 0);
        return !waiting.isEmpty();
    }

    /** Somebody has no words for parts of the request. */
    void cannotSay(List<Unsaid> parts) {
        unsaid.addAll(parts);
    }

    /** Somebody cannot read the request, though another may. */
    void refused(InvalidRequest why) {
        refusal = refusal == null ? why : refusal;
    }

    /** Somebody can be asked again after that time; null: it did not say. */
    void comeBackIn(@Nullable Duration wait) {
        if (wait != null && (soonest == null || wait.compareTo(soonest) < 0)) {
            soonest = wait;
        }
    }

    /** After which time the first of them can be asked again; null when nobody said. */
    @Nullable Duration soonest() {
        return soonest;
    }

    /** Why the request is the reason that nobody was asked; null when it is not. */
    @Nullable SignalboxException impossible() {
        if (!waiting.isEmpty()) {
            return null;
        }
        if (refusal != null) {
            return refusal;
        }
        if (largestWindow > 0) {
            return new SignalboxException(
                    400,
                    "context_length_exceeded",
                    "the prompt has " + demand.leastTokens()
                            + " tokens at least, and with the answer that is asked for that is more than the "
                            + largestWindow
                            + " that the largest candidate takes",
                    "messages");
        }
        return unsaid.isEmpty() ? null : unsupported();
    }

    private SignalboxException unsupported() {
        Unsaid first = unsaid.getFirst();
        List<String> paths = unsaid.stream().map(Unsaid::path).distinct().toList();
        return new SignalboxException(
                400,
                "unsupported_parameter",
                "'" + String.join("', '", paths) + "' cannot be expressed by any candidate: " + first.path() + " "
                        + first.reason(),
                first.path());
    }
}
