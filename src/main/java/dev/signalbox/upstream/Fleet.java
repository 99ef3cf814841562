package dev.signalbox.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Every configured provider, connected, and their deployments as they come to be asked for. */
@Singleton
@Startup
public class Fleet implements Catalogue.Follower {

    /** How many deployments callers can bring into being by naming upstream models: a bound on memory and on metrics. */
    private static final int MOST_UNCONFIGURED = 1_000;

    /** How long a plan that was made before may still come to a provider that is gone. */
    private static final Duration RETIRED_FOR = Duration.ofMinutes(15);

    private static final Duration LISTED_WITHIN = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(Fleet.class);

    private final Vertx vertx;
    private final Meters meters;
    private final Clock clock;
    private final Instance<Hints> hints;
    private final Random random = new Random();
    private final Map<String, Provider> byKind = new LinkedHashMap<>();
    private final ConcurrentHashMap<DeploymentEntry, Deployment> deployments = new ConcurrentHashMap<>();

    /** By the provider's name, and not in {@link Ready}, so that they outlive it. */
    private final ConcurrentHashMap<String, ProviderState> states = new ConcurrentHashMap<>();

    /**
     * By the deployment's id: the configuration may describe one deployment differently for several models, and they outlive
     * its descriptions.
     */
    private final ConcurrentHashMap<String, Breaker> breakers = new ConcurrentHashMap<>();

    /** Providers that are no longer configured, for plans that were made before. */
    private final ConcurrentHashMap<String, Ready> retired = new ConcurrentHashMap<>();

    /** Connected to find out whether that can be; by their configuration. */
    private final Map<ProviderEntry, Provider.Connection> prepared = new HashMap<>();

    private final Set<String> measured = ConcurrentHashMap.newKeySet();
    private volatile Map<String, Ready> providers = Map.of();
    private volatile Orders orders = Orders.NONE;

    /** @param prober null for a provider that cannot be asked for nothing */
    private record Ready(
            ProviderEntry entry,
            Provider.Connection connection,
            Credentials credentials,
            ProviderState state,
            @Nullable Prober prober) {}

    /** Connects the providers, and makes the deployments of configured models. */
    public Fleet(
            Vertx vertx,
            Catalogue catalogue,
            @Any Instance<Provider> beans,
            Meters meters,
            Clock clock,
            @Any Instance<Hints> hints) {
        this.vertx = vertx;
        this.meters = meters;
        this.clock = clock;
        this.hints = hints;
        beans.forEach(bean -> {
            for (Kind kind : bean.kinds()) {
                byKind.put(kind.name(), bean);
            }
        });
        follow(catalogue.current());
        catalogue.followedBy(this);
    }

    @Override
    public synchronized void check(Snapshot next) {
        Map<String, Ready> now = providers;
        next.providers().values().forEach(entry -> {
            Ready known = now.get(entry.name());
            if ((known == null || !known.entry().equals(entry)) && !prepared.containsKey(entry)) {
                prepared.put(entry, connect(entry));
            }
        });
    }

    private Provider.Connection connect(ProviderEntry entry) {
        Provider provider = byKind.get(entry.kind());
        if (provider == null) {
            throw new IllegalStateException("no bean connects to kind " + entry.kind());
        }
        return provider.connect(entry);
    }

    /**
     * Providers that are the same go on as they are. Those that have changed get another connection, and keep how they stand;
     * what runs over the old one ends there.
     */
    @Override
    public synchronized void follow(Snapshot next) {
        Map<String, Ready> before = providers;
        Map<String, Ready> after = new LinkedHashMap<>();
        next.providers().values().forEach(entry -> {
            Ready known = before.get(entry.name());
            after.put(entry.name(), known != null && known.entry().equals(entry) ? known : ready(entry, known));
        });
        prepared.clear();
        before.forEach((name, ready) -> {
            if (!ready.equals(after.get(name))) {
                stopProbing(ready);
            }
            if (!after.containsKey(name)) {
                retired.put(name, ready);
                Alarm.of(vertx).after(RETIRED_FOR, () -> retired.remove(name, ready));
            }
        });
        retired.keySet().removeAll(after.keySet());
        states.keySet().retainAll(after.keySet());
        providers = Collections.unmodifiableMap(after);
        exchange(next, before, after);
        after.forEach((name, ready) -> {
            if (measured.add("provider " + name)) {
                meters.gauge("signalbox_provider_up", Tags.of("provider", name), () -> isUp(name) ? 1 : 0);
            }
            if (!ready.equals(before.get(name))) {
                startProbing(ready);
            }
        });
    }

