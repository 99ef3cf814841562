package dev.signalbox.catalogue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One public model.
 *
 * @param name the public name; may end in {@code *}
 * @param aliases other names for it
 * @param strategy how its candidates are put in order
 * @param deployments the upstream models that can serve it, in configured order
 * @param fallbacks models to ask when all of its own deployments failed
 * @param contextFallbacks models to ask when the prompt is too long
 * @param contentFallbacks models to ask when the vendor's content policy refused
 * @param lastResort an answer for when everything failed; null: none
 */
public record ModelEntry(
        String name,
        List<String> aliases,
        String strategy,
        List<DeploymentEntry> deployments,
        List<String> fallbacks,
        List<String> contextFallbacks,
        List<String> contentFallbacks,
        @Nullable String lastResort) {

    public ModelEntry {
        aliases = List.copyOf(aliases);
        deployments = List.copyOf(deployments);
        fallbacks = List.copyOf(fallbacks);
        contextFallbacks = List.copyOf(contextFallbacks);
        contentFallbacks = List.copyOf(contentFallbacks);
    }

    /**
     * This model as it is when asked for under a name that fits its wildcard.
     *
     * @param completed adds what is known of an upstream model, now that it has a name
     */
    ModelEntry asked(String asked, UnaryOperator<DeploymentEntry> completed) {
        return new ModelEntry(
                asked,
                List.of(),
                strategy,
                deployments.stream()
                        .map(d -> d.model().isEmpty() ? completed.apply(d.serving(asked)) : d)
                        .toList(),
                fallbacks,
                contextFallbacks,
                contentFallbacks,
                lastResort);
    }
}
