package dev.signalbox.provider.gemini;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.gemini.GeminiCounting;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.gemini.GeminiEmbeddings;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Endpoint;
import dev.signalbox.upstream.Inexpressible;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A model behind {@code /v1beta/models/...}: it talks, embeds and counts. */
final class GeminiModel extends WireModel {

    private static final String STREAM = "streamGenerateContent?alt=sse";
    private static final String EMBED = "embedContent";
    private static final String EMBED_MANY = "batchEmbedContents";
    private static final List<String> METHODS = List.of("generateContent", STREAM, EMBED, EMBED_MANY, "countTokens");

    private final Languages languages;
    private final GeminiApi api;
    private final ProviderEntry provider;
    private final Map<String, URI> addresses;

    /** What is spoken there. */
    record Languages(Endpoint chat, Endpoint embeddings, Endpoint counting) {
        Languages() {
            this(
                    new Endpoint(new GeminiDialect(), "generateContent"),
                    new Endpoint(new GeminiEmbeddings(), EMBED),
                    new Endpoint(new GeminiCounting(), "countTokens"));
        }
    }

    GeminiModel(
            Languages languages,
            GeminiApi api,
            String address,
            ProviderEntry provider,
            DeploymentEntry deployment,
            Tools tools) {
        super(provider, deployment, tools);
        this.languages = languages;
        this.api = api;
        this.provider = provider;
        String path = path(deployment.model());
        this.addresses = path == null
                ? Map.of()
                : METHODS.stream()
                        .collect(Collectors.toMap(
                                Function.identity(), method -> URI.create(address + "/" + path + ":" + method)));
    }

    /**
     * The model's resource name, such as {@code models/gemini-2.5-flash} or {@code tunedModels/mine}; null for a name that
     * would lead elsewhere, since callers may name upstream models.
     */
    static @Nullable String path(String model) {
        String name = model.startsWith("models/") || model.startsWith("tunedModels/") ? model : "models/" + model;
        String[] segments = name.split("/", -1);
        if (Arrays.stream(segments).anyMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."))) {
            return null;
        }
        return Arrays.stream(segments)
                .map(s -> URLEncoder.encode(s, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    @Override
    protected @Nullable Endpoint endpoint(Exchange exchange) {
        if (addresses.isEmpty()) {
            throw new Inexpressible(List.of(new Unsaid("model", "has no model of that name", true)));
        }
        return switch (exchange.operation()) {
            case CHAT, TEXT_COMPLETION -> languages.chat();
            case EMBEDDINGS -> languages.embeddings();
            case COUNT_TOKENS -> languages.counting();
            case MODERATION -> null;
        };
    }

    @Override
    protected Uni<Answer> send(Call call, Outgoing request) {
        return api.ask(address(call), request).map(RestClients::answer);
    }

    private URI address(Call call) {
        String method = endpointOf(call).path();
        return at(method.equals(EMBED) && areMany(call.prepared().body()) ? EMBED_MANY : method);
    }

    /** Whether it is a list of texts to embed, which has another method than one text. */
    private static boolean areMany(byte[] body) {
        try (JsonParser parser = Json.FACTORY.createParser(body)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                if (parser.currentName().equals("requests")) {
                    return true;
                }
                parser.nextToken();
                parser.skipChildren();
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("a body of our own is no JSON", e);
        }
    }

    @Override
    protected URI streamAddress(Call call) {
        return at(STREAM);
    }

    private URI at(String method) {
        return Objects.requireNonNull(addresses.get(method), "nothing is prepared for a model without an address");
    }

    @Override
    protected Uni<Map<String, String>> headers(Call call) {
        Map<String, String> headers =
                RestClients.headers(provider, call.exchange().forwarded());
        headers.put("x-goog-api-key", call.credential());
        return Uni.createFrom().item(headers);
    }
}
