package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ModelEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may answer one exchange, in the order in which they are asked.
 *
 * @param model the model that was asked for
 * @param strategy the name of the strategy that put them in order
 * @param candidates the model's own deployments first, then those of its fallbacks
 * @param contextFallbacks asked when the prompt is too long
 * @param contentFallbacks asked when the vendor's content policy refused
 */
record Plan(
        ModelEntry model,
        String strategy,
        List<DeploymentEntry> candidates,
        List<DeploymentEntry> contextFallbacks,
        List<DeploymentEntry> contentFallbacks) {

    /** The answer for when everything failed; null when there is none. */
    @Nullable String lastResort() {
        return model.lastResort();
    }
}
