package dev.signalbox.provider.openai;

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

/** A model behind {@code /chat/completions}. */
final class OpenAiChatModel extends WireModel {

    private final OpenAiApi api;
    private final ProviderEntry provider;
    private final URI streams;

    OpenAiChatModel(
            Dialect dialect,
            OpenAiApi api,
            ProviderEntry provider,
            DeploymentEntry deployment,
            boolean usageInStream,
            Tools tools) {
        super(dialect, provider, deployment, usageInStream, tools);
        this.api = api;
        this.provider = provider;
        this.streams = URI.create(provider.baseUrl() + "/chat/completions");
    }

    @Override
    protected Uni<Answer> send(Outgoing request) {
        return api.chatCompletions(request).map(RestClients::answer);
    }

    @Override
    protected URI streamAddress() {
        return streams;
    }

    @Override
    protected Map<String, String> headers(Call call) {
        Map<String, String> headers =
                RestClients.headers(provider, call.exchange().forwarded());
        if (!call.credential().isEmpty()) {
            headers.put("authorization", "Bearer " + call.credential());
        }
        return headers;
    }
}
