package dev.signalbox.provider.bedrock;

import dev.signalbox.upstream.UpstreamFailure;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.jspecify.annotations.Nullable;

/** Asks those who lend credentials for a while. What they refuse is refused; what breaks is tried again. */
@Singleton
public class CredentialLenders {

    private static final long CONNECT_SECONDS = 2;

    private final ConcurrentHashMap<URI, StsApi> services = new ConcurrentHashMap<>(2);
    private final ConcurrentHashMap<URI, ContainerApi> agents = new ConcurrentHashMap<>(2);

    /**
     * The credentials of a role, for a token of the surroundings' own.
     *
     * @param service the address of the token service
     * @param role the ARN of the role
     * @param name of the session, as AWS's logs will show it
     * @param tokenFile holds the token, which is replaced from time to time
     */
    Uni<AwsCredentials> assume(URI service, String role, String name, Path tokenFile) {
        StsApi api = services.computeIfAbsent(service, at -> client(StsApi.class, at));
        return ask(() -> text(tokenFile)
                .chain(token -> api.ask("AssumeRoleWithWebIdentity", "2011-06-15", role, name, token))
                .onFailure(CredentialLenders::isRefusal)
                .transform(_ -> refused("the token service refuses to lend the role's credentials"))
                .map(CredentialLenders::role));
    }

    /**
     * The credentials of a container.
     *
     * @param agent the address of who has them
     * @param token to show there; null when none is wanted
     * @param tokenFile holds it, in its place; null when there is none
     */
    Uni<AwsCredentials> container(URI agent, @Nullable String token, @Nullable Path tokenFile) {
        ContainerApi api = agents.computeIfAbsent(agent, at -> client(ContainerApi.class, at));
        return ask(() -> (tokenFile == null
                        ? api.credentials(token)
                        : text(tokenFile).chain(api::credentials))
                .onFailure(CredentialLenders::isRefusal)
                .transform(_ -> refused("the container's agent refuses to lend credentials"))
                .map(json -> {
                    AwsCredentials lent = CredentialFiles.json(json);
                    if (lent == null) {
                        throw refused("the container's agent answered without credentials");
                    }
                    return lent;
                }));
    }

    /** What breaks is tried again, what is refused is not. Not private: it is intercepted. */
    @NonBlocking
    @Timeout(value = 5, unit = ChronoUnit.SECONDS)
    @Retry(maxRetries = 2, delay = 200, jitter = 100, abortOn = UpstreamFailure.class)
    @CircuitBreaker(requestVolumeThreshold = 6, delay = 2000, skipOn = UpstreamFailure.class)
    Uni<AwsCredentials> ask(Supplier<Uni<AwsCredentials>> question) {
        return question.get();
    }

    private static <T> T client(Class<T> type, URI address) {
        return QuarkusRestClientBuilder.newBuilder()
                .baseUri(address)
                .connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                .followRedirects(false)
                .build(type);
    }

    /** The text of a file, read where blocking is allowed. */
    static Uni<String> text(Path file) {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        return Files.readString(file).strip();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultExecutor());
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof WebApplicationException answer
                && answer.getResponse().getStatus() < 500
                && answer.getResponse().getStatus() != 429;
    }

    private static UpstreamFailure refused(String message) {
        return new UpstreamFailure(UpstreamFailure.Kind.CREDENTIAL_REJECTED, message);
    }

    private static AwsCredentials role(String xml) {
        String id = element(xml, "AccessKeyId");
        String secret = element(xml, "SecretAccessKey");
        String token = element(xml, "SessionToken");
        if (id == null || secret == null || token == null) {
            throw refused("the token service answered without credentials");
        }
        return new AwsCredentials(id, secret, token, time(element(xml, "Expiration")));
    }

    private static @Nullable Instant time(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw refused("the token service answered with a time that is none");
        }
    }

    /** The text of an element; none of those read here holds markup or entities. */
    private static @Nullable String element(String xml, String name) {
        Matcher element = Pattern.compile("<" + name + ">\\s*([^<\\s]+)\\s*</" + name + ">")
                .matcher(xml);
        return element.find() ? element.group(1) : null;
    }
}
