package dev.signalbox.strategy;

import java.util.List;

/** {@code priority}: the lowest priority number first. The score is that number. */
final class Priority implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        return Order.lowest(candidates, Candidate::priority);
    }
}
