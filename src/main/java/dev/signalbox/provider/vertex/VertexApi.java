package dev.signalbox.provider.vertex;

import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Outgoing;
import io.quarkus.rest.client.reactive.Url;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.net.URI;
import org.jboss.resteasy.reactive.RestResponse;

/** The methods of a model that are asked for plain answers; project, location, model and method stand in the address. */
@Path("")
interface VertexApi {

    @POST
    @Consumes("application/json")
    @Produces("application/json")
    Uni<RestResponse<RestClients.Incoming>> ask(@Url URI address, Outgoing request);
}
