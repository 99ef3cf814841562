package dev.signalbox.chat;

import org.jspecify.annotations.Nullable;

/**
 * One call to one deployment, as it is told to callers and kept in the ledger.
 *
 * @param provider the provider's configured name
 * @param model the upstream model
 * @param status the upstream's HTTP status; null when there was none
 * @param error the kind of failure, such as {@code rate_limited}; null when it answered
 * @param durationMs from dispatch to its end, in milliseconds
 */
public record Attempt(
        String provider,
        String model,
        @Nullable Integer status,
        @Nullable String error,
        long durationMs) {

    /** The deployment's id, {@code provider/model}. */
    public String deployment() {
        return provider + "/" + model;
    }
}
