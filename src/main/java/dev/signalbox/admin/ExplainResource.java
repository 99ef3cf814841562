package dev.signalbox.admin;

import dev.signalbox.gateway.RequestReader;
import dev.signalbox.ledger.SelectionJson;
import dev.signalbox.routing.Explainer;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

/** Who would answer a request, and who would not, and why; described in {@code openapi.yaml}. */
@Path("/admin/v1/explain")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class ExplainResource {

    private final RequestReader reader;
    private final Explainer explainer;

    ExplainResource(RequestReader reader, Explainer explainer) {
        this.reader = reader;
        this.explainer = explainer;
    }

    @POST
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> explain(@Context HttpServerRequest request) {
        return Answer.when(() -> reader.read(request)
                .chain(explainer::explain)
                .map(selection -> Answer.of(SelectionJson.of(selection))));
    }
}
