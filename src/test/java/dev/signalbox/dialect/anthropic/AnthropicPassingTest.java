package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Chunks;
import dev.signalbox.dialect.Golden;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicPassingTest {

    private static final byte[] COMMENT = ": signalbox {}\n\n".getBytes(StandardCharsets.UTF_8);

    private final AnthropicDialect dialect = new AnthropicDialect();
    private final AnswerDecoder passing = dialect.passing(false);

    @Test
    void aStreamPassesUnchangedButForPingsAndTheFactsBeforeItsEnd() {
        String stream = new String(Golden.bytes("anthropic/stream-tools.sse"), StandardCharsets.UTF_8);
        String expected = stream.replace("event: ping\ndata: {\"type\": \"ping\"}\n\n", "")
                .replace("event: message_stop", ": signalbox {}\n\nevent: message_stop");

        assertThat(Chunks.everyWay(dialect, () -> dialect.passing(true), Golden.bytes("anthropic/stream-tools.sse")))
                .allSatisfy(events -> assertThat(written(events)).isEqualTo(expected));
    }

    private String written(List<ChatEvent> events) {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 0, true, true));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        events.forEach(event -> out.writeBytes(encoder.event(event)));
        out.writeBytes(encoder.end(COMMENT));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatTheGatewayMustKnowIsPickedOut() {
        List<Wire> wires = Chunks.read(dialect, passing, Golden.bytes("anthropic/stream-tools.sse")).stream()
                .map(Wire.class::cast)
                .toList();

        assertThat(wires.getFirst().model()).isEqualTo("claude-sonnet-4-5-20250929");
        assertThat(wires.stream().map(Wire::usage).filter(Objects::nonNull))
                .containsExactly(new Usage(25, 100, 7, 1, 0), new Usage(25, 100, 7, 49, 40));
        assertThat(wires.stream().map(Wire::finished).filter(Objects::nonNull))
                .containsExactly(FinishReason.TOOL_CALLS);
        assertThat(wires.stream().filter(Wire::silent)).extracting(Wire::name).containsExactly("ping");
        assertThat(wires.stream().mapToInt(Wire::textLength).sum())
                .isEqualTo("Où est-ce? 🐦Voilà 日本{\"wing\": 0.20}{\"query\":\"x\"}{\"a\":[1,2.50]}".length());
        assertThat(passing.ended()).isTrue();
        assertThat(passing.finished()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'content_block_delta','delta':{'type':'text_delta','text':'a'}} | true",
                "{'type':'content_block_delta','delta':{'type':'text_delta','text':''}} | false",
                "{'type':'content_block_delta','delta':{'thinking':'a','type':'thinking_delta'}} | true",
                "{'type':'content_block_delta','delta':{'type':'input_json_delta','partial_json':'{'}} | true",
                "{'type':'content_block_delta','delta':{'type':'input_json_delta','partial_json':''}} | false",
                "{'type':'content_block_delta','delta':{'type':'signature_delta','signature':'a'}} | false",
                "{'type':'content_block_start','content_block':{'type':'text','text':''}} | false",
                "{'type':'content_block_start','content_block':{'type':'thinking','thinking':''}} | false",
                "{'type':'content_block_start','content_block':{'input':{},'type':'tool_use'}} | true",
                "{'type':'content_block_start','content_block':{'type':'redacted_thinking','data':'x'}} | true",
                "{'type':'message_start','message':{'content':[]}} | false",
                "{'type':'ping'} | false",
                "{'type':'content_block_stop'} | false",
                "{'type':'message_delta','delta':{'stop_reason':'end_turn'}} | false",
            })
    void onlyWhatTheModelSaysIsMeaningful(String event, boolean meaningful) {
        assertThat(event(null, event.replace('\'', '"')).meaningful()).isEqualTo(meaningful);
    }

    @Test
    void aNameThatIsMissingIsTakenFromTheData() {
        assertThat(event(null, "{\"type\":\"message_stop\"}").name()).isEqualTo("message_stop");
    }

    @Test
    void aPlainAnswerPassesUnchanged() {
        byte[] json = Golden.bytes("anthropic/answer-full.json");
        Wire wire = (Wire) Dialect.read(passing, json).getFirst();

        assertThat(wire.data()).isSameAs(json);
        assertThat(wire.meaningful()).isTrue();
        assertThat(wire.usage()).isEqualTo(new Usage(3, 5, 0, 8, 0));
        assertThat(wire.finished()).isEqualTo(FinishReason.STOP_SEQUENCE);
        assertThat(wire.textLength())
                .isEqualTo("Hm.Look".length() + "{\"query\": \"x\"}".length() + "{\"wing\": 0.20}".length());
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 0, false, false));
        encoder.gather(wire);
        assertThat(encoder.plain()).isSameAs(json);
    }

    @Test
    void whatIsKeptForAnHourIsCountedApart() {
        String usage = "{\"input_tokens\":3,\"cache_creation_input_tokens\":9,\"cache_creation\":"
                + "{\"ephemeral_5m_input_tokens\":5,\"ephemeral_1h_input_tokens\":4},\"output_tokens\":2}";
        byte[] json = ("{\"type\":\"message\",\"content\":[],\"stop_reason\":\"end_turn\",\"usage\":" + usage + "}")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(((Wire) Dialect.read(passing, json).getFirst()).usage()).isEqualTo(new Usage(3, 0, 9, 2, 0, 4));
        assertThat(Dialect.read(dialect.decoder(), json)).contains(new ChatEvent.Used(new Usage(3, 0, 9, 2, 0, 4)));
    }

    @Test
    void anErrorIsNoAnswer() {
        assertThatThrownBy(() -> event(
                        "error",
                        "{\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"},\"type\":\"error\"}"))
                .isInstanceOfSatisfying(BrokenAnswer.class, e -> {
                    assertThat(e.error()).isNotNull();
                    assertThat(e.error().status()).isEqualTo(529);
                });
    }

    @Test
    void dataOfSeveralLinesStaysInOneEvent() {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 0, true, true));

        assertThat(encoder.event(event("x", "{\"type\":\n\"x\"}")))
                .asString()
                .isEqualTo("event: x\ndata: {\"type\":\ndata: \"x\"}\n\n");
    }

    @Test
    void aBodyGoesOnWithItsModelAndWhatTheDeploymentAdds() {
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("temperature", 0.5);
        defaults.put("top_k", 3);
        Body body = Body.parse(
                "{ \"model\" : \"mine\", \"temperature\":0.20,\"x\":1.50 }".getBytes(StandardCharsets.UTF_8));

        assertThat(dialect.forward(body, new Target("claude-\"x\"", true, 99, defaults, Dialect.Quirks.NONE, Map.of()))
                        .body())
                .asString()
                .isEqualTo(
                        "{\"model\" : \"claude-\\\"x\\\"\",\"temperature\":0.20,\"x\":1.50,\"top_k\":3,\"max_tokens\":99}");
        assertThat(dialect.forward(
                                body,
                                new Target("c", true, null, Map.of("max_tokens", 5), Dialect.Quirks.NONE, Map.of()))
                        .body())
                .asString()
                .isEqualTo("{\"model\" : \"c\",\"temperature\":0.20,\"x\":1.50,\"max_tokens\":5}");
        assertThat(dialect.forward(body, new Target("c", true, null, Map.of(), Dialect.Quirks.NONE, Map.of()))
                        .body())
                .asString()
                .isEqualTo("{\"model\" : \"c\",\"temperature\":0.20,\"x\":1.50}");
    }

    private Wire event(String name, String json) {
        List<ChatEvent> events = new java.util.ArrayList<>();
        passing.event(name, json.getBytes(StandardCharsets.UTF_8), events::add);
        return (Wire) events.getFirst();
    }
}
