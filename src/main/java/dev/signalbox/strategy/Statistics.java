package dev.signalbox.strategy;

import dev.signalbox.strategy.Observed.Scores;
import dev.signalbox.strategy.Observed.Window;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how the last calls of one deployment ended. Everything that is remembered is one immutable value, which a record
 * replaces by another: nobody waits, and a view is consistent by itself. A record costs a copy of the history, a view hardly
 * anything. May be used by any thread.
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

    private final int size;
    private final LongSupplier nanos;
    private final AtomicReference<Memo> memo;
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
        this.size = size;
        this.nanos = nanos;
        this.memo = new AtomicReference<>(Memo.EMPTY);
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
        memo.updateAndGet(old -> old.with(
                new Call(now, millis(response), firstToken == null ? Call.UNKNOWN : millis(firstToken)),
                old.firstToken.with(firstToken == null ? null : millis(firstToken), now),
                old.response.with(millis(response), now),
                size));
    }

    /** A call failed, and the deployment is to blame. */
    public void failed() {
        failures.incrementAndGet();
        long now = nanos.getAsLong();
        memo.updateAndGet(
                old -> old.with(new Call(now, Call.FAILED, Call.UNKNOWN), old.firstToken, old.response, size));
    }

    /** Somebody judged an answer, from 0 to 1. */
    public void scored(double score) {
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("a score is from 0 to 1, but is " + score);
        }
        memo.updateAndGet(old -> old.scored(score));
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
        return memo.get().view(nanos.getAsLong());
    }

    /** How long each remembered answer took to its end, in milliseconds, the latest last. */
    public double[] responseMillis() {
        return Arrays.stream(memo.get().calls)
                .filter(call -> !call.isFailure())
                .mapToDouble(Call::millis)
                .toArray();
    }

    /**
     * How long 95 of 100 of the remembered successes took at most: to the first token of streams, or to the end of plain
     * answers; null while fewer than 20 are remembered.
     */
    public @Nullable Duration p95(boolean stream) {
        double[] times = Arrays.stream(memo.get().calls)
                .filter(call -> !call.isFailure() && stream == call.firstToken() >= 0)
                .mapToDouble(call -> stream ? call.firstToken() : call.millis())
                .sorted()
                .toArray();
        if (times.length < FEWEST_FOR_A_TAIL) {
            return null;
        }
        double millis = times[(int) Math.ceil(times.length * 0.95) - 1];
        return Duration.ofNanos((long) (millis * 1e6));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    /** A call that ended then, after so many milliseconds, or without success. */
    private record Call(long nanos, double millis, double firstToken) {

        static final double FAILED = -1;
        static final double UNKNOWN = -1;

        boolean isFailure() {
            return millis < 0;
        }
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

    /** All that is remembered, the newest call last, and what follows from it. */
    private record Memo(
            long total,
            Call[] calls,
            long[] failedAt,
            Window history,
            Window hundred,
            Window fifty,
            Decayed firstToken,
            Decayed response,
            Scores scores) {

        static final Memo EMPTY = new Memo(
                0,
                new Call[0],
                new long[0],
                Window.EMPTY,
                Window.EMPTY,
                Window.EMPTY,
                Decayed.UNKNOWN,
                Decayed.UNKNOWN,
                Scores.NONE);

        Memo with(Call newest, Decayed newFirstToken, Decayed newResponse, int size) {
            int kept = Math.min(calls.length, size - 1);
            Call[] next = Arrays.copyOfRange(calls, calls.length - kept, calls.length + 1);
            next[kept] = newest;
            return new Memo(
                    total + 1,
                    next,
                    failures(next),
                    last(next, next.length),
                    last(next, 100),
                    last(next, 50),
                    newFirstToken,
                    newResponse,
                    scores);
        }

        Memo scored(double score) {
            long count = Math.min(scores.count() + 1, MOST_SCORES);
            double mean = scores.mean() + (score - scores.mean()) / count;
            return new Memo(
                    total, calls, failedAt, history, hundred, fifty, firstToken, response, new Scores(count, mean));
        }

        private static long[] failures(Call[] calls) {
            return Arrays.stream(calls)
                    .filter(Call::isFailure)
                    .mapToLong(Call::nanos)
                    .toArray();
        }

        private static Window last(Call[] calls, int most) {
            int failures = 0;
            double sum = 0;
            int from = Math.max(0, calls.length - most);
            for (int i = from; i < calls.length; i++) {
                failures += calls[i].isFailure() ? 1 : 0;
                sum += calls[i].isFailure() ? 0 : calls[i].millis();
            }
            int successes = calls.length - from - failures;
            return new Window(successes, failures, successes == 0 ? null : sum / successes);
        }

        Observed view(long now) {
            return new Observed(
                    total, history, hundred, fifty, firstToken.at(now), response.at(now), recentErrors(now), scores);
        }

        private int recentErrors(long now) {
            int errors = 0;
            while (errors < failedAt.length && now - failedAt[failedAt.length - 1 - errors] < RECENT) {
                errors++;
            }
            return errors;
        }
    }
}
