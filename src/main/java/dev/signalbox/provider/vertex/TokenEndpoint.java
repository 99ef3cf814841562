package dev.signalbox.provider.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Outgoing;
import dev.signalbox.upstream.WireModel.Answer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;

/**
 * Asks for access tokens: again when nobody answers or the answer is none, never when the credentials are refused, and not at
 * all for a while when it keeps failing.
 */
@ApplicationScoped
public class TokenEndpoint {

    /**
     * An access token.
     *
     * @param lifetime how long it is good for
     */
    record Granted(String token, Duration lifetime) {

        /** The lifetime alone: tokens must not be printed. */
        @Override
        public String toString() {
            return "a token for " + lifetime;
        }
    }

    /** A token for what the form holds. */
    @Timeout(value = 5, unit = ChronoUnit.SECONDS)
    @Retry(maxRetries = 2, delay = 200, jitter = 100, abortOn = NoToken.Refused.class)
    @CircuitBreaker(requestVolumeThreshold = 12, delay = 2000, skipOn = NoToken.Refused.class)
    public Uni<Granted> exchange(TokenApi api, URI address, Outgoing form) {
        return api.exchange(address, form).map(RestClients::answer).map(TokenEndpoint::granted);
    }

    /** A token for the machine that the gateway runs on. */
    @Timeout(value = 5, unit = ChronoUnit.SECONDS)
    @Retry(maxRetries = 2, delay = 200, jitter = 100, abortOn = NoToken.Refused.class)
    @CircuitBreaker(requestVolumeThreshold = 12, delay = 2000, skipOn = NoToken.Refused.class)
    public Uni<Granted> ofThisMachine(TokenApi api, URI address) {
        return api.ofThisMachine(address, "Google").map(RestClients::answer).map(TokenEndpoint::granted);
    }

    private static Granted granted(Answer answer) {
        int status = answer.status();
        JsonNode json = json(answer.body());
        if (status >= 400 && status < 500 && status != 408 && status != 429) {
            throw new NoToken.Refused("the credentials are refused" + reason(json), status);
        }
        String token = json.path("access_token").asText("");
        if (status != 200 || token.isBlank()) {
            throw new NoToken("the answer holds no token", status);
        }
        return new Granted(
                token, Duration.ofSeconds(Math.max(0, json.path("expires_in").asLong(0))));
    }

    /** The error's code, such as {@code invalid_grant}, when it is one; its description may repeat what was sent. */
    private static String reason(JsonNode json) {
        String code = json.path("error").asText("");
        return code.matches("[a-z_]{1,40}") ? " (" + code + ")" : "";
    }

    private static JsonNode json(byte[] body) {
        try {
            return Json.read(body);
        } catch (IOException e) {
            return Json.object();
        }
    }
}
