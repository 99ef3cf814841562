package dev.signalbox.catalogue;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model as it is shown to a caller who may ask for it.
 *
 * @param name the public name
 * @param owner the provider that would be asked first
 * @param contextWindow tokens of prompt and answer together, at most, at the deployment that takes most; null when unknown
 * @param maxOutputTokens tokens of an answer, at most, at the deployment that gives most; null when unknown
 * @param capabilities what at least one of its deployments can, and what none of them can
 */
public record Offer(
        String name,
        String owner,
        @Nullable Integer contextWindow,
        @Nullable Integer maxOutputTokens,
        Capabilities capabilities) {

    static Offer of(String name, List<DeploymentEntry> deployments) {
        return new Offer(
                name,
                deployments.getFirst().provider(),
                most(deployments, DeploymentEntry::contextWindow),
                most(deployments, DeploymentEntry::maxOutputTokens),
                Capabilities.ofAny(
                        deployments.stream().map(DeploymentEntry::capabilities).toList()));
    }

    private static @Nullable Integer most(
            List<DeploymentEntry> deployments, Function<DeploymentEntry, @Nullable Integer> limit) {
        Integer most = null;
        for (DeploymentEntry deployment : deployments) {
            Integer one = limit.apply(deployment);
            if (one != null && (most == null || one > most)) {
                most = one;
            }
        }
        return most;
    }
}
