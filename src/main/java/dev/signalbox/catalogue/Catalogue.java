package dev.signalbox.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.catalogue.CatalogueConfig.DeploymentConfig;
import dev.signalbox.catalogue.CatalogueConfig.ModelConfig;
import dev.signalbox.catalogue.CatalogueConfig.PricingConfig;
import dev.signalbox.catalogue.CatalogueConfig.ProviderConfig;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Wildcard;
import io.quarkus.runtime.configuration.DurationConverter;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Holds the current {@link Snapshot} and makes it from configuration. */
@Singleton
public class Catalogue {

    private static final Logger LOG = Logger.getLogger(Catalogue.class);

    private final Almanac almanac = Almanac.read();
    private final Snapshot current;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    /** Which kinds of provider there are; every package that speaks to a kind has a bean of this. */
    @FunctionalInterface
    public interface Kinds {
        /** The kinds it speaks to. */
        List<Kind> kinds();
    }

    /** Reads the configuration. */
    public Catalogue(CatalogueConfig config, Config raw, @Any Instance<Kinds> kinds) {
        kinds.forEach(bean -> bean.kinds().forEach(kind -> this.kinds.put(kind.name(), kind)));
        this.current = new Reading(config, raw, this.kinds, almanac).snapshot();
    }

    /** What is configured now. */
    public Snapshot current() {
        return current;
    }

    /** The model catalogue that is built in. */
    public Almanac almanac() {
        return almanac;
    }

    /** A model that can be asked for, to show how: a configured one, or else one of a provider; null when none is known. */
    public @Nullable String example() {
        for (String name : current.names()) {
            if (!Wildcard.isPattern(name)) {
                return name;
            }
        }
        for (ProviderEntry provider : current.providers().values()) {
            Kind kind = kinds.get(provider.kind());
            if (kind != null && kind.example() != null) {
                return provider.name() + "/" + kind.example();
            }
        }
        return null;
    }

    /** One reading of the configuration. */
    private record Reading(CatalogueConfig config, Config raw, Map<String, Kind> kinds, Almanac almanac) {

        Snapshot snapshot() {
            Map<String, ProviderEntry> providers = new LinkedHashMap<>();
            config.providers().forEach((name, provider) -> providers.put(name, provider(name, provider)));
            kinds.values().forEach(kind -> fromEnvironment(kind, providers));
            Map<String, KnownVendor> vendors = vendors(providers);
            Map<String, ModelEntry> models = new LinkedHashMap<>();
            config.models().forEach((name, model) -> models.put(name, model(name, model, providers, vendors)));
            if (providers.isEmpty()) {
                Kind simulator = kinds.get("simulator");
                if (simulator != null) {
                    providers.put(simulator.name(), bare(simulator, List.of()));
                    models.put(simulator.name(), simulated(simulator));
                }
            }
            Snapshot snapshot = new Snapshot(
                    providers,
                    models,
                    config.strategy(),
                    config.fallbackProviders().orElse(List.of()),
                    vendors);
            requireKnown(snapshot);
            return snapshot;
        }

        private Map<String, KnownVendor> vendors(Map<String, ProviderEntry> providers) {
            Map<String, KnownVendor> vendors = new LinkedHashMap<>();
            providers.forEach((name, provider) -> {
                KnownVendor vendor = almanac.vendor(provider);
                if (vendor != null) {
                    vendors.put(name, vendor);
                }
            });
            return vendors;
        }

        private ModelEntry simulated(Kind simulator) {
            return ModelEntry.of(
                    simulator.name(), config.strategy(), List.of(new DeploymentEntry(simulator.name(), "echo", 1, 1)));
        }

        private void fromEnvironment(Kind kind, Map<String, ProviderEntry> providers) {
            if (providers.containsKey(kind.name())) {
                return;
            }
            Optional<String> key = kind.keyVariables().stream()
                    .flatMap(variable -> environment(variable).stream())
                    .findFirst();
            Kind.Address address = kind.address();
            boolean placed = address == null
                    ? key.isPresent()
                    : environment(address.variable()).isPresent();
            if (placed && (key.isPresent() || !kind.needsKey())) {
                providers.put(kind.name(), bare(kind, key.map(List::of).orElse(List.of())));
            }
        }

