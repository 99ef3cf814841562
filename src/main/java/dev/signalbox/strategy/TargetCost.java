package dev.signalbox.strategy;

import java.util.ArrayList;
import java.util.List;

/**
 * A wish with any strategy: candidates whose predicted cost is at or below {@code x-signalbox-target-cost} first, in the
 * strategy's order; then the others, the cheapest first, the unknown last.
 */
final class TargetCost implements Strategy {

    private final Strategy strategy;

    TargetCost(Strategy strategy) {
        this.strategy = strategy;
    }

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        Long target = ask.targetCost();
        if (target == null) {
            return strategy.order(ask, candidates, memory);
        }
        List<Candidate> fitting = new ArrayList<>();
        List<Candidate> dearer = new ArrayList<>();
        for (Candidate candidate : candidates) {
            Long cost = candidate.predictedCost();
            (cost != null && cost <= target ? fitting : dearer).add(candidate);
        }
        return Order.join(List.of(strategy.order(ask, fitting, memory), cheapest(dearer)));
    }

    private static Order cheapest(List<Candidate> candidates) {
        return Order.lowest(candidates, c -> {
            Long cost = c.predictedCost();
            return cost == null ? Double.POSITIVE_INFINITY : cost;
        });
    }

    @Override
    public boolean weighsTokens() {
        return strategy.weighsTokens();
    }

    @Override
    public boolean looksAtPrefixes() {
        return strategy.looksAtPrefixes();
    }
}
