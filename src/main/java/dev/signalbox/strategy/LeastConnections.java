package dev.signalbox.strategy;

import java.util.List;

/** {@code least-connections}: the fewest {@code active + queued} calls first, within the best priority. */
final class LeastConnections implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        return Order.lowest(candidates, c -> c.load().all()).withinPriority();
    }
}
