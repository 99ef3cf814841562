package dev.signalbox.provider.bedrock;

import dev.signalbox.upstream.Outgoing;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Encoded;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;

/** The endpoints of Bedrock that are asked for plain answers. */
@Path("/model")
interface BedrockApi {

    /**
     * Asks a model.
     *
     * @param model its id, percent-encoded as it was signed
     * @param operation the last word of the path, such as {@code converse}
     */
    @POST
    @Path("/{model}/{operation}")
    @Consumes("application/json")
    @Produces("application/json")
    Uni<Response> ask(
            @Encoded @PathParam("model") String model, @PathParam("operation") String operation, Outgoing request);
}
