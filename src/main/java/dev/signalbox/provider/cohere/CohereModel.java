package dev.signalbox.provider.cohere;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Exchange;
import dev.signalbox.dialect.cohere.CohereDialect;
import dev.signalbox.dialect.cohere.CohereEmbeddings;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Endpoint;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model behind {@code /v2/chat} and {@code /v2/embed}. */
final class CohereModel extends WireModel {

    private static final Endpoint CHAT = new Endpoint(new CohereDialect(), "/v2/chat");
    private static final Endpoint EMBED = new Endpoint(new CohereEmbeddings(), "/v2/embed");

    private final CohereApi api;
    private final URI address;
    private final ProviderEntry provider;

    CohereModel(CohereApi api, URI address, ProviderEntry provider, DeploymentEntry deployment, Tools tools) {
        super(provider, deployment, tools);
        this.api = api;
        this.address = address;
        this.provider = provider;
    }

    @Override
    protected @Nullable Endpoint endpoint(Exchange exchange) {
        return switch (exchange.operation()) {
            case CHAT, TEXT_COMPLETION -> CHAT;
            case EMBEDDINGS -> EMBED;
            case MODERATION, COUNT_TOKENS -> null;
        };
    }

    @Override
    protected Uni<Answer> send(Call call, Outgoing request) {
        boolean embed = EMBED.equals(endpointOf(call));
        return (embed ? api.embed(request) : api.chat(request)).map(RestClients::answer);
    }

    @Override
    protected URI streamAddress(Call call) {
        return URI.create(address + endpointOf(call).path());
    }

    @Override
    protected Uni<Map<String, String>> headers(Call call) {
        return RestClients.bearerHeaders(provider, call);
    }
}
