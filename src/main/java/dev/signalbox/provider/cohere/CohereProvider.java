package dev.signalbox.provider.cohere;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.provider.CountedHere;
import dev.signalbox.provider.Listings;
import dev.signalbox.provider.Probes;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.DeploymentModel;
import dev.signalbox.upstream.Provider;
import dev.signalbox.upstream.WireModel;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Connects to Cohere. */
@Singleton
public class CohereProvider implements Provider {

    private static final Kind KIND =
            new Kind("cohere", "https://api.cohere.com", List.of("COHERE_API_KEY"), true, "command-a-03-2025");

    /** A version at the end of an address, which those who know other clients may have written. */
    private static final Pattern VERSION = Pattern.compile("/v\\d$");

    private final WireModel.Tools tools;

    /** For CDI. */
    public CohereProvider(WireModel.Tools tools) {
        this.tools = tools;
    }

    @Override
    public List<Kind> kinds() {
        return List.of(KIND);
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        URI address = URI.create(VERSION.matcher(entry.baseUrl()).replaceFirst(""));
        CohereApi api = RestClients.connect(CohereApi.class, address, entry);
        return new Connection() {
            @Override
            public DeploymentModel model(DeploymentEntry deployment) {
                return new CountedHere(new CohereModel(api, address, entry, deployment, tools), deployment.model());
            }

            // which models there are; one of them is enough
            @Override
            public @Nullable Probe probe() {
                return Probes.of(
                        entry, entry.baseUrl(), address + "/v1/models?page_size=1", key -> Probes.bearer(entry, key));
            }

            @Override
            public Listing listing() {
                return Listings.of(
                        entry,
                        entry.baseUrl(),
                        address + "/v1/models?page_size=1000",
                        new Listings.Shape("models", "name", "", "next_page_token", "page_token"),
                        (_, key) -> Probes.bearer(entry, key));
            }
        };
    }
}
