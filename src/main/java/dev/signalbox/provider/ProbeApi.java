package dev.signalbox.provider;

import dev.signalbox.upstream.Outgoing;
import io.quarkus.rest.client.reactive.Url;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** Any address that gives something away for nothing. */
@Path("")
interface ProbeApi {

    /** @param nothing headers and an empty body */
    @GET
    @Produces("application/json")
    Uni<Response> get(@Url URI address, Outgoing nothing);
}
