package dev.signalbox.provider.openai.azure;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.provider.CountedHere;
import dev.signalbox.provider.Listings;
import dev.signalbox.provider.Probes;
import dev.signalbox.provider.RestClients;
import dev.signalbox.provider.openai.Compatible;
import dev.signalbox.provider.openai.Endpoints;
import dev.signalbox.provider.openai.Kinds;
import dev.signalbox.upstream.DeploymentModel;
import dev.signalbox.upstream.Provider;
import dev.signalbox.upstream.WireModel;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Connects to Azure OpenAI, with keys of the resource or, when there are none, with a token of Entra ID. */
@Singleton
public class AzureProvider implements Provider {

    private static final String KIND = "azure-openai";

    private final Kinds kinds = new Kinds();
    private final EntraTokens tokens;
    private final WireModel.Tools tools;

    /** For CDI. */
    public AzureProvider(EntraTokens tokens, WireModel.Tools tools) {
        this.tokens = tokens;
        this.tools = tools;
    }

    @Override
    public List<Kind> kinds() {
        return List.of(kinds.kind(KIND));
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        Compatible said = Compatible.of(
                Compatible.over(kinds.said(KIND), entry.quirks()),
                name -> "signalbox.providers." + entry.name() + ".quirks." + name);
        AzureAddress address = AzureAddress.of(entry.baseUrl(), entry.cloud().apiVersion());
        // asked for by deployment and version, a resource has no responses but in previews
        Compatible compatible = address.version() == null ? said : said.withoutResponses();
        AzureApi api = RestClients.connect(AzureApi.class, URI.create(address.root()), entry);
        return new Connection() {
            @Override
            public DeploymentModel model(DeploymentEntry deployment) {
                var endpoints = new Endpoints(compatible, deployment.model());
                return new CountedHere(
                        new AzureModel(api, address, entry, deployment, endpoints, tokens, tools), deployment.model());
            }

            @Override
            public @Nullable List<String> credentials() {
                return entry.apiKeys().isEmpty() ? List.of(AzureModel.AMBIENT) : null;
            }

            // which models the resource may have
            @Override
            public @Nullable Probe probe() {
                return Probes.of(
                        entry,
                        entry.baseUrl(),
                        address.models().toString(),
                        key -> key.equals(AzureModel.AMBIENT)
                                ? tokens.token().chain(token -> Probes.bearer(entry, token))
                                : Probes.with(entry, "api-key", key));
            }

            @Override
            public Listing listing() {
                return Listings.of(
                        entry,
                        entry.baseUrl(),
                        address.models().toString(),
                        Listings.Shape.of("data", "id"),
                        (_, key) -> key.equals(AzureModel.AMBIENT)
                                ? tokens.token().chain(token -> Probes.bearer(entry, token))
                                : Probes.with(entry, "api-key", key));
            }
        };
    }
}
