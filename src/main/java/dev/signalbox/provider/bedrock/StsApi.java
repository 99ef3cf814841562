package dev.signalbox.provider.bedrock;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;

/**
 * AWS's Security Token Service, as far as it needs no signature.
 *
 * @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html">AssumeRoleWithWebIdentity</a>
 */
@Path("/")
interface StsApi {

    @POST
    @Consumes("application/x-www-form-urlencoded")
    @Produces("application/xml")
    Uni<String> ask(
            @FormParam("Action") String action,
            @FormParam("Version") String version,
            @FormParam("RoleArn") String role,
            @FormParam("RoleSessionName") String name,
            @FormParam("WebIdentityToken") String token);
}
