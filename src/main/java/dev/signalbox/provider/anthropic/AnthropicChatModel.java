package dev.signalbox.provider.anthropic;

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
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A model behind {@code /v1/messages} and {@code /v1/messages/count_tokens}. */
final class AnthropicChatModel extends WireModel {

    /** The version of the API whose shapes the dialect writes; later ones take no sampling parameters at all. */
    static final String VERSION = "2023-06-01";

    private static final String BETA = "anthropic-beta";

    private final AnthropicApi api;
    private final ProviderEntry provider;
    private final Endpoint messages;
    private final Endpoint counts;
    private final URI streams;

    AnthropicChatModel(
            Endpoint messages,
            Endpoint counts,
            AnthropicApi api,
            URI address,
            ProviderEntry provider,
            DeploymentEntry deployment,
            Tools tools) {
        super(provider, deployment, tools);
        this.messages = messages;
        this.counts = counts;
        this.api = api;
        this.provider = provider;
        this.streams = URI.create(address + messages.path());
    }

    @Override
    protected @Nullable Endpoint endpoint(Exchange exchange) {
        return switch (exchange.operation()) {
            case CHAT, TEXT_COMPLETION -> messages;
            case COUNT_TOKENS -> counts;
            case EMBEDDINGS, MODERATION -> null;
        };
    }

    @Override
    protected Uni<Answer> send(Call call, Outgoing request) {
        boolean counting = endpointOf(call).equals(counts);
        return (counting ? api.countTokens(request) : api.messages(request)).map(RestClients::answer);
    }

    @Override
    protected URI streamAddress(Call call) {
        return streams;
    }

    @Override
    protected Uni<Map<String, String>> headers(Call call) {
        Exchange exchange = call.exchange();
        Map<String, String> headers = RestClients.headers(provider, exchange.forwarded());
        betas(headers, exchange.forwarded().get(BETA));
        String spoken = isForwarded(call) ? exchange.version() : null;
        headers.putIfAbsent("anthropic-version", spoken == null ? VERSION : spoken);
        headers.put("x-api-key", call.credential());
        return Uni.createFrom().item(headers);
    }

    /** A body that goes on as it is, is in the version that its caller speaks. */
    private static boolean isForwarded(Call call) {
        return call.exchange().dialect().equals(endpointOf(call).dialect().id());
    }

    /** The betas that the deployment is configured with and those that the caller asks for, each once. */
    private void betas(Map<String, String> headers, @Nullable String asked) {
        if (asked == null) {
            return;
        }
        provider.headers().forEach((name, configured) -> {
            if (name.equalsIgnoreCase(BETA)) {
                headers.put(
                        BETA,
                        Stream.of(configured, asked)
                                .flatMap(list -> Arrays.stream(list.split(",")))
                                .map(String::strip)
                                .filter(beta -> !beta.isEmpty())
                                .distinct()
                                .collect(Collectors.joining(",")));
            }
        });
    }
}
