package dev.signalbox.provider.anthropic;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Dialect;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.util.Map;

/** A model behind {@code /v1/messages}. */
final class AnthropicChatModel extends WireModel {

    /** The version of the API whose shapes the dialect knows. */
    private static final String VERSION = "2023-06-01";

    private final AnthropicApi api;
    private final ProviderEntry provider;
    private final URI streams;

    AnthropicChatModel(
            Dialect dialect,
            AnthropicApi api,
            URI address,
            ProviderEntry provider,
            DeploymentEntry deployment,
            Tools tools) {
        super(dialect, provider, deployment, true, tools);
        this.api = api;
        this.provider = provider;
        this.streams = URI.create(address + "/v1/messages");
    }

    @Override
    protected Uni<Answer> send(Outgoing request) {
        return api.messages(request).map(RestClients::answer);
    }

    @Override
    protected URI streamAddress() {
        return streams;
    }

    @Override
    protected Map<String, String> headers(Call call) {
        Map<String, String> headers =
                RestClients.headers(provider, call.exchange().forwarded());
        headers.putIfAbsent("anthropic-version", VERSION);
        headers.put("x-api-key", call.credential());
        return headers;
    }
}
