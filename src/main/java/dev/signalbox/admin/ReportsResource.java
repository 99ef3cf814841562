package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.ledger.RequestLog;
import dev.signalbox.ledger.RequestLog.Dimension;
import dev.signalbox.upstream.Condition;
import dev.signalbox.upstream.Fleet;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** How it goes, of the last 24 hours or any other time. */
@Path("/admin/v1/reports")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Reports")
@NonBlocking
public class ReportsResource {

    private static final Duration USUAL = Duration.ofHours(24);

    private final RequestLog log;
    private final Fleet fleet;
    private final Clock clock;

    ReportsResource(RequestLog log, Fleet fleet, Clock clock) {
        this.log = log;
        this.fleet = fleet;
        this.clock = clock;
    }

    @GET
    @Path("/health")
    @Operation(hidden = true) // described in openapi.yaml
    public Uni<RestResponse<byte[]>> health(@RestQuery @Nullable String from, @RestQuery @Nullable String to) {
        return report(from, to, report -> report.health(providers()));
    }

    @GET
    @Path("/routing")
    @Operation(hidden = true) // described in openapi.yaml
    public Uni<RestResponse<byte[]>> routing(@RestQuery @Nullable String from, @RestQuery @Nullable String to) {
        return report(from, to, Report::routing);
    }

    private Uni<RestResponse<byte[]>> report(
            @Nullable String from, @Nullable String to, Function<Report, ObjectNode> written) {
        return Answer.when(() -> {
            Instant begin = Parameters.time("from", from);
            Instant end = Parameters.time("to", to);
            Parameters.requireOrder(begin, end);
            // What is to end now includes what comes to be known while it is asked.
            Instant until = end == null ? clock.instant().truncatedTo(ChronoUnit.MILLIS) : end;
            Instant since = begin == null ? until.minus(USUAL) : begin;
            Parameters.requireOrder(since, until);
            return log.usage(since, end, List.of())
                    .chain(all -> log.usage(since, end, List.of(Dimension.Field.PROVIDER))
                            .map(byProvider ->
                                    Answer.of(written.apply(new Report(since, until, all.getFirst(), byProvider)))));
        });
    }

    private Map<String, Report.Provider> providers() {
        Map<String, Report.Provider> providers = new HashMap<>();
        for (ProviderEntry entry : fleet.providers()) {
            Condition condition = fleet.condition(entry.name());
            if (condition != null) {
                providers.put(
                        entry.name(),
                        new Report.Provider(
                                condition.state().code(),
                                condition.reason(),
                                entry.ranking().quality()));
            }
        }
        return providers;
    }
}