    /** Puts others in the place of the deployments that are no longer as they were. */
    private void exchange(Snapshot next, Map<String, Ready> before, Map<String, Ready> after) {
        Set<DeploymentEntry> wanted = new LinkedHashSet<>();
        next.models()
                .values()
                .forEach(model -> model.deployments().stream()
                        .filter(d -> !d.model().isEmpty())
                        .forEach(wanted::add));
        deployments.forEach((entry, deployment) -> {
            Ready at = after.get(entry.provider());
            boolean stays = at != null
                    && at.equals(before.get(entry.provider()))
                    && deployment.isConfigured() == wanted.contains(entry);
            if (!stays) {
                deployments.remove(entry, deployment);
                deployment.replaced();
            }
        });
        breakers.forEach((id, breaker) -> {
            Ready at = after.get(provider(id));
            if (at == null || !at.equals(before.get(provider(id)))) {
                // perhaps that is the repair
                breaker.misconfiguration().repaired();
                breaker.rumour().forget();
            }
        });
        wanted.forEach(this::configured);
        Set<String> there = new HashSet<>();
        deployments.keySet().forEach(entry -> there.add(entry.id()));
        boolean many = breakers.size() >= MOST_UNCONFIGURED;
        breakers.keySet().removeIf(id -> !there.contains(id) && (many || !after.containsKey(provider(id))));
    }

    private static String provider(String id) {
        return id.substring(0, id.indexOf('/'));
    }

