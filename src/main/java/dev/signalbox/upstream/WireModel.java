package dev.signalbox.upstream;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.signalbox.catalogue.CatalogueConfig;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Continued;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Trail;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A model that is asked over HTTP in some {@link Dialect}. When that is the caller's dialect too, the caller's bytes go
 * through with small edits; otherwise the prompt is translated, and what cannot be said is refused or disclosed.
 */
public abstract class WireModel implements DeploymentModel {

    private final ProviderEntry provider;
    private final DeploymentEntry deployment;
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

    /** What it is made of. */
    protected WireModel(ProviderEntry provider, DeploymentEntry deployment, Tools tools) {
        this.provider = provider;
        this.deployment = deployment;
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

    /** Where this model is asked what the exchange asks; null when it cannot be asked that. */
    protected abstract @Nullable Endpoint endpoint(Exchange exchange);

    /** Sends a plain request with the provider's REST client; cancelling the Uni cancels the request. */
    protected abstract Uni<Answer> send(Call call, Outgoing request);

    /** Where a stream is asked for. */
    protected abstract URI streamAddress(Call call);

    /** The headers of a request, credential included; a Uni since some credentials have to be fetched first. */
    protected abstract Uni<Map<String, String>> headers(Call call);

    private static boolean isSameLanguage(Exchange exchange, Dialect dialect) {
        return exchange.body() != null && exchange.dialect().equals(dialect.id());
    }

    @Override
    public Prepared prepare(Exchange exchange) {
        Endpoint endpoint = endpoint(exchange);
        if (endpoint == null) {
            throw new Inexpressible(List.of(new Unsaid(
                    "model", "cannot be asked for " + exchange.operation().code(), true)));
        }
        Dialect dialect = endpoint.dialect();
        var target = new Dialect.Target(
                deployment.model(),
                exchange.stream(),
                deployment.maxOutputTokens(),
                provider.defaults(),
                endpoint.quirks(),
                exchange.fetched());
        var body = exchange.body();
        Continued continued = exchange.continued();
        if (continued != null && body != null && isSameLanguage(exchange, dialect)) {
            Body more = dialect.goOn(body, continued);
            if (more != null) {
                return prepared(exchange, dialect.forward(more, target), endpoint, dialect::decoder);
            }
        }
        if (body != null && continued == null && isSameLanguage(exchange, dialect)) {
            boolean usageWanted = !exchange.stream() || exchange.usageWanted();
            return prepared(exchange, dialect.forward(body, target), endpoint, () -> dialect.passing(usageWanted));
        }
        Prompt prompt = exchange.prompt();
        Encoded encoded = dialect.encode(prompt, target);
        boolean strict = exchange.controls().strict();
        List<String> dropped = dropped(exchange, encoded.unsaid(), prompt.leftovers());
        if (strict && !encoded.emulated().isEmpty()) {
            throw new Inexpressible(encoded.emulated().stream()
                    .map(path -> new Unsaid(path, "could only say it by other means"))
                    .toList());
        }
        return new Prepared(
                Json.bytes(encoded.body()),
                dropped,
                encoded.emulated(),
                endpoint,
                encoded.decoder() == null ? dialect::decoder : encoded.decoder());
    }

    private Prepared prepared(
            Exchange exchange, Forwarded own, Endpoint endpoint, Supplier<Dialect.AnswerDecoder> decoder) {
        return new Prepared(own.body(), dropped(exchange, own.unsaid(), List.of()), List.of(), endpoint, decoder);
    }

    /** The paths of what is left out, if all of it may be. */
    private List<String> dropped(Exchange exchange, List<Unsaid> all, List<Leftover> leftovers) {
        if (all.isEmpty()) {
            return List.of();
        }
        boolean strict = exchange.controls().strict();
        boolean mayDrop = tools.dropUnsupported && !strict;
        List<Unsaid> refused = all.stream()
                .filter(unsaid -> unsaid.required() || !(mayDrop || (isHint(unsaid, leftovers) && !strict)))
                .toList();
        if (!refused.isEmpty()) {
            throw new Inexpressible(refused);
        }
        return all.stream().map(Unsaid::path).toList();
    }

    /** Whether the answer means the same without it, be it that who read it says so or who could not write it. */
    private static boolean isHint(Unsaid unsaid, List<Leftover> leftovers) {
        return unsaid.hint()
                || leftovers.stream()
                        .anyMatch(leftover -> leftover.hint() && leftover.path().equals(unsaid.path()));
    }

    /** What a call was prepared for. */
    protected static Endpoint endpointOf(Call call) {
        return Objects.requireNonNull(call.prepared().endpoint(), "prepared by another model");
    }

    private static AnswerDecoder decoder(Call call) {
        return Objects.requireNonNull(call.prepared().decoder(), "prepared by another model")
                .get();
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
            throw Failures.of(endpointOf(call).dialect(), answer.status(), answer.header(), answer.body(), tools.clock);
        }
        return AnswerMetadata.response(Dialect.read(decoder(call), answer.body()));
    }

    private final class Plain implements ChatModel {
        @Override
        public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
            Call call = Call.of(request);
            Trail trail = call.exchange().trail();
            return headers(call)
                    .chain(headers -> send(
                            call,
                            new Outgoing(call.prepared().body(), headers, () -> trail.connected(System.nanoTime()))))
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
            var reading = new StreamReading(call, endpointOf(call).dialect(), decoder(call), sink, tools.clock);
            headers(call)
                    .subscribe()
                    .with(
                            headers -> tools.transport.post(
                                    streamAddress(call),
                                    headers,
                                    call.prepared().body(),
                                    provider.connectTimeout(),
                                    call,
                                    reading),
                            sink::onError);
        }
    }
}
