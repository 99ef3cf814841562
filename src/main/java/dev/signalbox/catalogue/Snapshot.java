package dev.signalbox.catalogue;

import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Wildcard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Everything that is configured about providers and models at one moment; read it once per request and pass it on. */
public final class Snapshot {

    /** How many names of callers' own making are remembered: a bound on memory. */
    private static final int MOST_FOUND = 1_000;

    private final Map<String, ProviderEntry> providers;
    private final Map<String, ModelEntry> models;
    private final Map<String, ModelEntry> byName = new HashMap<>();
    private final List<ModelEntry> wildcards;
    private final String strategy;
    private final List<String> fallbackProviders;
    private final Map<String, KnownVendor> vendors;
    private final ConcurrentHashMap<String, ModelEntry> found = new ConcurrentHashMap<>();

    /** A snapshot of providers whose models nothing is known of. */
    public Snapshot(
            Map<String, ProviderEntry> providers,
            Map<String, ModelEntry> models,
            String strategy,
            List<String> fallbackProviders) {
        this(providers, models, strategy, fallbackProviders, Map.of());
    }

    /**
     * @param providers by name
     * @param models by public name, in configured order
     * @param strategy for models that name none
     * @param fallbackProviders tried last for every model
     * @param vendors whose models the providers have, by the provider's name, as far as the model catalogue knows them
     */
    public Snapshot(
            Map<String, ProviderEntry> providers,
            Map<String, ModelEntry> models,
            String strategy,
            List<String> fallbackProviders,
            Map<String, KnownVendor> vendors) {
        this.providers = new LinkedHashMap<>(providers);
        this.models = new LinkedHashMap<>(models);
        this.strategy = strategy;
        this.fallbackProviders = List.copyOf(fallbackProviders);
        this.vendors = Map.copyOf(vendors);
        this.wildcards = models.values().stream()
                .filter(m -> Wildcard.isPattern(m.name()))
                .sorted(Comparator.comparingInt((ModelEntry m) -> m.name().length())
                        .reversed())
                .toList();
        models.forEach((name, model) -> model.aliases().forEach(alias -> byName.put(alias, model)));
        byName.putAll(models);
    }

    /** The providers, by name. */
    public Map<String, ProviderEntry> providers() {
        return providers;
    }

    /** The configured models, by public name. */
    public Map<String, ModelEntry> models() {
        return models;
    }

    /** Providers that are tried last for every model. */
    public List<String> fallbackProviders() {
        return fallbackProviders;
    }

    /** Whose models a provider has; null when the model catalogue knows nothing of them. */
    public @Nullable KnownVendor vendor(String provider) {
        return vendors.get(provider);
    }

    /**
     * The model of that name: a configured one, an alias, the longest wildcard that fits, {@code provider/model} straight to
     * a provider, or what the model catalogue knows at a provider; null when there is none.
     */
    public @Nullable ModelEntry resolve(String asked) {
        ModelEntry named = byName.get(asked);
        if (named != null && !Wildcard.isPattern(named.name())) {
            return named;
        }
        ModelEntry known = found.get(asked);
        if (known == null) {
            known = find(asked);
            if (known != null && found.size() < MOST_FOUND) {
                found.put(asked, known);
            }
        }
        return known;
    }

    private @Nullable ModelEntry find(String asked) {
        for (ModelEntry wildcard : wildcards) {
            if (Wildcard.matches(wildcard.name(), asked) && !asked.endsWith("*")) {
                return wildcard.asked(asked, this::completed);
            }
        }
        ModelEntry straight = straight(asked);
        return straight == null ? known(asked) : straight;
    }

    private DeploymentEntry completed(DeploymentEntry deployment) {
        KnownVendor vendor = vendors.get(deployment.provider());
        return vendor == null ? deployment : vendor.complete(deployment);
    }

    private @Nullable ModelEntry straight(String asked) {
        int slash = asked.indexOf('/');
        ProviderEntry provider = slash > 0 ? providers.get(asked.substring(0, slash)) : null;
        if (provider == null || slash == asked.length() - 1) {
            return null;
        }
        return bare(asked, List.of(known(provider, asked.substring(slash + 1))));
    }

    /** The deployments of all providers that are known to have it. */
    private @Nullable ModelEntry known(String asked) {
        List<DeploymentEntry> deployments = providers.values().stream()
                .filter(provider -> isKnownAt(provider, asked))
                .sorted(Comparator.comparingInt(ProviderEntry::priority))
                .map(provider -> known(provider, asked))
                .toList();
        return deployments.isEmpty() ? null : bare(asked, deployments);
    }

    private boolean isKnownAt(ProviderEntry provider, String asked) {
        KnownVendor vendor = vendors.get(provider.name());
        return vendor != null && vendor.has(asked);
    }

    private ModelEntry bare(String asked, List<DeploymentEntry> deployments) {
        return ModelEntry.of(asked, strategy, deployments);
    }

    /**
     * What a provider that a model does not name calls it: by its own name and none of its aliases; a model that was asked
     * for straight at a provider by what stands behind that, unless the other is known to have names with slashes.
     */
    public String nameAt(String provider, String asked) {
        ModelEntry named = byName.get(asked);
        if (named != null) {
            return Wildcard.isPattern(named.name()) ? asked : named.name();
        }
        int slash = asked.indexOf('/');
        boolean isStraight = slash > 0 && providers.containsKey(asked.substring(0, slash));
        KnownVendor vendor = vendors.get(provider);
        return isStraight && (vendor == null || !vendor.has(asked)) ? asked.substring(slash + 1) : asked;
    }

