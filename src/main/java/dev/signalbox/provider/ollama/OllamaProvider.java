package dev.signalbox.provider.ollama;

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
import org.jspecify.annotations.Nullable;

/** Connects to Ollama. */
@Singleton
public class OllamaProvider implements Provider {

    private static final Kind KIND = new Kind(
            "ollama",
            "http://localhost:11434",
            List.of("OLLAMA_API_KEY"),
            false,
            null,
            new Kind.Address("OLLAMA_HOST", OllamaHost::url));

    private final WireModel.Tools tools;

    /** For CDI. */
    public OllamaProvider(WireModel.Tools tools) {
        this.tools = tools;
    }

    @Override
    public List<Kind> kinds() {
        return List.of(KIND);
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        URI address = URI.create(root(entry.baseUrl()));
        OllamaApi api = RestClients.connect(OllamaApi.class, address, entry);
        return new Connection() {
            @Override
            public DeploymentModel model(DeploymentEntry deployment) {
                return new CountedHere(new OllamaModel(api, address, entry, deployment, tools), deployment.model());
            }

            // which version it is
            @Override
            public @Nullable Probe probe() {
                return Probes.of(entry, entry.baseUrl(), address + "/api/version", key -> Probes.bearer(entry, key));
            }

            @Override
            public Listing listing() {
                return Listings.of(
                        entry,
                        entry.baseUrl(),
                        address + "/api/tags",
                        Listings.Shape.of("models", "name"),
                        (_, key) -> Probes.bearer(entry, key));
            }
        };
    }

    /** The address without the path of an API below it, which those who know other clients may have written. */
    static String root(String url) {
        for (String path : List.of("/api", "/v1")) {
            if (url.endsWith(path)) {
                return url.substring(0, url.length() - path.length());
            }
        }
        return url;
    }
}
