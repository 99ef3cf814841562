package dev.signalbox.limits;

import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Quota;
import dev.signalbox.chat.Quota.Left;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.tokens.TokenEstimate;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts what callers of this process use. Each key and each team has a lock of its own, held for a few additions. */
@Singleton
public class LocalAdmissions implements Admissions {

    /** When to come back after too many requests at the same time: nobody knows how long the others take. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final int FEW = 1_024;

    private final LongSupplier nanos;
    private final Clock clock;
    private final long origin;
    private final ConcurrentHashMap<Who, Tally> tallies = new ConcurrentHashMap<>();
    private volatile int sweepAt = FEW;

    private record Who(Grant.Holder holder, String id) {}

    /** One that holds limits, and what is counted of it. */
    private record Counted(Grant grant, Tally tally) {}

    /** Nobody has asked yet. */
    @Inject
    public LocalAdmissions(Clock clock) {
        this(System::nanoTime, clock);
    }

    LocalAdmissions(LongSupplier nanos, Clock clock) {
        this.nanos = nanos;
        this.clock = clock;
        this.origin = nanos.getAsLong();
    }

    private long elapsed() {
        return nanos.getAsLong() - origin;
    }

    @Override
    public Uni<Admission> admit(Exchange exchange) {
        try {
            return Uni.createFrom().item(enter(exchange));
        } catch (SignalboxException e) {
            return Uni.createFrom().failure(e);
        }
    }

    private Admission enter(Exchange exchange) {
        Caller caller = exchange.caller();
        Grant first = null;
        Grant second = null;
        for (Grant grant : caller.grants()) {
            if (!grant.rates().isUnlimited()) {
                second = first == null ? null : grant;
                first = first == null ? grant : first;
            }
        }
        if (first == null) {
            return Admission.FREE;
        }
        for (; ; ) {
            Counted one = counted(first);
            Counted other = second == null ? null : counted(second);
            long expected = expected(exchange, one, other);
            Entered entered = new Entered(one, other, expected, elapsed());
            // the key's lock is always taken before the team's
            synchronized (one.tally()) {
                if (one.tally().isRetired()) {
                    continue;
                }
                if (other == null) {
                    exchange.trail().limited(entered::quota);
                    entered.take();
                    return entered;
                }
                synchronized (other.tally()) {
                    if (!other.tally().isRetired()) {
                        exchange.trail().limited(entered::quota);
                        entered.take();
                        return entered;
                    }
                }
            }
        }
    }

    private Counted counted(Grant grant) {
        Tally tally = tallies.computeIfAbsent(new Who(grant.holder(), grant.id()), _ -> new Tally());
        if (tallies.size() > sweepAt) {
            sweep();
        }
        return new Counted(grant, tally);
    }

    /** Forgets those that have not asked for a minute, so that keys that are gone take no memory. */
    private synchronized void sweep() {
        long elapsed = elapsed();
        for (Map.Entry<Who, Tally> entry : tallies.entrySet()) {
            Tally tally = entry.getValue();
            synchronized (tally) {
                if (tally.retire(elapsed)) {
                    tallies.remove(entry.getKey(), tally);
                }
            }
        }
        sweepAt = Math.max(FEW, 2 * tallies.size());
    }

    /** How many are counted. */
    int size() {
        return tallies.size();
    }

    /**
     * Tokens of prompt and answer, at a guess: the answer as long as answers here usually are, and no longer than is asked for.
     * Nobody counts what nobody limits.
     */
    private static long expected(Exchange exchange, Counted one, @Nullable Counted other) {
        boolean counts = one.grant().rates().tokensPerMinute() != null
                || (other != null && other.grant().rates().tokensPerMinute() != null);
        if (!counts || exchange.operation() == Operation.COUNT_TOKENS) {
            return 0;
        }
        long usual;
        synchronized (one.tally()) {
            usual = one.tally().usualCompletion();
        }
        try {
            Prompt prompt = exchange.prompt();
            return TokenEstimate.of(prompt) + answer(exchange, prompt, usual);
        } catch (SignalboxException unreadable) {
            var body = exchange.body();
            return (body == null ? 0 : TokenEstimate.ofLength(body.bytes().length)) + Math.max(0, usual);
        }
    }

