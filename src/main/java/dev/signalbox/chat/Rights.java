package dev.signalbox.chat;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a key, or all keys of a team, may use and are told.
 *
 * @param models public model names that may be asked for, {@code *} at the end matching any rest; empty: all
 * @param providers providers that may serve; empty: all
 * @param controls request headers that may be used, without {@code x-signalbox-}; null: all
 * @param disclose what is told about the inside: {@code provider}, {@code cost}, {@code attempts}; null: all
 */
public record Rights(
        List<String> models,
        Set<String> providers,
        @Nullable Set<String> controls,
        @Nullable Set<String> disclose) {

    /** Everything. */
    public static final Rights ALL = new Rights(List.of(), Set.of(), null, null);

    public Rights {
        models = List.copyOf(models);
        providers = Set.copyOf(providers);
        controls = controls == null ? null : Set.copyOf(controls);
        disclose = disclose == null ? null : Set.copyOf(disclose);
    }

    /** Whether that public model name may be asked for. */
    boolean mayUseModel(String model) {
        return models.isEmpty() || models.stream().anyMatch(allowed -> Wildcard.matches(allowed, model));
    }

    /** Whether that provider may serve. */
    boolean mayUseProvider(String provider) {
        return providers.isEmpty() || providers.contains(provider);
    }

    /** Whether that request header may be used. */
    boolean mayControl(String control) {
        return controls == null || controls.contains(control);
    }

    /** Whether that is told. */
    boolean isTold(String fact) {
        return disclose == null || disclose.contains(fact);
    }
}
