package dev.signalbox.dialect.bedrock;

import static dev.signalbox.dialect.bedrock.Asked.hi;
import static java.nio.charset.StandardCharsets.UTF_8;
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
import dev.signalbox.chat.Chunkings;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Usage;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Converse answers, plain and streamed. */
class ConverseDecoderTest {

    private static final String MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    private static final String TOOLS = ",'tools':[{'type':'function','function':{'name':'get.weather'}}]";
    private static final Encoded ASKED = hi(MODEL, TOOLS);
    private static final Usage USAGE = new Usage(11, 100, 20, 9, 0);

    private static AnswerDecoder decoder(Encoded encoded) {
        return Objects.requireNonNull(encoded.decoder()).get();
    }

    private static AnswerDecoder decoder() {
        return decoder(ASKED);
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }

    private static byte[] event(String type, String json) {
        return Frames.event(type, json.replace('\'', '"'));
    }

    private static final String ANSWER = """
            {'output':{'message':{'role':'assistant','content':[
              {'reasoningContent':{'reasoningText':{'text':'hm','signature':'s1'}}},
              {'reasoningContent':{'redactedContent':'eHl6'}},
              {'text':'Zürich'},
              {'citationsContent':{'content':[{'text':' cited'}],'citations':[{'title':'t'}]}},
              {'toolUse':{'toolUseId':'tooluse_1','name':'%s','input':{'n':0.20}}},
              {'toolUse':{'toolUseId':'tooluse_2','name':'now','input':{}}}]}},
             'stopReason':'tool_use','metrics':{'latencyMs':5},'trace':{'x':1},
             'usage':{'inputTokens':11,'outputTokens':9,'totalTokens':140,'cacheReadInputTokens':100,'cacheWriteInputTokens':20}}""".formatted(Names.said("get.weather"));

    @Test
    void aPlainAnswerIsRead() {
        AnswerDecoder decoder = decoder();

        assertThat(Dialect.read(decoder, json(ANSWER)))
                .containsExactly(
                        new Started(null, MODEL),
                        new Thinking("hm"),
                        new ThinkingSealed("s1", "bedrock"),
                        new SealedThinking("eHl6", "bedrock"),
                        new Text("Zürich"),
                        new Text(" cited"),
                        new ToolCallStarted(0, "tooluse_1", "get.weather"),
                        new ToolCallArguments(0, "{\"n\":0.20}"),
                        new ToolCallStarted(1, "tooluse_2", "now"),
                        new ToolCallArguments(1, "{}"),
                        new Finished(FinishReason.TOOL_CALLS, null),
                        new Used(USAGE));
        assertThat(decoder.ended()).isTrue();
    }

