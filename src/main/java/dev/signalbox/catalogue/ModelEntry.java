package dev.signalbox.catalogue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One public model.
 *
 * @param name the public name; may end in {@code *}
 * @param aliases other names for it
 * @param strategy how its candidates are put in order
 * @param deployments the upstream models that can serve it, in configured order
 * @param fallbacks who is asked when its own deployments do not do
 * @param hedge when a second deployment is asked before the first has failed; null: never
 * @param resumesStreams whether a stream that dies midway is continued by another candidate
 * @param lastResort an answer for when everything failed; null: none
 */
public record ModelEntry(
        String name,
        List<String> aliases,
        String strategy,
        List<DeploymentEntry> deployments,
        Fallbacks fallbacks,
        @Nullable Hedge hedge,
        boolean resumesStreams,
        @Nullable String lastResort) {

    public ModelEntry {
        aliases = List.copyOf(aliases);
        deployments = List.copyOf(deployments);
    }

    /** A model of which nothing is said but who serves it. */
    static ModelEntry of(String name, String strategy, List<DeploymentEntry> deployments) {
        return new ModelEntry(name, List.of(), strategy, deployments, Fallbacks.NONE, null, false, null);
    }

    /**
     * Other models that are asked in a model's place.
     *
     * @param strategy how the candidates after the first are put in order; null: as the first was chosen
     * @param any when all of its own deployments failed
     * @param context when the prompt is too long
     * @param content when the vendor's content policy refused
     * @param flaws what must be wrong with an answer that another is asked for, of {@link #FLAWS}; empty: nothing is looked at
     * @param quality who gives that answer
     */
    public record Fallbacks(
            @Nullable String strategy,
            List<String> any,
            List<String> context,
            List<String> content,
            Set<String> flaws,
            List<String> quality) {

        /** What can be wrong with an answer. */
        public static final List<String> FLAWS = List.of("empty", "invalid-json", "refusal", "truncated", "low-score");

        /** None. */
        public static final Fallbacks NONE = new Fallbacks(null, List.of(), List.of(), List.of(), Set.of(), List.of());

        public Fallbacks {
            any = List.copyOf(any);
            context = List.copyOf(context);
            content = List.copyOf(content);
            flaws = Set.copyOf(flaws);
            quality = List.copyOf(quality);
        }
    }

    /**
     * When a second deployment is asked, so that the caller need not wait for the slowest.
     *
     * @param after how long after the first; null: after as long as 95 of 100 take
     * @param maxExtraSpend what the second attempts may cost at most, as a share of what all of the model's requests cost
     */
    public record Hedge(@Nullable Duration after, double maxExtraSpend) {}

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
                hedge,
                resumesStreams,
                lastResort);
    }
}
