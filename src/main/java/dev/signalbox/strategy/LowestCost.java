package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code cost}: the lowest {@code predicted cost x cost-multiplier} first, of those that meet the caller's minimum of quality;
 * then those that do not. An unknown price is never a low one. The score is that product, in pico-dollars.
 *
 * @see PredictedCost
 */
final class LowestCost implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        Quality minimum = ask.minimum();
        Order order = Order.lowest(candidates, LowestCost::ranked);
        return minimum == null
                ? order
                : order.after(c -> minimum.isMetBy(c.profile().quality()) ? 0 : 1);
    }

    private static double ranked(Candidate candidate) {
        Long cost = candidate.predictedCost();
        return cost == null
                ? Double.POSITIVE_INFINITY
                : cost * candidate.profile().costMultiplier();
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
