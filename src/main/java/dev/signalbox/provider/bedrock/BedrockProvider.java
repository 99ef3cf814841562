package dev.signalbox.provider.bedrock;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.InvalidConfig;
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
import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/** Connects to Amazon Bedrock. */
@Singleton
public class BedrockProvider implements Provider {

    private static final String NAME = "bedrock";
    private static final Pattern REGION_IN_HOST = Pattern.compile("^bedrock-runtime(?:-fips)?\\.([a-z0-9-]+)\\.");

    private final WireModel.Tools tools;
    private final Clock clock;
    private final Surroundings surroundings;

    /** For CDI. */
    public BedrockProvider(WireModel.Tools tools, Config config, CredentialLenders lenders, Clock clock) {
        this.tools = tools;
        this.clock = clock;
        this.surroundings = new Surroundings(config, lenders, clock);
    }

    /** Its address depends on the region, without which a key in the environment is of no use. */
    @Override
    public List<Kind> kinds() {
        List<String> variables = surroundings.region() == null ? List.of() : List.of(Surroundings.API_KEY);
        return List.of(new Kind(NAME, "", variables, false, "amazon.nova-lite-v1:0"));
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        String at = "signalbox.providers." + entry.name();
        String region = region(entry);
        String given = entry.cloud().credentials();
        boolean keys = !entry.apiKeys().isEmpty();
        String ambientKey = keys || given != null ? null : surroundings.apiKey();
        if (region == null && (entry.baseUrl().isEmpty() || (!keys && ambientKey == null))) {
            throw new InvalidConfig(at + ".region", "is not set, and neither is AWS_REGION");
        }
        URI address = URI.create(
                entry.baseUrl().isEmpty()
                        ? "https://bedrock-runtime." + region + Surroundings.suffix(region)
                        : entry.baseUrl());
        CredentialSource source =
                given == null ? surroundings.ambient(region) : surroundings.given(at + ".credentials", given);
        var account = new BedrockAccount(
                address,
                region == null ? "" : region,
                entry.apiKeys(),
                ambientKey,
                new RenewedCredentials(source, clock),
                clock);
        BedrockApi api = RestClients.connect(BedrockApi.class, address, entry);
        return new Connection() {
            @Override
            public DeploymentModel model(DeploymentEntry deployment) {
                var model = new BedrockModel(account, api, entry, deployment, tools);
                return account.counts(deployment.model()) ? model : new CountedHere(model, deployment.model());
            }

            @Override
            public @Nullable List<String> credentials() {
                return account.payers();
            }

            // only where one is configured: its runtime gives nothing away
            @Override
            public @Nullable Probe probe() {
                return Probes.of(
                        entry,
                        address.toString(),
                        null,
                        payer -> account.authorized(
                                "GET",
                                payer,
                                new byte[0],
                                URI.create(
                                        address + String.valueOf(entry.health().path())),
                                Probes.headers(entry)));
            }

            // by its control plane, which stands beside the runtime; an address of one's own has none
            @Override
            public @Nullable Listing listing() {
                if (!entry.baseUrl().isEmpty() || region == null) {
                    return null;
                }
                String control = "https://bedrock." + region + Surroundings.suffix(region);
                return Listings.of(
                        entry,
                        control,
                        control + "/foundation-models",
                        Listings.Shape.of("modelSummaries", "modelId"),
                        (to, payer) -> account.authorized("GET", payer, new byte[0], to, Probes.headers(entry)));
            }
        };
    }

    private @Nullable String region(ProviderEntry entry) {
        if (entry.cloud().region() != null) {
            return entry.cloud().region();
        }
        String host =
                entry.baseUrl().isEmpty() ? null : URI.create(entry.baseUrl()).getHost();
        Matcher named = REGION_IN_HOST.matcher(host == null ? "" : host);
        return named.find() ? named.group(1) : surroundings.region();
    }
}
