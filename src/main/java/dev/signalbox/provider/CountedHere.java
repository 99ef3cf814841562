package dev.signalbox.provider;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.tokens.TokenEstimate;
import dev.signalbox.tokens.Tokenizer;
import dev.signalbox.upstream.AnswerMetadata;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.DeploymentModel;
import dev.signalbox.upstream.Inexpressible;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A model whose provider does not count tokens: its prompts are counted in the gateway, exactly where the model's encoding is
 * published, and otherwise about. An estimate is disclosed as {@code input_tokens}, said by other means.
 */
public final class CountedHere implements DeploymentModel {

    private static final String ESTIMATED = "input_tokens";

    private final DeploymentModel model;
    private final @Nullable Tokenizer tokenizer;
    private final ChatModel plain = new Plain();

    /**
     * @param model the model that answers everything else
     * @param name its upstream name
     */
    public CountedHere(DeploymentModel model, String name) {
        this.model = model;
        this.tokenizer = Tokenizer.of(name);
    }

    @Override
    public Prepared prepare(Exchange exchange) {
        if (exchange.operation() != Operation.COUNT_TOKENS) {
            return model.prepare(exchange);
        }
        if (isExactFor(exchange.prompt())) {
            return Prepared.NOTHING;
        }
        if (exchange.controls().strict()) {
            throw new Inexpressible(List.of(new Unsaid(ESTIMATED, "can only be estimated")));
        }
        return new Prepared(new byte[0], List.of(), List.of(ESTIMATED), null, null);
    }

    private boolean isExactFor(Prompt prompt) {
        return tokenizer != null && tokenizer.isExactFor(prompt);
    }

    @Override
    public List<String> secrets(String credential) {
        return model.secrets(credential);
    }

    @Override
    public ChatModel plain() {
        return plain;
    }

    @Override
    public StreamingChatModel streaming() {
        return model.streaming();
    }

    private ChatEvent.Counted count(Prompt prompt) {
        return tokenizer != null && tokenizer.isExactFor(prompt)
                ? new ChatEvent.Counted(tokenizer.count(prompt), false)
                : new ChatEvent.Counted(TokenEstimate.of(prompt), true);
    }

    private static ChatResponse answer(ChatEvent.Counted counted) {
        return AnswerMetadata.response(List.of(counted));
    }

    private final class Plain implements ChatModel {
        @Override
        public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
            Exchange exchange = Call.of(request).exchange();
            if (exchange.operation() != Operation.COUNT_TOKENS) {
                return model.plain().doChatAsync(request);
            }
            Prompt prompt = exchange.prompt();
            Context loop = Vertx.currentContext();
            if (loop == null || !isExactFor(prompt)) {
                return CompletableFuture.completedFuture(answer(count(prompt)));
            }
            var answer = new CompletableFuture<ChatResponse>();
            loop.executeBlocking(() -> count(prompt), false).onComplete(done -> {
                if (done.succeeded()) {
                    answer.complete(answer(done.result()));
                } else {
                    answer.completeExceptionally(done.cause());
                }
            });
            return answer;
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return doChatAsync(request).join();
        }
    }
}
