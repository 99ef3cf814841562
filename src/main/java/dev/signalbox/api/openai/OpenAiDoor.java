package dev.signalbox.api.openai;

import dev.signalbox.api.Door;
import dev.signalbox.api.Gate;
import dev.signalbox.api.Reader;
import dev.signalbox.api.Reading;
import dev.signalbox.dialect.openai.OpenAiCompletions;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.dialect.openai.OpenAiEmbeddings;
import dev.signalbox.dialect.openai.OpenAiModerations;
import dev.signalbox.upstream.Fleet;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/** Chats, texts to go on with, vectors and moderation, as OpenAI's clients ask for them. */
@Singleton
public class OpenAiDoor implements Reader {

    private static final int BEFORE_OTHERS = -1_000;

    private final Door door;
    private final OpenAiReading chats;
    private final OpenAiReading completions;
    private final OpenAiReading embeddings;
    private final OpenAiReading moderations;

    /** For CDI. */
    public OpenAiDoor(Door door, Fleet fleet) {
        this.door = door;
        this.chats = new OpenAiReading(
                fleet, new OpenAiDialect(), "messages", RequestShape::requireMessages, Likeness::chat);
        this.completions = new OpenAiReading(
                fleet, new OpenAiCompletions(), "prompt", RequestShape::requirePrompt, Likeness::completion);
        this.embeddings = new OpenAiReading(
                fleet, new OpenAiEmbeddings(), "input", RequestShape::requireInput, Likeness::embeddings);
        this.moderations = new OpenAiReading(
                fleet, new OpenAiModerations(), "input", RequestShape::requireInput, Likeness::moderation);
    }

    void routes(@Observes Router router) {
        route(router, "/v1/chat/completions", chats);
        route(router, "/v1/completions", completions);
        route(router, "/v1/embeddings", embeddings);
        route(router, "/v1/moderations", moderations);
    }

    @Override
    public List<Reading> readings() {
        return List.of(chats, completions, embeddings, moderations);
    }

    private void route(Router router, String path, OpenAiReading reading) {
        router.route(path)
                .order(BEFORE_OTHERS)
                .handler(ctx -> door.chat(ctx, reading.dialect(), Gate.bearer(ctx.request()), reading::exchange));
    }
}
