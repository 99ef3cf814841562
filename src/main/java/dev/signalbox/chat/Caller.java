package dev.signalbox.chat;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as the rest of the gateway needs to know.
 *
 * @param keyId the id of the virtual key; null in open mode
 * @param keyName its name; null in open mode
 * @param team its team; null when it has none
 * @param models public model names it may use, {@code *} at the end matching any rest; empty: all
 * @param providers providers it may use; empty: all
 * @param controls request headers it may use, without {@code x-signalbox-}; null: all
 * @param disclose what it is told about the inside: {@code provider}, {@code cost}, {@code attempts}; null: all
 */
public record Caller(
        @Nullable String keyId,
        @Nullable String keyName,
        @Nullable String team,
        List<String> models,
        Set<String> providers,
        @Nullable Set<String> controls,
        @Nullable Set<String> disclose) {

    /** Whoever calls a gateway that asks for no key. */
    public static final Caller ANYONE = new Caller(null, null, null, List.of(), Set.of(), null, null);

    public Caller {
        models = List.copyOf(models);
        providers = Set.copyOf(providers);
    }

    /** Whether the key may ask for that public model name. */
    public boolean mayUseModel(String model) {
        return models.isEmpty() || models.stream().anyMatch(allowed -> Wildcard.matches(allowed, model));
    }

    /** Whether the key may be served by that provider. */
    public boolean mayUseProvider(String provider) {
        return providers.isEmpty() || providers.contains(provider);
    }

    /** Whether the key may use that request header. */
    public boolean mayControl(String control) {
        return controls == null || controls.contains(control);
    }

    /** Whether the key is told that. */
    public boolean isTold(String fact) {
        return disclose == null || disclose.contains(fact);
    }
}
