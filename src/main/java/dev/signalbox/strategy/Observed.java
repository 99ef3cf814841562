package dev.signalbox.strategy;

import org.jspecify.annotations.Nullable;

/**
 * How a deployment did lately: one consistent view, which never changes.
 *
 * @param total how many calls ended with a success or a failure, ever
 * @param history those that are remembered
 * @param hundred the last 100 of them
 * @param fifty the last 50 of them
 * @param firstTokenMillis the time to the first token of a stream, a decayed average; null when unknown
 * @param responseMillis the time to the end of an answer, a decayed average; null when unknown
 * @param recentErrors failures of the last minute, as far as they are remembered
 * @param scores what was said of the quality of its answers
 */
public record Observed(
        long total,
        Window history,
        Window hundred,
        Window fifty,
        @Nullable Double firstTokenMillis,
        @Nullable Double responseMillis,
        int recentErrors,
        Scores scores) {

    /** It was never asked. */
    public static final Observed NOTHING =
            new Observed(0, Window.EMPTY, Window.EMPTY, Window.EMPTY, null, null, 0, Scores.NONE);

    /** Whether it failed within the last minute, and no remembered call was a success. */
    boolean onlyFailed() {
        return history.successes() == 0 && recentErrors > 0;
    }

    /**
     * Some of the last calls.
     *
     * @param meanMillis the mean time of the successes among them, to the end of the answer; null when there are none
     */
    public record Window(
            int successes, int failures, @Nullable Double meanMillis) {

        /** No calls. */
        public static final Window EMPTY = new Window(0, 0, null);

        /** Whether there was no call. */
        boolean isEmpty() {
            return successes + failures == 0;
        }

        /** The share of successes; what it is when there was no call, says the caller. */
        double successRate(double unknown) {
            return isEmpty() ? unknown : (double) successes / (successes + failures);
        }
    }

    /**
     * Measured quality.
     *
     * @param count how many scores there are
     * @param mean their mean, from 0 to 1
     */
    public record Scores(long count, double mean) {

        /** Nobody said anything. */
        public static final Scores NONE = new Scores(0, 0);
    }
}
