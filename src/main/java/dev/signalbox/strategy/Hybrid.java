package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code hybrid}: {@code cost} decides; between equal costs {@code performance}, in steps of 0.05, which is less than it wavers
 * by itself; and those that are the best by both are balanced. The score is the cost.
 */
final class Hybrid implements Strategy {

    private static final double STEP = 0.05;

    private final Strategy cost;
    private final Strategy performance;
    private final Strategy balancing;

    Hybrid(Strategy cost, Strategy performance, Strategy balancing) {
        this.cost = cost;
        this.performance = performance;
        this.balancing = balancing;
    }

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        Order order = cost.order(ask, candidates, memory).then(performance.order(ask, candidates, memory), STEP);
        return order.settled(balancing.order(ask, order.best(), memory));
    }

    @Override
    public boolean weighsTokens() {
        return true;
    }

    @Override
    public boolean looksAtPrefixes() {
        return true;
    }
}
