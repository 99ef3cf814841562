package dev.signalbox.provider.vertex;

import dev.signalbox.provider.RestClients;
import dev.signalbox.upstream.Outgoing;
import io.quarkus.rest.client.reactive.Url;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.net.URI;
import org.jboss.resteasy.reactive.RestResponse;

/** Where access tokens come from. */
@Path("")
interface TokenApi {

    /** A token for a signed assertion, or for a refresh token. */
    @POST
    @Consumes("application/x-www-form-urlencoded")
    @Produces("application/json")
    Uni<RestResponse<RestClients.Incoming>> exchange(@Url URI address, Outgoing form);

    /** A token for the machine that asks. */
    @GET
    @Produces("application/json")
    Uni<RestResponse<RestClients.Incoming>> ofThisMachine(
            @Url URI address, @HeaderParam("metadata-flavor") String flavor);
}
