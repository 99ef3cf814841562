package dev.signalbox.provider.anthropic;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.dialect.anthropic.AnthropicCounting;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.provider.Listings;
import dev.signalbox.provider.Probes;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.DeploymentModel;
import dev.signalbox.upstream.Endpoint;
import dev.signalbox.upstream.Provider;
import dev.signalbox.upstream.WireModel;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Connects to Anthropic. */
@Singleton
public class AnthropicProvider implements Provider {

    private static final Kind KIND =
            new Kind("anthropic", "https://api.anthropic.com", List.of("ANTHROPIC_API_KEY"), true, "claude-sonnet-4-5");

    private final Endpoint messages = new Endpoint(new AnthropicDialect(), "/v1/messages");
    private final Endpoint counts = new Endpoint(new AnthropicCounting(), "/v1/messages/count_tokens");
    private final WireModel.Tools tools;

    /** For CDI. */
    public AnthropicProvider(WireModel.Tools tools) {
        this.tools = tools;
    }

    @Override
    public List<Kind> kinds() {
        return List.of(KIND);
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        String url = entry.baseUrl();
        URI address = URI.create(url.endsWith("/v1") ? url.substring(0, url.length() - "/v1".length()) : url);
        AnthropicApi api = RestClients.connect(AnthropicApi.class, address, entry);
        return new Connection() {
            @Override
            public DeploymentModel model(DeploymentEntry deployment) {
                return new AnthropicChatModel(messages, counts, api, address, entry, deployment, tools);
            }

            // which models there are
            @Override
            public @Nullable Probe probe() {
                return Probes.of(
                        entry,
                        url,
                        address + "/v1/models",
                        key -> Probes.with(entry, "x-api-key", key)
                                .invoke(headers ->
                                        headers.putIfAbsent("anthropic-version", AnthropicChatModel.VERSION)));
            }

            @Override
            public Listing listing() {
                return Listings.of(
                        entry,
                        url,
                        address + "/v1/models?limit=1000",
                        new Listings.Shape("data", "id", "", "last_id", "after_id"),
                        (_, key) -> Probes.with(entry, "x-api-key", key)
                                .invoke(headers ->
                                        headers.putIfAbsent("anthropic-version", AnthropicChatModel.VERSION)));
            }
        };
    }
}
