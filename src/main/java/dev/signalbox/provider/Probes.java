package dev.signalbox.provider;

import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.Provider.Probe;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes probes: a GET with the provider's credential, which tells by its status alone whether the provider is there. */
public final class Probes {

    private Probes() {}

    /**
     * The probe of a provider.
     *
     * @param address the provider's; what {@code health.path} says stands behind it
     * @param usual what its kind gives away for nothing; null: nothing
     * @param headers those that a credential makes
     * @return null when nothing is free and nothing is configured
     */
    public static @Nullable Probe of(
            ProviderEntry provider,
            String address,
            @Nullable String usual,
            Function<String, Uni<Map<String, String>>> headers) {
        String path = provider.health().path();
        String asked = path == null ? usual : address + path;
        if (asked == null) {
            return null;
        }
        return new Get(provider, URI.create(address), URI.create(asked), headers);
    }

    /** Its client is made when it first probes, and not while everyone waits for the gateway to start. */
    private static final class Get implements Probe {

        private final ProviderEntry provider;
        private final URI address;
        private final URI asked;
        private final Function<String, Uni<Map<String, String>>> headers;
        private @Nullable ProbeApi api;

        Get(ProviderEntry provider, URI address, URI asked, Function<String, Uni<Map<String, String>>> headers) {
            this.provider = provider;
            this.address = address;
            this.asked = asked;
            this.headers = headers;
        }

        @Override
        public Uni<Integer> status(String credential) {
            return headers.apply(credential)
                    .map(given -> new Outgoing(new byte[0], given, () -> {}))
                    .chain(request -> api().get(asked, request))
                    .map(answer -> answer.getStatus());
        }

        private synchronized ProbeApi api() {
            ProbeApi made = api;
            if (made == null) {
                made = RestClients.connect(ProbeApi.class, address, provider);
                api = made;
            }
            return made;
        }
    }

    /** The headers of a question without a body: the provider's configured ones, to which the vendor's can be added. */
    public static Map<String, String> headers(ProviderEntry provider) {
        Map<String, String> headers = RestClients.headers(provider, Map.of());
        headers.remove("content-type");
        return headers;
    }

    /** The same with a bearer's token, unless it is empty. */
    public static Uni<Map<String, String>> bearer(ProviderEntry provider, String token) {
        Map<String, String> headers = headers(provider);
        if (!token.isEmpty()) {
            headers.put("authorization", "Bearer " + token);
        }
        return Uni.createFrom().item(headers);
    }

    /** The same with a credential in a header of the vendor's own. */
    public static Uni<Map<String, String>> with(ProviderEntry provider, String name, String credential) {
        Map<String, String> headers = headers(provider);
        headers.put(name, credential);
        return Uni.createFrom().item(headers);
    }
}
