package dev.signalbox.upstream;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Exchange;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * A model behind a {@link Fault}: every attempt is late, and some fail. One that fails does not reach the vendor, with one
 * exception: of the streams that are to be disconnected about half break midway, after one to eight events that the caller
 * hears, and at their end when they have fewer. Only so can be seen what callers see of a stream that breaks.
 */
final class DrilledModel implements DeploymentModel {

    private static final String WHO = "drill";
    private static final int MOST_EVENTS_BEFORE_A_CUT = 8;

    private final DeploymentModel model;
    private final Fault fault;
    private final RandomGenerator random;
    private final Alarm alarm;

    DrilledModel(DeploymentModel model, Fault fault, RandomGenerator random, Alarm alarm) {
        this.model = model;
        this.fault = fault;
        this.random = random;
        this.alarm = alarm;
    }

    @Override
    public Prepared prepare(Exchange exchange) {
        return model.prepare(exchange);
    }

    @Override
    public List<String> secrets(String credential) {
        return model.secrets(credential);
    }

    @Override
    public ChatModel plain() {
        return new Plain();
    }

    @Override
    public StreamingChatModel streaming() {
        return new Streaming();
    }

    private boolean fails() {
        return random.nextDouble() < fault.rate();
    }

    private void late(Call call, Runnable action) {
        if (fault.latency().isZero()) {
            action.run();
        } else {
            call.cancellation().onCancel(alarm.after(fault.latency(), action));
        }
    }

    private final class Plain implements ChatModel {
        @Override
        public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
            var answer = new CompletableFuture<ChatResponse>();
            boolean fails = fails();
            late(Call.of(request), () -> {
                if (fails) {
                    fault.failure().breakDown(WHO, failure -> answer.completeExceptionally(failure.onPurpose()));
                } else {
                    pass(model.plain().doChatAsync(request), answer);
                }
            });
            return answer;
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return doChatAsync(request).join();
        }
    }

    /** Hands an answer on, and on the way back that nobody waits for it. */
    private static void pass(CompletableFuture<ChatResponse> from, CompletableFuture<ChatResponse> to) {
        from.whenComplete((response, failure) -> {
            if (failure == null) {
                to.complete(response);
            } else {
                to.completeExceptionally(failure);
            }
        });
        to.whenComplete((_, _) -> {
            if (to.isCancelled()) {
                from.cancel(true);
            }
        });
    }

    private final class Streaming implements StreamingChatModel {
        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            Call call = Call.of(request);
            EventSink sink = EventSink.of(handler);
            boolean fails = fails();
            boolean midway = fails && fault.failure() == Breakdown.DISCONNECT && random.nextBoolean();
            int events = midway ? 1 + random.nextInt(MOST_EVENTS_BEFORE_A_CUT) : 0;
            late(call, () -> {
                if (midway) {
                    model.streaming().doChat(request, new Cut(call, sink, events));
                } else if (fails) {
                    fault.failure().breakDown(WHO, failure -> sink.onError(failure.onPurpose()));
                } else {
                    model.streaming().doChat(request, sink);
                }
            });
        }
    }

    /** Lets some events that the caller hears pass, and breaks. */
    private static final class Cut implements EventSink {
        private final Call call;
        private final EventSink sink;
        private int left;
        private boolean over;

        Cut(Call call, EventSink sink, int events) {
            this.call = call;
            this.sink = sink;
            this.left = events;
        }

        private void cut() {
            if (!over) {
                over = true;
                sink.flush();
                sink.onError(Breakdown.DISCONNECT.failure(WHO));
                call.cancellation().cancel();
            }
        }

        @Override
        public void event(ChatEvent event) {
            if (over) {
                return;
            }
            sink.event(event);
            if (event.meaningful() && --left == 0) {
                cut();
            }
        }

        @Override
        public void flush() {
            if (!over) {
                sink.flush();
            }
        }

        @Override
        public boolean isFull() {
            return !over && sink.isFull();
        }

        @Override
        public void onRoom(Runnable action) {
            sink.onRoom(action);
        }

        @Override
        public void ended() {
            cut();
        }

        @Override
        public void onError(Throwable thrown) {
            if (!over) {
                over = true;
                sink.onError(thrown);
            }
        }
    }
}