        private Optional<String> environment(String variable) {
            return raw.getOptionalValue(variable, String.class)
                    .map(String::trim)
                    .filter(value -> !value.isEmpty());
        }

        private Optional<String> address(Kind kind, boolean region) {
            Kind.Address address = kind.address();
            return address == null || region != (address.url() == null)
                    ? Optional.empty()
                    : environment(address.variable());
        }

        /** A provider of which only the kind is said; the defaults are those of {@link CatalogueConfig}. */
        private ProviderEntry bare(Kind kind, List<String> keys) {
            return new ProviderEntry(
                    kind.name(),
                    kind.name(),
                    baseUrl(kind.name(), Optional.empty(), kind),
                    keys,
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    2,
                    1,
                    Map.of(),
                    Map.of(),
                    new ProviderEntry.Circuit(0.5, 20, Duration.ofSeconds(30), 2),
                    Map.of(),
                    new ProviderEntry.Cloud(address(kind, true).orElse(null), List.of(), null, null, null),
                    ProviderEntry.Ranking.DEFAULT,
                    ProviderEntry.Limits.NONE,
                    ProviderEntry.HealthCheck.DEFAULT);
        }

        private ProviderEntry provider(String name, ProviderConfig given) {
            String at = "signalbox.providers." + name;
            Kind kind = kinds.get(given.kind());
            if (kind == null) {
                throw new InvalidConfig(
                        at + ".kind",
                        "there is no kind '" + given.kind() + "'; there are " + String.join(", ", kinds.keySet()));
            }
            List<String> keys = keys(at, given, kind);
            CatalogueConfig.CircuitConfig circuit = given.circuit();
            return new ProviderEntry(
                    name,
                    kind.name(),
                    baseUrl(at, given.baseUrl(), kind),
                    keys,
                    given.connectTimeout(),
                    given.timeout(),
                    given.firstTokenTimeout(),
                    given.idleTimeout(),
                    given.maxRetries(),
                    given.priority(),
                    defaults(given.defaults()),
                    given.headers(),
                    new ProviderEntry.Circuit(
                            circuit.failureRatio(), circuit.volume(), circuit.openFor(), circuit.halfOpenSuccesses()),
                    GivenQuirks.of(given.quirks()),
                    new ProviderEntry.Cloud(
                            given.region().or(() -> address(kind, true)).orElse(null),
                            given.projects()
                                    .orElseGet(
                                            () -> given.project().map(List::of).orElse(List.of())),
                            given.location().orElse(null),
                            given.credentials().orElse(null),
                            given.apiVersion().orElse(null)),
                    new ProviderEntry.Ranking(
                            given.weight(),
                            quality(at + ".quality", given.quality()),
                            given.costMultiplier(),
                            given.performanceBonus(),
                            Set.copyOf(given.capabilities().orElse(List.of()))),
                    new ProviderEntry.Limits(
                            given.rateLimit().isPresent() ? given.rateLimit().getAsInt() : null,
                            given.tokenLimit().isPresent() ? given.tokenLimit().getAsLong() : null,
                            given.maxConcurrent().isPresent()
                                    ? given.maxConcurrent().getAsInt()
                                    : null,
                            given.queueSize()),
                    new ProviderEntry.HealthCheck(
                            given.health().path().orElse(null),
                            given.health().interval(),
                            given.health().failureThreshold(),
                            given.health().recoveryThreshold(),
                            given.health().timeout()));
        }

        private static double quality(String key, String given) {
            return switch (given) {
                case "low" -> 0.25;
                case "medium" -> 0.5;
                case "high" -> 0.75;
                default -> {
                    try {
                        yield Double.parseDouble(given);
                    } catch (NumberFormatException e) {
                        throw new InvalidConfig(
                                key, "must be low, medium, high, or from 0 to 1, but is '" + given + "'");
                    }
                }
            };
        }

