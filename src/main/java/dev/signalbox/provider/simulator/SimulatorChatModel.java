package dev.signalbox.provider.simulator;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Usage;
import dev.signalbox.provider.simulator.SimulatorProvider.Manner;
import dev.signalbox.tokens.TokenEstimate;
import dev.signalbox.upstream.AnswerMetadata;
import dev.signalbox.upstream.Call;
import dev.signalbox.upstream.DeploymentModel;
import dev.signalbox.upstream.EventSink;
import dev.signalbox.upstream.Inexpressible;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A model that repeats what it is told, at a given pace and with given failures. */
final class SimulatorChatModel implements DeploymentModel {

    private static final Pattern CALL = Pattern.compile("\\bcall\\s+([A-Za-z0-9_.:-]{1,64})");
    private static final Pattern WORDS = Pattern.compile("\\S+\\s*|\\s+");

    private final Vertx vertx;
    private final String name;
    private final Manner manner;
    private final Random random;
    private final ChatModel plain = new Plain();
    private final StreamingChatModel streaming = new Streaming();

    SimulatorChatModel(Vertx vertx, String name, Manner manner, Random random) {
        this.vertx = vertx;
        this.name = name;
        this.manner = manner;
        this.random = random;
    }

    /** It can be asked anything but to judge; what it does not simulate changes nothing in its answer. */
    @Override
    public Prepared prepare(Exchange exchange) {
        if (exchange.operation() == Operation.MODERATION) {
            throw new Inexpressible(List.of(new Unsaid("model", "judges nothing", true)));
        }
        Prompt prompt = exchange.prompt();
        if (exchange.operation() == Operation.EMBEDDINGS) {
            SimulatedVectors.dimensions(prompt);
        }
        return Prepared.NOTHING;
    }

    @Override
    public ChatModel plain() {
        return plain;
    }

    @Override
    public StreamingChatModel streaming() {
        return streaming;
    }

    private final class Plain implements ChatModel {
        @Override
        public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
            Call call = Call.of(request);
            var answer = new CompletableFuture<ChatResponse>();
            boolean fails = fails();
            after(manner.latency().toMillis(), call, () -> {
                if (fails) {
                    manner.failure().breakDown("simulated", answer::completeExceptionally);
                } else {
                    List<ChatEvent> events = new ArrayList<>();
                    pieces(call.exchange()).forEach(events::addAll);
                    answer.complete(AnswerMetadata.response(events));
                }
            });
            return answer;
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
            EventSink sink = EventSink.of(handler);
            boolean fails = fails();
            after(manner.firstTokenAfter().toMillis(), call, () -> {
                if (fails) {
                    manner.failure().breakDown("simulated", sink::onError);
                } else {
                    play(call, sink, pieces(call.exchange()), 0);
                }
            });
        }
    }

    private boolean fails() {
        return manner.failureRate() > 0 && random.nextDouble() < manner.failureRate();
    }

    private void play(Call call, EventSink sink, List<List<ChatEvent>> pieces, int from) {
        int at = from;
        while (at < pieces.size() && !call.cancellation().isCancelled()) {
            pieces.get(at).forEach(sink::event);
            at++;
            int next = at;
            if (sink.isFull()) {
                sink.flush();
                sink.onRoom(() -> play(call, sink, pieces, next));
                return;
            }
            if (manner.tokensPerSecond() > 0 && at < pieces.size()) {
                sink.flush();
                after((long) (1000 / manner.tokensPerSecond()), call, () -> play(call, sink, pieces, next));
                return;
            }
        }
        if (!call.cancellation().isCancelled()) {
            sink.flush();
            sink.ended();
        }
    }

    private void after(long millis, Call call, Runnable action) {
        if (millis <= 0) {
            action.run();
            return;
        }
        long timer = vertx.setTimer(millis, _ -> action.run());
        call.cancellation().onCancel(() -> vertx.cancelTimer(timer));
    }

    /** The answer, in the pieces in which a stream brings it: one word each. */
    private List<List<ChatEvent>> pieces(Exchange exchange) {
        Prompt prompt = exchange.prompt();
        if (exchange.operation() == Operation.EMBEDDINGS) {
            return List.of(SimulatedVectors.answer("sim-" + exchange.id(), name, prompt));
        }
        if (exchange.operation() == Operation.COUNT_TOKENS) {
            return List.of(List.of(new ChatEvent.Counted(TokenEstimate.of(prompt), true)));
        }
        String asked = lastUserText(prompt);
        List<List<ChatEvent>> pieces = new ArrayList<>();
        pieces.add(List.of(new ChatEvent.Started("sim-" + exchange.id(), name)));
        Matcher call = CALL.matcher(asked);
        long output;
        FinishReason reason;
        if (!prompt.tools().isEmpty() && call.find() && offers(prompt, call.group(1))) {
            pieces.add(List.of(
                    new ChatEvent.ToolCallStarted(0, "call_" + exchange.id(), call.group(1)),
                    new ChatEvent.ToolCallArguments(0, "{}")));
            output = TokenEstimate.of(call.group(1)) + 1;
            reason = FinishReason.TOOL_CALLS;
        } else {
            output = 0;
            reason = FinishReason.STOP;
            long most = limit(prompt);
            Matcher words = WORDS.matcher(manner.reply().equals("echo") ? asked : manner.reply());
            while (words.find()) {
                long tokens = TokenEstimate.of(words.group());
                if (output + tokens > most) {
                    reason = FinishReason.LENGTH;
                    break;
                }
                output += tokens;
                pieces.add(List.of(new ChatEvent.Text(words.group())));
            }
        }
        pieces.add(List.of(
                new ChatEvent.Finished(reason, null),
                new ChatEvent.Used(new Usage(TokenEstimate.of(prompt), 0, 0, output, 0))));
        return pieces;
    }

    private static long limit(Prompt prompt) {
        Given limit = prompt.setting(Setting.MAX_OUTPUT_TOKENS);
        return limit == null ? Long.MAX_VALUE : limit.value().asLong(Long.MAX_VALUE);
    }

    private static boolean offers(Prompt prompt, String tool) {
        return prompt.tools().stream().anyMatch(t -> t.name().equals(tool));
    }

    private static String lastUserText(Prompt prompt) {
        var text = new StringBuilder();
        for (Prompt.Message message : prompt.messages().reversed()) {
            if (message.role() == Role.USER) {
                for (Part part : message.parts()) {
                    if (part instanceof Part.Text words) {
                        text.append(words.text());
                    }
                }
                break;
            }
        }
        return text.toString();
    }
}
