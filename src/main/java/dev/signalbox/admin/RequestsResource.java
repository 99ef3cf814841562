package dev.signalbox.admin;

import dev.signalbox.chat.SignalboxException;
import dev.signalbox.ledger.RequestLog;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** The ledger, newest first. */
@Path("/admin/v1/requests")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Ledger")
@NonBlocking
public class RequestsResource {

    private final RequestLog log;

    RequestsResource(RequestLog log) {
        this.log = log;
    }

    @GET
    @Operation(hidden = true) // described in openapi.yaml
    public Uni<RestResponse<byte[]>> list(
            @RestQuery @Nullable String model,
            @RestQuery @Nullable String provider,
            @RestQuery @Nullable String key,
            @RestQuery @Nullable String status,
            @RestQuery @Nullable String from,
            @RestQuery @Nullable String to,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        return Answer.when(() -> {
            Instant begin = Parameters.time("from", from);
            Instant end = Parameters.time("to", to);
            Parameters.requireOrder(begin, end);
            RequestLog.Filter filter = new RequestLog.Filter(
                    Parameters.text(model),
                    Parameters.text(provider),
                    Parameters.text(key),
                    Parameters.status(status),
                    begin,
                    end);
            return log.page(filter, Parameters.limit(limit), Parameters.text(cursor))
                    .map(page -> Answer.list(page.rows(), page.nextCursor()));
        });
    }

    @GET
    @Path("/{id}")
    @Operation(hidden = true) // described in openapi.yaml
    public Uni<RestResponse<byte[]>> get(@RestPath String id) {
        return Answer.when(() -> log.find(id).map(row -> {
            if (row == null) {
                throw new SignalboxException(404, "not_found", "there is no request " + id, null);
            }
            return Answer.of(row);
        }));
    }
}
