package dev.signalbox.strategy;

import dev.signalbox.strategy.Observed.Window;
import java.util.List;

/**
 * {@code performance}: the highest {@code 0.6 x success rate + 0.4 x (1 - min(mean response time / 10 s, 1))} over the last 100
 * calls, plus {@code performance-bonus}, first. Who was not asked yet has 0.5 plus its bonus; who only failed has no response
 * time, which counts as 10 s.
 */
final class BestPerformance implements Strategy {

    private static final double SLOWEST = 10_000;

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        return Order.highest(
                candidates,
                c -> performance(c.observed().hundred()) + c.profile().performanceBonus());
    }

    private static double performance(Window last) {
        if (last.isEmpty()) {
            return 0.5;
        }
        Double mean = last.meanMillis();
        double slowness = mean == null ? 1 : Math.min(mean / SLOWEST, 1);
        return 0.6 * last.successRate(0) + 0.4 * (1 - slowness);
    }
}
