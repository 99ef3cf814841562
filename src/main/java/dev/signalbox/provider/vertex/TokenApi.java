package dev.signalbox.provider.vertex;

import dev.signalbox.upstream.Outgoing;
import io.quarkus.rest.client.reactive.Url;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** Where access tokens come from. */
@Path("")
interface TokenApi {

    /** A token for a signed assertion, or for a refresh token. */
    @POST
    @Consumes("application/x-www-form-urlencoded")
    @Produces("application/json")
    Uni<Response> exchange(@Url URI address, Outgoing form);

    /** A token for the machine that asks. */
    @GET
    @Produces("application/json")
    Uni<Response> ofThisMachine(@Url URI address, @HeaderParam("metadata-flavor") String flavor);
}
