package dev.signalbox.routing;

import dev.signalbox.limits.Headroom;
import dev.signalbox.limits.ProviderLimits;
import dev.signalbox.strategy.Load;
import dev.signalbox.strategy.Profile;
import dev.signalbox.strategy.Statistics;
import dev.signalbox.upstream.Deployment;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A deployment as routing knows it.
 *
 * @param deployment what can be asked
 * @param profile what the configuration says of it
 * @param past how it did lately
 * @param limits what its provider is asked at most
 */
record Standing(Deployment deployment, Profile profile, Past past, ProviderLimits limits) {

    /**
     * How one upstream model did at one provider, whatever public models it serves.
     *
     * @param statistics of its calls
     * @param used when it was last asked, in milliseconds since 1970; 0: never
     */
    record Past(Statistics statistics, AtomicLong used) {

        /** When it was last asked; null: never. */
        @Nullable Instant lastUsed() {
            long millis = used.get();
            return millis == 0 ? null : Instant.ofEpochMilli(millis);
        }
    }

    /** How it did lately. */
    Statistics statistics() {
        return past.statistics();
    }

    /** Its id, {@code provider/model}. */
    String id() {
        return profile.id();
    }

    /** It is asked. */
    void begun(Instant now) {
        statistics().begun();
        past.used().set(now.toEpochMilli());
    }

    /** What it has to do, and what is left of its provider's limits. */
    Load load() {
        int active = statistics().active();
        int waiting = statistics().waiting();
        if (limits.isPaced()) {
            var minute = limits.load();
            return new Load(active, waiting, headroom(minute.requests()), headroom(minute.tokens()));
        }
        return active == 0 && waiting == 0 ? Load.NONE : new Load(active, waiting, null, null);
    }

    private static Load.@Nullable Headroom headroom(@Nullable Headroom left) {
        return left == null ? null : new Load.Headroom(left.left(), left.limit());
    }

    @Override
    public String toString() {
        return id();
    }
}
