package dev.signalbox.provider.ollama;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Exchange;
import dev.signalbox.dialect.ollama.OllamaDialect;
import dev.signalbox.dialect.ollama.OllamaEmbeddings;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Endpoint;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model behind {@code /api/chat} and {@code /api/embed}. */
final class OllamaModel extends WireModel {

    private static final Endpoint CHAT = new Endpoint(new OllamaDialect(), "/api/chat");
    private static final Endpoint EMBED = new Endpoint(new OllamaEmbeddings(), "/api/embed");

    private final OllamaApi api;
    private final URI address;
    private final ProviderEntry provider;

    OllamaModel(OllamaApi api, URI address, ProviderEntry provider, DeploymentEntry deployment, Tools tools) {
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

    /** A server of one's own wants no credential; its cloud does. */
    @Override
    protected Uni<Map<String, String>> headers(Call call) {
        return RestClients.bearerHeaders(provider, call);
    }
}
