package dev.signalbox.upstream;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.signalbox.catalogue.CatalogueConfig;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Trail;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A model that is asked over HTTP in some {@link Dialect}. When that is the caller's dialect too, the caller's bytes go
 * through with small edits; otherwise the prompt is translated, and what cannot be said is refused or disclosed.
 */
public abstract class WireModel implements DeploymentModel {

    private final Dialect dialect;
    private final ProviderEntry provider;
    private final DeploymentEntry deployment;
    private final boolean usageInStream;
    private final Tools tools;
    private final ChatModel plain = new Plain();
    private final StreamingChatModel streaming = new Streaming();

    /** What every such model needs beside its own configuration. */
    @Singleton
    public static class Tools {
        private final StreamTransport transport;
        private final Clock clock;
        private final boolean dropUnsupported;

        /** For CDI. */
        public Tools(StreamTransport transport, Clock clock, CatalogueConfig config) {
            this.transport = transport;
            this.clock = clock;
            this.dropUnsupported = config.dropUnsupported();
        }
    }

    /**
     * @param dialect the language it speaks
     * @param usageInStream whether it understands being asked for usage in a stream
     */
    protected WireModel(
            Dialect dialect, ProviderEntry provider, DeploymentEntry deployment, boolean usageInStream, Tools tools) {
        this.dialect = dialect;
        this.provider = provider;
        this.deployment = deployment;
        this.usageInStream = usageInStream;
        this.tools = tools;
    }

    /**
     * A whole answer over HTTP.
     *
     * @param status of any class
     * @param header looks a header up; null when it is not there
     * @param body empty when there is none
     */
    public record Answer(int status, UnaryOperator<@Nullable String> header, byte[] body) {}

    /** Sends a plain request with the provider's REST client; cancelling the Uni cancels the request. */
    protected abstract Uni<Answer> send(Outgoing request);

    /** Where streams are asked for. */
    protected abstract URI streamAddress();

    /** The headers of a request, credential included. */
    protected abstract Map<String, String> headers(Call call);

    private boolean isSameLanguage(Exchange exchange) {
        return exchange.body() != null && exchange.dialect().equals(dialect.id());
    }

    @Override
    public Prepared prepare(Exchange exchange) {
        var target = new Dialect.Target(
                deployment.model(),
                exchange.stream(),
                deployment.maxOutputTokens(),
                provider.defaults(),
                provider.renamed(),
                usageInStream);
        var body = exchange.body();
        if (body != null && isSameLanguage(exchange)) {
            return new Prepared(dialect.forward(body, target), List.of(), List.of());
        }
        Encoded encoded = dialect.encode(exchange.prompt(), target);
        boolean strict = exchange.controls().strict();
        boolean mayDrop = tools.dropUnsupported && !strict;
        List<Unsaid> refused = encoded.unsaid().stream()
                .filter(unsaid -> unsaid.required() || !(mayDrop || (unsaid.hint() && !strict)))
                .toList();
        if (!refused.isEmpty()) {
            throw new Inexpressible(refused);
        }
        if (strict && !encoded.emulated().isEmpty()) {
            throw new Inexpressible(encoded.emulated().stream()
                    .map(path -> new Unsaid(path, "could only say it by other means"))
                    .toList());
        }
        return new Prepared(
                Json.bytes(encoded.body()),
                encoded.unsaid().stream().map(Unsaid::path).toList(),
                encoded.emulated());
    }

    private AnswerDecoder decoder(Exchange exchange) {
        return isSameLanguage(exchange)
                ? dialect.passing(!exchange.stream() || exchange.usageWanted())
                : dialect.decoder();
    }

    @Override
    public ChatModel plain() {
        return plain;
    }

    @Override
    public StreamingChatModel streaming() {
        return streaming;
    }

    private ChatResponse read(Call call, Answer answer) {
        if (answer.status() < 200 || answer.status() > 299) {
            throw Failures.of(dialect, answer.status(), answer.header(), answer.body(), tools.clock);
        }
        return AnswerMetadata.response(Dialect.read(decoder(call.exchange()), answer.body()));
    }

    private final class Plain implements ChatModel {
        @Override
        public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
            Call call = Call.of(request);
            Trail trail = call.exchange().trail();
            return send(new Outgoing(call.prepared().body(), headers(call), () -> trail.connected(System.nanoTime())))
                    .map(answer -> read(call, answer))
                    .subscribeAsCompletionStage();
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return doChatAsync(request).join();
        }
    }

    private final class Streaming implements StreamingChatModel {
        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            Call call = Call.of(request);
            var sink = EventSink.of(handler);
            var reading = new StreamReading(call, dialect, decoder(call.exchange()), sink, tools.clock);
            tools.transport.post(
                    streamAddress(), headers(call), call.prepared().body(), provider.connectTimeout(), call, reading);
        }
    }
}
