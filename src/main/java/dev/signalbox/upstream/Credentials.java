package dev.signalbox.upstream;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider's credentials: used in turn, except for those that rest because the vendor limited or rejected them. One that rests
 * takes nothing of the fairness among the others.
 */
public final class Credentials {

    private static final Duration REST_AFTER_429 = Duration.ofSeconds(5);
    private static final Duration REST_WITHOUT_MONEY = Duration.ofMinutes(10);
    private static final Duration REST_WHEN_REJECTED = Duration.ofMinutes(1);

    /** An upstream that refuses and wants to be asked again at once is not hammered. */
    private static final Duration SHORTEST_REST = Duration.ofSeconds(1);

    private final List<String> keys;
    private final AtomicLongArray restingUntil;
    private final AtomicInteger turn = new AtomicInteger();
    private final LongSupplier nanos;

    /**
     * @param keys the secrets; empty for a provider that needs none
     * @param nanos the monotonic clock
     */
    public Credentials(List<String> keys, LongSupplier nanos) {
        this.keys = keys.isEmpty() ? List.of("") : keys.stream().distinct().toList();
        this.restingUntil = new AtomicLongArray(this.keys.size());
        this.nanos = nanos;
        long now = nanos.getAsLong();
        for (int i = 0; i < this.keys.size(); i++) {
            restingUntil.set(i, now);
        }
    }

    /** How many there are. */
    public int count() {
        return keys.size();
    }

    /** The same secrets, or others of the same account: those that were there before rest as long as they would have. */
    Credentials following(List<String> next) {
        var following = new Credentials(next, nanos);
        if (following.keys.equals(keys)) {
            return this;
        }
        for (int i = 0; i < keys.size(); i++) {
            int there = following.keys.indexOf(keys.get(i));
            if (there >= 0) {
                following.restingUntil.set(there, restingUntil.get(i));
            }
        }
        return following;
    }

    /** The next one that does not rest; null when all do. */
    public @Nullable String next() {
        long now = nanos.getAsLong();
        if (keys.size() == 1) {
            return isAwake(0, now) ? keys.getFirst() : null;
        }
        int awake = 0;
        for (int i = 0; i < keys.size(); i++) {
            awake += isAwake(i, now) ? 1 : 0;
        }
        if (awake == 0) {
            return null;
        }
        int skip = Math.floorMod(turn.getAndIncrement(), awake);
        int last = -1;
        for (int i = 0; i < keys.size(); i++) {
            if (isAwake(i, now)) {
                last = i;
                if (skip-- == 0) {
                    break;
                }
            }
        }
        // another call may have laid some to rest meanwhile
        return last < 0 ? null : keys.get(last);
    }

    private boolean isAwake(int at, long now) {
        return restingUntil.get(at) - now <= 0;
    }

    /**
     * Lets one rest for as long as a failure of it means: after a 429 as the vendor asks, without money for long, rejected for a
     * minute.
     *
     * @return how long
     */
    public Duration rest(String key, UpstreamFailure failure) {
        Duration asked = failure.retryAfter();
        Duration rest = switch (failure.kind()) {
            case QUOTA_EXHAUSTED ->
                asked == null || asked.compareTo(REST_WITHOUT_MONEY) < 0 ? REST_WITHOUT_MONEY : asked;
            case CREDENTIAL_REJECTED -> REST_WHEN_REJECTED;
            default -> asked == null ? REST_AFTER_429 : asked;
        };
        Duration longEnough = rest.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : rest;
        rest(key, longEnough);
        return longEnough;
    }

    /** Lets one rest, unless it rests for longer already. */
    public void rest(String key, Duration rest) {
        int at = keys.indexOf(key);
        if (at >= 0) {
            long until = nanos.getAsLong() + rest.toNanos();
            restingUntil.updateAndGet(at, before -> until - before > 0 ? until : before);
        }
    }

    /** How long until one can be used, in nanoseconds; empty when one can be now. */
    public OptionalLong resting() {
        long now = nanos.getAsLong();
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < keys.size(); i++) {
            long left = restingUntil.get(i) - now;
            if (left <= 0) {
                return OptionalLong.empty();
            }
            shortest = Math.min(shortest, left);
        }
        return OptionalLong.of(shortest);
    }

    /** How many there are: never the secrets. */
    @Override
    public String toString() {
        return keys.size() + " credentials";
    }
}
