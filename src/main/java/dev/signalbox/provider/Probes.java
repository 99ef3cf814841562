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
        URI to = URI.create(asked);
        ProbeApi api = RestClients.connect(ProbeApi.class, URI.create(address), provider);
        return credential -> headers.apply(credential)
                .map(given -> new Outgoing(new byte[0], given, () -> {}))
                .chain(request -> api.get(to, request))
                .map(answer -> answer.getStatus());
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
