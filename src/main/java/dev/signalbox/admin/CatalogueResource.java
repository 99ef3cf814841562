package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Almanac;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.chat.InvalidRequest;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** What is known of models: from the configuration, and from the model catalogue that is built in. */
@Path("/admin/v1/catalogue")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Catalogue")
@NonBlocking
public class CatalogueResource {

    private final Catalogue catalogue;
    private final Clock clock;

    CatalogueResource(Catalogue catalogue, Clock clock) {
        this.catalogue = catalogue;
        this.clock = clock;
    }

    @GET
    @Operation(
            operationId = "getCatalogue",
            summary = "Models with their windows, limits, capabilities and prices, and where each value comes from",
            description =
                    "First what the configured providers have, then what is known of vendors that none of them is of. Money is US dollars per million tokens.")
    public Uni<RestResponse<byte[]>> list(
            @Parameter(description = "A configured provider, or a vendor of the catalogue") @RestQuery @Nullable String provider,
            @Parameter(description = "An upstream model, or a public one") @RestQuery @Nullable String model,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        return Answer.when(() -> {
            int most = Parameters.limit(limit);
            List<CatalogueRow> rows = CatalogueRow.all(catalogue, Parameters.text(provider), Parameters.text(model));
            int from = after(rows, Parameters.text(cursor));
            int to = Math.min(rows.size(), from + most);
            Almanac almanac = catalogue.almanac();
            ObjectNode answer = Answer.page(
                    rows.subList(from, to).stream()
                            .map(row -> row.json(clock.instant()))
                            .toList(),
                    to < rows.size() ? rows.get(to - 1).key() : null);
            answer.put("source", almanac.source())
                    .put("version", almanac.version())
                    .put("date", almanac.date());
            return Uni.createFrom().item(Answer.of(answer));
        });
    }

    private static int after(List<CatalogueRow> rows, @Nullable String cursor) {
        if (cursor == null) {
            return 0;
        }
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).key().equals(cursor)) {
                return i + 1;
            }
        }
        throw new InvalidRequest("cursor is none that this list has given: " + cursor, "cursor");
    }
}
