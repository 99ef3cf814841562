package dev.signalbox.upstream;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Operation;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    private final Clock clock;
    private final Random random = new Random();
    private final Map<String, Ready> providers = new LinkedHashMap<>();
    private final ConcurrentHashMap<DeploymentEntry, Deployment> deployments = new ConcurrentHashMap<>();

    /** By the provider's name, and not in {@link Ready}, so that they outlive it. */
    private final ConcurrentHashMap<String, ProviderState> states = new ConcurrentHashMap<>();

    /** @param prober null for a provider that cannot be asked for nothing */
    private record Ready(
            ProviderEntry entry,
            Provider.Connection connection,
            Credentials credentials,
            ProviderState state,
            @Nullable Prober prober) {}

    /** Connects the providers, and makes the deployments of configured models. */
    public Fleet(Vertx vertx, Catalogue catalogue, @Any Instance<Provider> beans, Meters meters, Clock clock) {
        this.vertx = vertx;
        this.meters = meters;
        this.clock = clock;
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
            Ready ready = ready(entry, provider.connect(entry));
            providers.put(entry.name(), ready);
            meters.gauge("signalbox_provider_up", Tags.of("provider", entry.name()), () -> isUp(entry.name()) ? 1 : 0);
        });
        snapshot.models()
                .values()
                .forEach(model -> model.deployments().stream()
                        .filter(d -> !d.model().isEmpty())
                        .forEach(this::configured));
        providers.values().forEach(Fleet::startProbing);
    }

    private Ready ready(ProviderEntry entry, Provider.Connection connection) {
        List<String> accounts = connection.credentials();
        var credentials = new Credentials(accounts == null ? entry.apiKeys() : accounts, System::nanoTime);
        ProviderState state = states.computeIfAbsent(
                entry.name(), name -> new ProviderState(name, entry.health(), clock, System::nanoTime, random));
        state.health().follow(entry.health());
        Provider.Probe probe = connection.probe();
        Prober prober = probe == null
                ? null
                : new Prober(probe, credentials, state.health(), state.drill(), clock, random, Alarm.of(vertx));
        return new Ready(entry, connection, credentials, state, prober);
    }

    private static void startProbing(Ready ready) {
        if (ready.prober() != null) {
            ready.prober().start();
        }
    }

    void stopProbing(@Observes ShutdownEvent stopping) {
        providers.values().forEach(ready -> {
            if (ready.prober() != null) {
                ready.prober().stop();
            }
        });
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
        Ready at = at(entry.provider());
        if (entry.tariff() == null) {
            LOG.warnf("%s has no price: what it costs is unknown, and budgets cannot count it", entry.id());
        }
        return new Deployment(
                vertx,
                at.entry(),
                entry,
                at.credentials(),
                at.connection().model(entry),
                at.state(),
                () -> deployments(entry.provider()).size(),
                configured);
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

    /** Whether something at that provider can be asked: it is well and not taken out, and a credential does not rest. */
    public boolean isUp(String provider) {
        Ready at = providers.get(provider);
        return at != null && condition(at).isUp();
    }

    /** How a provider is; null when there is none of that name. */
    public @Nullable Condition condition(String provider) {
        Ready at = providers.get(provider);
        return at == null ? null : condition(at);
    }

    private Condition condition(Ready at) {
        return Condition.of(at.state(), at.credentials(), deployments(at.entry().name()));
    }

    /**
     * Takes a provider out: nobody is sent there any more, not even when nobody else is healthy; what runs there finishes.
     * It is this process that does so, until it ends.
     */
    public void drain(String provider) {
        at(provider).state().drain();
    }

    /** Takes a provider in again. */
    public void resume(String provider) {
        at(provider).state().resume();
    }

    /** Whether a provider is taken out. */
    public boolean isDrained(String provider) {
        return at(provider).state().drainedSince() != null;
    }

    /** Begins a failure drill in front of a provider, in place of one that runs; of this process alone, as {@link #drain}. */
    public void fault(String provider, Fault fault) {
        at(provider).state().drill().begin(fault);
    }

    /** Ends a failure drill, if one runs. */
    public void endFault(String provider) {
        at(provider).state().drill().end();
    }

    private Ready at(String provider) {
        Ready at = providers.get(provider);
        if (at == null) {
            throw new IllegalArgumentException("no provider " + provider);
        }
        return at;
    }
}
