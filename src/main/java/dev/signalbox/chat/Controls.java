package dev.signalbox.chat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
 */
public record Controls(
        @Nullable String strategy,
        @Nullable String provider,
        @Nullable Boolean fallback,
        @Nullable List<String> fallbackModels,
        @Nullable Duration timeout,
        @Nullable Integer retries,
        boolean strict,
        Map<String, String> tags) {

    /** A caller who asks for nothing. */
    public static final Controls NONE = new Controls(null, null, null, null, null, null, false, Map.of());
}
