package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Trail;
import dev.signalbox.upstream.DeploymentModel.Prepared;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an attempt meets behind a drill. */
class DrilledModelTest {

    private static final int WORDS = 20;

    private final Time time = new Time();
    private final Vendor vendor = new Vendor();

    /** Streams words at once, and answers plainly when it is told to. */
    private static final class Vendor implements DeploymentModel {
        private final List<CompletableFuture<ChatResponse>> asked = new ArrayList<>();
        private int streams;

        @Override
        public Prepared prepare(Exchange exchange) {
            return Prepared.NOTHING;
        }

        @Override
        public ChatModel plain() {
            return new ChatModel() {
                @Override
                public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
                    var answer = new CompletableFuture<ChatResponse>();
                    asked.add(answer);
                    return answer;
                }
            };
        }

        @Override
        public StreamingChatModel streaming() {
            return new StreamingChatModel() {
                @Override
                public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                    streams++;
                    EventSink sink = EventSink.of(handler);
                    for (int i = 0; i < WORDS; i++) {
                        sink.event(new ChatEvent.Text("w "));
                    }
                    sink.ended();
                }
            };
        }
    }

    /** Writes down what it is told. */
    private static final class Told implements EventSink {
        private int events;
        private int ends;
        private final List<Throwable> failures = new ArrayList<>();

        @Override
        public void event(ChatEvent event) {
            events++;
        }

        @Override
        public void flush() {}

        @Override
        public boolean isFull() {
            return false;
        }

        @Override
        public void onRoom(Runnable action) {}

        @Override
        public void ended() {
            ends++;
        }

        @Override
        public void onError(Throwable thrown) {
            failures.add(thrown);
        }
    }

    private static Call call() {
        var arrival = new Exchange.Arrival("id", Instant.EPOCH, 0, Caller.ANYONE, Controls.NONE, Map.of());
        var exchange = new Exchange(
                arrival,
                "any",
                Operation.CHAT,
                "m",
                true,
                false,
                null,
                () -> {
                    throw new AssertionError("nobody translates");
                },
                null);
        return new Call(exchange, new Trail.Served("p", "m", null), Prepared.NOTHING, "");
    }

    private DrilledModel drilled(Breakdown failure, double rate, Duration latency, long seed) {
        var fault = new Fault(failure, rate, latency, time.instant().plus(Duration.ofHours(1)));
        return new DrilledModel(vendor, fault, new Random(seed), time);
    }

    private Told stream(DrilledModel model, Call call) {
        var told = new Told();
        model.streaming().doChat(call.request(), told);
        return told;
    }

    @Test
    void anAttemptThatFailsDoesNotReachTheVendor() {
        DrilledModel model = drilled(Breakdown.SERVER_ERROR, 1, Duration.ZERO, 1);
        assertThat(model.plain().doChatAsync(call().request()))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UpstreamFailure.class)
                .withMessageContaining("drill: server error");
        assertThat(stream(model, call()).failures).singleElement().isInstanceOf(UpstreamFailure.class);
        assertThat(vendor.asked).isEmpty();
        assertThat(vendor.streams).isZero();
    }

    @Test
    void aTimeoutSaysNothing() {
        DrilledModel model = drilled(Breakdown.TIMEOUT, 1, Duration.ZERO, 1);
        assertThat(model.plain().doChatAsync(call().request())).isNotDone();
        assertThat(stream(model, call()).failures).isEmpty();
    }

    @Test
    void aStreamThatIsDisconnectedBreaksAtOnceOrMidway() {
        DrilledModel model = drilled(Breakdown.DISCONNECT, 1, Duration.ZERO, 3);
        Set<Integer> heard = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            Call call = call();
            Told told = stream(model, call);
            heard.add(told.events);
            assertThat(told.ends).isZero();
            assertThat(told.failures)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            UpstreamFailure.class,
                            failure -> assertThat(failure.kind()).isEqualTo(Kind.CONNECT_FAILED));
            assertThat(call.cancellation().isCancelled()).isEqualTo(told.events > 0);
        }
        assertThat(heard).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(vendor.streams).isBetween(200, 300);
    }

    @Test
    void everyAttemptIsLate() {
        DrilledModel model = drilled(Breakdown.SERVER_ERROR, 0, Duration.ofMillis(200), 1);
        Told told = stream(model, call());
        CompletableFuture<ChatResponse> plain = model.plain().doChatAsync(call().request());
        time.pass(Duration.ofMillis(199));
        assertThat(told.events).isZero();
        time.pass(Duration.ofMillis(1));
        assertThat(told.events).isEqualTo(WORDS);
        assertThat(told.ends).isEqualTo(1);
        ChatResponse answer = AnswerMetadata.response(List.of());
        vendor.asked.getFirst().complete(answer);
        assertThat(plain).isCompletedWithValue(answer);
    }

    @Test
    void whoGivesUpMeanwhileDoesNotReachTheVendor() {
        DrilledModel model = drilled(Breakdown.SERVER_ERROR, 0, Duration.ofMillis(200), 1);
        Call call = call();
        stream(model, call);
        call.cancellation().cancel();
        assertThat(time.timers()).isZero();
    }

    @Test
    void whoGivesUpLaterEndsTheVendorsCall() {
        DrilledModel model = drilled(Breakdown.SERVER_ERROR, 0, Duration.ZERO, 1);
        model.plain().doChatAsync(call().request()).cancel(true);
        assertThat(vendor.asked.getFirst()).isCancelled();
    }
}
