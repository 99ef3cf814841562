package dev.signalbox.api.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.Bodies;
import dev.signalbox.api.Door;
import dev.signalbox.api.Gate;
import dev.signalbox.api.Reader;
import dev.signalbox.api.Reading;
import dev.signalbox.chat.Body;
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
import java.util.List;
import java.util.Map;

/** {@code /v1/responses} and what is below it, as OpenAI's clients call them. */
@Singleton
public class ResponsesDoor implements Reader {

    private static final int BEFORE_OTHERS = -1_000;
    private static final String RESPONSES = "/v1/responses";

    private final ResponsesDialect dialect = new ResponsesDialect();
    private final Door door;
    private final KeyRing keys;
    private final History history;
    private final ResponsesReading reading;

    /** For CDI. */
    public ResponsesDoor(Door door, KeyRing keys, History history) {
        this.door = door;
        this.keys = keys;
        this.history = history;
        this.reading = new ResponsesReading(dialect, history);
    }

    void routes(@Observes Router router) {
        router.route(RESPONSES)
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.continued(ctx, dialect, Gate.bearer(ctx.request()), reading::continued));
        router.route(RESPONSES + "/:id")
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.lookedUp(
                        ctx, dialect, Map.of(HttpMethod.GET, this::response, HttpMethod.DELETE, this::delete)));
        router.route(RESPONSES + "/:id/input_items")
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.lookedUp(ctx, dialect, Map.of(HttpMethod.GET, this::inputItems)));
    }

    @Override
    public List<Reading> readings() {
        return List.of(reading);
    }

    private String owner(RoutingContext ctx) {
        return ResponsesReading.owner(keys.identify(Gate.bearer(ctx.request())));
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
