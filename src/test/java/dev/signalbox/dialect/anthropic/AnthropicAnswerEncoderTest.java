package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Chunks;
import dev.signalbox.dialect.Golden;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AnthropicAnswerEncoderTest {

    private static final List<ChatEvent> ANSWER = List.of(
            new ChatEvent.Started(null, "gpt-5"),
            new ChatEvent.Used(new Usage(10, 2, 1, 0, 0)),
            new ChatEvent.Thinking("Hm"),
            new ChatEvent.Thinking("."),
            new ChatEvent.ThinkingSealed("c2ln", "anthropic"),
            new ChatEvent.SealedThinking("enc", "responses"),
            new ChatEvent.Text("Voilà "),
            new ChatEvent.Text("日"),
            new ChatEvent.ToolCallStarted(0, "call_1", "birds.look_up"),
            new ChatEvent.ToolCallArguments(0, "{\"a\":"),
            new ChatEvent.ToolCallArguments(0, "1.50}"),
            new ChatEvent.ToolCallStarted(1, "call_2", "now"),
            new ChatEvent.ToolCallArguments(1, "{}"),
            new ChatEvent.Finished(FinishReason.TOOL_CALLS, null),
            new ChatEvent.Used(new Usage(10, 2, 1, 20, 5)));

    private final AnthropicDialect dialect = new AnthropicDialect();
    private final AnswerEncoder encoder = dialect.encoder(new AnswerForm("msg_gateway", 0, true, true));

    @Test
    void aStreamHasAnthropicsEventsInAnthropicsOrder() {
        assertThat(stream(ANSWER))
                .isEqualTo(new String(Golden.bytes("anthropic/stream-written.sse"), StandardCharsets.UTF_8));
    }

    @Test
    void aPlainAnswerIsOneMessage() {
        assertThat(Json.text(plain(ANSWER))).isEqualTo(Json.text(Golden.json("anthropic/answer-written.json")));
    }

    @Test
    void argumentsThatComeByTurnsAreWrittenCallByCall() {
        String stream = stream(List.of(
                new ChatEvent.Started("m", "c"),
                new ChatEvent.ToolCallStarted(0, "a", "f"),
                new ChatEvent.ToolCallArguments(0, "{\"x\":"),
                new ChatEvent.ToolCallStarted(1, "b", "g"),
                new ChatEvent.ToolCallArguments(1, "{\"y\":"),
                new ChatEvent.Text("meanwhile"),
                new ChatEvent.ToolCallStarted(2, "c", "h"),
                new ChatEvent.ToolCallArguments(0, "\"}\"}"),
                new ChatEvent.ToolCallArguments(2, "{}"),
                new ChatEvent.ToolCallArguments(1, "2}")));

        assertThat(reread(stream))
                .containsExactly(
                        new ChatEvent.ToolCallStarted(0, "a", "f"),
                        new ChatEvent.ToolCallArguments(0, "{\"x\":"),
                        new ChatEvent.ToolCallArguments(0, "\"}\"}"),
                        new ChatEvent.ToolCallStarted(1, "b", "g"),
                        new ChatEvent.ToolCallArguments(1, "{\"y\":"),
                        new ChatEvent.ToolCallArguments(1, "2}"),
                        new ChatEvent.Text("meanwhile"),
                        new ChatEvent.ToolCallStarted(2, "c", "h"),
                        new ChatEvent.ToolCallArguments(2, "{}"));
    }

    @Property(tries = 2000)
    void noInterleavingOfCallsLosesOrMixesArguments(@ForAll("interleavings") List<Integer> turns) {
        List<String> pieces = List.of("{\"a\":", "[\"}\\\"", "\", {\"", "b\":1}", "]", "}");
        int[] next = new int[3];
        List<ChatEvent> events = new ArrayList<>(List.of(new ChatEvent.Started("m", "c")));
        for (int call : turns) {
            if (next[call] == 0) {
                events.add(new ChatEvent.ToolCallStarted(call, "id" + call, "f" + call));
            }
            if (next[call] < pieces.size()) {
                events.add(new ChatEvent.ToolCallArguments(call, pieces.get(next[call]++)));
            }
        }
        AnswerEncoder fresh = dialect.encoder(new AnswerForm("msg_gateway", 0, true, true));

        List<ChatEvent> reread = reread(write(fresh, events));

        for (int call = 0; call < next.length; call++) {
            assertThat(argumentsOf("id" + call, reread)).isEqualTo(String.join("", pieces.subList(0, next[call])));
        }
    }

    private static String argumentsOf(String id, List<ChatEvent> events) {
        StringBuilder arguments = new StringBuilder();
        int index = -1;
        for (ChatEvent event : events) {
            if (event instanceof ChatEvent.ToolCallStarted start && start.id().equals(id)) {
                index = start.index();
            } else if (event instanceof ChatEvent.ToolCallArguments more && more.index() == index) {
                arguments.append(more.delta());
            }
        }
        return arguments.toString();
    }

    @Provide
    Arbitrary<List<Integer>> interleavings() {
        return Arbitraries.integers().between(0, 2).list().ofMaxSize(24);
    }

    @Test
    void foreignSealsFindBackToTheirVendor() {
        String signature = Seal.said("CiQB+/==", "gemini");

        assertThat(Seal.read(signature)).isEqualTo(new Seal("CiQB+/==", "gemini"));
        assertThat(Seal.read(Seal.said("CiQB+/==", "anthropic"))).isEqualTo(new Seal("CiQB+/==", "anthropic"));
    }

    @Test
    void argumentsThatAreNoObjectAreWrappedInAPlainAnswer() {
        assertThat(Json.text(plain(List.of(
                                new ChatEvent.ToolCallStarted(0, "a", "f"),
                                new ChatEvent.ToolCallArguments(0, "{\"x\":")))
                        .at("/content/0/input")))
                .isEqualTo("{\"INVALID_JSON\":\"{\\\"x\\\":\"}");
    }

    @Test
    void refusalIsTextAndAStopReason() {
        var message = plain(List.of(
                new ChatEvent.Refusal("I "),
                new ChatEvent.Refusal("won't."),
                new ChatEvent.Finished(FinishReason.REFUSAL, null)));

        assertThat(message.at("/content/0/text").asText()).isEqualTo("I won't.");
        assertThat(message.path("stop_reason").asText()).isEqualTo("refusal");
    }

    @Test
    void anAnswerWithoutWordsIsStillAMessage() {
        assertThat(stream(List.of()))
                .startsWith("event: message_start\n")
                .contains("event: message_delta\n")
                .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    }

    @Test
    void aBrokenStreamEndsWithAnErrorAndThenTheFacts() {
        encoder.event(new ChatEvent.Started("m", "c"));
        byte[] broken = encoder.broken(
                new SignalboxException(503, "all_providers_exhausted", "gone", null),
                ": facts\n\n".getBytes(StandardCharsets.UTF_8));

        assertThat(broken).asString().isEqualTo("""
                        event: error
                        data: {"type":"error","error":{"type":"api_error","code":"all_providers_exhausted","message":"gone","attempts":[]},"request_id":"msg_gateway"}

                        : facts

                        """);
    }

    @Test
    void aQuietConnectionIsKeptOpenByAPing() {
        assertThat(encoder.keepAlive()).asString().isEqualTo("event: ping\ndata: {\"type\": \"ping\"}\n\n");
    }

    @Test
    void everyFinishReasonThatAnthropicKnowsComesBackAsItWas() {
        for (FinishReason reason : FinishReason.values()) {
            FinishReason back = StopReasons.read(StopReasons.said(reason));
            switch (reason) {
                case OTHER -> assertThat(back).isEqualTo(FinishReason.STOP);
                case CONTENT_FILTER -> assertThat(back).isEqualTo(FinishReason.REFUSAL);
                default -> assertThat(back).isEqualTo(reason);
            }
        }
    }

    private String stream(List<ChatEvent> events) {
        return write(encoder, events);
    }

    private static String write(AnswerEncoder encoder, List<ChatEvent> events) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        events.forEach(event -> out.writeBytes(encoder.event(event)));
        out.writeBytes(encoder.end(": facts\n\n".getBytes(StandardCharsets.UTF_8)));
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What the model says in a stream that was written, without its head and its end. */
    private List<ChatEvent> reread(String stream) {
        List<ChatEvent> events = Chunks.read(dialect, dialect.decoder(), stream.getBytes(StandardCharsets.UTF_8));
        return events.subList(2, events.size() - 2);
    }

    private com.fasterxml.jackson.databind.JsonNode plain(List<ChatEvent> events) {
        AnswerEncoder plain = dialect.encoder(new AnswerForm("msg_gateway", 0, false, true));
        events.forEach(plain::gather);
        return Golden.json(plain.plain());
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        List<ChatEvent> own = List.of(
                new ChatEvent.Started("m", "c"),
                new ChatEvent.Thinking("Hm."),
                new ChatEvent.ThinkingSealed("c2ln", "anthropic"),
                new ChatEvent.SealedThinking("enc", "anthropic"),
                new ChatEvent.Text("a"),
                new ChatEvent.ToolCallStarted(0, "id", "f"),
                new ChatEvent.ToolCallArguments(0, "{\"a\":0.10}"),
                new ChatEvent.Finished(FinishReason.STOP_SEQUENCE, "END"),
                new ChatEvent.Used(new Usage(1, 2, 3, 4, 5)));
        List<ChatEvent> streamed =
                Chunks.read(dialect, dialect.decoder(), stream(own).getBytes(StandardCharsets.UTF_8));

        assertThat(streamed.stream().filter(event -> !event.equals(new ChatEvent.Used(Usage.NONE))))
                .isEqualTo(own);
        assertThat(Dialect.read(dialect.decoder(), Json.bytes(plain(own)))).isEqualTo(own);
    }
}
