package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code least-response-time}: the lowest mean response time of the successes among the last 50 calls first, within the best
 * priority. The unknown goes first and becomes known; who only failed within the last minute, last. The score is in milliseconds.
 */
final class LeastResponseTime implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        return Order.lowest(candidates, c -> c.orUnknown(c.observed().fifty().meanMillis()))
                .withinPriority();
    }
}