        private List<String> keys(String at, ProviderConfig given, Kind kind) {
            List<String> keys = new ArrayList<>();
            for (String key : given.apiKeys().orElse(List.of())) {
                if (key.startsWith("${") && key.endsWith("}")) {
                    LOG.warnf("%s.api-keys: %s is not set; that entry is left out", at, key);
                } else if (!key.isBlank()) {
                    keys.add(key.trim());
                }
            }
            if (keys.isEmpty() && kind.needsKey()) {
                LOG.warnf("%s.api-keys: no credential is left; %s will refuse to answer", at, kind.name());
            }
            return keys;
        }

        private String baseUrl(String at, Optional<String> given, Kind kind) {
            Kind.Address address = kind.address();
            Optional<String> said = given.isPresent() ? Optional.empty() : address(kind, false);
            if (address != null && address.url() != null && said.isPresent()) {
                String url;
                try {
                    url = address.url().apply(said.get());
                } catch (IllegalArgumentException e) {
                    throw new InvalidConfig(address.variable(), "is not an address: " + e.getMessage());
                }
                return valid(address.variable(), url);
            }
            String url = given.orElse(kind.baseUrl());
            if (url == null) {
                throw new InvalidConfig(at + ".base-url", "kind " + kind.name() + " has no usual address; say which");
            }
            return valid(at + ".base-url", url);
        }

        private static String valid(String at, String url) {
            if (url.isEmpty()) {
                return url;
            }
            URI uri;
            try {
                uri = URI.create(url);
            } catch (IllegalArgumentException e) {
                throw new InvalidConfig(at, "is not an address: " + e.getMessage());
            }
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!http || uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null) {
                throw new InvalidConfig(at, "must be like https://host[:port][/path], without user, password or query");
            }
            return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        }

        /** Configuration has only strings; what reads as JSON is meant as JSON. */
        private static Map<String, Object> defaults(Map<String, String> given) {
            Map<String, Object> typed = new HashMap<>();
            given.forEach((name, text) -> typed.put(name.replace('-', '_'), json(text)));
            return typed;
        }

        private static JsonNode json(String text) {
            try {
                return Json.read(text);
            } catch (JsonProcessingException notJson) {
                return Json.mapper().getNodeFactory().textNode(text);
            }
        }

        private ModelEntry model(
                String name,
                ModelConfig given,
                Map<String, ProviderEntry> providers,
                Map<String, KnownVendor> vendors) {
            String at = "signalbox.models." + name;
            List<DeploymentEntry> deployments = new ArrayList<>();
            for (int i = 0; i < given.deployments().size(); i++) {
                DeploymentEntry said = deployment(
                        at + ".deployments[" + i + "]",
                        name,
                        given,
                        given.deployments().get(i),
                        providers);
                KnownVendor vendor = vendors.get(said.provider());
                deployments.add(vendor == null || said.model().isEmpty() ? said : vendor.complete(said));
            }
            return new ModelEntry(
                    name,
                    given.aliases().orElse(List.of()),
                    given.strategy().orElse(config.strategy()),
                    deployments,
                    new ModelEntry.Fallbacks(
                            given.fallbackStrategy().equals("same") ? null : given.fallbackStrategy(),
                            given.fallbacks().orElse(List.of()),
                            given.contextFallbacks().orElse(List.of()),
                            given.contentFallbacks().orElse(List.of()),
                            given.qualityFallbacks()
                                    .map(quality -> flaws(at + ".quality-fallbacks.when", quality.when()))
                                    .orElse(Set.of()),
                            given.qualityFallbacks()
                                    .map(CatalogueConfig.QualityFallbacksConfig::models)
                                    .orElse(List.of())),
                    given.hedge().map(hedge -> hedge(at + ".hedge", hedge)).orElse(null),
                    given.resumeStreams(),
                    given.lastResort().orElse(null));
        }

        private static Set<String> flaws(String key, List<String> given) {
            for (String flaw : given) {
                if (!ModelEntry.Fallbacks.FLAWS.contains(flaw)) {
                    throw new InvalidConfig(
                            key, "must be of " + ModelEntry.Fallbacks.FLAWS + ", but has '" + flaw + "'");
                }
            }
            return Set.copyOf(given);
        }

