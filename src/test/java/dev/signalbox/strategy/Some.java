package dev.signalbox.strategy;

import dev.signalbox.catalogue.Capabilities;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.strategy.Load.Headroom;
import dev.signalbox.strategy.Observed.Scores;
import dev.signalbox.strategy.Observed.Window;
import java.util.List;
import java.util.Set;

/** A candidate for tests, in words: {@code some("a").priority(2).cost(100)}; its provider is {@code a}, its model {@code m}. */
record Some(
        String provider,
        int priority,
        int weight,
        double quality,
        double multiplier,
        double bonus,
        Set<String> capabilities,
        Observed observed,
        Load load,
        Long cost,
        long warm) {

    static Some some(String provider) {
        return new Some(provider, 1, 1, 0.5, 1, 0, Set.of(), Observed.NOTHING, Load.NONE, null, 0);
    }

    static List<Candidate> list(Some... all) {
        return List.of(all).stream().map(Some::candidate).toList();
    }

    static List<String> names(List<Candidate> order) {
        return order.stream().map(Candidate::provider).toList();
    }

    Candidate candidate() {
        DeploymentEntry entry =
                new DeploymentEntry(provider, "m", priority, 1, null, null, null, Capabilities.UNKNOWN, Set.of());
        return new Candidate(
                Profile.of(entry, weight, quality, multiplier, bonus, capabilities), observed, load, cost, warm);
    }

    Some priority(int value) {
        return new Some(provider, value, weight, quality, multiplier, bonus, capabilities, observed, load, cost, warm);
    }

    Some weight(int value) {
        return new Some(
                provider, priority, value, quality, multiplier, bonus, capabilities, observed, load, cost, warm);
    }

    Some quality(double value) {
        return new Some(provider, priority, weight, value, multiplier, bonus, capabilities, observed, load, cost, warm);
    }

    Some multiplier(double value) {
        return new Some(provider, priority, weight, quality, value, bonus, capabilities, observed, load, cost, warm);
    }

    Some bonus(double value) {
        return new Some(
                provider, priority, weight, quality, multiplier, value, capabilities, observed, load, cost, warm);
    }

    Some goodAt(String... tasks) {
        return new Some(
                provider, priority, weight, quality, multiplier, bonus, Set.of(tasks), observed, load, cost, warm);
    }

    Some observed(Observed value) {
        return new Some(provider, priority, weight, quality, multiplier, bonus, capabilities, value, load, cost, warm);
    }

    /** So many calls, with that mean time. */
    Some calls(int successes, int failures, Double meanMillis) {
        Window window = new Window(successes, failures, meanMillis);
        return observed(new Observed(
                successes + failures,
                window,
                window,
                window,
                observed.firstTokenMillis(),
                observed.responseMillis(),
                observed.recentErrors(),
                observed.scores()));
    }

    /** Decayed averages. */
    Some takes(Double firstTokenMillis, Double responseMillis) {
        return observed(new Observed(
                observed.total(),
                observed.history(),
                observed.hundred(),
                observed.fifty(),
                firstTokenMillis,
                responseMillis,
                observed.recentErrors(),
                observed.scores()));
    }

    Some errors(int value) {
        return observed(new Observed(
                observed.total(),
                observed.history(),
                observed.hundred(),
                observed.fifty(),
                observed.firstTokenMillis(),
                observed.responseMillis(),
                value,
                observed.scores()));
    }

    Some scored(long count, double mean) {
        return observed(new Observed(
                observed.total(),
                observed.history(),
                observed.hundred(),
                observed.fifty(),
                observed.firstTokenMillis(),
                observed.responseMillis(),
                observed.recentErrors(),
                new Scores(count, mean)));
    }

    Some busy(int active, int queued) {
        return new Some(
                provider,
                priority,
                weight,
                quality,
                multiplier,
                bonus,
                capabilities,
                observed,
                new Load(active, queued, load.requests(), load.tokens()),
                cost,
                warm);
    }

    Some left(Headroom requests, Headroom tokens) {
        return new Some(
                provider,
                priority,
                weight,
                quality,
                multiplier,
                bonus,
                capabilities,
                observed,
                new Load(load.active(), load.queued(), requests, tokens),
                cost,
                warm);
    }

    Some cost(long picos) {
        return new Some(
                provider, priority, weight, quality, multiplier, bonus, capabilities, observed, load, picos, warm);
    }

    Some warm(long tokens) {
        return new Some(
                provider, priority, weight, quality, multiplier, bonus, capabilities, observed, load, cost, tokens);
    }
}
