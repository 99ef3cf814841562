package dev.signalbox.provider.openai;

import dev.signalbox.upstream.Outgoing;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;

/** The endpoints of an OpenAI-compatible server that are asked for plain answers; below its {@code .../v1}. */
@Path("")
@Consumes("application/json")
@Produces("application/json")
interface OpenAiApi {

    @POST
    @Path("/chat/completions")
    Uni<Response> chatCompletions(Outgoing request);

    @POST
    @Path("/completions")
    Uni<Response> completions(Outgoing request);

    @POST
    @Path("/embeddings")
    Uni<Response> embeddings(Outgoing request);

    @POST
    @Path("/moderations")
    Uni<Response> moderations(Outgoing request);

    @POST
    @Path("/responses")
    Uni<Response> responses(Outgoing request);
}
