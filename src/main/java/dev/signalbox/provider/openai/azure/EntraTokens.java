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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.jboss.resteasy.reactive.ClientWebApplicationException;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of Entra ID for the application that the surroundings name: {@code AZURE_TENANT_ID}, {@code AZURE_CLIENT_ID} and
 * either {@code AZURE_CLIENT_SECRET} or {@code AZURE_FEDERATED_TOKEN_FILE}; {@code AZURE_AUTHORITY_HOST} when the cloud is a sovereign
 * one. A token is kept, fetched again before it ends,
 * and never fetched twice at once.
 */
@Singleton
public class EntraTokens {

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

    /** What Entra ID refuses it would refuse again; what it fails at is worth another try. */
    @NonBlocking
    @Retry(maxRetries = 2, delay = 200, jitter = 100, abortOn = ClientWebApplicationException.class)
    @Timeout(value = 10, unit = ChronoUnit.SECONDS)
    Uni<String> ask(String tenant, String client, @Nullable String secret, @Nullable String assertion) {
        return api().token(
                        tenant, "client_credentials", client, SCOPE, secret, assertion == null ? null : JWT, assertion);
    }

    /** Made when a token is first wanted, which it seldom is. */
    private synchronized EntraApi api() {
        EntraApi made = api;
        if (made == null) {
            made = QuarkusRestClientBuilder.newBuilder()
                    .baseUri(URI.create(said("AZURE_AUTHORITY_HOST").orElse(PUBLIC_CLOUD)))
                    .build(EntraApi.class);
            api = made;
        }
        return made;
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

    /** Never with Entra ID's own words, which name the tenant and the application. */
    private static UpstreamFailure failed(Throwable failure) {
        return switch (failure) {
            case UpstreamFailure known -> known;
            case WebApplicationException refused
            when refused.getResponse().getStatus() >= 400
                    && refused.getResponse().getStatus() < 500 ->
                new UpstreamFailure(
                        Kind.CREDENTIAL_REJECTED,
                        "Entra ID gives no token (HTTP " + refused.getResponse().getStatus() + ")");
            default -> new UpstreamFailure(Kind.CONNECT_FAILED, "Entra ID gave no token");
        };
    }
}
