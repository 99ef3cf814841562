package dev.signalbox.admin;

import dev.signalbox.keys.KeyBook;
import dev.signalbox.keys.KeyDesk;
import dev.signalbox.keys.KeyEntry;
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

/** Virtual keys: giving them out, changing, rotating and revoking them. */
@Path("/admin/v1/keys")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Keys")
@NonBlocking
public class KeysResource {

    private final KeyDesk desk;
    private final KeyBook book;

    KeysResource(KeyDesk desk, KeyBook book) {
        this.desk = desk;
        this.book = book;
    }

    @GET
    @Operation(hidden = true) // described in openapi.yaml, as are the others
    public Uni<RestResponse<byte[]>> list(@RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        return Answer.when(() -> desk.caughtUp()
                .map(_ -> Answer.byName(
                        book.keysAfter(Parameters.cursor(cursor)), KeyEntry::name, KeyRow::of, limit, cursor)));
    }

    @POST
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> create(byte[] body) {
        return Answer.when(() -> desk.issue(Parameters.object(body))
                .map(issued -> Answer.created(KeyRow.of(issued.entry(), issued.secret()))));
    }

    @GET
    @Path("/{id}")
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> get(@RestPath String id) {
        return Answer.when(() -> desk.caughtUp().map(_ -> Answer.of(KeyRow.of(book.key(id)))));
    }

    @PATCH
    @Path("/{id}")
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> change(@RestPath String id, byte[] body) {
        return Answer.when(() -> desk.change(id, Parameters.object(body)).map(key -> Answer.of(KeyRow.of(key))));
    }

    @DELETE
    @Path("/{id}")
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> revoke(@RestPath String id) {
        return Answer.when(() -> desk.revoke(id).map(_ -> Answer.nothing()));
    }

    @POST
    @Path("/{id}/rotate")
    @Operation(hidden = true)
    public Uni<RestResponse<byte[]>> rotate(@RestPath String id) {
        return Answer.when(() -> desk.rotate(id).map(issued -> Answer.of(KeyRow.of(issued.entry(), issued.secret()))));
    }
}
