package dev.signalbox.admin;

import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.upstream.Condition;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.Fleet;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.health.registry.HealthRegistries;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** One health check for each provider, in the group {@code providers}: how it is and why, and its circuits. */
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
        HealthCheckResponseBuilder check =
                HealthCheckResponse.named(provider.name()).withData("kind", provider.kind());
        Condition condition = fleet.condition(provider.name());
        if (condition == null) {
            return check.down().withData("reason", "it is no longer configured").build();
        }
        check.status(condition.isUp())
                .withData("state", condition.state().code())
                .withData("reason", condition.reason())
                .withData("active", condition.active());
        if (condition.nextProbe() != null) {
            check.withData("next-probe", condition.nextProbe().toString());
        }
        for (Deployment deployment : fleet.deployments(provider.name())) {
            check.withData(
                    "circuit." + deployment.served().model(),
                    deployment.circuit().name().toLowerCase(Locale.ROOT));
            deployment.resting().ifPresent(nanos -> check.withData("resting-ms", nanos / 1_000_000));
        }
        return check.build();
    }

    /** The state of every provider, and why. */
    void describe(HealthCheckResponseBuilder into) {
        for (ProviderEntry provider : fleet.providers()) {
            Condition condition = fleet.condition(provider.name());
            if (condition != null) {
                into.withData("provider." + provider.name(), condition.state().code());
                into.withData("provider." + provider.name() + ".reason", condition.reason());
            }
        }
    }

    /** Whether anybody can be asked. */
    boolean isAnyUp() {
        return fleet.providers().stream().anyMatch(p -> fleet.isUp(p.name()));
    }
}
