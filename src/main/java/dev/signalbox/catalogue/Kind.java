package dev.signalbox.catalogue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A kind of provider, as far as configuration needs to know it.
 *
 * @param name as in {@code signalbox.providers.*.kind}
 * @param baseUrl its usual address; null when it has none, so that the configuration must say
 * @param keyVariables environment variables that may hold a credential, the first that is set wins; a provider of the
 *     kind's own name is configured by one of them alone, or together with the address
 * @param needsKey whether it answers nobody without a credential
 * @param example a model that most accounts there can ask for; null when none is known
 * @param address how the environment says where it is; null when it does not
 */
public record Kind(
        String name,
        @Nullable String baseUrl,
        List<String> keyVariables,
        boolean needsKey,
        @Nullable String example,
        @Nullable Address address) {
    public Kind {
        keyVariables = List.copyOf(keyVariables);
    }

    /** A kind whose address the environment does not say. */
    public Kind(
            String name,
            @Nullable String baseUrl,
            List<String> keyVariables,
            boolean needsKey,
            @Nullable String example) {
        this(name, baseUrl, keyVariables, needsKey, example, null);
    }

    /**
     * An environment variable that says where a provider is. A provider of the kind's own name is configured by it, together
     * with a credential where the kind needs one; and it stands in for a {@code base-url}, or {@code region}, that a file
     * does not give.
     *
     * @param variable its name
     * @param url makes a base URL of its value, throwing {@link IllegalArgumentException} when that is no address; null: the
     *     value is a region, and stands in {@link ProviderEntry.Cloud#region()}
     */
    public record Address(String variable, @Nullable UnaryOperator<String> url) {

        /** A variable that holds a region of a cloud. */
        public static Address region(String variable) {
            return new Address(variable, null);
        }
    }
}
