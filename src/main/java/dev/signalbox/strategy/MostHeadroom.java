package dev.signalbox.strategy;

import dev.signalbox.strategy.Load.Headroom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code usage}: the largest share of a minute's limits that is left after this request first, within the best priority:
 * {@code min((requests left - 1) / limit, (tokens left - prompt - expected output) / limit)}. What is not limited is all left.
 */
final class MostHeadroom implements Strategy {

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        boolean counts = candidates.stream().anyMatch(c -> c.load().tokens() != null);
        long tokens = counts ? ask.promptTokens() + ask.expectedOutput() : 0;
        return Order.highest(
                        candidates,
                        c -> Math.min(
                                share(c.load().requests(), 1), share(c.load().tokens(), tokens)))
                .withinPriority();
    }

    private static double share(@Nullable Headroom headroom, long more) {
        return headroom == null ? 1 : headroom.shareAfter(more);
    }

    @Override
    public boolean weighsTokens() {
        return true;
    }
}
