package dev.signalbox.limits;

import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.catalogue.ProviderEntry.Limits;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The limits of every provider that has some. They live on when the configuration changes, as long as they stay the same. */
@Singleton
public class LimitsByProvider {

    private final Entrance entrance;
    private final LongSupplier nanos;
    private final Supplier<Loop> loops;
    private final ConcurrentHashMap<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(Limits limits, ProviderLimits state) {}

    /** Nobody is limited yet. */
    @Inject
    public LimitsByProvider(Vertx vertx, Entrance entrance) {
        this(entrance, System::nanoTime, () -> Loop.current(vertx));
    }

    LimitsByProvider(LongSupplier nanos, Supplier<Loop> loops) {
        this(Entrance.ALONE, nanos, loops);
    }

    LimitsByProvider(Entrance entrance, LongSupplier nanos, Supplier<Loop> loops) {
        this.entrance = entrance;
        this.nanos = nanos;
        this.loops = loops;
    }

    /** What that provider is asked at most, and now. */
    public ProviderLimits of(ProviderEntry provider) {
        return of(provider.name(), provider.limits());
    }

    ProviderLimits of(String name, Limits limits) {
        if (limits.equals(Limits.NONE)) {
            return ProviderLimits.NONE;
        }
        Kept known = kept.get(name);
        if (known == null || !known.limits().equals(limits)) {
            known = kept.compute(
                    name,
                    (_, before) -> before != null && before.limits().equals(limits)
                            ? before
                            : new Kept(limits, ProviderLimits.of(name, limits, entrance, nanos, loops)));
        }
        return known.state();
    }
}
