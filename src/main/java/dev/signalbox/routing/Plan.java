package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.strategy.Strategy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may answer one exchange, and how they are put in order; {@link Candidates} follows it.
 *
 * @param model the model that was asked for
 * @param strategyName the name of {@code strategy}, as callers are told
 * @param strategy chooses the first candidate
 * @param rest puts those after the first in order; null: as the first was chosen
 * @param fallsBack whether another candidate may be asked when the first one fails
 * @param question the exchange, as strategies see it
 * @param stages who is asked, those of an earlier stage first
 * @param contextFallbacks who is asked in place of later stages when the prompt is too long
 * @param contentFallbacks who is asked instead when the vendor's content policy refused
 * @param qualityFallbacks who is asked instead when something is wrong with an answer
 * @param peek whether nothing is going to be done, so that nothing must be remembered
 */
record Plan(
        ModelEntry model,
        String strategyName,
        Strategy strategy,
        @Nullable Strategy rest,
        boolean fallsBack,
        Question question,
        List<Stage> stages,
        List<Stage> contextFallbacks,
        List<Stage> contentFallbacks,
        List<Stage> qualityFallbacks,
        boolean peek) {

    /**
     * Some deployments that are as good as one another.
     *
     * @param model what they are remembered under
     * @param deployments in configured order
     */
    record Stage(String model, List<DeploymentEntry> deployments) {

        static Stage of(ModelEntry model) {
            return new Stage(model.name(), model.deployments());
        }
    }

    /** Whether the prompt has to be counted before candidates are put in order. */
    boolean weighsTokens() {
        return strategy.weighsTokens() || question.weighsTokens() || (rest != null && rest.weighsTokens());
    }

    /** Whether the prompt is so long that only a count tells whom it is too long for. */
    boolean mayBeTooLong() {
        for (Stage stage : stages) {
            for (DeploymentEntry deployment : stage.deployments()) {
                Integer window = deployment.contextWindow();
                if (window != null && question.mayFill(window)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether it matters what was sent where before. */
    boolean looksAtPrefixes() {
        return strategy.looksAtPrefixes() || (rest != null && rest.looksAtPrefixes());
    }
}
