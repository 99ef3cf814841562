package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code quality}: the highest {@code (10 x configured + n x mean) / (10 + n)} first, where {@code n} scores were measured:
 * what is configured counts as much as ten of them.
 */
final class HighestQuality implements Strategy {

    private static final double TRUST = 10;

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        return Order.highest(candidates, HighestQuality::of);
    }

    /** The quality that is expected of a candidate, from 0 to 1. */
    static double of(Candidate candidate) {
        Observed.Scores scores = candidate.observed().scores();
        return (TRUST * candidate.profile().quality() + scores.count() * scores.mean()) / (TRUST + scores.count());
    }
}
