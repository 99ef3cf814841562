package dev.signalbox.provider.bedrock;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import org.jspecify.annotations.Nullable;

/**
 * What lends credentials to a container: the agent of ECS, or of EKS Pod Identity.
 *
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html">Container credentials</a>
 */
@Path("")
interface ContainerApi {

    @GET
    @Produces("application/json")
    Uni<String> credentials(@HeaderParam("Authorization") @Nullable String token);
}
