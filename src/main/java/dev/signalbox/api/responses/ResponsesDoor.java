package dev.signalbox.api.responses;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.Bodies;
import dev.signalbox.api.Door;
import dev.signalbox.api.Gate;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.responses.ResponsesDialect;
import dev.signalbox.history.History;
import dev.signalbox.history.Kept;
import dev.signalbox.keys.KeyRing;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;

/** {@code /v1/responses} and what is below it, as OpenAI's clients call them. */
@Singleton
public class ResponsesDoor {

    private static final int BEFORE_OTHERS = -1_000;
    private static final int LONGEST_MODEL = 512;
    private static final String RESPONSES = "/v1/responses";

    private final ResponsesDialect dialect = new ResponsesDialect();
    private final Door door;
    private final KeyRing keys;
    private final History history;

    /** For CDI. */
    public ResponsesDoor(Door door, KeyRing keys, History history) {
        this.door = door;
        this.keys = keys;
        this.history = history;
    }

    void routes(@Observes Router router) {
        router.route(RESPONSES)
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.continued(ctx, dialect, Gate.bearer(ctx.request()), this::read));
        router.route(RESPONSES + "/:id")
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.lookedUp(
                        ctx, dialect, Map.of(HttpMethod.GET, this::response, HttpMethod.DELETE, this::delete)));
        router.route(RESPONSES + "/:id/input_items")
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.lookedUp(ctx, dialect, Map.of(HttpMethod.GET, this::inputItems)));
    }

    private Uni<Door.Continued> read(Exchange.Arrival arrival, Body body) {
        String model = body.string("model");
        if (model == null || model.isBlank()) {
            throw new InvalidRequest("'model' is required", "model");
        }
        if (model.length() > LONGEST_MODEL) {
            throw new InvalidRequest("'model' is longer than " + LONGEST_MODEL + " characters", "model");
        }
        if (body.bool("background", false)) {
            throw new InvalidRequest("'background' must be false: nothing is answered in the background", "background");
        }
        boolean stream = body.bool("stream", false);
        boolean store = body.bool("store", true);
        String user = body.has("safety_identifier") ? body.string("safety_identifier") : body.string("user");
        requireInput(body);
        return new Conversation(history, owner(arrival.caller()), body).whole().map(whole -> {
            var exchange = new Exchange(
                    arrival,
                    dialect.id(),
                    dialect.operation(),
                    model,
                    stream,
                    true,
                    whole.body(),
                    () -> dialect.decode(whole.body()),
                    user);
            return new Door.Continued(
                    exchange, store ? new Keeping(history, owner(arrival.caller()), exchange, whole) : null);
        });
    }

    private static void requireInput(Body body) {
        Body.Member input = body.member("input");
        JsonToken type = input == null ? JsonToken.VALUE_NULL : input.type();
        boolean fits = switch (type) {
            case VALUE_STRING, START_ARRAY -> true;
            case VALUE_NULL -> body.has("prompt");
            default -> false;
        };
        if (!fits) {
            throw new InvalidRequest("'input' must be a string or an array of items", "input");
        }
    }

    /** In open mode everybody is the same. */
    private static String owner(Caller caller) {
        return caller.keyId() == null ? "" : caller.keyId();
    }

    private String owner(RoutingContext ctx) {
        return owner(keys.identify(Gate.bearer(ctx.request())));
    }

    private static String id(RoutingContext ctx) {
        return String.valueOf(ctx.pathParam("id"));
    }

    private static SignalboxException notFound(String id) {
        return new SignalboxException(404, "not_found", "Response with id '" + Bodies.shown(id) + "' not found.", null);
    }

    private Uni<Kept> kept(RoutingContext ctx) {
        String id = id(ctx);
        return history.find(owner(ctx), id).map(kept -> {
            if (kept == null) {
                throw notFound(id);
            }
            return kept;
        });
    }

    private Uni<Buffer> response(RoutingContext ctx) {
        String stream = ctx.request().getParam("stream");
        if (stream != null && !stream.equals("false")) {
            throw new InvalidRequest(
                    "'stream' must be false: only background responses can be streamed again", "stream");
        }
        boolean sealsWanted = ctx.queryParam("include").contains("reasoning.encrypted_content")
                || ctx.queryParam("include[]").contains("reasoning.encrypted_content");
        return kept(ctx).map(kept -> {
            JsonNode response = KeptJson.read(kept.response());
            if (kept.hidesSeals() && !sealsWanted) {
                KeptJson.hideSeals(response.path("output"));
            }
            return Buffer.buffer(Json.bytes(response));
        });
    }

    private Uni<Buffer> delete(RoutingContext ctx) {
        String id = id(ctx);
        return history.forget(owner(ctx), id).map(done -> {
            if (!done) {
                throw notFound(id);
            }
            ObjectNode answer =
                    Json.object().put("id", id).put("object", "response").put("deleted", true);
            return Buffer.buffer(Json.bytes(answer));
        });
    }

    private Uni<Buffer> inputItems(RoutingContext ctx) {
        String id = id(ctx);
        ItemPage page = ItemPage.of(
                ctx.request().getParam("order"),
                ctx.request().getParam("limit"),
                ctx.request().getParam("after"),
                ctx.request().getParam("before"));
        return history.chain(owner(ctx), id).map(chain -> {
            if (chain.isEmpty()) {
                throw notFound(id);
            }
            return Buffer.buffer(Json.bytes(page.of(Conversation.input(chain))));
        });
    }

    /** What the caller wrote about seals. */
    static boolean wantsSeals(Body body) {
        if (body.has("include")) {
            for (JsonNode wish : body.tree().path("include")) {
                if (wish.asText().equals("reasoning.encrypted_content")) {
                    return true;
                }
            }
        }
        return false;
    }
}
