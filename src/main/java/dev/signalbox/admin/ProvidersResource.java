package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.Changes;
import dev.signalbox.catalogue.Definition;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.ledger.RequestLog.Dimension.Field;
import dev.signalbox.upstream.Condition;
import dev.signalbox.upstream.Fleet;
import dev.signalbox.upstream.OrderBook;
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

/** Providers: how they are and why, changing them, taking them out and in again, and failure drills. */
@Path("/admin/v1/providers")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Providers")
@NonBlocking
public class ProvidersResource {

    private final Fleet fleet;
    private final OrderBook orders;
    private final Catalogue catalogue;
    private final Changes changes;
    private final Instance<ProviderFigures> figures;
    private final Spending spending;
    private final Clock clock;

    ProvidersResource(
            Fleet fleet,
            OrderBook orders,
            Catalogue catalogue,
            Changes changes,
            Instance<ProviderFigures> figures,
            Spending spending,
            Clock clock) {
        this.fleet = fleet;
        this.orders = orders;
        this.catalogue = catalogue;
        this.changes = changes;
        this.figures = figures;
        this.spending = spending;
        this.clock = clock;
    }

    @GET
    @Operation(
            operationId = "listProviders",
            summary = "Configured providers, with their health and why it is so",
            description = "Secrets are not shown: of credentials the number, of headers the names.")
    public Uni<RestResponse<byte[]>> list(@RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        return Answer.when(() -> spending.of(
                        Field.PROVIDER,
                        fleet.providers().stream().map(ProviderEntry::name).toList())
                .map(spent -> Answer.byName(
                        fleet.providers(),
                        ProviderEntry::name,
                        entry -> row(entry.name(), spent).json(),
                        limit,
                        cursor)));
    }