    /** The deployment as a configured model describes it, so that its price and limits hold for direct callers too. */
    private DeploymentEntry known(ProviderEntry provider, String upstream) {
        return models.values().stream()
                .flatMap(model -> model.deployments().stream())
                .filter(deployment -> deployment.provider().equals(provider.name())
                        && deployment.model().equals(upstream))
                .reduce(Snapshot::betterKnown)
                .orElseGet(() -> completed(new DeploymentEntry(
                        provider.name(),
                        upstream,
                        provider.priority(),
                        provider.ranking().weight())));
    }

    /** Names that a caller could have meant and may ask for, the closest first. */
    public List<String> similarTo(String asked, Caller caller) {
        record Near(String name, int distance) {}
        String lower = asked.toLowerCase(Locale.ROOT);
        List<Near> near = new ArrayList<>();
        for (String name : everyName()) {
            String other = name.toLowerCase(Locale.ROOT);
            int most = Math.max(2, name.length() / 3);
            boolean holds = other.contains(lower) || lower.contains(other);
            if (holds || Math.abs(other.length() - lower.length()) <= most) {
                int distance = distance(lower, other);
                if (holds || distance <= most) {
                    near.add(new Near(name, distance));
                }
            }
        }
        return near.stream()
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .map(Near::name)
                .filter(name -> isFor(caller, name))
                .limit(3)
                .toList();
    }

    /** Whether that name, which may be a wildcard, is one that the caller may ask for. */
    private boolean isFor(Caller caller, String name) {
        ModelEntry configured = byName.get(name);
        return (configured != null && Wildcard.isPattern(configured.name()))
                ? caller.mayUseModel(configured.name())
                        && !allowed(configured, caller).isEmpty()
                : offer(caller, name) != null;
    }

    /** Every name that can be asked for, wildcards included as written. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        models.values().forEach(model -> {
            names.add(model.name());
            names.addAll(model.aliases());
        });
        return names;
    }

    /** The names that can be asked for, and those of models that the catalogue knows at the providers. */
    private Set<String> everyName() {
        Set<String> names = new LinkedHashSet<>(names());
        vendors.values().forEach(vendor -> vendor.models().forEach(model -> names.add(model.id())));
        return names;
    }

    /**
     * What is shown to that caller as what they may ask for: the configured names, and where nothing is configured what the
     * model catalogue knows at the providers, as far as the vendors have not given it up.
     */
    public List<Offer> offers(Caller caller) {
        Set<String> names = new LinkedHashSet<>();
        if (models.isEmpty()) {
            vendors.values()
                    .forEach(vendor -> vendor.models().stream()
                            .filter(model -> !model.deprecated() && vendor.has(model.id()))
                            .forEach(model -> names.add(model.id())));
        } else {
            names.addAll(names());
        }
        List<Offer> offers = new ArrayList<>(names.size());
        for (String name : names) {
            Offer offer = Wildcard.isPattern(name) ? null : offer(caller, name);
            if (offer != null) {
                offers.add(offer);
            }
        }
        return offers;
    }

    /** The deployments of all models that the caller may use, each once, in configured order. */
    public List<DeploymentEntry> everyDeployment(Caller caller) {
        Set<DeploymentEntry> all = new LinkedHashSet<>();
        models.values().forEach(model -> {
            boolean may = caller.mayUseModel(model.name())
                    || model.aliases().stream().anyMatch(alias -> caller.mayUseModel(alias, model.name()));
            if (may && !Wildcard.isPattern(model.name())) {
                all.addAll(allowed(model, caller));
            }
        });
        if (all.isEmpty()) {
            for (ProviderEntry provider : providers.values()) {
                KnownVendor vendor = vendors.get(provider.name());
                if (vendor != null) {
                    vendor.models().stream()
                            .filter(model -> !model.deprecated() && vendor.has(model.id()))
                            .filter(model -> caller.mayUseModel(model.id()))
                            .forEach(model -> all.add(known(provider, model.id())));
                }
            }
            all.removeIf(deployment -> !caller.mayUseProvider(deployment.provider()));
        }
        Map<String, DeploymentEntry> byId = LinkedHashMap.newLinkedHashMap(all.size());
        all.forEach(deployment -> byId.merge(deployment.id(), deployment, Snapshot::betterKnown));
        return List.copyOf(byId.values());
    }

    /** Of two descriptions of one deployment the first, unless only the other has a price. */
    private static DeploymentEntry betterKnown(DeploymentEntry one, DeploymentEntry other) {
        return one.tariff() == null && other.tariff() != null ? other : one;
    }

    /** The model of that name as it is shown to that caller; null when there is none, or none for them. */
    public @Nullable Offer offer(Caller caller, String name) {
        ModelEntry model = resolve(name);
        if (model == null || !caller.mayUseModel(name, model.name())) {
            return null;
        }
        List<DeploymentEntry> allowed = allowed(model, caller);
        return allowed.isEmpty() ? null : Offer.of(name, allowed);
    }

    private static List<DeploymentEntry> allowed(ModelEntry model, Caller caller) {
        return model.deployments().stream()
                .filter(deployment -> caller.mayUseProvider(deployment.provider()))
                .toList();
    }

    /** Levenshtein's distance, on at most 200 characters of each. */
    private static int distance(String left, String right) {
        String a = left.substring(0, Math.min(left.length(), 200));
        String b = right.substring(0, Math.min(right.length(), 200));
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
