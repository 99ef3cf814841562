package dev.signalbox.catalogue;

import dev.signalbox.chat.Tariff;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One upstream model at one provider.
 *
 * @param provider the provider's name
 * @param model the upstream model
 * @param priority lower goes first
 * @param weight its share, compared with others'; 0: only when all others were tried
 * @param tariff what its tokens cost; null when unknown
 * @param contextWindow tokens of prompt and answer together, at most; null when unknown
 * @param maxOutputTokens tokens of an answer, at most; null when unknown
 * @param capabilities what it is known to be able to do, and not to
 * @param configured which of {@link #PRICING}, {@link #CONTEXT_WINDOW} and {@link #MAX_OUTPUT_TOKENS} the configuration says;
 *     the rest is from the model catalogue
 */
public record DeploymentEntry(
        String provider,
        String model,
        int priority,
        int weight,
        @Nullable Tariff tariff,
        @Nullable Integer contextWindow,
        @Nullable Integer maxOutputTokens,
        Capabilities capabilities,
        Set<String> configured) {

    /** The configuration says what tokens cost. */
    public static final String PRICING = "pricing";

    /** The configuration says how long prompt and answer can be. */
    public static final String CONTEXT_WINDOW = "context-window";

    /** The configuration says how long an answer can be. */
    public static final String MAX_OUTPUT_TOKENS = "max-output-tokens";

    public DeploymentEntry {
        configured = Set.copyOf(configured);
    }

    /** One of which nothing is said but where it is. */
    DeploymentEntry(String provider, String model, int priority, int weight) {
        this(provider, model, priority, weight, null, null, null, Capabilities.UNKNOWN, Set.of());
    }

    /** Its id, {@code provider/model}. */
    public String id() {
        return provider + "/" + model;
    }

    DeploymentEntry serving(String upstreamModel) {
        return new DeploymentEntry(
                provider,
                upstreamModel,
                priority,
                weight,
                tariff,
                contextWindow,
                maxOutputTokens,
                capabilities,
                configured);
    }

    /** Of its names alone: entries are looked up with every request, and those that differ in the rest are few. */
    @Override
    public int hashCode() {
        return 31 * provider.hashCode() + model.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof DeploymentEntry that
                        && provider.equals(that.provider)
                        && model.equals(that.model)
                        && priority == that.priority
                        && weight == that.weight
                        && Objects.equals(tariff, that.tariff)
                        && Objects.equals(contextWindow, that.contextWindow)
                        && Objects.equals(maxOutputTokens, that.maxOutputTokens)
                        && capabilities.equals(that.capabilities)
                        && configured.equals(that.configured));
    }
}
