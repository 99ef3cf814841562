package dev.signalbox.dialect.gemini;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiPassingTest {

    private static final byte[] COMMENT = ": signalbox {}\n\n".getBytes(StandardCharsets.UTF_8);

    private final GeminiDialect dialect = new GeminiDialect();
    private final AnswerDecoder passing = dialect.passing(false);

    @Test
    void aStreamPassesUnchangedAndTheFactsComeLast() {
        String stream = new String(Golden.bytes("gemini/stream-tools.sse"), StandardCharsets.UTF_8);

        assertThat(Chunks.everyWay(dialect, () -> dialect.passing(true), Golden.bytes("gemini/stream-tools.sse")))
                .allSatisfy(events -> assertThat(written(dialect, events)).isEqualTo(stream + ": signalbox {}\n\n"));
    }

    @Test
    void aStreamPassesAsAnArrayToThoseWhoAskedForOne() {
        String written = written(
                GeminiDialect.array(),
                Chunks.read(dialect, dialect.passing(true), Golden.bytes("gemini/stream-tools.sse")));

        assertThat(Golden.parse(written)).hasSize(4);
        assertThat(Golden.parse(written).get(2).at("/candidates/0/content/parts/1/functionCall/args/wing"))
                .hasToString("0.20");
        assertThat(GeminiDialect.array()
                        .encoder(new AnswerForm("id", 0, true, true))
                        .streamType())
                .isEqualTo("application/json");
    }

    private static String written(Dialect dialect, List<ChatEvent> events) {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 0, true, true));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        events.forEach(event -> out.writeBytes(encoder.event(event)));
        out.writeBytes(encoder.end(COMMENT));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatTheGatewayMustKnowIsPickedOut() {
        List<Wire> wires = Chunks.read(dialect, passing, Golden.bytes("gemini/stream-tools.sse")).stream()
                .map(Wire.class::cast)
                .toList();

        assertThat(wires).allSatisfy(wire -> assertThat(wire.model()).isEqualTo("gemini-2.5-flash"));
        assertThat(wires.stream().map(Wire::usage).filter(Objects::nonNull))
                .containsExactly(
                        new Usage(40, 100, 0, 0, 7), new Usage(40, 100, 0, 2, 7), new Usage(45, 100, 0, 9, 30));
        assertThat(wires.stream().map(Wire::finished).filter(Objects::nonNull))
                .containsExactly(FinishReason.STOP, FinishReason.TOOL_CALLS);
        assertThat(wires.stream().map(Wire::meaningful)).containsExactly(true, true, true, false);
        assertThat(wires.stream().mapToInt(Wire::textLength).sum())
                .isEqualTo("Où est-ce? 🐦Voilà 日本{\"wing\": 0.20}".length());
        assertThat(passing.ended()).isTrue();
        assertThat(passing.finished()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'candidates':[{'content':{'parts':[{'text':'a'}]}}]} | true",
                "{'candidates':[{'content':{'parts':[{'text':''}]}}]} | false",
                "{'candidates':[{'content':{'parts':[{'text':'a','thought':true}]}}]} | true",
                "{'candidates':[{'content':{'parts':[{'functionCall':{'name':'f'}}]}}]} | true",
                "{'candidates':[{'content':{'parts':[{'inlineData':{'data':'A'}}]}}]} | true",
                "{'candidates':[{'content':{'parts':[{'executableCode':{'code':'1'}}]}}]} | true",
                "{'candidates':[{'content':{'role':'model'},'finishReason':'STOP'}]} | false",
                "{'usageMetadata':{'promptTokenCount':1}} | false",
            })
    void onlyWhatTheModelSaysIsMeaningful(String event, boolean meaningful) {
        assertThat(event(event).meaningful()).isEqualTo(meaningful);
    }

    @Test
    void aPlainAnswerPassesUnchanged() {
        byte[] json = Golden.bytes("gemini/answer-full.json");
        Wire wire = (Wire) Dialect.read(passing, json).getFirst();

        assertThat(wire.data()).isSameAs(json);
        assertThat(wire.meaningful()).isTrue();
        assertThat(wire.usage()).isEqualTo(new Usage(3, 5, 0, 8, 0));
        assertThat(wire.finished()).isEqualTo(FinishReason.TOOL_CALLS);
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 0, false, false));
        encoder.gather(wire);
        assertThat(encoder.plain()).isSameAs(json);
    }

    @Test
    void aBlockedPromptPassesToThoseWhoKnowTheWord() {
        Wire wire = (Wire) Dialect.read(passing, utf8("{'promptFeedback':{'blockReason':'OTHER'}}"))
                .getFirst();

        assertThat(wire.finished()).isEqualTo(FinishReason.CONTENT_FILTER);
    }

    @Test
    void anErrorIsNoAnswer() {
        assertThatThrownBy(() -> event("{'error':{'code':429,'message':'m','details':[{'retryDelay':'39s'}]}}"))
                .isInstanceOfSatisfying(BrokenAnswer.class, e -> {
                    assertThat(e.error()).isNotNull();
                    assertThat(e.error().status()).isEqualTo(429);
                    assertThat(e.error().retryAfter()).hasSeconds(39);
                });
    }

    @Test
    void aBodyGoesOnUntouched() {
        byte[] bytes = utf8("{ 'contents' : [{'parts':[{'text':'a'}]}], 'x' : 1.50 }");

        assertThat(dialect.forward(Body.parse(bytes), Target.of("gemini-2.5-flash", true, 9))
                        .body())
                .isSameAs(bytes);
    }

    @Test
    void defaultsAreAddedWhereTheCallerGaveNone() {
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("temperature", 0.5);
        defaults.put("max_tokens", 100);
        defaults.put("reasoning_effort", "low");
        defaults.put("safetySettings", List.of());

        assertThat(forwarded("{'contents':[],'generationConfig': {'temperature' :0.20, 'topK':1}}", defaults))
                .isEqualTo(
                        "{'contents':[],'generationConfig': {'maxOutputTokens':100,'thinkingConfig':{'thinkingBudget':1024},'temperature' :0.20, 'topK':1},'safetySettings':[]}");
        assertThat(forwarded("{'contents':[],'generation_config':{},'safety_settings':[1]}", Map.of("top_p", 0.1)))
                .isEqualTo("{'contents':[],'generation_config':{'topP':0.1},'safety_settings':[1]}");
        assertThat(forwarded("{'model':'x','contents':[]}", Map.of("stop", "a")))
                .isEqualTo("{'contents':[],'generationConfig':{'stopSequences':['a']}}");
    }

    @Test
    void sealsOfOtherVendorsAreNotShownToGemini() {
        String foreign = new GeminiSeal(GeminiSeal.Kind.SIGNATURE, "sig", "anthropic").carried();
        String none = GeminiSeal.none();
        String body = "{'contents':[{'role':'model','parts':[{'text':'t','thought':true,'thoughtSignature':'" + foreign
                + "'},{'thought':true,'thoughtSignature':'" + foreign
                + "'},{'functionCall':{'name':'f'},'thoughtSignature':'" + none
                + "'},{'text':'u','thoughtSignature':'own0'}]}],'x':1.50}";

        assertThat(forwarded(body, Map.of()))
                .isEqualTo(
                        "{'contents':[{'role':'model','parts':[{'text':'t','thought':true},{'functionCall':{'name':'f'},'thoughtSignature':'skip_thought_signature_validator'},{'text':'u','thoughtSignature':'own0'}]}],'x':1.50}");
    }

    private String forwarded(String body, Map<String, Object> defaults) {
        Target target = new Target("gemini-2.5-flash", false, null, defaults, Dialect.Quirks.NONE, Map.of());
        byte[] bytes = dialect.forward(Body.parse(utf8(body)), target).body();
        assertThat(Golden.json(bytes)).isNotNull();
        return new String(bytes, StandardCharsets.UTF_8).replace('"', '\'');
    }

    private Wire event(String json) {
        List<ChatEvent> events = new ArrayList<>();
        passing.event(null, utf8(json), events::add);
        return (Wire) events.getFirst();
    }

    private static byte[] utf8(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
