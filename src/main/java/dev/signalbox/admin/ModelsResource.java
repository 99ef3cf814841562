package dev.signalbox.admin;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.Changes;
import dev.signalbox.catalogue.Definition;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.Fleet;
import dev.signalbox.upstream.ProviderFigures;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Public models: what they are, how their deployments are, and changing them. */
@Path("/admin/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Configuration")
@NonBlocking
public class ModelsResource {

    /** A name may hold slashes. */
    private static final String NAME = "/{name:.+}";

    private final Fleet fleet;
    private final Catalogue catalogue;
    private final Changes changes;
    private final Instance<ProviderFigures> figures;
    private final Clock clock;

    ModelsResource(Fleet fleet, Catalogue catalogue, Changes changes, Instance<ProviderFigures> figures, Clock clock) {
        this.fleet = fleet;
        this.catalogue = catalogue;
        this.changes = changes;
        this.figures = figures;
        this.clock = clock;
    }

    @GET
    @Operation(
            operationId = "listModelDefinitions",
            summary = "Configured models, with the health of their deployments")
    public Uni<RestResponse<byte[]>> list(@RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        return Answer.when(() -> Uni.createFrom()
                .item(Answer.byName(
                        catalogue.current().models().values(),
                        ModelEntry::name,
                        entry -> row(entry).json(),
                        limit,
                        cursor)));
    }

    @GET
    @Path(NAME)
    @Operation(operationId = "getModelDefinition", summary = "One model")
    public Uni<RestResponse<byte[]>> get(@RestPath String name) {
        return Answer.when(() -> Uni.createFrom().item(Answer.of(row(name).json())));
    }

    @POST
    @Operation(
            operationId = "createModelDefinition",
            summary = "Adds a model",
            description =
                    "The body has name, and the keys of the configuration as written there. Nothing in it is expanded.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = "application/json",
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            requiredProperties = {"name", "deployments"},
                                            properties = {
                                                @SchemaProperty(name = "name", type = SchemaType.STRING),
                                                @SchemaProperty(
                                                        name = "deployments",
                                                        type = SchemaType.ARRAY,
                                                        description = "Who serves it: {provider, model, ...}")
                                            })))
    public Uni<RestResponse<byte[]>> create(byte[] body) {
        return Answer.when(() -> {
            DefinitionRequest request = DefinitionRequest.named(body);
            return changes.create(Definition.Type.MODEL, request.name(), request.keys())
                    .map(_ -> Answer.created(row(request.name()).json()));
        });
    }

    @PATCH
    @Path(NAME)
    @Operation(
            operationId = "changeModelDefinition",
            summary = "Changes keys of a model that came over the admin API",
            description = "null takes a key away. Running requests end as they began.")
    @RequestBody(
            required = true,
            content = @Content(mediaType = "application/json", schema = @Schema(type = SchemaType.OBJECT)))
    public Uni<RestResponse<byte[]>> change(@RestPath String name, byte[] body) {
        return Answer.when(() -> changes.patch(Definition.Type.MODEL, name, DefinitionRequest.patch(name, body))
                .map(_ -> Answer.of(row(name).json())));
    }

    @DELETE
    @Path(NAME)
    @Operation(
            operationId = "deleteModelDefinition",
            summary = "Takes away a model that came over the admin API",
            description = "Refused (409) while another model falls back to it. Running requests end as they began.")
    public Uni<RestResponse<byte[]>> delete(@RestPath String name) {
        return Answer.when(() -> changes.delete(Definition.Type.MODEL, name).map(_ -> Answer.nothing()));
    }

    private ModelRow row(String name) {
        ModelEntry entry = catalogue.current().models().get(name);
        if (entry == null) {
            throw new SignalboxException(404, "not_found", "there is no model " + name, null);
        }
        return row(entry);
    }

    private ModelRow row(ModelEntry entry) {
        return new ModelRow(
                entry,
                catalogue.source(Definition.Type.MODEL, entry.name()),
                fleet,
                figures.isResolvable() ? figures.get() : null,
                clock.instant());
    }
}
