package dev.signalbox.provider.gemini;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
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

/** Connects to the Gemini API. */
@Singleton
public class GeminiProvider implements Provider {

    private static final Kind KIND = new Kind(
            "gemini",
            "https://generativelanguage.googleapis.com",
            List.of("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_AI_API_KEY"),
            true,
            "gemini-2.5-flash");

    private static final String VERSION = "/v1beta";
    private static final Pattern HAS_VERSION = Pattern.compile(".*/v\\d+[a-z0-9]*");

    private final GeminiModel.Languages languages = new GeminiModel.Languages();
    private final WireModel.Tools tools;

    /** For CDI. */
    public GeminiProvider(WireModel.Tools tools) {
        this.tools = tools;
    }

    @Override
    public List<Kind> kinds() {
        return List.of(KIND);
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        String url = entry.baseUrl();
        String address = HAS_VERSION.matcher(url).matches() ? url : url + VERSION;
        GeminiApi api = RestClients.connect(GeminiApi.class, URI.create(address), entry);
        return new Connection() {
            @Override
            public DeploymentModel model(DeploymentEntry deployment) {
                return new GeminiModel(languages, api, address, entry, deployment, tools);
            }

            // which models there are; one of them is enough
            @Override
            public @Nullable Probe probe() {
                return Probes.of(
                        entry, url, address + "/models?pageSize=1", key -> Probes.with(entry, "x-goog-api-key", key));
            }

            @Override
            public Listing listing() {
                return Listings.of(
                        entry,
                        url,
                        address + "/models?pageSize=1000",
                        new Listings.Shape("models", "name", "models/", "nextPageToken", "pageToken"),
                        (_, key) -> Probes.with(entry, "x-goog-api-key", key));
            }
        };
    }
}
