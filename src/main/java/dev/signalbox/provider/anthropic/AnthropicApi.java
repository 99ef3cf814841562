package dev.signalbox.provider.anthropic;

import dev.signalbox.upstream.Outgoing;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;

/** The endpoints of Anthropic that are asked for plain answers. */
@Path("/v1")
interface AnthropicApi {

    @POST
    @Path("/messages")
    @Consumes("application/json")
    @Produces("application/json")
    Uni<Response> messages(Outgoing request);

    @POST
    @Path("/messages/count_tokens")
    @Consumes("application/json")
    @Produces("application/json")
    Uni<Response> countTokens(Outgoing request);
}
