package dev.signalbox.provider.vertex;

import dev.signalbox.upstream.Outgoing;
import io.quarkus.rest.client.reactive.Url;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** The methods of a model that are asked for plain answers; project, location, model and method stand in the address. */
@Path("")
interface VertexApi {

    @POST
    @Consumes("application/json")
    @Produces("application/json")
    Uni<Response> ask(@Url URI address, Outgoing request);
}
