package dev.signalbox.provider.bedrock;

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
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A model behind {@code /model/{id}/converse} and its siblings. */
final class BedrockModel extends WireModel {

    /** What an endpoint's path is followed by when a stream is wanted. */
    private static final String STREAMED = "-stream";

    private static final String EVENTS = "application/vnd.amazon.eventstream";

    /** How ids of inference profiles begin, which stand for a model in several regions. */
    private static final Pattern PROFILE =
            Pattern.compile("^(?:us|us-gov|eu|apac|jp|au|ca|global)\\.(?=[a-z0-9-]+\\.)");

    private final BedrockAccount account;
    private final BedrockApi api;
    private final ProviderEntry provider;
    private final String model;

    BedrockModel(
            BedrockAccount account, BedrockApi api, ProviderEntry provider, DeploymentEntry deployment, Tools tools) {
        super(provider, deployment, tools);
        this.account = account;
        this.api = api;
        this.provider = provider;
        this.model = deployment.model();
    }

    @Override
    public List<String> secrets(String credential) {
        return account.secrets(credential);
    }

    @Override
    protected @Nullable Endpoint endpoint(Exchange exchange) {
        return switch (exchange.operation()) {
            case CHAT, TEXT_COMPLETION -> account.converse();
            case EMBEDDINGS -> account.invoke();
            case COUNT_TOKENS -> account.counts(model) ? account.countTokens() : null;
            case MODERATION -> null;
        };
    }

    /** The id as it stands in the path: tokens are counted for models alone, and not for inference profiles. */
    private String id(Call call) {
        boolean counting = endpointOf(call).equals(account.countTokens());
        return SigV4.encoded(counting ? PROFILE.matcher(model).replaceFirst("") : model);
    }

    private static String operation(Call call) {
        String path = endpointOf(call).path();
        return call.exchange().stream() ? path + STREAMED : path;
    }

    @Override
    protected Uni<Answer> send(Call call, Outgoing request) {
        return api.ask(id(call), operation(call), request).map(RestClients::answer);
    }

    @Override
    protected URI streamAddress(Call call) {
        return URI.create(account.address() + "/model/" + id(call) + "/" + operation(call));
    }

    @Override
    protected Uni<Map<String, String>> headers(Call call) {
        Map<String, String> headers =
                RestClients.headers(provider, call.exchange().forwarded());
        headers.put("accept", call.exchange().stream() ? EVENTS : "application/json");
        return account.authorized(call, streamAddress(call), headers);
    }
}
