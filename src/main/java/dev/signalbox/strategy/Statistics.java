package dev.signalbox.strategy;

import dev.signalbox.strategy.Observed.Scores;
import dev.signalbox.strategy.Observed.Window;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how the last calls of one deployment ended. What follows from them is one immutable value, which a record replaces
 * by another: who looks never waits, and a view is consistent by itself. May be used by any thread.
 */
public final class Statistics {

    /** What the newest time weighs in a decayed average. */
    static final double NEWEST = 0.2;

    /** After such a time a decayed average says nothing any more, so that who was slow once is tried again. */
    static final long FORGOTTEN = TimeUnit.MINUTES.toNanos(5);

    /** Younger failures are recent. */
    static final long RECENT = TimeUnit.MINUTES.toNanos(1);

    /** How many scores a mean stands for at most: older ones fade. */
    private static final long MOST_SCORES = 100;

    /** Of fewer times nobody can say how long the slowest of them take. */
    private static final int FEWEST_FOR_A_TAIL = 20;

    private final LongSupplier nanos;
    private final History history;
    private volatile Memo memo = Memo.EMPTY;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger queued = new AtomicInteger();

    /**
     * @param size how many calls are remembered
     * @param nanos the monotonic clock
     */
    public Statistics(int size, LongSupplier nanos) {
        if (size < 1) {
            throw new IllegalArgumentException("history-size must be at least 1, but is " + size);
        }
        this.nanos = nanos;
        this.history = new History(size);
    }

    /** A call begins. */
    public void begun() {
        active.incrementAndGet();
    }

    /** A call that had begun has ended, in whatever way. */
    public void ended() {
        active.decrementAndGet();
    }

    /** A call begins to wait for its turn. */
    public void queued() {
        queued.incrementAndGet();
    }

    /** A call waits no longer. */
    public void unqueued() {
        queued.decrementAndGet();
    }

    /**
     * A call was answered.
     *
     * @param firstToken how long the first token of a stream took; null for plain answers
     * @param response how long the whole answer took
     */
    public void succeeded(@Nullable Duration firstToken, Duration response) {
        long now = nanos.getAsLong();
        long first = firstToken == null ? History.UNKNOWN : firstToken.toNanos();
        synchronized (history) {
            history.add(now, response.toNanos(), first);
            Memo old = memo;
            memo = old.after(
                    history,
                    old.failedAt,
                    old.firstToken.with(firstToken == null ? null : firstToken.toNanos() / 1e6, now),
                    old.response.with(response.toNanos() / 1e6, now));
        }
    }

    /** A call failed, and the deployment is to blame. */
    public void failed() {
        failures.incrementAndGet();
        long now = nanos.getAsLong();
        synchronized (history) {
            history.add(now, History.FAILED, History.UNKNOWN);
            Memo old = memo;
            memo = old.after(history, history.failedLately(now), old.firstToken, old.response);
        }
    }

    /** Somebody judged an answer, from 0 to 1. */
    public void scored(double score) {
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("a score is from 0 to 1, but is " + score);
        }
        synchronized (history) {
            memo = memo.scored(score);
        }
    }

    /** How many calls have failed, ever. */
    public long failures() {
        return failures.get();
    }

    /** Calls under way. */
    public int active() {
        return active.get();
    }

    /** Calls that wait for their turn. */
    public int waiting() {
        return queued.get();
    }

    /** How it did until now. */
    public Observed view() {
        return memo.view(nanos.getAsLong());
    }

    /** How long each remembered answer took to its end, in milliseconds, the latest last. */
    public double[] responseMillis() {
        synchronized (history) {
            return history.responses().mapToDouble(took -> took / 1e6).toArray();
        }
    }

    /**
     * How long 95 of 100 of the remembered successes took at most: to the first token of streams, or to the end of plain
     * answers; null while fewer than 20 are remembered.
     */
    public @Nullable Duration p95(boolean stream) {
        long[] times;
        synchronized (history) {
            times = (stream ? history.firstTokens() : history.plainResponses())
                    .sorted()
                    .toArray();
        }
        return times.length < FEWEST_FOR_A_TAIL
                ? null
                : Duration.ofNanos(times[(int) Math.ceil(times.length * 0.95) - 1]);
    }

    /** A decayed average: {@code mean + 0.2 (newest - mean)}. */
    private record Decayed(@Nullable Double mean, long nanos) {

        static final Decayed UNKNOWN = new Decayed(null, 0);

        Decayed with(@Nullable Double newest, long now) {
            if (newest == null) {
                return this;
            }
            Double before = at(now);
            return new Decayed(before == null ? newest : before + NEWEST * (newest - before), now);
        }

        @Nullable Double at(long now) {
            return mean == null || now - nanos > FORGOTTEN ? null : mean;
        }
    }

    /** What follows from all that is remembered. */
    private record Memo(
            long total,
            long[] failedAt,
            Window history,
            Window hundred,
            Window fifty,
            Decayed firstToken,
            Decayed response,
            Scores scores) {

        static final Memo EMPTY = new Memo(
                0,
                new long[0],
                Window.EMPTY,
                Window.EMPTY,
                Window.EMPTY,
                Decayed.UNKNOWN,
                Decayed.UNKNOWN,
                Scores.NONE);

        Memo after(History calls, long[] newFailedAt, Decayed newFirstToken, Decayed newResponse) {
            return new Memo(
                    total + 1,
                    newFailedAt,
                    calls.all(),
                    calls.hundred(),
                    calls.fifty(),
                    newFirstToken,
                    newResponse,
                    scores);
        }

        Memo scored(double score) {
            long count = Math.min(scores.count() + 1, MOST_SCORES);
            double mean = scores.mean() + (score - scores.mean()) / count;
            return new Memo(total, failedAt, history, hundred, fifty, firstToken, response, new Scores(count, mean));
        }

        Observed view(long now) {
            return new Observed(
                    total, history, hundred, fifty, firstToken.at(now), response.at(now), recentErrors(now), scores);
        }

        private int recentErrors(long now) {
            int remembered = Math.min(failedAt.length, history.failures());
            int errors = 0;
            while (errors < remembered && now - failedAt[failedAt.length - 1 - errors] < RECENT) {
                errors++;
            }
            return errors;
        }
    }
}
