package dev.signalbox.admin;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.upstream.Condition;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.Fleet;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.health.registry.HealthRegistries;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** One health check for each provider, in the group {@code providers}: how it is and why, and its circuits. */
@ApplicationScoped
public class ProviderHealth implements Catalogue.Follower {

    private static final String PREFIX = "signalbox-provider-";

    private final Fleet fleet;
    private final Catalogue catalogue;
    private final Set<String> registered = new HashSet<>();

    /** For CDI. */
    public ProviderHealth(Fleet fleet, Catalogue catalogue) {
        this.fleet = fleet;
        this.catalogue = catalogue;
    }

    void register(@Observes StartupEvent started) {
        follow(catalogue.current());
        catalogue.followedBy(this);
    }

    /** All can be told. */
    @Override
    public void check(Snapshot next) {}

    @Override
    public synchronized void follow(Snapshot next) {
        var group = HealthRegistries.getHealthGroupRegistry("providers");
        registered.removeIf(name -> {
            boolean gone = !next.providers().containsKey(name);
            if (gone) {
                group.remove(PREFIX + name);
            }
            return gone;
        });
        for (String name : next.providers().keySet()) {
            if (registered.add(name)) {
                group.register(PREFIX + name, () -> check(name));
            }
        }
    }

    private HealthCheckResponse check(String name) {
        HealthCheckResponseBuilder check = HealthCheckResponse.named(name);
        ProviderEntry provider = catalogue.current().providers().get(name);
        Condition condition = fleet.condition(name);
        if (provider == null || condition == null) {
            return check.down().withData("reason", "it is no longer configured").build();
        }
        check.withData("kind", provider.kind());
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
