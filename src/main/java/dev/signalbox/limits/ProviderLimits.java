package dev.signalbox.limits;

import dev.signalbox.catalogue.ProviderEntry.Limits;
import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Cancellation;
import dev.signalbox.chat.Grant.Rates;
import io.smallrye.mutiny.Uni;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one provider is asked at most, and what it is asked now. Each provider has its own locks, held for a few additions.
 */
public final class ProviderLimits {

    /** Of a provider that may be asked anything. */
    public static final ProviderLimits NONE = new ProviderLimits(null, null, null);

    private static final Uni<Place> AT_ONCE = Uni.createFrom().item(Place.FREE);

    private final @Nullable Pace pace;
    private final @Nullable SharedPace shared;
    private final @Nullable WaitingRoom room;

    private ProviderLimits(@Nullable Pace pace, @Nullable SharedPace shared, @Nullable WaitingRoom room) {
        this.pace = pace;
        this.shared = shared;
        this.room = room;
    }

    static ProviderLimits of(String name, Limits limits, Entrance entrance, LongSupplier nanos, Supplier<Loop> loops) {
        Integer concurrent = limits.maxConcurrent();
        boolean paced = limits.requestsPerMinute() != null || limits.tokensPerMinute() != null;
        if (concurrent == null && !paced) {
            return NONE;
        }
        Integer requests = limits.requestsPerMinute();
        Long tokens = limits.tokensPerMinute();
        boolean together = paced && entrance.isShared();
        return new ProviderLimits(
                paced && !together ? new Pace(requests, tokens, nanos) : null,
                together ? new SharedPace(name, new Rates(requests, tokens, null), entrance, nanos) : null,
                concurrent == null
                        ? null
                        : new WaitingRoom(() -> share(concurrent, entrance), limits.queueSize(), nanos, loops));
    }

    /** Each replica has a part of the places, and one at least: without any it could not serve at all. */
    private static int share(int places, Entrance entrance) {
        return Math.max(1, places / entrance.replicas());
    }

    /** Whether it has an eye on the tokens or requests of a minute, so that it is worth counting them. */
    public boolean isPaced() {
        return pace != null || shared != null;
    }

    /** Whether its minute is counted together with other replicas, so that it takes time to {@linkplain #takeTogether ask}. */
    public boolean isShared() {
        return shared != null;
    }

    /**
     * Takes one request of so many tokens out of the minute of all replicas.
     *
     * @param expected tokens of prompt and answer, at a guess
     * @return on the event loop of whoever asks; null when that is more than what is left
     */
    public Uni<@Nullable Taken> takeTogether(long expected) {
        return shared == null ? Uni.createFrom().item(take(expected)) : shared.take(expected);
    }

    /**
     * Takes one request of so many tokens out of the minute.
     *
     * @param expected tokens of prompt and answer, at a guess
     * @return null when that is more than what is left
     */
    public @Nullable Taken take(long expected) {
        return pace == null ? Taken.NOTHING : pace.take(expected);
    }

    /** How long until a request of so many tokens could be taken, if nobody else takes any; 0: now. */
    public long waitNanos(long expected) {
        if (shared != null) {
            return shared.waitNanos(expected);
        }
        return pace == null ? 0 : pace.waitNanos(expected);
    }

    /** A place for a call, when one is free and nobody waits for it; otherwise null. */
    public @Nullable Place tryEnter() {
        return room == null ? Place.FREE : room.tryEnter();
    }

    /**
     * A place for a call, at once or when one comes free; on the event loop of whoever asks. It fails with {@link NoPlace},
     * and with {@link CallerGone} when the cancellation comes before. Whoever gives the Uni up while it waits leaves the room.
     *
     * @param client whose turn it uses: clients take turns
     * @param deadlineNanos until when it waits, by {@link System#nanoTime}
     */
    public Uni<Place> enter(String client, long deadlineNanos, Cancellation cancellation) {
        return room == null ? AT_ONCE : room.enter(client, deadlineNanos, cancellation);
    }

    /** What it has to do, and what is left of its limits. */
    public Load load() {
        int active = room == null ? 0 : room.active();
        int queued = room == null ? 0 : room.queued();
        if (shared != null) {
            return new Load(active, queued, shared.requestsLeft(), shared.tokensLeft());
        }
        if (pace != null) {
            return new Load(active, queued, pace.requestsLeft(), pace.tokensLeft());
        }
        return room == null ? Load.NONE : new Load(active, queued, null, null);
    }

    /**
     * What a provider has to do, and what is left of its limits.
     *
     * @param active calls that hold a place; 0 where there is no limit to them
     * @param queued calls that wait for one
     * @param requests what is left of the requests of this minute; null: not limited
     * @param tokens what is left of the tokens of this minute; null: not limited
     */
    public record Load(
            int active,
            int queued,
            @Nullable Headroom requests,
            @Nullable Headroom tokens) {

        /** Without limits. */
        public static final Load NONE = new Load(0, 0, null, null);
    }
}
