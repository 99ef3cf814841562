package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code latency}: the lowest decayed average first, {@code a + 0.2 (newest - a)}: of the time to the first token for a
 * stream, of the response time for a plain answer. The unknown goes first and becomes known; who only failed within the last minute, last. The score
 * is in milliseconds.
 */
final class LowestLatency implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        boolean stream = ask.stream();
        return Order.lowest(candidates, c -> c.orUnknown(c.latency(stream)));
    }
}
