package dev.signalbox.provider;

import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel.Answer;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.resteasy.reactive.RestResponse;
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
                .register(new GivenHeaders())
                .register(new AsItIs())
                .register(new Whole())
                .build(type);
    }

    /** What a REST client answered; of an error it gives the body unread. */
    public static Answer answer(RestResponse<?> response) {
        return new Answer(response.getStatus(), response::getHeaderString, bytes(response.getEntity()));
    }

    private static byte[] bytes(@Nullable Object entity) {
        return switch (entity) {
            case null -> new byte[0];
            case Incoming whole -> whole.body();
            case InputStream inMemory -> {
                try (inMemory) {
                    yield inMemory.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            default -> throw new IllegalStateException("a body of " + entity.getClass());
        };
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

    private static final class GivenHeaders implements ClientRequestFilter {
        @Override
        public void filter(ClientRequestContext request) {
            if (request.getEntity() instanceof Outgoing outgoing) {
                MultivaluedMap<String, Object> headers = request.getHeaders();
                outgoing.headers().forEach(headers::putSingle);
            }
        }
    }

    /**
     * The body of an answer, as it is.
     *
     * @param body empty when there is none
     */
    public record Incoming(byte[] body) {}

    /** Reads a body that is in memory already into one array of its size. */
    private static final class Whole implements MessageBodyReader<Incoming> {
        @Override
        public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
            return type == Incoming.class;
        }

        @Override
        public Incoming readFrom(
                Class<Incoming> type,
                Type genericType,
                Annotation[] annotations,
                MediaType mediaType,
                MultivaluedMap<String, String> httpHeaders,
                InputStream inMemory)
                throws IOException {
            return new Incoming(inMemory.readNBytes(inMemory.available()));
        }
    }

    private static final class AsItIs implements MessageBodyWriter<Outgoing> {
        @Override
        public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
            return type == Outgoing.class;
        }

        @Override
        public void writeTo(
                Outgoing outgoing,
                Class<?> type,
                Type genericType,
                Annotation[] annotations,
                MediaType mediaType,
                MultivaluedMap<String, Object> httpHeaders,
                OutputStream entityStream)
                throws IOException {
            outgoing.connected().run();
            entityStream.write(outgoing.body());
        }
    }
}
