package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Exchange;
import java.util.Comparator;
import java.util.List;

/** The order in which a model's deployments are tried for one exchange: a pure function. */
@FunctionalInterface
public interface Strategy {

    /** The same deployments, the first to be tried first. */
    List<DeploymentEntry> order(Exchange exchange, List<DeploymentEntry> candidates);

    /** The lowest priority number first; those with the same one in configured order. */
    static Strategy priority() {
        return (_, candidates) -> candidates.size() < 2
                ? candidates
                : candidates.stream()
                        .sorted(Comparator.comparingInt(DeploymentEntry::priority))
                        .toList();
    }
}
