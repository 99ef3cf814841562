package dev.signalbox.strategy;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code requirements}: the highest {@code 0.4 x lowest cost / cost} (if the caller wants {@code cost}) {@code + 0.4 x lowest
 * latency / latency} (if {@code speed}) {@code + 0.2 x success rate} first. The lowest is that of the candidates; an unknown
 * cost or latency counts as the lowest, and nobody is known to fail before they were asked.
 */
final class Requirements implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        Set<Aim> aims = ask.optimize();
        boolean stream = ask.stream();
        Function<Candidate, @Nullable Double> cost = Requirements::cost;
        Function<Candidate, @Nullable Double> latency = c -> c.latency(stream);
        double cheapest = aims.contains(Aim.COST) ? lowest(candidates, cost) : 0;
        double fastest = aims.contains(Aim.SPEED) ? lowest(candidates, latency) : 0;
        return Order.highest(
                candidates,
                c -> (aims.contains(Aim.COST) ? 0.4 * share(cheapest, cost.apply(c)) : 0)
                        + (aims.contains(Aim.SPEED) ? 0.4 * share(fastest, latency.apply(c)) : 0)
                        + 0.2 * c.observed().history().successRate(1));
    }

    private static @Nullable Double cost(Candidate candidate) {
        Long cost = candidate.predictedCost();
        return cost == null ? null : (double) cost;
    }

    private static double lowest(List<Candidate> candidates, Function<Candidate, @Nullable Double> value) {
        double lowest = Double.POSITIVE_INFINITY;
        for (Candidate candidate : candidates) {
            Double known = value.apply(candidate);
            lowest = known == null ? lowest : Math.min(lowest, known);
        }
        return lowest;
    }

    /** Free is the lowest of all, and everything else then has no share. */
    private static double share(double lowest, @Nullable Double value) {
        return value == null || value <= lowest ? 1 : lowest / value;
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
