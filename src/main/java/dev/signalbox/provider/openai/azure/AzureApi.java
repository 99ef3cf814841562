package dev.signalbox.provider.openai.azure;

import dev.signalbox.upstream.Outgoing;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;

/** The endpoints of a resource that are asked for plain answers: by deployment and version, or as OpenAI's own. */
@Path("")
@Consumes("application/json")
@Produces("application/json")
interface AzureApi {

    @POST
    @Path("/deployments/{deployment}/chat/completions")
    Uni<Response> chatCompletions(
            @PathParam("deployment") String deployment, @QueryParam("api-version") String version, Outgoing request);

    @POST
    @Path("/chat/completions")
    Uni<Response> chatCompletions(Outgoing request);

    @POST
    @Path("/responses")
    Uni<Response> responses(Outgoing request);

    @POST
    @Path("/deployments/{deployment}/completions")
    Uni<Response> completions(
            @PathParam("deployment") String deployment, @QueryParam("api-version") String version, Outgoing request);

    @POST
    @Path("/completions")
    Uni<Response> completions(Outgoing request);

    @POST
    @Path("/deployments/{deployment}/embeddings")
    Uni<Response> embeddings(
            @PathParam("deployment") String deployment, @QueryParam("api-version") String version, Outgoing request);

    @POST
    @Path("/embeddings")
    Uni<Response> embeddings(Outgoing request);
}
