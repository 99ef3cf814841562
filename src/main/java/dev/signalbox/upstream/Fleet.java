package dev.signalbox.upstream;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Operation;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.Startup;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Every configured provider, connected, and their deployments as they come to be asked for. */
@Singleton
@Startup
public class Fleet {

    /** How many deployments callers can bring into being by naming upstream models: a bound on memory and on metrics. */
    private static final int MOST_UNCONFIGURED = 1_000;

    private static final Logger LOG = Logger.getLogger(Fleet.class);

    private final Vertx vertx;
    private final Meters meters;
    private final Map<String, Ready> providers = new LinkedHashMap<>();
    private final ConcurrentHashMap<DeploymentEntry, Deployment> deployments = new ConcurrentHashMap<>();

    private record Ready(ProviderEntry entry, Provider.Connection connection, Credentials credentials) {}

    /** Connects the providers, and makes the deployments of configured models. */
    public Fleet(Vertx vertx, Catalogue catalogue, @Any Instance<Provider> beans, Meters meters) {
        this.vertx = vertx;
        this.meters = meters;
        Map<String, Provider> byKind = new LinkedHashMap<>();
        beans.forEach(bean -> {
            for (Kind kind : bean.kinds()) {
                byKind.put(kind.name(), bean);
            }
        });
        Snapshot snapshot = catalogue.current();
        snapshot.providers().values().forEach(entry -> {
            Provider provider = byKind.get(entry.kind());
            if (provider == null) {
                throw new IllegalStateException("no bean connects to kind " + entry.kind());
            }
            Provider.Connection connection = provider.connect(entry);
            List<String> accounts = connection.credentials();
            var credentials = new Credentials(accounts == null ? entry.apiKeys() : accounts, System::nanoTime);
            providers.put(entry.name(), new Ready(entry, connection, credentials));
            meters.gauge("signalbox_provider_up", Tags.of("provider", entry.name()), () -> isUp(entry.name()) ? 1 : 0);
        });
        snapshot.models()
                .values()
                .forEach(model -> model.deployments().stream()
                        .filter(d -> !d.model().isEmpty())
                        .forEach(this::configured));
    }

    /** The deployment of that entry. */
    public Deployment deployment(DeploymentEntry entry) {
        Deployment known = deployments.get(entry);
        if (known != null) {
            return known;
        }
        return deployments.size() >= MOST_UNCONFIGURED
                ? make(entry, false)
                : deployments.computeIfAbsent(entry, e -> make(e, false));
    }

    private void configured(DeploymentEntry entry) {
        deployments.computeIfAbsent(entry, e -> {
            Deployment made = make(e, true);
            meters.gauge("signalbox_circuit_state", Tags.of("deployment", e.id()), () -> switch (made.circuit()) {
                case CLOSED -> 0;
                case HALF_OPEN -> 1;
                case OPEN -> 2;
            });
            return made;
        });
    }

    private Deployment make(DeploymentEntry entry, boolean configured) {
        Ready at = providers.get(entry.provider());
        if (at == null) {
            throw new IllegalStateException("no provider " + entry.provider());
        }
        if (entry.tariff() == null) {
            LOG.warnf("%s has no price: what it costs is unknown, and budgets cannot count it", entry.id());
        }
        return new Deployment(
                vertx, at.entry(), entry, at.credentials(), at.connection().model(entry), configured);
    }

    /** The first provider's model that answers an operation for callers who name none, as it can be asked for; null: none. */
    public @Nullable String usualModel(Operation operation) {
        for (Ready at : providers.values()) {
            String model = at.connection().usualModel(operation);
            if (model != null) {
                return at.entry().name() + "/" + model;
            }
        }
        return null;
    }

    /** The configured providers, by name. */
    public Collection<ProviderEntry> providers() {
        return providers.values().stream().map(Ready::entry).toList();
    }

    /** The deployments of a provider that are known so far. */
    public List<Deployment> deployments(String provider) {
        return deployments.values().stream()
                .filter(d -> d.provider().name().equals(provider))
                .toList();
    }

    /** Whether something at that provider can be asked: one circuit is not open, and one credential does not rest. */
    public boolean isUp(String provider) {
        Ready at = providers.get(provider);
        List<Deployment> known = deployments(provider);
        return at != null
                && at.credentials().resting().isEmpty()
                && (known.isEmpty() || known.stream().anyMatch(Deployment::isHealthy));
    }
}
