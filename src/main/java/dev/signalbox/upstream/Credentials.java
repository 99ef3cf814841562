package dev.signalbox.upstream;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A provider's credentials: used in turn, except for those that rest because the vendor limited or rejected them. */
public final class Credentials {

    private final List<String> keys;
    private final AtomicLongArray restingUntil;
    private final AtomicInteger turn = new AtomicInteger();
    private final LongSupplier nanos;

    /**
     * @param keys the secrets; empty for a provider that needs none
     * @param nanos the monotonic clock
     */
    public Credentials(List<String> keys, LongSupplier nanos) {
        this.keys = keys.isEmpty() ? List.of("") : List.copyOf(keys);
        this.restingUntil = new AtomicLongArray(this.keys.size());
        this.nanos = nanos;
        long now = nanos.getAsLong();
        for (int i = 0; i < this.keys.size(); i++) {
            restingUntil.set(i, now);
        }
    }

    /** The next one that does not rest; null when all do. */
    public @Nullable String next() {
        long now = nanos.getAsLong();
        int first = Math.floorMod(turn.getAndIncrement(), keys.size());
        for (int i = 0; i < keys.size(); i++) {
            int at = (first + i) % keys.size();
            if (restingUntil.get(at) - now <= 0) {
                return keys.get(at);
            }
        }
        return null;
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
