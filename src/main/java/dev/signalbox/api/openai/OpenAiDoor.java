package dev.signalbox.api.openai;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.Bodies;
import dev.signalbox.api.Door;
import dev.signalbox.api.Gate;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Wildcard;
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
import org.jspecify.annotations.Nullable;

/** {@code /v1/chat/completions} and {@code /v1/models}, as OpenAI's clients call them. */
@Singleton
public class OpenAiDoor {

    private static final int BEFORE_OTHERS = -1_000;
    private static final int LONGEST_MODEL = 512;
    private static final String MODELS = "/v1/models";

    private final OpenAiDialect dialect = new OpenAiDialect();
    private final Door door;
    private final Catalogue catalogue;
    private final KeyRing keys;
    private final long started;

    /** For CDI. */
    public OpenAiDoor(Door door, Catalogue catalogue, KeyRing keys, Clock clock) {
        this.door = door;
        this.catalogue = catalogue;
        this.keys = keys;
        this.started = clock.instant().getEpochSecond();
    }

    void routes(@Observes Router router) {
        router.route("/v1/chat/completions").order(BEFORE_OTHERS).handler(this::chatCompletions);
        router.route(MODELS)
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.plain(ctx, dialect, HttpMethod.GET, this::models));
        router.route(MODELS + "/*")
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.plain(ctx, dialect, HttpMethod.GET, this::model));
    }

    private void chatCompletions(RoutingContext ctx) {
        door.chat(ctx, dialect, Gate.bearer(ctx.request()), this::exchange);
    }

    private Exchange exchange(Exchange.Arrival arrival, Body body) {
        String model = body.string("model");
        if (model == null || model.isBlank()) {
            throw new InvalidRequest("'model' is required", "model");
        }
        if (model.length() > LONGEST_MODEL) {
            throw new InvalidRequest("'model' is longer than " + LONGEST_MODEL + " characters", "model");
        }
        requireMessages(body);
        return new Exchange(
                arrival,
                dialect.id(),
                model,
                body.bool("stream", false),
                usageWanted(body),
                body,
                () -> dialect.decode(body),
                body.string("user"));
    }

    private static void requireMessages(Body body) {
        Body.Member messages = body.member("messages");
        if (messages == null || messages.type() != JsonToken.START_ARRAY) {
            throw new InvalidRequest("'messages' must be a list of messages", "messages");
        }
        for (int i = messages.start() + 1; i < messages.end(); i++) {
            byte b = body.bytes()[i];
            if (b == ']') {
                throw new InvalidRequest("'messages' must not be empty", "messages");
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return;
            }
        }
    }

    private static boolean usageWanted(Body body) {
        if (!body.has("stream_options")) {
            return false;
        }
        var options = body.tree().path("stream_options");
        if (!options.isObject()) {
            throw new InvalidRequest("'stream_options' must be an object", "stream_options");
        }
        var wanted = options.path("include_usage");
        if (!wanted.isMissingNode() && !wanted.isNull() && !wanted.isBoolean()) {
            throw new InvalidRequest(
                    "'stream_options.include_usage' must be true or false", "stream_options.include_usage");
        }
        return wanted.asBoolean(false);
    }

    private Buffer models(RoutingContext ctx) {
        Caller caller = keys.identify(Gate.bearer(ctx.request()));
        Snapshot now = catalogue.current();
        ObjectNode list = Json.object().put("object", "list");
        var data = list.putArray("data");
        for (String name : now.names()) {
            if (!Wildcard.isPattern(name) && isFor(caller, name, now.resolve(name))) {
                data.add(described(name, now, caller));
            }
        }
        return Buffer.buffer(Json.bytes(list));
    }

    private Buffer model(RoutingContext ctx) {
        Caller caller = keys.identify(Gate.bearer(ctx.request()));
        String path = String.valueOf(ctx.request().path());
        String id = decoded(path.substring(MODELS.length() + 1));
        Snapshot now = catalogue.current();
        ModelEntry model = now.resolve(id);
        if (!isFor(caller, id, model)) {
            throw new SignalboxException(
                    404,
                    "model_not_found",
                    "there is no model '" + Bodies.shown(id) + "'; GET /v1/models lists them",
                    "model");
        }
        return Buffer.buffer(Json.bytes(described(id, now, caller)));
    }

    private static boolean isFor(Caller caller, String asked, @Nullable ModelEntry model) {
        return model != null
                && (caller.mayUseModel(asked) || caller.mayUseModel(model.name()))
                && model.deployments().stream().anyMatch(d -> caller.mayUseProvider(d.provider()));
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    private ObjectNode described(String name, Snapshot now, Caller caller) {
        ModelEntry model = now.resolve(name);
        String owner = model == null
                ? "signalbox"
                : model.deployments().stream()
                        .map(DeploymentEntry::provider)
                        .filter(caller::mayUseProvider)
                        .findFirst()
                        .orElse("signalbox");
        return Json.object()
                .put("id", name)
                .put("object", "model")
                .put("created", started)
                .put("owned_by", owner);
    }
}
