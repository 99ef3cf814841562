package dev.signalbox.strategy;

import java.util.List;

/** {@code least-errors}: the fewest failures within the last minute first, within the best priority. */
final class LeastErrors implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        return Order.lowest(candidates, c -> c.observed().recentErrors()).withinPriority();
    }
}
