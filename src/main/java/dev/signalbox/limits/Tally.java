package dev.signalbox.limits;

import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Quota.Left;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one key or one team has used of the last minute, and is using now. It knows no limits, so that they can change while it
 * counts. Whoever calls anything holds its monitor.
 */
final class Tally {

    /** Newer answers weigh so much in what the next one is expected to be. */
    private static final double WEIGHT = 0.2;

    private final SlidingMinute requests = new SlidingMinute();
    private final SlidingMinute tokens = new SlidingMinute();
    private int active;
    private double usualCompletion = -1;
    private boolean retired;

    /** What is in the way of a request. */
    enum Obstacle {
        /** As many as may be are under way. */
        CONCURRENT,
        /** The requests of this minute are used. */
        REQUESTS,
        /** The tokens of this minute are used. */
        TOKENS
    }

    /** What is in the way of one more request of so many tokens; null: nothing. */
    @Nullable Obstacle obstacle(Grant.Rates rates, long expected, long elapsed) {
        at(elapsed);
        if (rates.concurrent() != null && active >= rates.concurrent()) {
            return Obstacle.CONCURRENT;
        }
        if (rates.requestsPerMinute() != null && requests.sum() >= rates.requestsPerMinute()) {
            return Obstacle.REQUESTS;
        }
        return rates.tokensPerMinute() != null && tokens.sum() > mostBefore(expected, rates.tokensPerMinute())
                ? Obstacle.TOKENS
                : null;
    }

    /** What may be used already when a request of so many tokens comes. One that alone is more than the limit needs a free minute. */
    private static long mostBefore(long expected, long limit) {
        return Math.max(0, limit - expected);
    }

    /** Counts one more request of so many tokens; says where, for {@link #settle}. */
    long take(long expected, long elapsed) {
        long slice = at(elapsed);
        requests.add(slice, 1);
        tokens.add(slice, expected);
        active++;
        return slice;
    }

    /** The request that was taken there is over, and took so many tokens in truth. */
    void settle(long slice, long expected, long actual, long elapsed) {
        active--;
        long now = at(elapsed);
        // what was not used was never there; what was used beyond expectation is told only now, and counts from now
        tokens.add(actual > expected ? now : slice, actual - expected);
    }

    /** An answer had so many tokens. */
    void learn(long completion) {
        usualCompletion = usualCompletion < 0 ? completion : usualCompletion + WEIGHT * (completion - usualCompletion);
    }

    /** How many tokens answers have here; below zero when there were none so far. */
    long usualCompletion() {
        return usualCompletion < 0 ? -1 : Math.round(usualCompletion);
    }

    /** In how many nanoseconds a request of so many tokens could be let in, if nobody else asks. */
    long waitNanos(Grant.Rates rates, long expected, long elapsed) {
        at(elapsed);
        long at = Math.max(
                rates.requestsPerMinute() == null ? 0 : requests.falls(rates.requestsPerMinute() - 1L),
                rates.tokensPerMinute() == null ? 0 : tokens.falls(mostBefore(expected, rates.tokensPerMinute())));
        return Math.max(0, at - elapsed);
    }

    /** What is left of the requests; null: they are not limited. */
    @Nullable Left requestsLeft(Grant.Rates rates, long elapsed) {
        at(elapsed);
        return rates.requestsPerMinute() == null ? null : left(rates.requestsPerMinute(), requests, elapsed);
    }

    /** What is left of the tokens; null: they are not limited. */
    @Nullable Left tokensLeft(Grant.Rates rates, long elapsed) {
        at(elapsed);
        return rates.tokensPerMinute() == null ? null : left(rates.tokensPerMinute(), tokens, elapsed);
    }

    private static Left left(long limit, SlidingMinute used, long elapsed) {
        return new Left(
                limit,
                Math.clamp(limit - used.sum(), 0, limit),
                Duration.ofNanos(Math.max(0, used.falls(0) - elapsed)));
    }

    /** Nobody uses it, and nothing of the last minute is left: it can be forgotten, and is not to be used again. */
    boolean retire(long elapsed) {
        at(elapsed);
        retired = active == 0 && requests.sum() == 0 && tokens.sum() <= 0;
        return retired;
    }

    /** Whether it was forgotten. */
    boolean isRetired() {
        return retired;
    }

    private long at(long elapsed) {
        tokens.at(elapsed);
        return requests.at(elapsed);
    }
}