    private static byte[] stream() {
        return Frames.joined(
                event("messageStart", "{'role':'assistant','p':'abc'}"),
                event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'reasoningContent':{'text':'h'}}}"),
                event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'reasoningContent':{'text':'m'}}}"),
                event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'reasoningContent':{'signature':'s1'}}}"),
                event("contentBlockStop", "{'contentBlockIndex':0}"),
                event(
                        "contentBlockDelta",
                        "{'contentBlockIndex':1,'delta':{'reasoningContent':{'redactedContent':'eHl6'}}}"),
                event("contentBlockStop", "{'contentBlockIndex':1}"),
                event("contentBlockDelta", "{'contentBlockIndex':2,'delta':{'text':'Zü'}}"),
                event("contentBlockDelta", "{'contentBlockIndex':2,'delta':{'text':''}}"),
                event("contentBlockDelta", "{'contentBlockIndex':2,'delta':{'text':'rich \uD83D\uDE80'}}"),
                event("contentBlockDelta", "{'contentBlockIndex':2,'delta':{'citation':{'title':'t'}}}"),
                event("contentBlockStop", "{'contentBlockIndex':2}"),
                event(
                        "contentBlockStart",
                        "{'contentBlockIndex':3,'start':{'toolUse':{'toolUseId':'tooluse_1','name':'"
                                + Names.said("get.weather") + "'}}}"),
                event(
                        "contentBlockDelta",
                        "{'contentBlockIndex':3,'delta':{'toolUse':{'input':'{\\\"city\\\":\\\"Kö'}}}"),
                event("contentBlockDelta", "{'contentBlockIndex':3,'delta':{'toolUse':{'input':'ln\\\"}'}}}"),
                event("contentBlockStop", "{'contentBlockIndex':3}"),
                event(
                        "contentBlockStart",
                        "{'contentBlockIndex':4,'start':{'toolUse':{'toolUseId':'tooluse_2','name':'now'}}}"),
                event("contentBlockStop", "{'contentBlockIndex':4}"),
                event("somethingNew", "{}"),
                event("messageStop", "{'stopReason':'tool_use'}"),
                event(
                        "metadata",
                        "{'usage':{'inputTokens':11,'outputTokens':9,'totalTokens':140,'cacheReadInputTokens':100,"
                                + "'cacheWriteInputTokens':20},'metrics':{'latencyMs':5}}"));
    }

    private static final List<ChatEvent> STREAMED = List.of(
            new Started(null, MODEL),
            new Thinking("h"),
            new Thinking("m"),
            new ThinkingSealed("s1", "bedrock"),
            new SealedThinking("eHl6", "bedrock"),
            new Text("Zü"),
            new Text("rich \uD83D\uDE80"),
            new ToolCallStarted(0, "tooluse_1", "get.weather"),
            new ToolCallArguments(0, "{\"city\":\"Kö"),
            new ToolCallArguments(0, "ln\"}"),
            new ToolCallStarted(1, "tooluse_2", "now"),
            new ToolCallArguments(1, "{}"),
            new Finished(FinishReason.TOOL_CALLS, null),
            new Used(USAGE));

    @Test
    void aStreamIsReadHoweverItIsCut() {
        Chunkings.each(
                stream(), pieces -> assertThat(Frames.read(decoder(), pieces)).isEqualTo(STREAMED));
    }

    @Test
    void aStreamEndsWithItsMetadataOrWithTheConnection() {
        AnswerDecoder decoder = decoder();
        decoder.event("contentBlockDelta", json("{'contentBlockIndex':0,'delta':{'text':'a'}}"), _ -> {});
        assertThat(decoder.finished()).isFalse();

        decoder.event("messageStop", json("{'stopReason':'end_turn'}"), _ -> {});
        assertThat(decoder.finished()).isTrue();
        assertThat(decoder.ended()).isFalse();

        decoder.event("metadata", json("{'usage':{'inputTokens':1,'outputTokens':1}}"), _ -> {});
        assertThat(decoder.ended()).isTrue();
    }

    @Test
    void encryptedThoughtsInPiecesAreOne() {
        AnswerDecoder decoder = decoder();
        var events = new java.util.ArrayList<ChatEvent>();
        for (String piece : List.of("YQ==", "YmM=")) {
            decoder.event(
                    "contentBlockDelta",
                    json("{'contentBlockIndex':0,'delta':{'reasoningContent':{'redactedContent':'" + piece + "'}}}"),
                    events::add);
        }
        decoder.event("contentBlockStop", json("{'contentBlockIndex':0}"), events::add);

        assertThat(events).contains(new SealedThinking("YWJj", "bedrock"));
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn,STOP",
        "tool_use,TOOL_CALLS",
        "max_tokens,LENGTH",
        "stop_sequence,STOP_SEQUENCE",
        "guardrail_intervened,CONTENT_FILTER",
        "content_filtered,CONTENT_FILTER",
        "malformed_model_output,OTHER",
        "malformed_tool_use,OTHER",
        "model_context_window_exceeded,CONTEXT_WINDOW",
        "refusal,REFUSAL",
        "new,OTHER",
    })
    void everyReasonToStopIsTold(String stopReason, FinishReason reason) {
        String answer = "{'output':{'message':{'content':[{'text':'a'}]}},'stopReason':'" + stopReason + "'}";

        assertThat(Dialect.read(decoder(), json(answer))).contains(new Finished(reason, null));
    }

    @Test
    void theStopSequenceThatWasMetIsTold() {
        String answer = "{'output':{'message':{'content':[{'text':'a'}]}},'stopReason':'stop_sequence',"
                + "'additionalModelResponseFields':{'stop_sequence':'END'}}";

        assertThat(Dialect.read(decoder(), json(answer))).contains(new Finished(FinishReason.STOP_SEQUENCE, "END"));
    }

    // An answer whose shape a tool stands for

    private static final String FORMAT = """
            ,'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'type':'object'}}}""";

    private static final Encoded SHAPED = hi(Asked.NOVA, FORMAT);

    private static List<ChatEvent> shaped(String members, String content, String stopReason) {
        Encoded encoded = hi(Asked.NOVA, FORMAT + members);
        String answer = "{'output':{'message':{'content':[" + content + "]}},'stopReason':'" + stopReason + "'}";
        List<ChatEvent> events = Dialect.read(decoder(encoded), json(answer));
        return events.subList(1, events.size());
    }

    @Test
    void theArgumentsOfTheToolAreTheAnswer() {
        assertThat(shaped(
                        "",
                        "{'text':'Here:'},{'toolUse':{'toolUseId':'t','name':'json_answer','input':{'a':1}}}",
                        "tool_use"))
                .containsExactly(new Text("{\"a\":1}"), new Finished(FinishReason.STOP, null));
    }

    @Test
    void wordsAreTheAnswerWhenTheToolIsNotCalled() {
        assertThat(shaped("", "{'text':'I cannot'}", "content_filtered"))
                .containsExactly(new Text("I cannot"), new Finished(FinishReason.CONTENT_FILTER, null));
    }

    @Test
    void otherToolsCanBeCalledInPlaceOfAnAnswer() {
        assertThat(shaped(TOOLS, "{'text':'wait'},{'toolUse':{'toolUseId':'t','name':'f','input':{}}}", "tool_use"))
                .containsExactly(
                        new Text("wait"),
                        new ToolCallStarted(0, "t", "f"),
                        new ToolCallArguments(0, "{}"),
                        new Finished(FinishReason.TOOL_CALLS, null));
    }

    @Test
    void anAnswerOfThatShapeStreams() {
        byte[] stream = Frames.joined(
                event("messageStart", "{'role':'assistant'}"),
                event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'text':'Here'}}"),
                event(
                        "contentBlockStart",
                        "{'contentBlockIndex':1,'start':{'toolUse':{'toolUseId':'t','name':'json_answer'}}}"),
                event("contentBlockDelta", "{'contentBlockIndex':1,'delta':{'toolUse':{'input':'{'}}}"),
                event("contentBlockDelta", "{'contentBlockIndex':1,'delta':{'toolUse':{'input':'}'}}}"),
                event("contentBlockStop", "{'contentBlockIndex':1}"),
                event("messageStop", "{'stopReason':'tool_use'}"));

        Chunkings.each(
                stream,
                pieces -> assertThat(Frames.read(decoder(SHAPED), pieces))
                        .containsExactly(
                                new Started(null, Asked.NOVA),
                                new Text("{"),
                                new Text("}"),
                                new Finished(FinishReason.STOP, null)));
    }

    // Errors

    @ParameterizedTest
    @CsvSource({
        "throttlingException,429",
        "ThrottlingException,429",
        "modelStreamErrorException,502",
        "modelTimeoutException,408",
        "internalServerException,500",
        "serviceUnavailableException,503",
        "validationException,400",
        "somethingNewException,500",
    })
    void exceptionsInAStreamHaveTheirStatus(String type, int status) {
        byte[] stream = Frames.joined(
                event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'text':'a'}}"),
                Frames.exception(type, "no luck"));

        assertThatThrownBy(() -> Frames.read(decoder(), List.of(stream)))
                .isInstanceOfSatisfying(
                        BrokenAnswer.class,
                        broken -> assertThat(broken.error())
                                .isEqualTo(new UpstreamError(status, type, "", "no luck", null)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "400|{'message':'bad'}|400|\"\"",
                "400|{'__type':'com.amazon.coral.service#ServiceQuotaExceededException','message':'x'}|429|\"\"",
                "400|{'message':'The provided model identifier is invalid.'}|404|\"\"",
                "400|{'message':'Invocation of model ID a.b with on-demand throughput isn’t supported.'}|404|\"\"",
                "400|{'message':'Too many input tokens. Max input tokens: 8192'}|400|context_length_exceeded",
                "403|{'Message':'denied'}|403|\"\"",
                "424|{'message':'model broke','originalStatusCode':500}|502|\"\"",
                "429|{'message':'Too many requests'}|429|\"\"",
                "503|<html>|503|\"\"",
            })
    void errorsAreUnderstood(int given, String body, int status, String code) {
        UpstreamError error = Asked.DIALECT.readError(given, json(body));

        assertThat(error.status()).isEqualTo(status);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.message()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "[]", "{}", "{'output':{}}", "{'output':{'message':{'content':5}}}"})
    void whatIsNoAnswerIsBroken(String body) {
        assertThatThrownBy(() -> Dialect.read(decoder(), json(body))).isInstanceOf(BrokenAnswer.class);
    }

    @Test
    void anErrorInPlaceOfAnAnswerIsRead() {
        assertThatThrownBy(() -> Dialect.read(decoder(), json("{'__type':'ThrottlingException','message':'slow'}")))
                .isInstanceOfSatisfying(
                        BrokenAnswer.class,
                        broken -> assertThat(broken.error())
                                .isEqualTo(new UpstreamError(429, "ThrottlingException", "", "slow", null)));
    }

    @Property(tries = 3000)
    void anyAnswerIsReadOrBroken(@ForAll("spoiled") byte[] bytes) {
        for (AnswerDecoder decoder : List.of(decoder(), decoder(SHAPED))) {
            try {
                decoder.answer(bytes, _ -> {});
            } catch (BrokenAnswer e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThat(Asked.DIALECT.readError(500, bytes).message()).isNotBlank();
    }

    @Property(tries = 3000)
    void anyEventIsReadOrBroken(@ForAll("spoiled") byte[] bytes, @ForAll("types") List<String> types) {
        AnswerDecoder decoder = decoder();
        try {
            for (String type : types) {
                decoder.event(type, bytes, _ -> {});
            }
        } catch (BrokenAnswer e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<List<String>> types() {
        return Arbitraries.of(
                        "messageStart",
                        "contentBlockStart",
                        "contentBlockDelta",
                        "contentBlockStop",
                        "messageStop",
                        "metadata",
                        "exception:throttlingException",
                        "exception:",
                        "",
                        "x")
                .list()
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<byte[]> spoiled() {
        List<String> samples = List.of(
                ANSWER,
                "{'contentBlockIndex':3,'start':{'toolUse':{'toolUseId':'t','name':'f'}},'delta':{'text':'a',"
                        + "'toolUse':{'input':'{'},'reasoningContent':{'redactedContent':'?'}},'stopReason':'tool_use',"
                        + "'usage':{'inputTokens':1}}");
        List<String> surprises =
                List.of("null", "{}", "[]", "-1", "1e400", "99999999999999999999", "''", "true", "'\\ud83d'", "[[{}]]");
        return Arbitraries.of(samples)
                .flatMap(sample -> Arbitraries.integers()
                        .between(0, sample.length() - 1)
                        .flatMap(at -> Arbitraries.integers()
                                .between(0, 12)
                                .flatMap(cut -> Arbitraries.of(surprises)
                                        .map(value -> json(sample.substring(0, at)
                                                + value
                                                + sample.substring(Math.min(sample.length(), at + cut)))))));
    }
}
