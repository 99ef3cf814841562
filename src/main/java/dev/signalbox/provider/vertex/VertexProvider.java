package dev.signalbox.provider.vertex;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.catalogue.Kind;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.provider.Probes;
import dev.signalbox.provider.RestClients;
import dev.signalbox.provider.vertex.Account.Machine;
import dev.signalbox.provider.vertex.Account.ServiceAccount;
import dev.signalbox.provider.vertex.Account.User;
import dev.signalbox.provider.vertex.TokenEndpoint.Granted;
import dev.signalbox.upstream.DeploymentModel;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.Provider;
import dev.signalbox.upstream.WireModel;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/** Connects to Google Cloud, as a service account, a user, the machine itself, or with API keys. */
@Singleton
public class VertexProvider implements Provider {

    private static final Kind KIND = new Kind("vertex", "", List.of(), false, "gemini-2.5-flash");
    private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9.:-]+");
    private static final String OF_THIS_MACHINE = "/computeMetadata/v1/instance/service-accounts/default/token";

    private final VertexModel.Languages languages = new VertexModel.Languages();
    private final WireModel.Tools tools;
    private final TokenEndpoint endpoint;
    private final Clock clock;
    private final Config surroundings;

    /** For CDI. */
    public VertexProvider(WireModel.Tools tools, TokenEndpoint endpoint, Clock clock, Config surroundings) {
        this.tools = tools;
        this.endpoint = endpoint;
        this.clock = clock;
        this.surroundings = surroundings;
    }

    @Override
    public List<Kind> kinds() {
        return List.of(KIND);
    }

    @Override
    public Connection connect(ProviderEntry entry) {
        String at = "signalbox.providers." + entry.name();
        ProviderEntry.Cloud cloud = entry.cloud();
        String said = cloud.location() == null ? cloud.region() : cloud.location();
        Place place = Place.of(
                at,
                entry.baseUrl(),
                said == null ? surrounding("GOOGLE_CLOUD_LOCATION", "global") : said,
                cloud.apiVersion());
        VertexApi api = RestClients.connect(VertexApi.class, URI.create(place.address()), entry);
        if (!entry.apiKeys().isEmpty()) {
            if (cloud.credentials() != null) {
                throw new InvalidConfig(at + ".api-keys", "cannot stand beside credentials; take one away");
            }
            return new Connection() {
                @Override
                public DeploymentModel model(DeploymentEntry deployment) {
                    return new VertexModel(languages, api, place, null, entry, deployment, tools);
                }

                // only where one is configured: nothing there is free for sure
                @Override
                public @Nullable Probe probe() {
                    return Probes.of(entry, place.address(), null, key -> Probes.with(entry, "x-goog-api-key", key));
                }
            };
        }
        Account account = account(at, cloud.credentials());
        List<String> projects = projects(at, cloud.projects(), account);
        var payer = new VertexModel.Payer(
                tokens(entry, account), account instanceof User user ? user.quotaProject() : null);
        return new Connection() {
            @Override
            public DeploymentModel model(DeploymentEntry deployment) {
                return new VertexModel(languages, api, place, payer, entry, deployment, tools);
            }

            @Override
            public List<String> credentials() {
                return projects;
            }

            // only where one is configured: nothing there is free for sure
            @Override
            public @Nullable Probe probe() {
                return Probes.of(
                        entry,
                        place.address(),
                        null,
                        _ -> payer.tokens()
                                .token()
                                .chain(token -> Probes.bearer(entry, token))
                                .invoke(headers -> {
                                    if (payer.quotaProject() != null) {
                                        headers.put("x-goog-user-project", payer.quotaProject());
                                    }
                                }));
            }
        };
    }

    private String surrounding(String variable, String otherwise) {
        return surroundings
                .getOptionalValue(variable, String.class)
                .map(String::trim)
                .filter(value -> !value.isEmpty())
                .orElse(otherwise);
    }

    private Account account(String at, @Nullable String given) {
        if (given != null) {
            String key = at + ".credentials";
            return Account.read(key, given.stripLeading().startsWith("{") ? given : file(key, given.trim()));
        }
        String named = surrounding("GOOGLE_APPLICATION_CREDENTIALS", "");
        if (!named.isEmpty()) {
            return Account.read("GOOGLE_APPLICATION_CREDENTIALS", file("GOOGLE_APPLICATION_CREDENTIALS", named));
        }
        String host = surrounding("GCE_METADATA_HOST", "metadata.google.internal");
        try {
            return new Machine(URI.create("http://" + host + OF_THIS_MACHINE));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfig("GCE_METADATA_HOST", "must be a host, perhaps with a port");
        }
    }

    private static String file(String key, String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException | InvalidPathException e) {
            throw new InvalidConfig(
                    key, "names a file that cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private List<String> projects(String at, List<String> given, Account account) {
        List<String> projects = given.stream()
                .map(String::trim)
                .filter(p -> !p.isEmpty())
                .distinct()
                .toList();
        if (projects.isEmpty()) {
            String own = account.project();
            String named = surrounding("GOOGLE_CLOUD_PROJECT", own == null ? "" : own);
            projects = named.isEmpty() ? List.of() : List.of(named);
        }
        if (projects.isEmpty()) {
            throw new InvalidConfig(at + ".project", "say which project pays, here or in GOOGLE_CLOUD_PROJECT");
        }
        if (!projects.stream().allMatch(project -> PROJECT.matcher(project).matches())) {
            throw new InvalidConfig(at + ".project", "must be the id of a project, such as my-project-123");
        }
        return projects;
    }

    private AccessTokens tokens(ProviderEntry entry, Account account) {
        Supplier<Uni<? extends Granted>> source = switch (account) {
            case ServiceAccount service -> {
                TokenApi api = RestClients.connect(TokenApi.class, service.tokens(), entry);
                yield () -> endpoint.exchange(
                        api,
                        service.tokens(),
                        form(Map.of(
                                "grant_type",
                                "urn:ietf:params:oauth:grant-type:jwt-bearer",
                                "assertion",
                                Assertion.of(service, clock.instant()))));
            }
            case User user -> {
                TokenApi api = RestClients.connect(TokenApi.class, user.tokens(), entry);
                yield () -> endpoint.exchange(
                        api,
                        user.tokens(),
                        form(Map.of(
                                "grant_type", "refresh_token",
                                "client_id", user.clientId(),
                                "client_secret", user.clientSecret(),
                                "refresh_token", user.refreshToken())));
            }
            case Machine machine -> {
                TokenApi api = RestClients.connect(TokenApi.class, machine.tokens(), entry);
                yield () -> endpoint.ofThisMachine(api, machine.tokens());
            }
        };
        return new AccessTokens(entry.name(), source, clock);
    }

    private static Outgoing form(Map<String, String> fields) {
        StringBuilder form = new StringBuilder();
        fields.forEach((name, value) -> form.append(form.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return new Outgoing(
                form.toString().getBytes(StandardCharsets.US_ASCII),
                Map.of("content-type", "application/x-www-form-urlencoded"),
                () -> {});
    }
}
