package dev.signalbox.strategy;

import dev.signalbox.catalogue.DeploymentEntry;
import java.util.Set;

/**
 * What the configuration says of a deployment that strategies look at; made once for each configuration.
 *
 * @param entry which it is
 * @param id its id, {@code provider/model}
 * @param weight its share, compared with others'; 0: only when all others were tried
 * @param quality its configured quality, from 0 to 1
 * @param costMultiplier what predicted costs are multiplied with, for the order only
 * @param performanceBonus what is added to its performance
 * @param capabilities the tasks that its provider is good at
 * @param hash of its id, for consistent hashing
 */
public record Profile(
        DeploymentEntry entry,
        String id,
        int weight,
        double quality,
        double costMultiplier,
        double performanceBonus,
        Set<String> capabilities,
        long hash) {

    public Profile {
        if (weight < 0) {
            throw new IllegalArgumentException("a weight must not be below zero, but is " + weight);
        }
        if (!(quality >= 0 && quality <= 1)) {
            throw new IllegalArgumentException("a quality is from 0 to 1, but is " + quality);
        }
        if (!(costMultiplier >= 0)) {
            throw new IllegalArgumentException("a cost multiplier must not be below zero, but is " + costMultiplier);
        }
        capabilities = Set.copyOf(capabilities);
    }

    /** The profile of a deployment. */
    public static Profile of(
            DeploymentEntry entry,
            int weight,
            double quality,
            double costMultiplier,
            double performanceBonus,
            Set<String> capabilities) {
        String id = entry.id();
        return new Profile(
                entry, id, weight, quality, costMultiplier, performanceBonus, capabilities, Rendezvous.hash(id));
    }

    /** One of which the configuration says nothing but where it is. */
    public static Profile of(DeploymentEntry entry) {
        return of(entry, 1, Quality.MEDIUM.value(), 1, 0, Set.of());
    }
}
