package dev.signalbox.catalogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of provider, as far as configuration needs to know it.
 *
 * @param name as in {@code signalbox.providers.*.kind}
 * @param baseUrl its usual address; null when it has none, so that the configuration must say
 * @param keyVariables environment variables that may hold a credential, the first that is set wins; a provider of the
 *     kind's own name is configured by one of them alone
 * @param needsKey whether it answers nobody without a credential
 * @param example a model that most accounts there can ask for; null when none is known
 */
public record Kind(
        String name,
        @Nullable String baseUrl,
        List<String> keyVariables,
        boolean needsKey,
        @Nullable String example) {
    public Kind {
        keyVariables = List.copyOf(keyVariables);
    }
}
