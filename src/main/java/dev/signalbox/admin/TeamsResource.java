package dev.signalbox.admin;

import dev.signalbox.keys.KeyBook;
import dev.signalbox.keys.KeyDesk;
import dev.signalbox.keys.TeamEntry;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Teams: groups of keys with rights and limits in common. */
@Path("/admin/v1/teams")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Keys")
@NonBlocking
public class TeamsResource {

    private final KeyDesk desk;
    private final KeyBook book;

    TeamsResource(KeyDesk desk, KeyBook book) {
        this.desk = desk;
        this.book = book;
    }

    @GET
    @Operation(hidden = true) // described in openapi.yaml, as are the others
    public Uni<RestResponse<byte[]>> list(@RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        return Answer.when(() -> desk.caughtUp()
                .map(_ -> Answer.byName(
                        book.teamsAfter(Parameters.cursor(cursor)), TeamEntry::name, KeyRow::of, limit, cursor)));
    }

    @POST
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> create(byte[] body) {
        return Answer.when(() -> desk.found(Parameters.object(body)).map(team -> Answer.created(KeyRow.of(team))));
    }

    @GET
    @Path("/{name}")
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> get(@RestPath String name) {
        return Answer.when(() -> desk.caughtUp().map(_ -> Answer.of(KeyRow.of(book.team(name)))));
    }

    @PATCH
    @Path("/{name}")
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> change(@RestPath String name, byte[] body) {
        return Answer.when(
                () -> desk.changeTeam(name, Parameters.object(body)).map(team -> Answer.of(KeyRow.of(team))));
    }

    @DELETE
    @Path("/{name}")
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> dissolve(@RestPath String name) {
        return Answer.when(() -> desk.dissolve(name).map(_ -> Answer.nothing()));
    }
}
