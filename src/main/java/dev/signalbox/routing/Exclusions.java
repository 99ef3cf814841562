package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Cost;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Selection.Excluded;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.limits.money.Decision.Refused;
import dev.signalbox.strategy.Ceiling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who is not asked for an exchange, and why; and what the caller is told when that is everybody. */
final class Exclusions {

    private final Exchange exchange;
    private final Demand demand;
    private final List<Excluded> all = new ArrayList<>(0);
    private final List<Unsaid> unsaid = new ArrayList<>(0);
    private @Nullable InvalidRequest refusal;
    private @Nullable Duration soonest;
    private @Nullable Long cheapest;
    private int largestWindow;
    private boolean tooDear;
    private boolean notGoodEnough;
    private boolean unavailable;
    private @Nullable Refused unaffordable;
    private @Nullable Refused unpriced;

    Exclusions(Exchange exchange, Demand demand) {
        this.exchange = exchange;
        this.demand = demand;
    }

    private void add(DeploymentEntry who, String reason) {
        all.add(new Excluded(who.id(), who.provider(), who.model(), reason));
    }

    /** The key may not use the provider. */
    void notAllowed(DeploymentEntry who) {
        add(who, "not_allowed: the key may not use the provider");
    }

    /** It has no words for parts of the request. */
    void cannotSay(DeploymentEntry who, List<Unsaid> parts) {
        unsaid.addAll(parts);
        add(
                who,
                "unsupported_parameter: "
                        + parts.stream()
                                .map(part -> "'" + part.path() + "' " + part.reason())
                                .collect(Collectors.joining(", ")));
    }

    /** It cannot read the request, though another may. */
    void refused(DeploymentEntry who, InvalidRequest why) {
        refusal = refusal == null ? why : refusal;
        add(who, "invalid_request: " + why.getMessage());
    }

    /** Its window does not hold the prompt. */
    void tooLong(DeploymentEntry who) {
        Integer window = who.contextWindow();
        largestWindow = Math.max(largestWindow, window == null ? 0 : window);
        add(who, "context_length: its window of " + window + " tokens does not hold the request");
    }

    /** The caller does not want it. */
    void above(DeploymentEntry who, Ceiling ceiling, @Nullable Long predicted) {
        switch (ceiling) {
            case COST -> {
                tooDear = true;
                if (predicted != null && (cheapest == null || predicted < cheapest)) {
                    cheapest = predicted;
                }
                add(
                        who,
                        "max_cost: "
                                + (predicted == null
                                        ? "its price is unknown"
                                        : "predicted to cost " + new Cost(predicted) + " USD"));
            }
            case QUALITY -> {
                notGoodEnough = true;
                add(who, "quality: below what is asked for");
            }
        }
    }

    /** It rests after a refusal. */
    void resting(DeploymentEntry who, Duration rest) {
        unavailable = true;
        comeBackIn(rest);
        add(who, "resting: for " + seconds(rest));
    }

    /** Its provider was asked for as much as it is to be asked in a minute. */
    void limited(DeploymentEntry who, Duration rest) {
        unavailable = true;
        comeBackIn(rest);
        add(who, "limited: its provider's minute has room again in " + seconds(rest));
    }

    /** Nobody can pay for it, or nobody knows how much. */
    void unaffordable(DeploymentEntry who, Refused why) {
        switch (why.why()) {
            case CALLER, REQUEST -> {
                unaffordable = unaffordable == null || why.isSpent() ? why : unaffordable;
                add(who, "budget: " + why.message());
            }
            case UNPRICED -> {
                unpriced = why;
                add(who, "pricing_unknown: its price is unknown");
            }
            case PROVIDER, UNREADABLE -> {
                unavailable = true;
                comeBackIn(why.pause());
                add(who, "budget: " + why.message());
            }
        }
    }

    private static String seconds(Duration rest) {
        long millis = rest.toMillis();
        return millis < 1_000 ? millis + " ms" : (millis + 999) / 1_000 + " s";
    }

    /** It has no place for another call. */
    void busy(DeploymentEntry who, @Nullable String why) {
        unavailable = true;
        add(who, "busy: " + why);
    }

    /** Its provider is taken out. */
    void draining(DeploymentEntry who) {
        unavailable = true;
        add(who, "draining: its provider is taken out");
    }

    /** It is not well, and only asked when nobody is. */
    void unwell(DeploymentEntry who, String why) {
        unavailable = true;
        add(who, "unhealthy: " + why);
    }

    /** Whether somebody may be asked at another time. */
    boolean isSomebodyUnavailable() {
        return unavailable;
    }

    /** It is asked after all. */
    void readmit(String deployment) {
        all.removeIf(one -> one.deployment().equals(deployment));
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

    /** All of them, in the order in which they were found. */
    List<Excluded> all() {
        return all;
    }

    /** What the caller is told when it is the request that left nobody; null when somebody is only unavailable. */
    @Nullable SignalboxException impossible(String model) {
        if (unaffordable != null && (unaffordable.isSpent() || !unavailable)) {
            return new SignalboxException(
                    402, "budget_exceeded", unaffordable.message(), null, List.of(), unaffordable.pause());
        }
        if (unavailable) {
            return null;
        }
        if (unpriced != null) {
            return new SignalboxException(400, "pricing_unknown", unpriced.message(), "model");
        }
        if (refusal != null) {
            return refusal;
        }
        if (tooDear) {
            return new SignalboxException(
                    402,
                    "budget_exceeded",
                    "x-signalbox-max-cost: "
                            + (cheapest == null
                                    ? "no candidate of model '" + model + "' has a known price"
                                    : "the cheapest candidate of model '" + model + "' is predicted to cost "
                                            + new Cost(cheapest) + " USD")
                            + "; the limit is the request's own, and there is nothing to wait for",
                    "x-signalbox-max-cost");
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
        if (!unsaid.isEmpty()) {
            return unsupported();
        }
        return notGoodEnough
                ? new InvalidRequest(
                        "x-signalbox-quality: no candidate of model '" + model + "' has the quality "
                                + exchange.controls().wishes().quality(),
                        "x-signalbox-quality")
                : null;
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
