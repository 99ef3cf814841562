package dev.signalbox.strategy;

import dev.signalbox.classify.Complexity;
import dev.signalbox.classify.Words;
import java.util.List;

/**
 * {@code complexity}: a simple request to the cheapest, a complex one to the best, any other to the fastest; which it is,
 * {@link Complexity.Rules} say. The score is that of the strategy that is followed.
 */
final class ByComplexity implements Strategy {

    private final Complexity.Rules rules;
    private final Strategy cheapest;
    private final Strategy fastest;
    private final Strategy best;

    ByComplexity(Complexity.Rules rules, Strategy cheapest, Strategy fastest, Strategy best) {
        this.rules = rules;
        this.cheapest = cheapest;
        this.fastest = fastest;
        this.best = best;
    }

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        Strategy followed = switch (rules.of(Words.of(ask.lastUserMessage()), ask.contextLength())) {
            case SIMPLE -> cheapest;
            case MEDIUM -> fastest;
            case COMPLEX -> best;
        };
        return followed.order(ask, candidates, memory);
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
