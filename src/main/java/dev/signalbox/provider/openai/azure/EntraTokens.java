package dev.signalbox.provider.openai.azure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import dev.signalbox.upstream.UpstreamFailure;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of Entra ID for the application that the surroundings name: {@code AZURE_TENANT_ID}, {@code AZURE_CLIENT_ID} and
 * either {@code AZURE_CLIENT_SECRET} or {@code AZURE_FEDERATED_TOKEN_FILE}; {@code AZURE_AUTHORITY_HOST} for a sovereign cloud. A
 * token is kept, fetched again before it ends, and never fetched twice at once.
 */
@Singleton
public class EntraTokens {

    private static final Logger LOG = Logger.getLogger(EntraTokens.class);
    private static final String AUTHORITY = "AZURE_AUTHORITY_HOST";
    private static final String PUBLIC_CLOUD = "https://login.microsoftonline.com";
    private static final String SCOPE = "https://cognitiveservices.azure.com/.default";
    private static final String JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /** A token this close to its end is not used any more. */
    private static final Duration MARGIN = Duration.ofMinutes(5);

    private final Config config;
    private final Vertx vertx;
    private final Clock clock;
    private @Nullable EntraApi api;
    private @Nullable Token current;
    private @Nullable Uni<Token> fetching;

    /** For CDI. */
    public EntraTokens(Config config, Vertx vertx, Clock clock) {
        this.config = config;
        this.vertx = vertx;
        this.clock = clock;
    }

    /**
     * @param renewAt from when on another one is fetched
     * @param end from when on it is good for nothing
     */
    private record Token(String text, Instant renewAt, Instant end) {}

    /** A token that is good for the next minutes. */
    synchronized Uni<String> token() {
        Token kept = current;
        if (kept != null && clock.instant().isBefore(kept.renewAt())) {
            return Uni.createFrom().item(kept.text());
        }
        Uni<Token> running = fetching;
        if (running == null) {
            running = fetch().onItemOrFailure().invoke(this::fetched).memoize().indefinitely();
            fetching = running;
        }
        return running.onFailure()
                .recoverWithUni(failure -> kept != null && clock.instant().isBefore(kept.end())
                        ? Uni.createFrom().item(kept)
                        : Uni.createFrom().failure(failed(failure)))
                .map(Token::text);
    }

    /** The token that is kept, which must not be told to anyone; nothing while there is none. */
    synchronized List<String> known() {
        Token kept = current;
        return kept == null ? List.of() : List.of(kept.text());
    }

    private synchronized void fetched(@Nullable Token token, @Nullable Throwable failure) {
        fetching = null;
        if (token != null) {
            current = token;
        } else if (failure != null) {
            LOG.warnf("no new token for Azure: %s", failed(failure).message());
        }
    }

    private Uni<Token> fetch() {
        Optional<String> tenant = said("AZURE_TENANT_ID");
        Optional<String> client = said("AZURE_CLIENT_ID");
        Optional<String> secret = said("AZURE_CLIENT_SECRET");
        Optional<String> file = said("AZURE_FEDERATED_TOKEN_FILE");
        if (tenant.isEmpty() || client.isEmpty() || (secret.isEmpty() && file.isEmpty())) {
            return Uni.createFrom()
                    .failure(new UpstreamFailure(
                            Kind.CREDENTIAL_REJECTED,
                            "there is no key, and AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or"
                                    + " AZURE_FEDERATED_TOKEN_FILE do not say who asks"));
        }
        Uni<String> answer = secret.isPresent()
                ? ask(tenant.get(), client.get(), secret.get(), null)
                : Uni.createFrom()
                        .completionStage(() ->
                                vertx.fileSystem().readFile(file.orElseThrow()).toCompletionStage())
                        .chain(read -> ask(
                                tenant.get(),
                                client.get(),
                                null,
                                read.toString().trim()));
        return answer.map(this::read);
    }

    private Optional<String> said(String variable) {
        return config.getOptionalValue(variable, String.class).map(String::trim).filter(value -> !value.isEmpty());
    }

    /** What Entra ID refuses it would refuse again; what it fails at is worth another try. Not private: it is intercepted. */
    @NonBlocking
    @Retry(maxRetries = 2, delay = 200, jitter = 100, abortOn = UpstreamFailure.class)
    @Timeout(value = 10, unit = ChronoUnit.SECONDS)
    Uni<String> ask(String tenant, String client, @Nullable String secret, @Nullable String assertion) {
        return api().token(
                        tenant, "client_credentials", client, SCOPE, secret, assertion == null ? null : JWT, assertion)
                .onFailure(WebApplicationException.class)
                .transform(EntraTokens::answered);
    }

    /** Never with Entra ID's own words, which name the tenant and the application. */
    private static Throwable answered(Throwable failure) {
        int status = ((WebApplicationException) failure).getResponse().getStatus();
        return status >= 400 && status < 500 && status != 408 && status != 429
                ? new UpstreamFailure(Kind.CREDENTIAL_REJECTED, "Entra ID gives no token (HTTP " + status + ")")
                : failure;
    }

    /** Made when a token is first wanted, which it seldom is. */
    private synchronized EntraApi api() {
        EntraApi made = api;
        if (made == null) {
            made = QuarkusRestClientBuilder.newBuilder().baseUri(authority()).build(EntraApi.class);
            api = made;
        }
        return made;
    }

    private URI authority() {
        try {
            URI given = new URI(said(AUTHORITY).orElse(PUBLIC_CLOUD));
            if (given.getHost() != null) {
                return given;
            }
        } catch (URISyntaxException _) {
            // said below
        }
        throw new UpstreamFailure(Kind.CREDENTIAL_REJECTED, AUTHORITY + " is not an address");
    }

    private Token read(String answer) {
        JsonNode token;
        try {
            token = Json.read(answer);
        } catch (JsonProcessingException e) {
            throw new UpstreamFailure(Kind.INVALID_ANSWER, "Entra ID's answer is not JSON");
        }
        String text = token.path("access_token").asText("");
        if (text.isEmpty()) {
            throw new UpstreamFailure(Kind.INVALID_ANSWER, "Entra ID's answer holds no token");
        }
        Duration life = Duration.ofSeconds(Math.max(0, token.path("expires_in").asLong(0)));
        Duration early = life.compareTo(MARGIN.multipliedBy(2)) > 0 ? MARGIN : life.dividedBy(2);
        Instant now = clock.instant();
        return new Token(text, now.plus(life).minus(early), now.plus(life));
    }

    private static UpstreamFailure failed(Throwable failure) {
        return failure instanceof UpstreamFailure known
                ? known
                : new UpstreamFailure(Kind.CONNECT_FAILED, "Entra ID gave no token");
    }
}
