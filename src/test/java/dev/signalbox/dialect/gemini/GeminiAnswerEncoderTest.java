package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Finished;
import dev.signalbox.chat.ChatEvent.Refusal;
import dev.signalbox.chat.ChatEvent.SealedThinking;
import dev.signalbox.chat.ChatEvent.Started;
import dev.signalbox.chat.ChatEvent.Text;
import dev.signalbox.chat.ChatEvent.Thinking;
import dev.signalbox.chat.ChatEvent.ThinkingSealed;
import dev.signalbox.chat.ChatEvent.ToolCallArguments;
import dev.signalbox.chat.ChatEvent.ToolCallStarted;
import dev.signalbox.chat.ChatEvent.Used;
import dev.signalbox.chat.Chunkings;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Golden;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GeminiAnswerEncoderTest {

    private static final byte[] COMMENT = ": signalbox {}\n\n".getBytes(StandardCharsets.UTF_8);
    private static final SignalboxException BROKEN =
            new SignalboxException(502, "stream_broken", "The stream broke.", null);

    private static final List<ChatEvent> ANSWER = List.of(
            new Started("msg_1", "claude"),
            new Thinking("Où "),
            new Thinking("est-ce?"),
            new ThinkingSealed("sig", "anthropic"),
            new SealedThinking("data", "anthropic"),
            new Text("Voi"),
            new Text("là"),
            new ToolCallStarted(0, "toolu_1", "find"),
            new ToolCallStarted(1, "signalbox_x_1", "look"),
            new ToolCallArguments(0, "{\"wing\":"),
            new ToolCallArguments(1, ""),
            new ToolCallArguments(0, "0.20}"),
            new Finished(FinishReason.TOOL_CALLS, null),
            new Used(new Usage(10, 4, 1, 7, 3)));

    private final GeminiDialect dialect = new GeminiDialect();

    @Test
    void aPlainAnswerIsOneObject() {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 5, false, true));
        ANSWER.forEach(encoder::gather);

        assertThat(Golden.json(encoder.plain())).isEqualTo(Golden.json("gemini/answer-written.json"));
    }

    @Test
    void aStreamIsEventsWithoutAnEndMarkAndTheFactsComeLast() {
        assertThat(stream(dialect, ANSWER))
                .isEqualTo(new String(Golden.bytes("gemini/stream-written.sse"), StandardCharsets.UTF_8));
    }

    @Test
    void anArrayHoldsTheSamePieces() {
        List<String> pieces = Chunkings.events(List.of(Golden.bytes("gemini/stream-written.sse"))).stream()
                .map(Chunkings.Event::data)
                .toList();
        JsonNode array = Golden.parse(stream(GeminiDialect.array(), ANSWER));

        assertThat(array).hasSameSizeAs(pieces);
        for (int i = 0; i < pieces.size(); i++) {
            assertThat(array.get(i)).isEqualTo(Golden.parse(pieces.get(i)));
        }
    }

    @Test
    void wordsGoOutAtOnceAndCallsWhenTheyAreWhole() {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 5, true, true));

        assertThat(encoder.event(new Started("m", "x"))).isEmpty();
        assertThat(encoder.event(new Text("a"))).isNotEmpty();
        assertThat(encoder.event(new ToolCallStarted(0, "c", "f"))).isEmpty();
        assertThat(encoder.event(new ToolCallArguments(0, "{}"))).isEmpty();
        assertThat(encoder.event(new Text("b")))
                .asString()
                .contains("\"functionCall\":{\"id\":\"c\",\"name\":\"f\",\"args\":{}}", "{\"text\":\"b\"}");
    }

    @Test
    void aBrokenStreamEndsWithItsErrorAndInAnArrayStaysJson() {
        AnswerEncoder events = dialect.encoder(new AnswerForm("id", 5, true, true));
        events.event(new Text("a"));
        assertThat(events.broken(BROKEN, COMMENT))
                .asString()
                .startsWith("data: {\"error\":{\"code\":502,")
                .endsWith("}\n\n: signalbox {}\n\n");

        for (List<ChatEvent> before : List.of(List.<ChatEvent>of(), List.<ChatEvent>of(new Text("a"), new Text("b")))) {
            AnswerEncoder array = GeminiDialect.array().encoder(new AnswerForm("id", 5, true, true));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            before.forEach(event -> {
                out.writeBytes(array.event(event));
                out.writeBytes(array.keepAlive());
            });
            out.writeBytes(array.broken(BROKEN, COMMENT));
            JsonNode read = Golden.json(out.toByteArray());
            assertThat(read).hasSize(before.size() + 1);
            assertThat(read.get(before.size()).at("/error/details/0/reason").asText())
                    .isEqualTo("stream_broken");
        }
    }

    @Test
    void nothingButDataGoesToThoseWhoReadNoComments() {
        AnswerEncoder bare = GeminiDialect.withoutComments().encoder(new AnswerForm("id", 5, true, true));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bare.event(new Text("a")));
        out.writeBytes(bare.keepAlive());
        out.writeBytes(bare.end(COMMENT));

        assertThat(bare.streamType()).isEqualTo("text/event-stream");
        assertThat(out.toString(StandardCharsets.UTF_8).split("\n\n", -1))
                .hasSize(3)
                .allMatch(block -> block.isEmpty() || block.startsWith("data: {"));
    }

    @Test
    void anAnswerWithoutWordsIsStillOne() {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 5, false, true));

        assertThat(encoder.plain())
                .asString()
                .isEqualTo(
                        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},\"finishReason\":\"STOP\",\"index\":0}],\"modelVersion\":\"\",\"responseId\":\"id\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, STOP",
        "STOP_SEQUENCE, STOP",
        "TOOL_CALLS, STOP",
        "PAUSE, STOP",
        "LENGTH, MAX_TOKENS",
        "CONTEXT_WINDOW, MAX_TOKENS",
        "CONTENT_FILTER, SAFETY",
        "REFUSAL, SAFETY",
        "OTHER, OTHER",
    })
    void everyReasonIsSaid(FinishReason reason, String word) {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 5, false, true));
        encoder.gather(new Refusal("No."));
        encoder.gather(new Finished(reason, null));

        assertThat(Golden.json(encoder.plain()).at("/candidates/0/finishReason").asText())
                .isEqualTo(word);
        assertThat(Golden.json(encoder.plain())
                        .at("/candidates/0/content/parts/0/text")
                        .asText())
                .isEqualTo("No.");
    }

    @ParameterizedTest
    @EnumSource(FinishReason.class)
    void everyReasonIsAReason(FinishReason reason) {
        assertThat(GeminiFinish.said(reason)).isNotEmpty();
    }

    @Test
    void argumentsThatAreNoObjectAreKept() {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 5, false, true));
        encoder.gather(new ToolCallStarted(0, "c", "f"));
        encoder.gather(new ToolCallArguments(0, "[1"));

        assertThat(Golden.json(encoder.plain()).at("/candidates/0/content/parts/0/functionCall/args/INVALID_JSON"))
                .hasToString("\"[1\"");
    }

    /** A caller who only echoes what it got brings every seal back to its vendor. */
    @Test
    void sealsSurviveACallerWhoOnlyEchoes() {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 5, false, true));
        ANSWER.forEach(encoder::gather);
        JsonNode content = Golden.json(encoder.plain()).at("/candidates/0/content");
        byte[] echo = ("{\"contents\":[" + content + "]}").getBytes(StandardCharsets.UTF_8);

        assertThat(dialect.decode(Body.parse(echo)).messages().getFirst().parts())
                .containsExactly(
                        new Part.Thinking("Où est-ce?", "sig", "anthropic", "contents[0].parts[0]"),
                        new Part.SealedThinking("data", "anthropic", "contents[0].parts[1]"),
                        new Part.Text("Voilà", null, "contents[0].parts[2]"),
                        new Part.ToolCall("toolu_1", "find", "{\"wing\":0.20}", null, "contents[0].parts[3]"),
                        new Part.ToolCall("signalbox_call_0", "look", "{}", null, "contents[0].parts[4]"));
    }

    @Test
    void geminisOwnSealsStandOnTheirParts() {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 5, false, true));
        Dialect.read(dialect.decoder(), Golden.bytes("gemini/answer-full.json")).forEach(encoder::gather);

        assertThat(Golden.json(encoder.plain()).at("/candidates/0/content"))
                .isEqualTo(Golden.json("gemini/answer-full.json").at("/candidates/0/content"));
    }

    private static String stream(Dialect dialect, List<ChatEvent> events) {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 5, true, true));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        events.forEach(event -> out.writeBytes(encoder.event(event)));
        out.writeBytes(encoder.end(COMMENT));
        return out.toString(StandardCharsets.UTF_8);
    }
}
