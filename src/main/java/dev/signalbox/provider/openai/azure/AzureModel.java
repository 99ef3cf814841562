package dev.signalbox.provider.openai.azure;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Exchange;
import dev.signalbox.provider.RestClients;
import dev.signalbox.provider.openai.Endpoints;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Endpoint;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model that is deployed at a resource. */
final class AzureModel extends WireModel {

    /** The credential of those who have no key: a token is fetched for them. */
    static final String AMBIENT = "ambient";

    private final AzureApi api;
    private final AzureAddress address;
    private final ProviderEntry provider;
    private final String deployment;
    private final Endpoints endpoints;
    private final EntraTokens tokens;

    AzureModel(
            AzureApi api,
            AzureAddress address,
            ProviderEntry provider,
            DeploymentEntry deployment,
            Endpoints endpoints,
            EntraTokens tokens,
            Tools tools) {
        super(provider, deployment, tools);
        this.api = api;
        this.address = address;
        this.provider = provider;
        this.deployment = deployment.model();
        this.endpoints = endpoints;
        this.tokens = tokens;
    }

    @Override
    public List<String> secrets(String credential) {
        return credential.equals(AMBIENT) ? tokens.known() : List.of(credential);
    }

    @Override
    protected @Nullable Endpoint endpoint(Exchange exchange) {
        return endpoints.of(exchange);
    }

    @Override
    protected Uni<Answer> send(Call call, Outgoing request) {
        String version = address.version();
        var answer = switch (endpointOf(call).path()) {
            case Endpoints.CHAT_COMPLETIONS ->
                version == null ? api.chatCompletions(request) : api.chatCompletions(deployment, version, request);
            case Endpoints.COMPLETIONS ->
                version == null ? api.completions(request) : api.completions(deployment, version, request);
            case Endpoints.EMBEDDINGS ->
                version == null ? api.embeddings(request) : api.embeddings(deployment, version, request);
            case Endpoints.RESPONSES -> api.responses(request);
            default -> throw new IllegalStateException("no such endpoint");
        };
        return answer.map(RestClients::answer);
    }

    @Override
    protected URI streamAddress(Call call) {
        return address.at(endpointOf(call).path(), deployment);
    }

    @Override
    protected Uni<Map<String, String>> headers(Call call) {
        Map<String, String> headers =
                RestClients.headers(provider, call.exchange().forwarded());
        if (!call.credential().equals(AMBIENT)) {
            headers.put("api-key", call.credential());
            return Uni.createFrom().item(headers);
        }
        return tokens.token().map(token -> {
            headers.put("authorization", "Bearer " + token);
            return headers;
        });
    }
}