    private static long answer(Exchange exchange, Prompt prompt, long usual) {
        if (!exchange.operation().isTalk()) {
            return 0;
        }
        Prompt.Given asked = prompt.setting(Prompt.Setting.MAX_OUTPUT_TOKENS);
        if (asked == null || !asked.value().canConvertToLong()) {
            return Math.max(0, usual);
        }
        long most = Math.clamp(asked.value().longValue(), 0, Integer.MAX_VALUE);
        return usual < 0 ? most : Math.min(usual, most);
    }

    /** A request that is let in, or is to be. */
    private final class Entered implements Admission {
        private final Counted one;
        private final @Nullable Counted other;
        private final long expected;
        private final long then;
        private long sliceOfOne;
        private long sliceOfOther;
        private boolean isIn;

        Entered(Counted one, @Nullable Counted other, long expected, long then) {
            this.one = one;
            this.other = other;
            this.expected = expected;
            this.then = then;
        }

        /** Takes from both or from none, under the locks of both. */
        void take() {
            refuse(one);
            if (other != null) {
                refuse(other);
                sliceOfOther = other.tally().take(expected, then);
            }
            sliceOfOne = one.tally().take(expected, then);
            isIn = true;
        }

        private void refuse(Counted by) {
            Grant.Rates rates = by.grant().rates();
            Tally.Obstacle obstacle = by.tally().obstacle(rates, expected, then);
            if (obstacle == null) {
                return;
            }
            String whose = by.grant().holder().word();
            String message = switch (obstacle) {
                case CONCURRENT ->
                    "the %s has %d requests under way, which is all it may have at the same time"
                            .formatted(whose, rates.concurrent());
                case REQUESTS -> "the %s has used its %d requests a minute".formatted(whose, rates.requestsPerMinute());
                case TOKENS ->
                    "the %s may use %d tokens a minute, and what is left of them is too little for this request"
                            .formatted(whose, rates.tokensPerMinute());
            };
            throw new SignalboxException(429, "rate_limited", message, null, List.of(), comeBack(obstacle));
        }

        /** When both the key and the team could let it in. */
        private Duration comeBack(Tally.Obstacle obstacle) {
            long wait = one.tally().waitNanos(one.grant().rates(), expected, then);
            if (other != null) {
                wait = Math.max(wait, other.tally().waitNanos(other.grant().rates(), expected, then));
            }
            return obstacle == Tally.Obstacle.CONCURRENT && wait < SOON.toNanos() ? SOON : Duration.ofNanos(wait);
        }

        @Override
        public @Nullable Quota quota() {
            long elapsed = elapsed();
            Left requests;
            Left tokens;
            synchronized (one.tally()) {
                requests = one.tally().requestsLeft(one.grant().rates(), elapsed);
                tokens = one.tally().tokensLeft(one.grant().rates(), elapsed);
            }
            if (other != null) {
                synchronized (other.tally()) {
                    requests = binding(
                            requests, other.tally().requestsLeft(other.grant().rates(), elapsed));
                    tokens = binding(
                            tokens, other.tally().tokensLeft(other.grant().rates(), elapsed));
                }
            }
            return requests == null && tokens == null ? null : new Quota(clock.instant(), requests, tokens);
        }

        /** The one of which less is left; of equals the one that takes longer to be free. */
        private @Nullable Left binding(@Nullable Left left, @Nullable Left right) {
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
        public void leave() {
            end(expected, 0);
        }

        private void end(long actual, long completion) {
            long elapsed = elapsed();
            synchronized (one.tally()) {
                if (!isIn) {
                    return;
                }
                isIn = false;
                one.tally().settle(sliceOfOne, expected, actual, elapsed);
                if (completion > 0) {
                    one.tally().learn(completion);
                }
            }
            if (other != null) {
                synchronized (other.tally()) {
                    other.tally().settle(sliceOfOther, expected, actual, elapsed);
                }
            }
        }
    }
}
