package dev.signalbox.provider.bedrock;

import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.upstream.UpstreamFailure;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says about AWS, under the names that AWS's own clients read.
 *
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html">Settings of AWS's clients</a>
 */
final class Surroundings {

    /** Holds an API key of Bedrock's own. */
    static final String API_KEY = "AWS_BEARER_TOKEN_BEDROCK";

    /** How long a file of credentials is believed before it is read again. */
    private static final Duration READ_AGAIN = Duration.ofMinutes(10);

    private static final String TASK_AGENT = "http://169.254.170.2";
    private static final List<String> AGENTS =
            List.of("localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]");

    private final Config config;
    private final CredentialLenders lenders;
    private final Clock clock;

    Surroundings(Config config, CredentialLenders lenders, Clock clock) {
        this.config = config;
        this.lenders = lenders;
        this.clock = clock;
    }

    /** The region; null when none is said. */
    @Nullable String region() {
        return variable("AWS_REGION").or(() -> variable("AWS_DEFAULT_REGION")).orElse(null);
    }

    /** An API key of Bedrock's own; null when there is none. */
    @Nullable String apiKey() {
        return variable(API_KEY).orElse(null);
    }

    /**
     * Credentials that a provider's configuration gives.
     *
     * @param key where it does
     * @param given a file, or JSON
     */
    CredentialSource given(String key, String given) {
        if (!given.strip().startsWith("{")) {
            return file(Path.of(given.strip()));
        }
        AwsCredentials fixed = CredentialFiles.json(given);
        if (fixed == null) {
            throw new InvalidConfig(key, "must be a file, or JSON with accessKeyId and secretAccessKey");
        }
        return () -> Uni.createFrom().item(fixed);
    }

    /** The credentials that lie around: keys, a role for a web identity, a shared file, a container's agent. */
    CredentialSource ambient(@Nullable String region) {
        Optional<String> id = variable("AWS_ACCESS_KEY_ID");
        Optional<String> secret = variable("AWS_SECRET_ACCESS_KEY");
        if (id.isPresent() && secret.isPresent()) {
            var fixed = new AwsCredentials(
                    id.get(), secret.get(), variable("AWS_SESSION_TOKEN").orElse(null), null);
            return () -> Uni.createFrom().item(fixed);
        }
        Optional<String> tokenFile = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
        Optional<String> role = variable("AWS_ROLE_ARN");
        if (tokenFile.isPresent() && role.isPresent()) {
            URI service = URI.create(variable("AWS_ENDPOINT_URL_STS")
                    .orElse("https://sts." + (region == null ? "us-east-1" : region) + suffix(region)));
            String name = variable("AWS_ROLE_SESSION_NAME").orElse("signalbox");
            Path file = Path.of(tokenFile.get());
            return () -> lenders.assume(service, role.get(), name, file);
        }
        Optional<String> sharedFile = variable("AWS_SHARED_CREDENTIALS_FILE");
        Path shared = sharedFile
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".aws", "credentials"));
        if (sharedFile.isPresent() || Files.isReadable(shared)) {
            return file(shared);
        }
        URI agent = agent();
        if (agent != null) {
            String token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").orElse(null);
            Path file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
                    .map(Path::of)
                    .orElse(null);
            return () -> lenders.container(agent, token, file);
        }
        return () -> Uni.createFrom().failure(none("there are no credentials of AWS"));
    }

    /** The host names of AWS in a region end so. */
    static String suffix(@Nullable String region) {
        return region != null && region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    }

    private Optional<String> variable(String name) {
        return config.getOptionalValue(name, String.class).map(String::strip).filter(value -> !value.isEmpty());
    }

    private CredentialSource file(Path file) {
        String profile = variable("AWS_PROFILE").orElse("default");
        return () -> CredentialLenders.text(file).map(text -> {
            AwsCredentials read = CredentialFiles.read(text, profile);
            if (read == null) {
                throw none("the file of credentials holds none for the profile '" + profile + "'");
            }
            return read.expires() != null
                    ? read
                    : new AwsCredentials(
                            read.accessKeyId(),
                            read.secretAccessKey(),
                            read.sessionToken(),
                            clock.instant().plus(READ_AGAIN));
        });
    }

    /** Where a container's agent is; its token is shown to nobody but the addresses that AWS has for it, or over TLS. */
    private @Nullable URI agent() {
        Optional<String> relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        if (relative.isPresent()) {
            return URI.create(TASK_AGENT + relative.get());
        }
        Optional<String> full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        if (full.isEmpty()) {
            return null;
        }
        URI agent = URI.create(full.get());
        if (!"https".equals(agent.getScheme()) && !AGENTS.contains(String.valueOf(agent.getHost()))) {
            throw new InvalidConfig(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    "must be https, or an address of this host or of AWS's agents");
        }
        return agent;
    }

    private static UpstreamFailure none(String message) {
        return new UpstreamFailure(UpstreamFailure.Kind.CREDENTIAL_REJECTED, message);
    }
}
