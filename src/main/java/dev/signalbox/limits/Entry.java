package dev.signalbox.limits;

import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.Quota;
import dev.signalbox.chat.Quota.Left;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.limits.Tally.Obstacle;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that is let in by the limits of its key and its team, or is to be; likewise an attempt at a provider. It is let in
 * by this replica {@linkplain #alone alone}, or by {@linkplain #granted all of them}.
 */
public final class Entry implements Admission, Taken {

    /** When to come back after too many requests at the same time: nobody knows how long the others take. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Tallies tallies;
    private final Limited first;
    private final @Nullable Limited second;
    private final long expected;
    private final int places;
    private int among = 1;
    private @Nullable Inside one;
    private @Nullable Inside other;
    private boolean isIn;

    /** How many tokens more than expected it took. */
    private long correction;

    private long settledAt;

    Entry(Tallies tallies, Limited first, @Nullable Limited second, long expected, int places) {
        this.tallies = tallies;
        this.first = first;
        this.second = second;
        this.expected = expected;
        this.places = places;
    }

    /** Who limits it, the key before the team. */
    public List<Limited> limits() {
        return second == null ? List.of(first) : List.of(first, second);
    }

    /** Tokens of prompt and answer, at a guess. */
    public long expected() {
        return expected;
    }

    /** 1 when it is under way until it is settled, otherwise 0. */
    public int places() {
        return places;
    }

    /**
     * Takes from the key and the team or from neither, counting only what this replica knows of.
     *
     * @param replicas between how many of them the limits are divided
     * @return this, which is in
     * @throws SignalboxException 429 {@code rate_limited}
     */
    public synchronized Entry alone(int replicas) {
        long elapsed = tallies.elapsed();
        among = replicas;
        Limited firstShare = first.share(replicas);
        Limited secondShare = second == null ? null : second.share(replicas);
        withBoth((a, b) -> {
            one = new Inside(firstShare, a, 0, null, elapsed);
            other = b == null || secondShare == null ? null : new Inside(secondShare, b, 0, null, elapsed);
            refuse(elapsed);
            one = new Inside(firstShare, a, a.take(expected, places, elapsed), null, elapsed);
            other = b == null || secondShare == null
                    ? null
                    : new Inside(secondShare, b, b.take(expected, places, elapsed), null, elapsed);
        });
        isIn = true;
        return this;
    }

    /**
     * All replicas together have let it in, and count it.
     *
     * @param common what they have used, in the order of {@link #limits}, this included
     * @param chapter the {@linkplain Tallies#chapter chapter} in which they were asked; in a later one they have forgotten it
     * @return this, which is in
     */
    public synchronized Entry granted(List<Common> common, int chapter) {
        long elapsed = tallies.elapsed();
        withBoth((a, b) -> {
            one = new Inside(first, a, count(a, common.getFirst(), chapter), common.getFirst(), elapsed);
            other = b == null || second == null
                    ? null
                    : new Inside(second, b, count(b, common.getLast(), chapter), common.getLast(), elapsed);
        });
        isIn = true;
        return this;
    }

    private long count(Tally tally, Common common, int chapter) {
        if (tallies.chapter() != chapter) {
            return tally.take(expected, places, common.slice() * SlidingMinute.SLICE_NANOS);
        }
        tally.taken(common.slice(), expected, places);
        return common.slice();
    }

    /**
     * All replicas together have not let it in.
     *
     * @param common what they have used, in the order of {@link #limits}
     * @param by which of the limits refused it
     * @param wait until it could be let in
     */
    public synchronized SignalboxException refused(List<Common> common, int by, Obstacle obstacle, Duration wait) {
        long elapsed = tallies.elapsed();
        one = new Inside(first, tallies.of(first.who()), 0, common.getFirst(), elapsed);
        other = second == null ? null : new Inside(second, tallies.of(second.who()), 0, common.getLast(), elapsed);
        return refusal(limits().get(by), obstacle, wait);
    }

    @FunctionalInterface
    private interface Both {
        void accept(Tally a, @Nullable Tally b);
    }

    /** The key's lock is always taken before the team's. */
    private void withBoth(Both action) {
        for (; ; ) {
            Tally a = tallies.of(first.who());
            Tally b = second == null ? null : tallies.of(second.who());
            synchronized (a) {
                if (a.isRetired()) {
                    continue;
                }
                if (b == null) {
                    action.accept(a, null);
                    return;
                }
                synchronized (b) {
                    if (!b.isRetired()) {
                        action.accept(a, b);
                        return;
                    }
                }
            }
        }
    }

    private void refuse(long elapsed) {
        for (Inside each : new Inside[] {one, other}) {
            Obstacle obstacle =
                    each == null ? null : each.tally().obstacle(each.limited().rates(), expected, elapsed);
            if (each != null && obstacle != null) {
                throw refusal(
                        each.limited(), obstacle, Duration.ofNanos(Math.max(wait(one, elapsed), wait(other, elapsed))));
            }
        }
    }

    /** Until one of them could let it in. */
    private long wait(@Nullable Inside each, long elapsed) {
        return each == null ? 0 : each.tally().waitNanos(each.limited().rates(), expected, elapsed);
    }

    private SignalboxException refusal(Limited by, Obstacle obstacle, Duration wait) {
        String whose = by.who().kind().word();
        Rates rates = by.rates();
        String message = switch (obstacle) {
            case CONCURRENT ->
                "the %s has %d requests under way, which is all it may have at the same time"
                        .formatted(whose, rates.concurrent());
            case REQUESTS -> "the %s has used its %d requests a minute".formatted(whose, rates.requestsPerMinute());
            case TOKENS ->
                "the %s may use %d tokens a minute, and what is left of them is too little for this request"
                        .formatted(whose, rates.tokensPerMinute());
        };
        boolean soon = wait.isZero() || (obstacle == Obstacle.CONCURRENT && wait.compareTo(SOON) < 0);
        return new SignalboxException(
                429,
                "rate_limited",
                among <= 1 ? message : message + ", as 1 of " + among + " replicas that cannot reach each other",
                null,
                List.of(),
                soon ? SOON : wait);
    }

    @Override
    public synchronized @Nullable Quota quota() {
        if (one == null) {
            return null;
        }
        long elapsed = tallies.elapsed();
        Left requests = one.requestsLeft(elapsed);
        Left tokens = one.tokensLeft(elapsed, correction, settledAt);
        if (other != null) {
            requests = binding(requests, other.requestsLeft(elapsed));
            tokens = binding(tokens, other.tokensLeft(elapsed, correction, settledAt));
        }
        return requests == null && tokens == null
                ? null
                : new Quota(tallies.clock().instant(), requests, tokens);
    }

    /** The one of which less is left; of equals the one that takes longer to be free. */
    private static @Nullable Left binding(@Nullable Left left, @Nullable Left right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        if (left.remaining() != right.remaining()) {
            return left.remaining() < right.remaining() ? left : right;
        }
        return left.reset().compareTo(right.reset()) >= 0 ? left : right;
    }

    @Override
    public void settle(long prompt, long completion) {
        end(prompt + completion, completion);
    }

    @Override
    public void settle(long actual) {
        end(actual, 0);
    }

    @Override
    public void leave() {
        end(expected, 0);
    }

    private synchronized void end(long actual, long completion) {
        if (!isIn) {
            return;
        }
        isIn = false;
        long elapsed = tallies.elapsed();
        correction = actual - expected;
        settledAt = elapsed;
        if (one != null) {
            synchronized (one.tally()) {
                one.tally().settle(one.slice(), expected, actual, places, elapsed);
                if (completion > 0) {
                    one.tally().learn(completion);
                }
            }
        }
        if (other != null) {
            synchronized (other.tally()) {
                other.tally().settle(other.slice(), expected, actual, places, elapsed);
            }
        }
    }

    @Override
    public synchronized void giveBack() {
        if (!isIn) {
            return;
        }
        isIn = false;
        long elapsed = tallies.elapsed();
        for (Inside each : new Inside[] {one, other}) {
            if (each != null) {
                synchronized (each.tally()) {
                    each.tally().giveBack(each.slice(), expected, places, elapsed);
                }
            }
        }
    }
}
