package dev.signalbox.provider.vertex;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Endpoint;
import dev.signalbox.upstream.Inexpressible;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model on Google Cloud: it talks, counts and embeds. */
final class VertexModel extends WireModel {

    private final Languages languages;
    private final VertexApi api;
    private final Place place;
    private final @Nullable Payer payer;
    private final ProviderEntry provider;
    private final String model;
    private final @Nullable String resource;

    /** What is spoken there; embeddings in one of two ways, as the model has it. */
    record Languages(Endpoint chat, Endpoint predict, Endpoint predictOne, Endpoint embed, Endpoint counting) {
        Languages() {
            this(
                    new Endpoint(new GeminiDialect(), "generateContent"),
                    new Endpoint(new VertexPredictions(true), "predict"),
                    new Endpoint(new VertexPredictions(false), "predict"),
                    new Endpoint(new VertexEmbeddings(), "embedContent"),
                    new Endpoint(new VertexCounting(), "countTokens"));
        }

        /** As Google's own clients choose. */
        Endpoint embeddings(String model) {
            if (model.contains("gemini-embedding-001")) {
                return predictOne;
            }
            return model.contains("gemini") || model.contains("maas") ? embed : predict;
        }
    }

    /**
     * Who asks, when it is not an API key.
     *
     * @param quotaProject whose quota is used; null when it is the project's that is asked
     */
    record Payer(AccessTokens tokens, @Nullable String quotaProject) {}

    VertexModel(
            Languages languages,
            VertexApi api,
            Place place,
            @Nullable Payer payer,
            ProviderEntry provider,
            DeploymentEntry deployment,
            Tools tools) {
        super(provider, deployment, tools);
        this.languages = languages;
        this.api = api;
        this.place = place;
        this.payer = payer;
        this.provider = provider;
        this.model = deployment.model();
        this.resource = Place.resource(model);
    }

    @Override
    protected @Nullable Endpoint endpoint(Exchange exchange) {
        if (resource == null) {
            throw new Inexpressible(List.of(new Unsaid("model", "has no model of that name", true)));
        }
        return switch (exchange.operation()) {
            case CHAT, TEXT_COMPLETION -> languages.chat();
            case EMBEDDINGS -> languages.embeddings(model);
            case COUNT_TOKENS -> languages.counting();
            case MODERATION -> null;
        };
    }

    @Override
    protected Uni<Answer> send(Call call, Outgoing request) {
        return api.ask(address(call, endpointOf(call).path()), request).map(RestClients::answer);
    }

    @Override
    protected URI streamAddress(Call call) {
        return URI.create(address(call, "streamGenerateContent") + "?alt=sse");
    }

    private URI address(Call call, String method) {
        String known = resource;
        if (known == null) {
            throw new IllegalStateException("nothing is prepared for a model without an address");
        }
        return place.method(payer == null ? null : call.credential(), known, method);
    }

    @Override
    protected Uni<Map<String, String>> headers(Call call) {
        Map<String, String> headers =
                RestClients.headers(provider, call.exchange().forwarded());
        Payer account = payer;
        if (account == null) {
            headers.put("x-goog-api-key", call.credential());
            return Uni.createFrom().item(headers);
        }
        if (account.quotaProject() != null) {
            headers.put("x-goog-user-project", account.quotaProject());
        }
        Context loop = Vertx.currentContext();
        return account.tokens()
                .token()
                .map(token -> {
                    headers.put("authorization", "Bearer " + token);
                    return headers;
                })
                .emitOn(action -> onLoop(loop, action));
    }

    /** A token that many wait for comes on the event loop of the first; each goes on on its own. */
    private static void onLoop(@Nullable Context loop, Runnable action) {
        if (loop == null || loop.equals(Vertx.currentContext())) {
            action.run();
        } else {
            loop.runOnContext(_ -> action.run());
        }
    }

    /** The project that pays is no secret, the token is. */
    @Override
    public List<String> secrets(String credential) {
        return payer == null ? List.of(credential) : payer.tokens().secrets();
    }
}
