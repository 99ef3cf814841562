package dev.signalbox.admin;

import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.ledger.RequestLog;
import dev.signalbox.ledger.RequestLog.Dimension;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** What was used and spent, in sums. */
@Path("/admin/v1/usage")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Ledger")
@NonBlocking
public class UsageResource {

    private static final String TAG = "tag:";
    private static final String NAMES =
            Stream.of(Dimension.Field.values()).map(Dimension.Field::label).collect(Collectors.joining(", "));

    private final RequestLog log;
    private final Set<String> tags;

    UsageResource(RequestLog log, @ConfigProperty(name = "signalbox.tags") Optional<List<String>> tags) {
        this.log = log;
        this.tags = Set.copyOf(tags.orElse(List.of()));
    }

    @GET
    @Operation(hidden = true) // described in openapi.yaml
    public Uni<RestResponse<byte[]>> usage(
            @RestQuery @Nullable String from,
            @RestQuery @Nullable String to,
            @RestQuery("group_by") List<String> groupBy,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        return Answer.when(() -> {
            Instant begin = Parameters.time("from", from);
            Instant end = Parameters.time("to", to);
            Parameters.requireOrder(begin, end);
            return log.usage(begin, end, dimensions(groupBy), Parameters.limitOfSums(limit), Parameters.text(cursor))
                    .map(page -> Answer.list(page.rows(), page.nextCursor()));
        });
    }

    private List<Dimension> dimensions(List<String> groupBy) {
        List<Dimension> dimensions = new ArrayList<>();
        for (String names : groupBy) {
            for (String name : names.split(",", -1)) {
                Dimension dimension = name.isBlank() ? null : dimension(name.strip());
                if (dimension != null && !dimensions.contains(dimension)) {
                    dimensions.add(dimension);
                }
            }
        }
        return dimensions;
    }

    private Dimension dimension(String name) {
        for (Dimension.Field field : Dimension.Field.values()) {
            if (field.label().equals(name)) {
                return field;
            }
        }
        if (!name.startsWith(TAG)) {
            throw new InvalidRequest("group_by takes %s and %sNAME, not %s".formatted(NAMES, TAG, name), "group_by");
        }
        String tag = name.substring(TAG.length());
        if (!tags.contains(tag)) {
            throw new InvalidRequest("group_by: the tag %s is not listed in signalbox.tags".formatted(tag), "group_by");
        }
        return new Dimension.Tag(tag);
    }
}
