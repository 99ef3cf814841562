package dev.signalbox.dialect.responses;

import static dev.signalbox.dialect.responses.Sample.DIALECT;
import static dev.signalbox.dialect.responses.Sample.read;
import static dev.signalbox.dialect.responses.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Chunkings;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {

    private static final String OUTPUT = """
            [{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"h\u00e4"},{"type":"summary_text","text":"b"}],
            "encrypted_content":"gAAA"},
            {"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi \uD83D\uDE00","annotations":[]}]},
            {"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"f","arguments":"{\\"a\\":1}"},
            {"id":"fc_2","type":"function_call","status":"completed","call_id":"call_2","name":"g","arguments":""}]""".replace("\n", "");

    private static final String RESPONSE = """
            {"id":"resp_1","object":"response","status":"completed","model":"up","output":%s,"usage":{"input_tokens":10,\
            "input_tokens_details":{"cached_tokens":4},"output_tokens":6,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":16}}""".formatted(OUTPUT);

    private static final String STREAM = event(
                    "response.created", "\"response\":{\"id\":\"resp_1\",\"model\":\"up\",\"output\":[]}")
            + event("response.in_progress", "\"response\":{\"id\":\"resp_1\",\"model\":\"up\",\"output\":[]}")
            + event(
                    "response.output_item.added",
                    "\"output_index\":0,\"item\":{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[]}")
            + event("response.reasoning_summary_part.added", "\"output_index\":0,\"summary_index\":0,\"part\":{}")
            + event("response.reasoning_summary_text.delta", "\"output_index\":0,\"delta\":\"h\u00e4\"")
            + event("response.reasoning_summary_part.added", "\"output_index\":0,\"summary_index\":1,\"part\":{}")
            + event("response.reasoning_summary_text.delta", "\"output_index\":0,\"delta\":\"b\"")
            + event(
                    "response.output_item.done",
                    "\"output_index\":0,\"item\":{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[{\"text\":\"x\"}],\"encrypted_content\":\"gAAA\"}")
            + event(
                    "response.output_item.added",
                    "\"output_index\":1,\"item\":{\"id\":\"msg_1\",\"type\":\"message\",\"content\":[]}")
            + event(
                    "response.output_text.delta",
                    "\"output_index\":1,\"content_index\":0,\"delta\":\"Hi \uD83D\uDE00\"")
            + event("response.output_text.done", "\"output_index\":1,\"text\":\"Hi \uD83D\uDE00\"")
            + event(
                    "response.output_item.added",
                    "\"output_index\":2,\"item\":{\"type\":\"function_call\",\"call_id\":\"call_1\",\"name\":\"f\",\"arguments\":\"\"}")
            + event(
                    "response.output_item.added",
                    "\"output_index\":3,\"item\":{\"type\":\"function_call\",\"call_id\":\"call_2\",\"name\":\"g\",\"arguments\":\"\"}")
            + event("response.function_call_arguments.done", "\"output_index\":2,\"arguments\":\"{\\\"a\\\":1}\"")
            + event(
                    "response.output_item.done",
                    "\"output_index\":3,\"item\":{\"type\":\"function_call\",\"call_id\":\"call_2\",\"name\":\"g\",\"arguments\":\"\"}")
            + event("response.completed", "\"response\":" + RESPONSE);

    private static final List<ChatEvent> EVENTS = List.of(
            new ChatEvent.Started("resp_1", "up"),
            new ChatEvent.Thinking("h\u00e4"),
            new ChatEvent.Thinking("\n\n"),
            new ChatEvent.Thinking("b"),
            new ChatEvent.ThinkingSealed("gAAA", "responses"),
            new ChatEvent.Text("Hi \uD83D\uDE00"),
            new ChatEvent.ToolCallStarted(0, "call_1", "f"),
            new ChatEvent.ToolCallArguments(0, "{\"a\":1}"),
            new ChatEvent.ToolCallStarted(1, "call_2", "g"),
            new ChatEvent.ToolCallArguments(1, "{}"),
            new ChatEvent.Finished(FinishReason.TOOL_CALLS, null),
            new ChatEvent.Used(new Usage(6, 4, 0, 4, 2)));

    @Test
    void aPlainAnswerIsRead() {
        assertThat(Dialect.read(DIALECT.decoder(), utf8(RESPONSE))).isEqualTo(EVENTS);
    }

    @Test
    void aStreamIsReadHoweverItIsCut() {
        var expected = new ArrayList<>(EVENTS);
        expected.set(7, new ChatEvent.ToolCallStarted(1, "call_2", "g"));
        expected.set(8, new ChatEvent.ToolCallArguments(0, "{\"a\":1}"));
        for (byte[] writing : Chunkings.writings(STREAM)) {
            Chunkings.each(
                    writing,
                    pieces -> assertThat(read(DIALECT.decoder(), pieces)).isEqualTo(expected));
        }
    }

    @Test
    void aStreamPassesHoweverItIsCut() {
        Chunkings.each(utf8(STREAM), pieces -> {
            var writer = DIALECT.encoder(Sample.form(true, "{'include':['reasoning.encrypted_content']}"));
            var out = new ByteArrayOutputStream();
            List<ChatEvent> events = read(DIALECT.passing(true), pieces);
            events.forEach(event -> out.writeBytes(writer.event(event)));
            assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("event: response.completed");
            out.writeBytes(writer.end(utf8(": facts\n\n")));
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(STREAM + ": facts\n\n");
        });
    }

    @Test
    void whatPassesIsKnown() {
        List<ChatEvent> events = read(DIALECT.passing(true), List.of(utf8(STREAM)));

        assertThat(events).hasSize(16).allMatch(Wire.class::isInstance);
        assertThat(events.stream().filter(ChatEvent::meaningful).map(event -> ((Wire) event).name()))
                .containsExactly(
                        "response.reasoning_summary_text.delta",
                        "response.reasoning_summary_text.delta",
                        "response.output_text.delta",
                        "response.output_item.added",
                        "response.output_item.added");
        Wire last = (Wire) events.getLast();
        assertThat(last.usage()).isEqualTo(new Usage(6, 4, 0, 4, 2));
        assertThat(last.finished()).isEqualTo(FinishReason.STOP);
        assertThat(((Wire) events.getFirst()).model()).isEqualTo("up");
    }

    @Test
    void whatTheGatewayAskedForItselfIsTakenOutAndItsOwnIdPutIn() {
        var writer = DIALECT.encoder(Sample.form(true, "{'input':'a','previous_response_id':'resp_0'}"));
        var out = new ByteArrayOutputStream();
        read(DIALECT.passing(true), List.of(utf8(STREAM))).forEach(event -> out.writeBytes(writer.event(event)));
        var kept = writer.kept();
        out.writeBytes(writer.end(new byte[0]));
        String stream = out.toString(StandardCharsets.UTF_8);

        assertThat(stream).doesNotContain("gAAA").contains("\"previous_response_id\":\"resp_0\"");
        assertThat(kept).isNotNull();
        assertThat(kept.at("/output/0/encrypted_content").asText()).isEqualTo("gAAA");
    }

    @Test
    void endsAreTold() {
        assertThat(finish("\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}"))
                .isEqualTo(FinishReason.LENGTH);
        assertThat(finish("\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"content_filter\"}"))
                .isEqualTo(FinishReason.CONTENT_FILTER);
        assertThat(finish("\"status\":\"completed\"")).isEqualTo(FinishReason.STOP);
    }

    private static FinishReason finish(String members) {
        byte[] json = utf8("{\"id\":\"r\",\"model\":\"m\",\"output\":[]," + members + "}");
        return Dialect.read(DIALECT.decoder(), json).stream()
                .filter(ChatEvent.Finished.class::isInstance)
                .map(event -> ((ChatEvent.Finished) event).reason())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void failuresAreFailures() {
        for (Dialect.AnswerDecoder decoder : List.of(DIALECT.decoder(), DIALECT.passing(true))) {
            assertThatThrownBy(
                            () -> read(
                                    decoder,
                                    List.of(
                                            utf8(
                                                    event(
                                                            "response.failed",
                                                            "\"response\":{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}}")))))
                    .isInstanceOfSatisfying(BrokenAnswer.class, e -> {
                        assertThat(e.error()).isNotNull();
                        assertThat(e.error().status()).isEqualTo(429);
                        assertThat(e.error().message()).isEqualTo("slow");
                    });
            assertThatThrownBy(() -> read(
                            decoder,
                            List.of(utf8(
                                    event("error", "\"code\":\"server_error\",\"message\":\"boom\",\"param\":null")))))
                    .isInstanceOfSatisfying(
                            BrokenAnswer.class,
                            e -> assertThat(e.error().message()).isEqualTo("boom"));
            assertThat(decoder.ended()).isFalse();
            assertThatThrownBy(() -> decoder.answer(utf8("{\"error\":{\"message\":\"m\"}}"), _ -> {}))
                    .isInstanceOf(BrokenAnswer.class);
            assertThatThrownBy(() -> decoder.answer(utf8("{\"choices\":[]}"), _ -> {}))
                    .isInstanceOf(BrokenAnswer.class);
        }
    }

    private static String event(String name, String members) {
        return "event: " + name + "\ndata: {\"type\":\"" + name + "\"," + members + "}\n\n";
    }
}
