package dev.signalbox.provider.openai;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Operation;
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

/** Connects to OpenAI and to everything that is compatible with it. */
@Singleton
public class OpenAiProvider implements Provider {

    private final Kinds kinds = new Kinds();
    private final WireModel.Tools tools;

    /** For CDI. */
    public OpenAiProvider(WireModel.Tools tools) {
        this.tools = tools;
    }

    @Override
    public List<Kind> kinds() {
        return kinds.all();
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        Compatible compatible = Compatible.of(
                Compatible.over(kinds.said(entry.kind()), entry.quirks()),
                name -> "signalbox.providers." + entry.name() + ".quirks." + name);
        return new Account(entry, compatible, RestClients.connect(OpenAiApi.class, URI.create(entry.baseUrl()), entry));
    }

    private final class Account implements Connection {
        private final ProviderEntry entry;
        private final Compatible compatible;
        private final OpenAiApi api;

        Account(ProviderEntry entry, Compatible compatible, OpenAiApi api) {
            this.entry = entry;
            this.compatible = compatible;
            this.api = api;
        }

        @Override
        public DeploymentModel model(DeploymentEntry deployment) {
            return new CountedHere(
                    new OpenAiModel(api, entry, deployment, new Endpoints(compatible, deployment.model()), tools),
                    deployment.model());
        }

        /** Which models there are. */
        @Override
        public @Nullable Probe probe() {
            return Probes.of(entry, entry.baseUrl(), entry.baseUrl() + "/models", key -> Probes.bearer(entry, key));
        }

        @Override
        public Listing listing() {
            return Listings.of(
                    entry,
                    entry.baseUrl(),
                    entry.baseUrl() + "/models",
                    Listings.Shape.of("data", "id"),
                    (_, key) -> Probes.bearer(entry, key));
        }

        @Override
        public @Nullable String usualModel(Operation operation) {
            return operation == Operation.MODERATION && compatible.operations().contains(operation)
                    ? compatible.moderationModel()
                    : null;
        }
    }
}
