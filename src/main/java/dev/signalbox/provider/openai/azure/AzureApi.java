package dev.signalbox.provider.openai.azure;

import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Outgoing;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import org.jboss.resteasy.reactive.RestResponse;

/** The endpoints of a resource that are asked for plain answers: by deployment and version, or as OpenAI's own. */
@Path("")
@Consumes("application/json")
@Produces("application/json")
interface AzureApi {

    @POST
    @Path("/deployments/{deployment}/chat/completions")
    Uni<RestResponse<RestClients.Incoming>> chatCompletions(
            @PathParam("deployment") String deployment, @QueryParam("api-version") String version, Outgoing request);

    @POST
    @Path("/chat/completions")
    Uni<RestResponse<RestClients.Incoming>> chatCompletions(Outgoing request);

    @POST
    @Path("/responses")
    Uni<RestResponse<RestClients.Incoming>> responses(Outgoing request);

    @POST
    @Path("/deployments/{deployment}/completions")
    Uni<RestResponse<RestClients.Incoming>> completions(
            @PathParam("deployment") String deployment, @QueryParam("api-version") String version, Outgoing request);

    @POST
    @Path("/completions")
    Uni<RestResponse<RestClients.Incoming>> completions(Outgoing request);

    @POST
    @Path("/deployments/{deployment}/embeddings")
    Uni<RestResponse<RestClients.Incoming>> embeddings(
            @PathParam("deployment") String deployment, @QueryParam("api-version") String version, Outgoing request);

    @POST
    @Path("/embeddings")
    Uni<RestResponse<RestClients.Incoming>> embeddings(Outgoing request);
}
