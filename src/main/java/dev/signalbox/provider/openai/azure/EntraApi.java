package dev.signalbox.provider.openai.azure;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import org.jspecify.annotations.Nullable;

/**
 * Entra ID's endpoint for tokens.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow">client credentials</a>
 */
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
    Uni<String> token(
            @PathParam("tenant") String tenant,
            @FormParam("grant_type") String grant,
            @FormParam("client_id") String client,
            @FormParam("scope") String scope,
            @FormParam("client_secret") @Nullable String secret,
            @FormParam("client_assertion_type") @Nullable String assertionType,
            @FormParam("client_assertion") @Nullable String assertion);
}