    private Ready ready(ProviderEntry entry, @Nullable Ready before) {
        Provider.Connection known = prepared.get(entry);
        Provider.Connection connection = known == null ? connect(entry) : known;
        List<String> accounts = connection.credentials();
        List<String> keys = accounts == null ? entry.apiKeys() : accounts;
        Credentials credentials = before != null
                        && before.entry().kind().equals(entry.kind())
                        && before.entry().baseUrl().equals(entry.baseUrl())
                ? before.credentials().following(keys)
                : new Credentials(
                        keys,
                        System::nanoTime,
                        entry.kind() + " " + entry.baseUrl(),
                        (name, isRejected, left) -> tell(new Hint.Rest(entry.name(), name, isRejected), left));
        ProviderState state = states.computeIfAbsent(
                entry.name(), name -> new ProviderState(name, entry.health(), clock, System::nanoTime, random));
        state.health().follow(entry.health());
        if (state.follow(orders)) {
            credentials.endDrill();
        }
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

    private static void stopProbing(Ready ready) {
        if (ready.prober() != null) {
            ready.prober().stop();
        }
    }

    void stopProbing(@Observes ShutdownEvent stopping) {
        providers.values().forEach(Fleet::stopProbing);
    }

    /** The deployment of that entry. */
    public Deployment deployment(DeploymentEntry entry) {
        Deployment known = deployments.get(entry);
        if (known != null) {
            return known;
        }
        if (deployments.size() >= MOST_UNCONFIGURED || !providers.containsKey(entry.provider())) {
            return make(entry, false);
        }
        Deployment made = deployments.computeIfAbsent(entry, e -> make(e, false));
        if (!at(entry.provider()).entry().equals(made.provider()) && deployments.remove(entry, made)) {
            // the configuration changed while it was made
            made.replaced();
            return deployment(entry);
        }
        return made;
    }

    private void configured(DeploymentEntry entry) {
        deployments.computeIfAbsent(entry, e -> make(e, true));
        if (measured.add("deployment " + entry.id())) {
            String id = entry.id();
            meters.gauge("signalbox_circuit_state", Tags.of("deployment", id), () -> circuit(id));
        }
    }

    /** 0 closed, 1 half open, 2 open; 0 for one that is no longer there. */
    private int circuit(String id) {
        Breaker breaker = breakers.get(id);
        return breaker == null
                ? 0
                : switch (breaker.state()) {
                    case CLOSED -> 0;
                    case HALF_OPEN -> 1;
                    case OPEN -> 2;
                };
    }

    private Breaker breaker(DeploymentEntry entry, ProviderEntry provider, boolean configured) {
        String id = entry.id();
        boolean isKept = configured || breakers.size() < MOST_UNCONFIGURED || breakers.containsKey(id);
        if (!isKept || !providers.containsKey(provider.name())) {
            Breaker known = breakers.get(id);
            return known == null ? begun(entry, provider, configured) : known;
        }
        return breakers.compute(
                id,
                (_, known) -> known == null ? begun(entry, provider, configured) : known.following(provider.circuit()));
    }

    /** Of names that callers make up nobody else is told. */
    private Breaker begun(DeploymentEntry entry, ProviderEntry provider, boolean configured) {
        String id = entry.id();
        return new Breaker(id, Deployment.label(entry, configured), provider.circuit(), (trouble, left) -> {
            if (configured) {
                tell(new Hint.Unwell(id, trouble), left);
            }
        });
    }

    private void tell(Hint hint, Duration left) {
        for (Hints others : hints) {
            others.tell(hint, left);
        }
    }

    /**
     * Another replica has learned something, which makes who it is about rest or less wanted here too; nothing happens when
     * that is not known here.
     *
     * @param left for how long it holds from now on
     */
    public void heard(Hint hint, Duration left) {
        switch (hint) {
            case Hint.Rest rest -> {
                Ready at = providers.get(rest.provider());
                if (at != null) {
                    at.credentials().heard(rest.credential(), rest.isRejected(), left);
                }
            }
            case Hint.Unwell unwell -> {
                Breaker breaker = breakers.get(unwell.deployment());
                if (breaker != null && breaker.rumour().hear(unwell.trouble().inWords(), left)) {
                    LOG.infof("%s: %s", unwell.deployment(), unwell.trouble().inWords());
                }
            }
        }
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
                breaker(entry, at.entry(), configured),
                at.state(),
                () -> siblings(entry.provider(), configured),
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

    /**
     * Which models a provider's vendor lists now. It fails with a {@link SignalboxException} when the vendor has no list, is
     * not there in time, or answers with something else.
     */
    public Uni<List<ObjectNode>> listed(String provider) {
        Ready at = at(provider);
        Provider.Listing listing = at.connection().listing();
        if (listing == null) {
            return Uni.createFrom()
                    .failure(new SignalboxException(
                            501, "not_supported", "kind " + at.entry().kind() + " has no list of models here", null));
        }
        String credential = at.credentials().next();
        if (credential == null) {
            return Uni.createFrom()
                    .failure(new SignalboxException(
                            503, "unavailable", "all credentials of " + provider + " rest", null));
        }
        return Uni.createFrom()
                .deferred(() -> listing.models(credential))
                .ifNoItem()
                .after(LISTED_WITHIN)
                .failWith(() -> new SignalboxException(
                        504, "timeout", "the vendor did not answer within " + LISTED_WITHIN.toSeconds() + " s", null))
                .onFailure(failure -> !(failure instanceof SignalboxException))
                .transform(failure -> {
                    LOG.debugf(failure, "the models of %s cannot be listed", provider);
                    return new SignalboxException(502, "upstream_error", "the vendor cannot be reached", null);
                });
    }

    /** The deployments of a provider that are known so far, one for each id. */
    public List<Deployment> deployments(String provider) {
        Map<String, Deployment> byId = new TreeMap<>();
        for (Deployment each : deployments.values()) {
            if (each.provider().name().equals(provider)) {
                byId.merge(each.id(), each, (one, other) -> other.isConfigured() ? other : one);
            }
        }
        return List.copyOf(byId.values());
    }

    /** How many deployments a provider has: the configured ones and, for who is none of them, itself; else all that are known. */
    private int siblings(String provider, boolean isConfigured) {
        List<Deployment> known = deployments(provider);
        int configured = (int) known.stream().filter(Deployment::isConfigured).count();
        return configured == 0 ? known.size() : isConfigured ? configured : configured + 1;
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

    /** From now on providers are taken out and drilled as ordered; so are those that come to be configured later. */
    public synchronized void follow(Orders ordered) {
        orders = ordered;
        providers.values().forEach(at -> {
            if (at.state().follow(ordered)) {
                at.credentials().endDrill();
            }
        });
    }

    private Ready at(String provider) {
        Ready now = providers.get(provider);
        Ready at = now == null ? retired.get(provider) : now;
        if (at == null) {
            throw new IllegalArgumentException("no provider " + provider);
        }
        return at;
    }
}
