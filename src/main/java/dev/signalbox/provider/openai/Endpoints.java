package dev.signalbox.provider.openai;

import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.dialect.openai.OpenAiCompletions;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.dialect.openai.OpenAiEmbeddings;
import dev.signalbox.dialect.openai.OpenAiModerations;
import dev.signalbox.dialect.responses.ResponsesDialect;
import dev.signalbox.upstream.Endpoint;
import org.jspecify.annotations.Nullable;

/** What one model can be asked for, and where, below the {@code .../v1} of its address. */
public final class Endpoints {

    /** Where it is asked for. */
    public static final String CHAT_COMPLETIONS = "/chat/completions";
    /** Where it is asked for. */
    public static final String RESPONSES = "/responses";
    /** Where it is asked for. */
    public static final String COMPLETIONS = "/completions";
    /** Where it is asked for. */
    public static final String EMBEDDINGS = "/embeddings";
    /** Where it is asked for. */
    public static final String MODERATIONS = "/moderations";

    private final Compatible compatible;
    private final Endpoint chat;
    private final Endpoint responses;
    private final Endpoint completions;
    private final Endpoint embeddings;
    private final Endpoint moderations;

    /** Those of a model. */
    public Endpoints(Compatible compatible, String model) {
        Quirks quirks = compatible.quirks(model);
        this.compatible = compatible;
        this.chat = new Endpoint(new OpenAiDialect(), CHAT_COMPLETIONS, quirks);
        this.responses = new Endpoint(new ResponsesDialect(), RESPONSES, quirks);
        this.completions = new Endpoint(new OpenAiCompletions(), COMPLETIONS, quirks);
        this.embeddings = new Endpoint(new OpenAiEmbeddings(), EMBEDDINGS, quirks);
        this.moderations = new Endpoint(new OpenAiModerations(), MODERATIONS, quirks);
    }

    /** Where an exchange is asked; null when it cannot be. A text is gone on with in a chat where there is nothing else. */
    public @Nullable Endpoint of(Exchange exchange) {
        return switch (exchange.operation()) {
            case CHAT ->
                compatible.responses()
                                && exchange.dialect().equals(responses.dialect().id())
                        ? responses
                        : chat;
            case TEXT_COMPLETION -> has(Operation.TEXT_COMPLETION) ? completions : chat;
            case EMBEDDINGS -> has(Operation.EMBEDDINGS) ? embeddings : null;
            case MODERATION -> has(Operation.MODERATION) ? moderations : null;
            case COUNT_TOKENS -> null;
        };
    }

    private boolean has(Operation operation) {
        return compatible.operations().contains(operation);
    }
}
