package dev.signalbox.chat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks of the gateway itself, in {@code x-signalbox-*} headers.
 *
 * @param strategy the order of candidates; null: as configured
 * @param provider only this provider; null: any
 * @param fallback whether other candidates and models may answer; null: as configured
 * @param fallbackModels models to fall back to, in place of the configured ones; null: as configured
 * @param timeout the whole request, retries and fallbacks included; null: as configured
 * @param retries further attempts at the same deployment; null: as configured
 * @param strict refuse everything that a translation would drop or emulate
 * @param tags kept in the ledger
 * @param wishes what the candidate that answers should be like
 */
public record Controls(
        @Nullable String strategy,
        @Nullable String provider,
        @Nullable Boolean fallback,
        @Nullable List<String> fallbackModels,
        @Nullable Duration timeout,
        @Nullable Integer retries,
        boolean strict,
        Map<String, String> tags,
        Wishes wishes) {

    /** A caller who asks for nothing. */
    public static final Controls NONE = new Controls(null, null, null, null, null, null, false, Map.of(), Wishes.NONE);

    /** The same with more tags, which go before those of the same name. */
    public Controls tagged(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(tags);
        all.putAll(more);
        return new Controls(
                strategy, provider, fallback, fallbackModels, timeout, retries, strict, Map.copyOf(all), wishes);
    }

    /**
     * What the candidate that answers should be like.
     *
     * @param session requests that belong together, for strategies that keep such together; null: not said
     * @param optimize what to look at, of {@code cost}, {@code speed} and {@code reliability}; empty: not said
     * @param quality {@code low}, {@code medium} or {@code high} at least; null: any
     * @param maxCost what the request may be predicted to cost, in pico-dollars; null: anything
     * @param targetCost what it should be predicted to cost at most, in pico-dollars; null: anything
     */
    public record Wishes(
            @Nullable String session,
            Set<String> optimize,
            @Nullable String quality,
            @Nullable Long maxCost,
            @Nullable Long targetCost) {

        /** No wishes. */
        public static final Wishes NONE = new Wishes(null, Set.of(), null, null, null);

        public Wishes {
            optimize = Set.copyOf(optimize);
        }
    }
}
