package dev.signalbox.provider.ollama;

import dev.signalbox.upstream.Outgoing;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;

/** The endpoints of Ollama that are asked for plain answers. */
@Path("/api")
interface OllamaApi {

    @POST
    @Path("/chat")
    @Consumes("application/json")
    @Produces("application/json")
    Uni<Response> chat(Outgoing request);

    @POST
    @Path("/embed")
    @Consumes("application/json")
    @Produces("application/json")
    Uni<Response> embed(Outgoing request);
}
