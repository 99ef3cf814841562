package dev.signalbox.provider.openai;

import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Outgoing;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import org.jboss.resteasy.reactive.RestResponse;

/** The endpoints of an OpenAI-compatible server that are asked for plain answers; below its {@code .../v1}. */
@Path("")
@Consumes("application/json")
@Produces("application/json")
interface OpenAiApi {

    @POST
    @Path("/chat/completions")
    Uni<RestResponse<RestClients.Incoming>> chatCompletions(Outgoing request);

    @POST
    @Path("/completions")
    Uni<RestResponse<RestClients.Incoming>> completions(Outgoing request);

    @POST
    @Path("/embeddings")
    Uni<RestResponse<RestClients.Incoming>> embeddings(Outgoing request);

    @POST
    @Path("/moderations")
    Uni<RestResponse<RestClients.Incoming>> moderations(Outgoing request);

    @POST
    @Path("/responses")
    Uni<RestResponse<RestClients.Incoming>> responses(Outgoing request);
}