        private static ModelEntry.Hedge hedge(String at, CatalogueConfig.HedgeConfig given) {
            if (!(given.maxExtraSpend() >= 0 && Double.isFinite(given.maxExtraSpend()))) {
                throw new InvalidConfig(
                        at + ".max-extra-spend", "must not be below zero, but is " + given.maxExtraSpend());
            }
            if (given.after().equals("p95")) {
                return new ModelEntry.Hedge(null, given.maxExtraSpend());
            }
            try {
                Duration after = DurationConverter.parseDuration(given.after());
                if (after != null && after.isPositive()) {
                    return new ModelEntry.Hedge(after, given.maxExtraSpend());
                }
            } catch (IllegalArgumentException e) {
                throw new InvalidConfig(at + ".after", "must be p95 or a duration, but is '" + given.after() + "'");
            }
            throw new InvalidConfig(at + ".after", "must be longer than nothing, but is '" + given.after() + "'");
        }

        private static DeploymentEntry deployment(
                String at, String model, ModelConfig of, DeploymentConfig given, Map<String, ProviderEntry> providers) {
            ProviderEntry provider = providers.get(given.provider());
            if (provider == null) {
                throw new InvalidConfig(at + ".provider", "there is no provider '" + given.provider() + "'");
            }
            boolean wildcard = Wildcard.isPattern(model);
            String upstream = given.model().orElse(wildcard ? "" : model);
            Tariff tariff = tariff(at, given.pricing().or(of::pricing));
            Integer window = limit(at, model, "context-window", given.contextWindow(), of.contextWindow());
            Integer most = limit(at, model, "max-output-tokens", given.maxOutputTokens(), of.maxOutputTokens());
            Set<String> configured = new HashSet<>();
            if (tariff != null) {
                configured.add(DeploymentEntry.PRICING);
            }
            if (window != null) {
                configured.add(DeploymentEntry.CONTEXT_WINDOW);
            }
            if (most != null) {
                configured.add(DeploymentEntry.MAX_OUTPUT_TOKENS);
            }
            return new DeploymentEntry(
                    provider.name(),
                    upstream,
                    given.priority().orElse(provider.priority()),
                    weight(at, given.weight().orElse(provider.ranking().weight())),
                    tariff,
                    window,
                    most,
                    Capabilities.UNKNOWN,
                    configured);
        }

        private static int weight(String at, int given) {
            if (given < 0) {
                throw new InvalidConfig(at + ".weight", "must not be below zero, but is " + given);
            }
            return given;
        }

        private static @Nullable Integer limit(
                String at, String model, String name, Optional<Integer> own, Optional<Integer> ofModel) {
            String key = own.isPresent() ? at + "." + name : "signalbox.models." + model + "." + name;
            Integer value = own.or(() -> ofModel).orElse(null);
            if (value != null && value < 1) {
                throw new InvalidConfig(key, "must be at least 1, but is " + value);
            }
            return value;
        }

        private static @Nullable Tariff tariff(String at, Optional<PricingConfig> given) {
            try {
                return given.map(p -> Tariff.of(new Price(
                                p.input(),
                                p.output(),
                                p.cachedInput().orElse(null),
                                p.cacheWrite().orElse(null))))
                        .orElse(null);
            } catch (IllegalArgumentException e) {
                throw new InvalidConfig(at + ".pricing", String.valueOf(e.getMessage()));
            }
        }

        private static void requireKnown(Snapshot snapshot) {
            snapshot.models().forEach((name, model) -> {
                String at = "signalbox.models." + name;
                ModelEntry.Fallbacks fallbacks = model.fallbacks();
                requireModels(snapshot, at + ".fallbacks", fallbacks.any());
                requireModels(snapshot, at + ".context-fallbacks", fallbacks.context());
                requireModels(snapshot, at + ".content-fallbacks", fallbacks.content());
                requireModels(snapshot, at + ".quality-fallbacks.models", fallbacks.quality());
            });
            for (String provider : snapshot.fallbackProviders()) {
                if (!snapshot.providers().containsKey(provider)) {
                    throw new InvalidConfig("signalbox.fallback-providers", "there is no provider '" + provider + "'");
                }
            }
        }

        private static void requireModels(Snapshot snapshot, String at, List<String> names) {
            for (String name : names) {
                if (snapshot.resolve(name) == null) {
                    throw new InvalidConfig(at, "there is no model '" + name + "'");
                }
            }
        }
    }
}
