package dev.signalbox.provider;

import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel.Answer;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.resteasy.reactive.client.api.QuarkusRestClientProperties;
import org.jspecify.annotations.Nullable;

/**
 * Makes a provider's REST client at run time, one for each configured provider. Errors are answers there, not exceptions;
 * deadlines are the router's; credentials are given per call.
 */
public final class RestClients {

    private static final int CONNECTIONS = 2_000;

    private RestClients() {}

    /**
     * A client for an address.
     *
     * @param type the MicroProfile REST client interface; its body parameter is an {@link Outgoing}
     */
    public static <T> T connect(Class<T> type, URI address, ProviderEntry provider) {
        return QuarkusRestClientBuilder.newBuilder()
                .baseUri(address)
                .connectTimeout(provider.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .readTimeout(0, TimeUnit.MILLISECONDS)
                .followRedirects(false)
                .property(QuarkusRestClientProperties.CONNECTION_POOL_SIZE, CONNECTIONS)
                .property(QuarkusRestClientProperties.CONNECTION_TTL, 30)
                .property(QuarkusRestClientProperties.NAME, provider.name())
                .disableDefaultMapper(true)
                .build(type);
    }

    /** What a REST client answered, whose body is in memory by then. */
    public static Answer answer(Response response) {
        return new Answer(response.getStatus(), response::getHeaderString, bytes(response.getEntity()));
    }

    private static byte[] bytes(@Nullable Object entity) {
        if (entity == null) {
            return new byte[0];
        }
        try (InputStream inMemory = (InputStream) entity) {
            return inMemory.readNBytes(inMemory.available());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The headers of a request: the provider's configured ones, the few of the caller's that go on, and what the vendor
     * wants; a later one replaces an earlier one of the same name.
     *
     * @param forwarded with names in lower case
     */
    public static Map<String, String> headers(ProviderEntry provider, Map<String, String> forwarded) {
        Map<String, String> headers = new HashMap<>();
        provider.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        headers.putAll(forwarded);
        headers.put("content-type", "application/json");
        return headers;
    }

    /** The headers of a call whose credential is a bearer's; those who want none are given none. */
    public static Uni<Map<String, String>> bearerHeaders(ProviderEntry provider, Call call) {
        Map<String, String> headers = headers(provider, call.exchange().forwarded());
        if (!call.credential().isEmpty()) {
            headers.put("authorization", "Bearer " + call.credential());
        }
        return Uni.createFrom().item(headers);
    }
}
