package dev.signalbox.limits;

import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.Quota;
import dev.signalbox.chat.Quota.Left;
import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * So many requests and so many tokens a minute, for one provider, at all replicas together. Between two answers of the others it
 * goes by the last: who was refused is not asked for again for a second, or for as long as nothing can have changed.
 */
final class SharedPace {

    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String provider;
    private final Rates rates;
    private final Entrance entrance;
    private final LongSupplier nanos;
    private volatile @Nullable Refusal refusal;
    private volatile @Nullable Known known;

    private record Refusal(long expected, long at, long rest) {}

    private record Known(long at, @Nullable Quota quota) {}

    SharedPace(String provider, Rates rates, Entrance entrance, LongSupplier nanos) {
        this.provider = provider;
        this.rates = rates;
        this.entrance = entrance;
        this.nanos = nanos;
    }

    /** Takes one request of so many tokens; null when that is more than what is left. On the caller's event loop. */
    Uni<@Nullable Taken> take(long expected) {
        if (waitNanos(expected) > 0) {
            return Uni.createFrom().nullItem();
        }
        Entry entry = entrance.attempt(provider, rates, expected);
        return entrance.enter(entry).onItemOrFailure().transform((in, failure) -> {
            long now = nanos.getAsLong();
            known = new Known(now, entry.quota());
            if (failure instanceof SignalboxException refused) {
                Duration wait = Objects.requireNonNullElse(refused.retryAfter(), Duration.ofSeconds(1));
                refusal = new Refusal(expected, now, wait.toNanos());
                return null;
            }
            if (failure != null) {
                throw failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
            }
            return in;
        });
    }

    /** How long until a request of so many tokens could be taken, as far as is known; 0: now. */
    long waitNanos(long expected) {
        Refusal last = refusal;
        if (last == null || expected < last.expected()) {
            return 0;
        }
        long since = nanos.getAsLong() - last.at();
        return since < Math.min(last.rest(), AGAIN_NANOS) ? last.rest() - since : 0;
    }

    /** What is left of the requests, as was last heard; null: not limited. */
    @Nullable Headroom requestsLeft() {
        Integer limit = rates.requestsPerMinute();
        Quota last = last();
        return limit == null ? null : headroom(limit, last == null ? null : last.requests());
    }

    /** What is left of the tokens, as was last heard; null: not limited. */
    @Nullable Headroom tokensLeft() {
        Long limit = rates.tokensPerMinute();
        Quota last = last();
        return limit == null ? null : headroom(limit, last == null ? null : last.tokens());
    }

    private @Nullable Quota last() {
        Known last = known;
        return last == null || nanos.getAsLong() - last.at() > FRESH_NANOS ? null : last.quota();
    }

    private static Headroom headroom(long limit, @Nullable Left left) {
        return left == null ? new Headroom(limit, limit) : new Headroom(left.remaining(), limit);
    }
}
