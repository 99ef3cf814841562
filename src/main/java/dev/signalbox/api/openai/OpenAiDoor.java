package dev.signalbox.api.openai;

import dev.signalbox.api.Door;
import dev.signalbox.api.Gate;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Operation;
import dev.signalbox.dialect.openai.OpenAiCompletions;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.dialect.openai.OpenAiEmbeddings;
import dev.signalbox.dialect.openai.OpenAiModerations;
import dev.signalbox.upstream.Fleet;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.function.Consumer;

/** Chats, texts to go on with, vectors and moderation, as OpenAI's clients ask for them. */
@Singleton
public class OpenAiDoor {

    private static final int BEFORE_OTHERS = -1_000;
    private static final int LONGEST_MODEL = 512;

    private final Door door;
    private final Fleet fleet;

    /** For CDI. */
    public OpenAiDoor(Door door, Fleet fleet) {
        this.door = door;
        this.fleet = fleet;
    }

    void routes(@Observes Router router) {
        route(router, "/v1/chat/completions", new OpenAiDialect(), RequestShape::requireMessages);
        route(router, "/v1/completions", new OpenAiCompletions(), RequestShape::requirePrompt);
        route(router, "/v1/embeddings", new OpenAiEmbeddings(), RequestShape::requireInput);
        route(router, "/v1/moderations", new OpenAiModerations(), RequestShape::requireInput);
    }

    private void route(Router router, String path, Dialect dialect, Consumer<Body> shape) {
        router.route(path)
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.chat(
                        ctx,
                        dialect,
                        Gate.bearer(ctx.request()),
                        (arrival, body) -> exchange(arrival, dialect, body, shape)));
    }

    private Exchange exchange(Exchange.Arrival arrival, Dialect dialect, Body body, Consumer<Body> shape) {
        String model = model(body, dialect.operation());
        shape.accept(body);
        boolean streams = dialect.operation().isTalk();
        return new Exchange(
                arrival,
                dialect.id(),
                dialect.operation(),
                model,
                streams && body.bool("stream", false),
                streams && RequestShape.usageWanted(body),
                body,
                () -> dialect.decode(body),
                body.string("user"));
    }

    private String model(Body body, Operation operation) {
        String model = body.string("model");
        if (model == null && operation == Operation.MODERATION) {
            model = fleet.usualModel(operation);
        }
        if (model == null || model.isBlank()) {
            throw new InvalidRequest(
                    operation == Operation.MODERATION
                            ? "'model' is required: no provider has a model for this"
                            : "'model' is required",
                    "model");
        }
        if (model.length() > LONGEST_MODEL) {
            throw new InvalidRequest("'model' is longer than " + LONGEST_MODEL + " characters", "model");
        }
        return model;
    }
}
