package dev.signalbox.admin;

import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.Fleet;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.health.registry.HealthRegistries;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** One health check for each provider, in the group {@code providers}: its circuits, and when its credentials are back. */
@ApplicationScoped
public class ProviderHealth {

    private final Fleet fleet;

    /** For CDI. */
    public ProviderHealth(Fleet fleet) {
        this.fleet = fleet;
    }

    void register(@Observes StartupEvent started) {
        var group = HealthRegistries.getHealthGroupRegistry("providers");
        for (ProviderEntry provider : fleet.providers()) {
            group.register("signalbox-provider-" + provider.name(), () -> check(provider));
        }
    }

    private HealthCheckResponse check(ProviderEntry provider) {
        boolean up = fleet.isUp(provider.name());
        HealthCheckResponseBuilder check =
                HealthCheckResponse.named(provider.name()).status(up).withData("kind", provider.kind());
        for (Deployment deployment : fleet.deployments(provider.name())) {
            check.withData(
                    "circuit." + deployment.served().model(),
                    deployment.circuit().name().toLowerCase(java.util.Locale.ROOT));
            deployment.resting().ifPresent(nanos -> check.withData("resting-ms", nanos / 1_000_000));
        }
        return check.build();
    }

    /** The state of every provider, in a word each. */
    void describe(HealthCheckResponseBuilder into) {
        for (ProviderEntry provider : fleet.providers()) {
            into.withData("provider." + provider.name(), fleet.isUp(provider.name()) ? "up" : "down");
        }
    }

    /** Whether anybody can be asked. */
    boolean isAnyUp() {
        return fleet.providers().stream().anyMatch(p -> fleet.isUp(p.name()));
    }
}
