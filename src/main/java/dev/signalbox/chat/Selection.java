package dev.signalbox.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who could have answered a request, in the order in which they were to be tried, and who could not, and why.
 *
 * @param strategy the name of the strategy that put the candidates in order
 * @param candidates the first to be tried first
 * @param excluded in configured order
 */
public record Selection(String strategy, List<Considered> candidates, List<Excluded> excluded) {

    public Selection {
        candidates = List.copyOf(candidates);
        excluded = List.copyOf(excluded);
    }

    /**
     * A candidate.
     *
     * @param deployment its id, {@code provider/model}
     * @param provider the provider's name
     * @param model the upstream model
     * @param score what put it where it is, in the strategy's own measure; null when unknown
     * @param predictedCost in pico-dollars; null when unknown, or not looked at
     * @param predictedLatencyMillis to the first token of a stream, or to the whole of a plain answer; null when unknown
     * @param predictedQuality from 0 to 1; null when unknown
     */
    public record Considered(
            String deployment,
            String provider,
            String model,
            @Nullable Double score,
            @Nullable Long predictedCost,
            @Nullable Double predictedLatencyMillis,
            @Nullable Double predictedQuality) {}

    /**
     * A deployment of the model that is no candidate.
     *
     * @param deployment its id, {@code provider/model}
     * @param provider the provider's name
     * @param model the upstream model
     * @param reason a word, and after a colon what there is to say about it, such as {@code resting: for 12 s}
     */
    public record Excluded(String deployment, String provider, String model, String reason) {}
}