    @POST
    @Operation(
            operationId = "createProvider",
            summary = "Adds a provider",
            description = "The body has name, and the keys of the configuration as written there. Credentials are kept"
                    + " encrypted and shown nowhere; nothing in it is expanded.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = "application/json",
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            requiredProperties = {"name", "kind"},
                                            properties = {
                                                @SchemaProperty(name = "name", type = SchemaType.STRING),
                                                @SchemaProperty(
                                                        name = "kind",
                                                        type = SchemaType.STRING,
                                                        description = "Which upstream API it speaks"),
                                                @SchemaProperty(name = "base-url", type = SchemaType.STRING)
                                            })))
    public Uni<RestResponse<byte[]>> create(byte[] body) {
        return Answer.when(() -> {
            DefinitionRequest request = DefinitionRequest.named(body);
            return changes.create(Definition.Type.PROVIDER, request.name(), request.keys())
                    .chain(_ -> shown(request.name()))
                    .map(Answer::created);
        });
    }

    @PATCH
    @Path("/{name}")
    @Operation(
            operationId = "changeProvider",
            summary = "Changes keys of a provider that came over the admin API",
            description =
                    "null takes a key away. Who changes base-url or kind gives the credentials again. Running requests"
                            + " end where they began.")
    @RequestBody(
            required = true,
            content = @Content(mediaType = "application/json", schema = @Schema(type = SchemaType.OBJECT)))
    public Uni<RestResponse<byte[]>> change(@RestPath String name, byte[] body) {
        return Answer.when(() -> changes.patch(Definition.Type.PROVIDER, name, DefinitionRequest.patch(name, body))
                .chain(_ -> shown(name))
                .map(Answer::of));
    }

    @DELETE
    @Path("/{name}")
    @Operation(
            operationId = "deleteProvider",
            summary = "Takes away a provider that came over the admin API",
            description = "Refused (409) while a model or a fallback refers to it. What runs there finishes.")
    public Uni<RestResponse<byte[]>> delete(@RestPath String name) {
        return Answer.when(() -> changes.delete(Definition.Type.PROVIDER, name).map(_ -> Answer.nothing()));
    }

    @GET
    @Path("/{name}/models")
    @Operation(
            operationId = "listProviderModels",
            summary = "What the vendor lists now",
            description = "Each model with its upstream name as id, and whatever the vendor says of it.")
    public Uni<RestResponse<byte[]>> models(@RestPath String name) {
        return Answer.when(() -> {
            require(name);
            return fleet.listed(name).map(models -> Answer.list(models, null));
        });
    }

    @GET
    @Path("/{name}")
    @Operation(operationId = "getProvider", summary = "One provider")
    public Uni<RestResponse<byte[]>> get(@RestPath String name) {
        return then(name, _ -> Uni.createFrom().voidItem());
    }

    @POST
    @Path("/{name}/drain")
    @Operation(
            operationId = "drainProvider",
            summary = "Takes a provider out; what runs there finishes",
            description =
                    "On all replicas within two seconds, until somebody takes it in again: nobody is sent there any more,"
                            + " not even when no other provider is healthy.")
    public Uni<RestResponse<byte[]>> drain(@RestPath String name) {
        return then(name, orders::drain);
    }

    @POST
    @Path("/{name}/resume")
    @Operation(operationId = "resumeProvider", summary = "Takes a provider in again")
    public Uni<RestResponse<byte[]>> resume(@RestPath String name) {
        return then(name, orders::resume);
    }

    @POST
    @Path("/{name}/fault")
    @Operation(
            operationId = "startFault",
            summary = "Begins a failure drill in front of a provider, on all replicas",
            description =
                    "Attempts fail as if the provider did, and count as real failures everywhere. It takes the place"
                            + " of a drill that runs, and ends by itself.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = "application/json",
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            requiredProperties = {"for"},
                                            properties = {
                                                @SchemaProperty(
                                                        name = "failure",
                                                        type = SchemaType.STRING,
                                                        enumeration = {
                                                            "429",
                                                            "500",
                                                            "timeout",
                                                            "disconnect",
                                                            "malformed"
                                                        },
                                                        description =
                                                                "How attempts fail; left out, with a latency: none does"),
                                                @SchemaProperty(
                                                        name = "rate",
                                                        type = SchemaType.NUMBER,
                                                        defaultValue = "1",
                                                        description = "The share of attempts that fail, from 0 to 1"),
                                                @SchemaProperty(
                                                        name = "latency",
                                                        type = SchemaType.STRING,
                                                        defaultValue = "0s",
                                                        description = "How much later every attempt begins"),
                                                @SchemaProperty(
                                                        name = "for",
                                                        type = SchemaType.STRING,
                                                        description = "How long the drill takes, 24h at most")
                                            })))
    public Uni<RestResponse<byte[]>> fault(@RestPath String name, byte[] body) {
        return then(name, provider -> orders.drill(provider, FaultRequest.read(body, clock)));
    }

    @DELETE
    @Path("/{name}/fault")
    @Operation(operationId = "endFault", summary = "Ends the failure drill in front of a provider, if one runs")
    public Uni<RestResponse<byte[]>> endFault(@RestPath String name) {
        return then(name, orders::endDrill);
    }

    /** Does something with a provider that there is, and shows it. */
    private Uni<RestResponse<byte[]>> then(String name, Function<String, Uni<Void>> work) {
        return Answer.when(() -> {
            require(name);
            return work.apply(name).chain(() -> shown(name)).map(Answer::of);
        });
    }

    private void require(String name) {
        row(name, Spending.Book.NOTHING_KNOWN);
    }

    private Uni<ObjectNode> shown(String name) {
        return spending.of(Field.PROVIDER, List.of(name))
                .map(spent -> row(name, spent).json());
    }

    private ProviderRow row(String name, Spending.Book spent) {
        Condition condition = fleet.condition(name);
        for (ProviderEntry entry : fleet.providers()) {
            if (condition != null && entry.name().equals(name)) {
                return new ProviderRow(
                        entry,
                        condition,
                        fleet.deployments(name),
                        catalogue.source(Definition.Type.PROVIDER, name),
                        figures.isResolvable() ? figures.get().of(name) : null,
                        spent.of(name));
            }
        }
        throw new SignalboxException(404, "not_found", "there is no provider " + name, null);
    }
}
