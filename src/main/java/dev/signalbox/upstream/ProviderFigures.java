package dev.signalbox.upstream;

import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A port: what is counted of the attempts at a provider or at deployments, by whoever counts it. */
public interface ProviderFigures {

    /** The figures of a provider; null when there are none yet. */
    @Nullable Figures of(String provider);

    /** The figures of some deployments together, by their ids; null when there are none yet. */
    @Nullable Figures ofDeployments(Collection<String> ids);

    /**
     * Attempts, as far back as is remembered.
     *
     * @param requests how many
     * @param errors how many of them failed
     * @param successRate from 0 to 1; null when there were none
     * @param meanLatencyMs of those that were answered; null when there were none
     * @param p95LatencyMs of those that were answered; null when there were none
     * @param lastUsed when the last one began; null when there were none
     */
    record Figures(
            long requests,
            long errors,
            @Nullable Double successRate,
            @Nullable Double meanLatencyMs,
            @Nullable Double p95LatencyMs,
            @Nullable Instant lastUsed) {}
}
