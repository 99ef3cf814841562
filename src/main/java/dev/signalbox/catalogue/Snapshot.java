package dev.signalbox.catalogue;

import dev.signalbox.chat.Wildcard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that is configured about providers and models at one moment; read it once per request and pass it on. */
public final class Snapshot {

    private final Map<String, ProviderEntry> providers;
    private final Map<String, ModelEntry> models;
    private final Map<String, ModelEntry> byName = new HashMap<>();
    private final List<ModelEntry> wildcards;
    private final String strategy;
    private final List<String> fallbackProviders;

    /**
     * @param providers by name
     * @param models by public name, in configured order
     * @param strategy for models that name none
     * @param fallbackProviders tried last for every model
     */
    public Snapshot(
            Map<String, ProviderEntry> providers,
            Map<String, ModelEntry> models,
            String strategy,
            List<String> fallbackProviders) {
        this.providers = new LinkedHashMap<>(providers);
        this.models = new LinkedHashMap<>(models);
        this.strategy = strategy;
        this.fallbackProviders = List.copyOf(fallbackProviders);
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

    /**
     * The model of that name: a configured one, an alias, the longest wildcard that fits, or {@code provider/model}
     * straight to a provider; null when there is none.
     */
    public @Nullable ModelEntry resolve(String asked) {
        ModelEntry named = byName.get(asked);
        if (named != null && !Wildcard.isPattern(named.name())) {
            return named;
        }
        for (ModelEntry wildcard : wildcards) {
            if (Wildcard.matches(wildcard.name(), asked) && !asked.endsWith("*")) {
                return wildcard.asked(asked);
            }
        }
        return straight(asked);
    }

    private @Nullable ModelEntry straight(String asked) {
        int slash = asked.indexOf('/');
        ProviderEntry provider = slash > 0 ? providers.get(asked.substring(0, slash)) : null;
        if (provider == null || slash == asked.length() - 1) {
            return null;
        }
        String upstream = asked.substring(slash + 1);
        return new ModelEntry(
                asked, List.of(), strategy, List.of(known(provider, upstream)), List.of(), List.of(), List.of(), null);
    }

    /** The deployment as a configured model describes it, so that its price and limits hold for direct callers too. */
    private DeploymentEntry known(ProviderEntry provider, String upstream) {
        for (ModelEntry model : models.values()) {
            for (DeploymentEntry deployment : model.deployments()) {
                if (deployment.provider().equals(provider.name())
                        && deployment.model().equals(upstream)) {
                    return deployment;
                }
            }
        }
        return new DeploymentEntry(provider.name(), upstream, provider.priority(), null, null, null);
    }

    /** Names that a caller could have meant, the closest first. */
    public List<String> similarTo(String asked) {
        record Near(String name, int distance) {}
        List<Near> near = new ArrayList<>();
        for (String name : names()) {
            int distance = distance(asked, name);
            if (distance <= Math.max(2, name.length() / 3) || name.contains(asked) || asked.contains(name)) {
                near.add(new Near(name, distance));
            }
        }
        return near.stream()
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .limit(3)
                .map(Near::name)
                .toList();
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
