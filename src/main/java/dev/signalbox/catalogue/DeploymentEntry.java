package dev.signalbox.catalogue;

import dev.signalbox.chat.Price;
import org.jspecify.annotations.Nullable;

/**
 * One upstream model at one provider.
 *
 * @param provider the provider's name
 * @param model the upstream model
 * @param priority lower goes first
 * @param price what its tokens cost; null when unknown
 * @param contextWindow tokens of prompt and answer together, at most; null when unknown
 * @param maxOutputTokens tokens of an answer, at most; null when unknown
 */
public record DeploymentEntry(
        String provider,
        String model,
        int priority,
        @Nullable Price price,
        @Nullable Integer contextWindow,
        @Nullable Integer maxOutputTokens) {

    /** Its id, {@code provider/model}. */
    public String id() {
        return provider + "/" + model;
    }

    DeploymentEntry serving(String upstreamModel) {
        return new DeploymentEntry(provider, upstreamModel, priority, price, contextWindow, maxOutputTokens);
    }
}
