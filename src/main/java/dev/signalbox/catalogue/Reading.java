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
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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

/**
 * One reading of the configuration: first what files say, then what the environment says, then what came over the admin API.
 * Every value is checked in the same way, wherever it is from.
 */
record Reading(
        CatalogueConfig config, Definitions definitions, Config raw, Map<String, KindOf> kinds, Almanac almanac) {

    private static final Logger LOG = Logger.getLogger(Reading.class);

    /**
     * A kind, and what it alone can be told.
     *
     * @param keys the names of its own keys
     */
    record KindOf(Kind kind, Set<String> keys) {}

    Snapshot snapshot() {
        CatalogueConfig said = definitions.config(
                name -> kinds.containsKey(name) ? kinds.get(name).keys() : Set.of());
        Map<String, ProviderEntry> providers = new LinkedHashMap<>();
        config.providers().forEach((name, provider) -> providers.put(name, provider(name, provider, Map.of(), false)));
        kinds.values().forEach(kind -> fromEnvironment(kind.kind(), providers));
        boolean atStart = !providers.isEmpty();
        for (Definition definition : definitions.of(Definition.Type.PROVIDER)) {
            String name = definition.name();
            ProviderConfig provider = said.providers().get(name);
            if (!providers.containsKey(name)) {
                if (provider == null) {
                    throw new InvalidConfig(definition.at() + ".kind", "is required");
                }
                providers.put(name, provider(name, provider, own(definition, provider.kind()), true));
            }
        }
        KindOf simulator = kinds.get("simulator");
        Kind simulated = simulator != null && !atStart && isSimulated(providers, simulator.kind(), said)
                ? simulator.kind()
                : null;
        if (simulated != null) {
            providers.put(simulated.name(), bare(simulated, List.of()));
        }
        Map<String, KnownVendor> vendors = vendors(providers);
        Map<String, ModelEntry> models = new LinkedHashMap<>();
        config.models().forEach((name, model) -> models.put(name, model(name, model, providers, vendors)));
        for (Definition definition : definitions.of(Definition.Type.MODEL)) {
            String name = definition.name();
            ModelConfig model = said.models().get(name);
            if (!models.containsKey(name)) {
                if (model == null) {
                    throw new InvalidConfig(definition.at() + ".deployments", "must name who serves it");
                }
                ModelEntry read = model(name, model, providers, vendors);
                requireFree(read, models.values());
                models.put(name, read);
            }
        }
        if (simulated != null) {
            models.putIfAbsent(simulated.name(), simulated(simulated));
        }
        Snapshot snapshot = new Snapshot(
                providers, models, config.strategy(), config.fallbackProviders().orElse(List.of()), vendors);
        requireKnown(snapshot);
        return snapshot;
    }

    /** The providers that the environment alone says. */
    Set<String> ofTheEnvironment() {
        Map<String, ProviderEntry> providers = new LinkedHashMap<>();
        for (KindOf kind : kinds.values()) {
            if (!config.providers().containsKey(kind.kind().name())) {
                fromEnvironment(kind.kind(), providers);
            }
        }
        return Set.copyOf(providers.keySet());
    }

    /** Nobody else is configured, or a model that came over the admin API counts on it. */
    private static boolean isSimulated(Map<String, ProviderEntry> providers, Kind simulator, CatalogueConfig said) {
        return providers.isEmpty()
                || (!providers.containsKey(simulator.name())
                        && said.models().values().stream()
                                .flatMap(model -> model.deployments().stream())
                                .anyMatch(deployment -> deployment.provider().equals(simulator.name())));
    }

    private Map<String, String> own(Definition definition, String kind) {
        KindOf of = kinds.get(kind);
        return of == null ? Map.of() : definition.own(of.keys());
    }

    /** What came over the admin API takes no name from a model that is there already. */
    private static void requireFree(ModelEntry model, Collection<ModelEntry> others) {
        for (ModelEntry other : others) {
            if (other.aliases().contains(model.name())) {
                throw new InvalidConfig(
                        "signalbox.models." + model.name(), "is an alias of model '" + other.name() + "'");
            }
            for (String alias : model.aliases()) {
                if (alias.equals(other.name()) || other.aliases().contains(alias)) {
                    throw new InvalidConfig(
                            "signalbox.models." + model.name() + ".aliases",
                            "'" + alias + "' is a name of model '" + other.name() + "'");
                }
            }
        }
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
        return raw.getOptionalValue(variable, String.class).map(String::trim).filter(value -> !value.isEmpty());
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

    /**
     * @param own what its kind alone can be told
     * @param literal whether a credential is what it says, even if it looks like a reference
     */
    private ProviderEntry provider(String name, ProviderConfig given, Map<String, String> own, boolean literal) {
        String at = "signalbox.providers." + name;
        KindOf known = kinds.get(given.kind());
        if (known == null) {
            throw new InvalidConfig(
                    at + ".kind",
                    "there is no kind '" + given.kind() + "'; there are " + String.join(", ", kinds.keySet()));
        }
        Kind kind = known.kind();
        List<String> keys = keys(at, given, kind, literal);
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
                                .orElseGet(() -> given.project().map(List::of).orElse(List.of())),
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
                        given.queueSize(),
                        picos(at + ".request-cost-limit", given.requestCostLimit()),
                        picos(at + ".daily-cost-limit", given.dailyCostLimit())),
                new ProviderEntry.HealthCheck(
                        given.health().path().orElse(null),
                        given.health().interval(),
                        given.health().failureThreshold(),
                        given.health().recoveryThreshold(),
                        given.health().timeout()),
                own);
    }

    /** What is amiss but no mistake is told once. */
    private boolean isAtStart() {
        return definitions.equals(Definitions.NONE);
    }

    private static @Nullable Long picos(String key, Optional<BigDecimal> usd) {
        if (usd.isEmpty()) {
            return null;
        }
        BigDecimal amount = usd.get();
        try {
            if (amount.signum() < 0) {
                throw new InvalidConfig(key, "must not be below zero, but is " + amount);
            }
            return amount.movePointRight(12).longValueExact();
        } catch (ArithmeticException e) {
            throw new InvalidConfig(key, "has more than 12 decimals, or is above 9 million: " + amount);
        }
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
                    throw new InvalidConfig(key, "must be low, medium, high, or from 0 to 1, but is '" + given + "'");
                }
            }
        };
    }

    private List<String> keys(String at, ProviderConfig given, Kind kind, boolean literal) {
        List<String> keys = new ArrayList<>();
        for (String key : given.apiKeys().orElse(List.of())) {
            if (!literal && key.startsWith("${") && key.endsWith("}")) {
                if (isAtStart()) {
                    LOG.warnf("%s.api-keys: %s is not set; that entry is left out", at, key);
                }
            } else if (!key.isBlank()) {
                keys.add(key.trim());
            }
        }
        if (keys.isEmpty() && kind.needsKey() && isAtStart()) {
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
            String name, ModelConfig given, Map<String, ProviderEntry> providers, Map<String, KnownVendor> vendors) {
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
                throw new InvalidConfig(key, "must be of " + ModelEntry.Fallbacks.FLAWS + ", but has '" + flaw + "'");
            }
        }
        return Set.copyOf(given);
    }

    private static ModelEntry.Hedge hedge(String at, CatalogueConfig.HedgeConfig given) {
        if (!(given.maxExtraSpend() >= 0 && Double.isFinite(given.maxExtraSpend()))) {
            throw new InvalidConfig(at + ".max-extra-spend", "must not be below zero, but is " + given.maxExtraSpend());
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
