package dev.signalbox.provider.openai.azure;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import java.time.temporal.ChronoUnit;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.ClientWebApplicationException;
import org.jspecify.annotations.Nullable;

/**
 * Entra ID's endpoint for tokens. What it refuses it would refuse again; what it fails at is worth another try.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow">client credentials</a>
 */
@RegisterRestClient(configKey = "entra")
public interface EntraApi {

    /**
     * A token for an application.
     *
     * @param secret its secret; null when an assertion takes its place
     * @param assertionType what kind of assertion; null when there is none
     * @param assertion what another identity says about it; null when there is a secret
     */
    @POST
    @Path("/{tenant}/oauth2/v2.0/token")
    @Consumes("application/x-www-form-urlencoded")
    @Produces("application/json")
    @Retry(maxRetries = 2, delay = 200, jitter = 100, abortOn = ClientWebApplicationException.class)
    @Timeout(value = 10, unit = ChronoUnit.SECONDS)
    Uni<String> token(
            @PathParam("tenant") String tenant,
            @FormParam("grant_type") String grant,
            @FormParam("client_id") String client,
            @FormParam("scope") String scope,
            @FormParam("client_secret") @Nullable String secret,
            @FormParam("client_assertion_type") @Nullable String assertionType,
            @FormParam("client_assertion") @Nullable String assertion);
}
