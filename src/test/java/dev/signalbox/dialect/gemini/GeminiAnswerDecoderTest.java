package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Finished;
import dev.signalbox.chat.ChatEvent.SealedThinking;
import dev.signalbox.chat.ChatEvent.Started;
import dev.signalbox.chat.ChatEvent.Text;
import dev.signalbox.chat.ChatEvent.Thinking;
import dev.signalbox.chat.ChatEvent.ThinkingSealed;
import dev.signalbox.chat.ChatEvent.ToolCallArguments;
import dev.signalbox.chat.ChatEvent.ToolCallStarted;
import dev.signalbox.chat.ChatEvent.Used;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Chunks;
import dev.signalbox.dialect.Golden;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiAnswerDecoderTest {

    private final GeminiDialect dialect = new GeminiDialect();
    private final AnswerDecoder decoder = dialect.decoder();

    @Test
    void aStreamIsTheSameHoweverItIsCut() {
        List<ChatEvent> expected = List.of(
                new Started("mAitaLmkHPPlz7IP", "gemini-2.5-flash"),
                new Thinking("Où est-ce? 🐦"),
                new Used(new Usage(40, 100, 0, 0, 7)),
                new Text("Voilà "),
                new Used(new Usage(40, 100, 0, 2, 7)),
                new Text("日本"),
                new SealedThinking("call:signalbox_mAitaLmkHPPlz7IP_0:CpcBAVSo", "gemini"),
                new ToolCallStarted(0, "signalbox_mAitaLmkHPPlz7IP_0", "find.it"),
                new ToolCallArguments(0, "{\"wing\":0.20}"),
                new ToolCallStarted(1, "fc_1", "look"),
                new ToolCallArguments(1, "{}"),
                new SealedThinking("own:EuwF+/==", "gemini"),
                new Used(new Usage(45, 100, 0, 9, 30)),
                new Finished(FinishReason.TOOL_CALLS, null),
                new Used(new Usage(45, 100, 0, 9, 30)));

        assertThat(Chunks.everyWay(dialect, dialect::decoder, Golden.bytes("gemini/stream-tools.sse")))
                .allSatisfy(events -> assertThat(events).isEqualTo(expected));
    }

    @Test
    void aPlainAnswerIsTheSameEvents() {
        assertThat(Dialect.read(decoder, Golden.bytes("gemini/answer-full.json")))
                .containsExactly(
                        new Started("r.1", "gemini-3-pro-preview"),
                        new Thinking("Hm."),
                        new ThinkingSealed("AAA=", "gemini"),
                        new Text("Look"),
                        new SealedThinking("on:BBB=", "gemini"),
                        new ToolCallStarted(0, "signalbox_r_1_0", "find"),
                        new ToolCallArguments(0, "{\"wing\":0.20}"),
                        new Used(new Usage(3, 5, 0, 8, 0)),
                        new Finished(FinishReason.TOOL_CALLS, null),
                        new Used(new Usage(3, 5, 0, 8, 0)));
    }

    @Test
    void namesThatWereMappedComeBackAndIdsAreNeverGivenTwice() {
        AnswerDecoder own = new GeminiAnswerDecoder(Map.of("_a", "a b"), Set.of("signalbox__0", "signalbox__1"));

        assertThat(Dialect.read(
                        own,
                        utf8("{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"_a\"}}]}}]}")))
                .contains(new ToolCallStarted(0, "signalbox__2", "a b"), new ToolCallArguments(0, "{}"));
    }

    @Test
    void callsInOnePieceAndTheReasonInTheNextAreToolCalls() {
        List<ChatEvent> events = stream(
                "{'candidates':[{'content':{'parts':[{'functionCall':{'name':'f','args':{}}}]}}]}",
                "{'candidates':[{'content':{'parts':[{'text':''}]},'finishReason':'STOP'}]}");

        assertThat(events).contains(new Finished(FinishReason.TOOL_CALLS, null));
    }

    @Test
    void aReasonInEveryPieceEndsNothingBeforeTheEnd() {
        List<ChatEvent> events = stream(
                "{'candidates':[{'content':{'parts':[{'text':'a'}]},'finishReason':'STOP'}]}",
                "{'candidates':[{'content':{'parts':[{'text':'b'}]},'finishReason':'MAX_TOKENS'}]}",
                "{'candidates':[{'content':{'parts':[{'text':'c'}]},'finishReason':'STOP'}]}");

        assertThat(events)
                .containsExactly(
                        new Started(null, ""),
                        new Text("a"),
                        new Text("b"),
                        new Text("c"),
                        new Finished(FinishReason.LENGTH, null));
    }

    @Test
    void aStreamThatIsCutHasNoEnd() {
        List<ChatEvent> events = stream("{'candidates':[{'content':{'parts':[{'text':'a'}]}}]}");

        assertThat(events).containsExactly(new Started(null, ""), new Text("a"));
        assertThat(decoder.ended()).isFalse();
        assertThat(decoder.finished()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, STOP",
        "MAX_TOKENS, LENGTH",
        "SAFETY, CONTENT_FILTER",
        "RECITATION, CONTENT_FILTER",
        "BLOCKLIST, CONTENT_FILTER",
        "PROHIBITED_CONTENT, CONTENT_FILTER",
        "SPII, CONTENT_FILTER",
        "IMAGE_SAFETY, CONTENT_FILTER",
        "MALFORMED_FUNCTION_CALL, OTHER",
        "UNEXPECTED_TOOL_CALL, OTHER",
        "LANGUAGE, OTHER",
        "NEVER_HEARD_OF, OTHER",
    })
    void everyReasonIsRead(String word, FinishReason reason) {
        assertThat(stream("{'candidates':[{'finishReason':'" + word + "'}]}")).contains(new Finished(reason, null));
    }

    @Test
    void aBlockedPromptIsFilteredThoughNoCandidateSaysSo() {
        String blocked =
                "{'promptFeedback':{'blockReason':'SAFETY'},'usageMetadata':{'promptTokenCount':4,'totalTokenCount':4},'modelVersion':'m'}";

        assertThat(Dialect.read(decoder, utf8(blocked)))
                .contains(new Finished(FinishReason.CONTENT_FILTER, null), new Used(new Usage(4, 0, 0, 0, 0)));
    }

    @Test
    void onlyTheFirstCandidateSpeaks() {
        assertThat(
                        stream(
                                "{'candidates':[{'content':{'parts':[{'text':'no'}]},'index':1},{'content':{'parts':[{'text':'yes'}]},'index':0,'finishReason':'STOP'}]}"))
                .contains(new Text("yes"))
                .doesNotContain(new Text("no"));
    }

    @Test
    void aPictureIsShownAsTextsShowThem() {
        assertThat(
                        stream(
                                "{'candidates':[{'content':{'parts':[{'inlineData':{'mimeType':'image/png','data':'AAAA'}}]}}]}"))
                .contains(new Text("![image/png](data:image/png;base64,AAAA)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'error':{'code':503,'message':'The model is overloaded.','status':'UNAVAILABLE'}}",
                "[{'error':{'code':503,'message':'The model is overloaded.','status':'UNAVAILABLE'}}]",
                "{'error':{'message':'The model is overloaded.','status':'UNAVAILABLE'}}",
            })
    void anErrorInTheMiddleOfAStreamIsOne(String error) {
        assertThatThrownBy(() -> stream("{'candidates':[{'content':{'parts':[{'text':'a'}]}}]}", error))
                .isInstanceOfSatisfying(BrokenAnswer.class, broken -> {
                    assertThat(broken.error()).isNotNull();
                    assertThat(broken.error().status()).isEqualTo(503);
                    assertThat(broken).hasMessage("The model is overloaded.");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "[]", "[1]", "1", "{}", "{\"candidates\":1}", "null"})
    void whatIsNoAnswerIsBroken(String json) {
        assertThatThrownBy(() -> Dialect.read(dialect.decoder(), json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BrokenAnswer.class);
        assertThatThrownBy(() -> Dialect.read(dialect.passing(true), json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BrokenAnswer.class);
    }

    private List<ChatEvent> stream(String... pieces) {
        List<ChatEvent> events = new ArrayList<>();
        for (String piece : pieces) {
            decoder.event(null, utf8(piece), events::add);
        }
        decoder.event(GeminiFrames.END, new byte[0], events::add);
        return events;
    }

    private static byte[] utf8(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
