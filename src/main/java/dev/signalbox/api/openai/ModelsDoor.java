package dev.signalbox.api.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.Bodies;
import dev.signalbox.api.Door;
import dev.signalbox.api.Gate;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.Offer;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.keys.KeyRing;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** {@code /v1/models}, as OpenAI's clients read it. */
@Singleton
public class ModelsDoor {

    private static final int BEFORE_OTHERS = -1_000;
    private static final String MODELS = "/v1/models";

    private final OpenAiDialect dialect = new OpenAiDialect();
    private final Door door;
    private final Catalogue catalogue;
    private final KeyRing keys;
    private final long started;

    /** For CDI. */
    public ModelsDoor(Door door, Catalogue catalogue, KeyRing keys, Clock clock) {
        this.door = door;
        this.catalogue = catalogue;
        this.keys = keys;
        this.started = clock.instant().getEpochSecond();
    }

    void routes(@Observes Router router) {
        router.route(MODELS)
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.plain(ctx, dialect, HttpMethod.GET, this::models));
        router.route(MODELS + "/*")
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.plain(ctx, dialect, HttpMethod.GET, this::model));
    }

    private Buffer models(RoutingContext ctx) {
        Caller caller = keys.identify(Gate.bearer(ctx.request()));
        Snapshot now = catalogue.current();
        ObjectNode list = Json.object().put("object", "list");
        var data = list.putArray("data");
        for (Offer offer : now.offers(caller)) {
            data.add(described(offer));
        }
        return Buffer.buffer(Json.bytes(list));
    }

    private Buffer model(RoutingContext ctx) {
        Caller caller = keys.identify(Gate.bearer(ctx.request()));
        String path = String.valueOf(ctx.request().path());
        String id = decoded(path.substring(MODELS.length() + 1));
        Snapshot now = catalogue.current();
        Offer offer = now.offer(caller, id);
        if (offer == null) {
            throw new SignalboxException(
                    404,
                    "model_not_found",
                    "there is no model '" + Bodies.shown(id) + "'; GET /v1/models lists them",
                    "model");
        }
        return Buffer.buffer(Json.bytes(described(offer)));
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    /** As OpenAI has it, with what is known of the model under names that its clients pass over. */
    private ObjectNode described(Offer offer) {
        ObjectNode model = Json.object()
                .put("id", offer.name())
                .put("object", "model")
                .put("created", started)
                .put("owned_by", offer.owner());
        if (offer.contextWindow() != null) {
            model.put("context_window", offer.contextWindow());
        }
        if (offer.maxOutputTokens() != null) {
            model.put("max_output_tokens", offer.maxOutputTokens());
        }
        if (!offer.capabilities().can().isEmpty()) {
            var can = model.putArray("capabilities");
            offer.capabilities().can().stream().sorted().forEach(capability -> can.add(capability.code()));
        }
        return model;
    }
}
