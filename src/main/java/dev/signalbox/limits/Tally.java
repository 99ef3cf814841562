package dev.signalbox.limits;

import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Quota.Left;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one who has limits has used of the last minute here, and is using now. It knows no limits, so that they can change while
 * it counts. Whoever calls anything holds its monitor.
 */
public final class Tally {

    /** Newer answers weigh so much in what the next one is expected to be. */
    private static final double WEIGHT = 0.2;

    /** Slices of one who is not told about are kept for a while before what is too old is let go. */
    private static final int MANY = 2 * SlidingMinute.SLICES;

    private final Who who;
    private final @Nullable Consumer<Tally> teller;
    private final SlidingMinute requests = new SlidingMinute();
    private final SlidingMinute tokens = new SlidingMinute();
    private @Nullable Untold untold;
    private int active;
    private double usualCompletion = -1;
    private boolean retired;

    /** What is in the way of a request. */
    public enum Obstacle {
        /** As many as may be are under way. */
        CONCURRENT,
        /** The requests of this minute are used. */
        REQUESTS,
        /** The tokens of this minute are used. */
        TOKENS
    }

    /** @param teller hears of it when there is something that others have to be told; null when there are no others */
    Tally(Who who, @Nullable Consumer<Tally> teller) {
        this.who = who;
        this.teller = teller;
    }

    /** Of whom it counts. */
    public Who who() {
        return who;
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
        Long most = rates.tokensPerMinute();
        return most != null && (most == 0 || tokens.sum() > mostBefore(expected, most)) ? Obstacle.TOKENS : null;
    }

    /** What may be used already when a request of so many tokens comes. One that alone is more than the limit needs a free minute. */
    private static long mostBefore(long expected, long limit) {
        return Math.max(0, limit - expected);
    }

    /**
     * Counts one more request of so many tokens; says where, for {@link #settle}.
     *
     * @param places 1 when it is under way until it is settled, otherwise 0
     */
    long take(long expected, int places, long elapsed) {
        long slice = at(elapsed);
        count(slice, 1, expected, places);
        note(slice, 1, expected, places);
        return slice;
    }

    /** The same of one that all replicas together have counted in that slice. */
    void taken(long slice, long expected, int places) {
        at(slice * SlidingMinute.SLICE_NANOS);
        count(slice, 1, expected, places);
    }

    private void count(long slice, long more, long moreTokens, int places) {
        requests.add(slice, more);
        tokens.add(slice, moreTokens);
        active += places;
    }

    private void note(long slice, long more, long moreTokens, int places) {
        if (teller == null) {
            return;
        }
        Untold all = untold();
        all.add(slice, more, moreTokens);
        all.places(places);
        if (all.slices().size() > MANY) {
            all.from(slice - SlidingMinute.SLICES + 1);
        }
    }

    private Untold untold() {
        Untold known = untold;
        if (known == null) {
            known = new Untold();
            untold = known;
            if (teller != null) {
                teller.accept(this);
            }
        }
        return known;
    }

    /** The request that was taken there is over, and took so many tokens in truth. */
    void settle(long slice, long expected, long actual, int places, long elapsed) {
        long now = at(elapsed);
        // what was not used was never there; what was used beyond expectation is told only now, and counts from now
        long where = actual > expected ? now : slice;
        count(where, 0, actual - expected, -places);
        note(where, 0, actual - expected, -places);
    }

    /** What was taken there was never used. */
    void giveBack(long slice, long expected, int places, long elapsed) {
        at(elapsed);
        count(slice, -1, -expected, -places);
        note(slice, -1, -expected, -places);
    }

    /** What others have to be told, once; null: nothing. */
    public synchronized @Nullable Untold tell() {
        Untold all = untold;
        untold = null;
        return all;
    }

    /** Nobody knows any more what others were told: all of it has to be told again. */
    public synchronized void retell() {
        if (untold == null && teller != null) {
            teller.accept(this);
        }
        Untold all = Untold.whole(active);
        requests.forEach((slice, many) -> all.add(slice, many, 0));
        tokens.forEach((slice, many) -> all.add(slice, 0, many));
        untold = all;
    }

    /** Somebody has to be told, though nothing is new, when requests are under way: lest others forget them. */
    public synchronized void remind() {
        if (active > 0) {
            untold();
        }
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

    /** Nobody uses it, and nothing of the last minute is left or to be told: it can be forgotten, and is not to be used again. */
    boolean retire(long elapsed) {
        at(elapsed);
        retired = active == 0 && requests.sum() == 0 && tokens.sum() <= 0 && untold == null;
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
