package dev.signalbox.provider.cohere;

import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Outgoing;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import org.jboss.resteasy.reactive.RestResponse;

/** The endpoints of Cohere that are asked for plain answers. */
@Path("/v2")
interface CohereApi {

    @POST
    @Path("/chat")
    @Consumes("application/json")
    @Produces("application/json")
    Uni<RestResponse<RestClients.Incoming>> chat(Outgoing request);

    @POST
    @Path("/embed")
    @Consumes("application/json")
    @Produces("application/json")
    Uni<RestResponse<RestClients.Incoming>> embed(Outgoing request);
}
