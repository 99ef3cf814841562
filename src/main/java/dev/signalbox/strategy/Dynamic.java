package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code dynamic}: smooth weighted turns, with weights that follow {@code success rate / (1 + mean response time in s)} over the
 * history: with every call that has ended, a weight goes {@code adaptation-rate} of the way there ({@link Trends}). At first
 * it is 1, and never less than 0.01, so that who has recovered is noticed. The score is the credit that {@link Turns} describes.
 */
final class Dynamic implements Strategy {

    private static final double LEAST = 0.01;

    private final double rate;

    /** @param rate from 0, where nothing is learned, to 1, where only the newest counts */
    Dynamic(double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("adaptation-rate is from 0 to 1, but is " + rate);
        }
        this.rate = rate;
    }

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        return memory.turns("dynamic")
                .nextOfAll(candidates, c -> memory.trends().follow(c, target(c), rate));
    }

    private static double target(Candidate candidate) {
        Observed.Window history = candidate.observed().history();
        Double mean = history.meanMillis();
        return Math.max(LEAST, history.successRate(1) / (1 + (mean == null ? 0 : mean / 1_000)));
    }
}
