package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.Changes;
import dev.signalbox.catalogue.Definition;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.ledger.RequestLog.Dimension.Field;
import dev.signalbox.ledger.RequestLog.Spent;
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
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
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
    private final Spending spending;
    private final Clock clock;

    ModelsResource(
            Fleet fleet,
            Catalogue catalogue,
            Changes changes,
            Instance<ProviderFigures> figures,
            Spending spending,
            Clock clock) {
        this.fleet = fleet;
        this.catalogue = catalogue;
        this.changes = changes;
        this.figures = figures;
        this.spending = spending;
        this.clock = clock;
    }

    @GET
    @Operation(
            operationId = "listModelDefinitions",
            summary = "Configured models, with the health of their deployments")
    public Uni<RestResponse<byte[]>> list(@RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        return Answer.when(() -> {
            Collection<ModelEntry> models = catalogue.current().models().values();
            return rows(models).map(rows -> Answer.byName(models, ModelEntry::name, rows, limit, cursor));
        });
    }

    @GET
    @Path(NAME)
    @Operation(operationId = "getModelDefinition", summary = "One model")
    public Uni<RestResponse<byte[]>> get(@RestPath String name) {
        return Answer.when(() -> shown(name).map(Answer::of));
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
                    .chain(_ -> shown(request.name()))
                    .map(Answer::created);
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
                .chain(_ -> shown(name))
                .map(Answer::of));
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

    private Uni<ObjectNode> shown(String name) {
        ModelEntry entry = catalogue.current().models().get(name);
        if (entry == null) {
            throw new SignalboxException(404, "not_found", "there is no model " + name, null);
        }
        return rows(List.of(entry)).map(rows -> rows.apply(entry));
    }

    /** How each of these is shown. */
    private Uni<Function<ModelEntry, ObjectNode>> rows(Collection<ModelEntry> models) {
        List<String> names = models.stream().map(ModelEntry::name).toList();
        return spending.of(Field.MODEL, names)
                .chain(spent -> deployments(models, spent)
                        .map(byDeployment -> entry ->
                                row(entry, spent.of(entry.name()), byDeployment).json()));
    }

    /** Not asked for when the ledger has just not answered. */
    private Uni<Spending.Book> deployments(Collection<ModelEntry> models, Spending.Book spent) {
        List<String> ids = models.stream()
                .flatMap(model -> model.deployments().stream())
                .map(DeploymentEntry::id)
                .distinct()
                .toList();
        return spent.isKnown()
                ? spending.of(Field.DEPLOYMENT, ids)
                : Uni.createFrom().item(spent);
    }

    private ModelRow row(ModelEntry entry, Spent spent, Spending.Book byDeployment) {
        return new ModelRow(
                entry,
                catalogue.source(Definition.Type.MODEL, entry.name()),
                fleet,
                figures.isResolvable() ? figures.get() : null,
                spent,
                byDeployment,
                clock.instant());
    }
}
