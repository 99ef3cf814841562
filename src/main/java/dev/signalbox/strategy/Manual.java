package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code manual}: only the provider that the caller names; all when none is named. The score is the priority number, the
 * lowest first.
 */
final class Manual implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        String only = ask.provider();
        return Order.lowest(
                only == null
                        ? candidates
                        : candidates.stream()
                                .filter(c -> c.provider().equals(only))
                                .toList(),
                Candidate::priority);
    }
}
