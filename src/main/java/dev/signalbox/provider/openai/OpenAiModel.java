package dev.signalbox.provider.openai;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Exchange;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Endpoint;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model behind the endpoints of OpenAI, or of one who speaks like it. */
final class OpenAiModel extends WireModel {

    private final OpenAiApi api;
    private final ProviderEntry provider;
    private final Endpoints endpoints;

    OpenAiModel(OpenAiApi api, ProviderEntry provider, DeploymentEntry deployment, Endpoints endpoints, Tools tools) {
        super(provider, deployment, tools);
        this.api = api;
        this.provider = provider;
        this.endpoints = endpoints;
    }

    @Override
    protected @Nullable Endpoint endpoint(Exchange exchange) {
        return endpoints.of(exchange);
    }

    @Override
    protected Uni<Answer> send(Call call, Outgoing request) {
        var answer = switch (endpointOf(call).path()) {
            case Endpoints.CHAT_COMPLETIONS -> api.chatCompletions(request);
            case Endpoints.RESPONSES -> api.responses(request);
            case Endpoints.COMPLETIONS -> api.completions(request);
            case Endpoints.EMBEDDINGS -> api.embeddings(request);
            case Endpoints.MODERATIONS -> api.moderations(request);
            default -> throw new IllegalStateException("no such endpoint");
        };
        return answer.map(RestClients::answer);
    }

    @Override
    protected URI streamAddress(Call call) {
        return URI.create(provider.baseUrl() + endpointOf(call).path());
    }

    @Override
    protected Uni<Map<String, String>> headers(Call call) {
        return RestClients.bearerHeaders(provider, call);
    }
}
