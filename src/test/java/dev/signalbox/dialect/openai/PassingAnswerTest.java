package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.stream;
import static dev.signalbox.dialect.openai.Sample.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Chunkings;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PassingAnswerTest {

    private static final String FULL = stream(
            "{'id':'c1','object':'chat.completion.chunk','model':'gpt-4o','choices':[],'prompt_filter_results':[{'x':1}],'usage':null}",
            "{'id':'c1','model':'gpt-4o','choices':[{'index':0,'delta':{'role':'assistant','content':''},'finish_reason':null}],'usage':null}",
            "{'id':'c1','model':'gpt-4o','usage': null, 'choices':[{'index':0,'delta':{'content':'h\u00e4\uD83D\uDE00'},'finish_reason':null}]}",
            "{'id':'c1','model':'gpt-4o','choices':[{'index':0,'delta':{},'finish_reason':'stop'}],'usage':null}",
            "{'id':'c1','model':'gpt-4o','choices':[],'usage':{'prompt_tokens':10,'completion_tokens':4,'total_tokens':14,'prompt_tokens_details':{'cached_tokens':8},'completion_tokens_details':{'reasoning_tokens':3}}}");

    @Test
    void aCallerWhoWantsUsageGetsEveryByte() {
        List<Wire> events = hear(true, FULL + "data: [DONE]\n\n");
        assertThat(events).noneMatch(Wire::silent);
        assertThat(said(events)).isEqualTo(FULL);
    }

    @Test
    void aCallerWhoDoesNotWantUsageGetsEveryByteButUsage() {
        List<Wire> events = hear(false, FULL + "data: [DONE]\n\n");
        assertThat(events).extracting(Wire::silent).containsExactly(false, false, false, false, true);
        String expected = stream(
                "{'id':'c1','object':'chat.completion.chunk','model':'gpt-4o','choices':[],'prompt_filter_results':[{'x':1}]}",
                "{'id':'c1','model':'gpt-4o','choices':[{'index':0,'delta':{'role':'assistant','content':''},'finish_reason':null}]}",
                "{'id':'c1','model':'gpt-4o', 'choices':[{'index':0,'delta':{'content':'h\u00e4\uD83D\uDE00'},'finish_reason':null}]}",
                "{'id':'c1','model':'gpt-4o','choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}");
        assertThat(said(events)).isEqualTo(expected);
        assertThat(events.getLast().usage()).isEqualTo(new Usage(2, 8, 0, 1, 3));
    }

    @Test
    void everyWayOfCuttingTheStreamGivesTheSameEvents() {
        String expected = said(hear(false, FULL));
        for (byte[] bytes : Chunkings.writings(FULL + "data: [DONE]\n\n")) {
            Chunkings.each(bytes, pieces -> {
                AnswerDecoder decoder = DIALECT.passing(false);
                assertThat(said(wires(Sample.hear(decoder, pieces)))).isEqualTo(expected);
                assertThat(decoder.ended()).isTrue();
            });
        }
    }

    @Test
    void onlyTheModelsOwnWordsAreMeaningful() {
        List<Wire> events = hear(true, FULL);
        assertThat(events).extracting(Wire::meaningful).containsExactly(false, false, true, false, false);
        assertThat(events).extracting(Wire::textLength).containsExactly(0, 0, 4, 0, 0);
        assertThat(events).extracting(Wire::model).containsOnly("gpt-4o");
        assertThat(events).extracting(Wire::finished).containsExactly(null, null, null, FinishReason.STOP, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'content':'ab'}                                                                     | true  | 2
            {'content':' '}                                                                      | true  | 1
            {'content':''}                                                                       | false | 0
            {'content':null,'role':'assistant'}                                                  | false | 0
            {}                                                                                   | false | 0
            {'reasoning_content':'abc'}                                                          | true  | 3
            {'reasoning':'abc','reasoning_content':'abc'}                                        | true  | 3
            {'refusal':'no'}                                                                     | true  | 2
            {'tool_calls':[{'index':0,'id':'c','type':'function','function':{'name':'f','arguments':''}}]} | true | 1
            {'tool_calls':[{'index':0,'function':{'arguments':'{}'}}]}                           | true  | 2
            {'tool_calls':[{'index':0,'id':'c','function':{'arguments':''}}]}                    | false | 0
            {'tool_calls':[{'index':0,'custom':{'name':'ab','input':'x'}}]}                      | true  | 3
            {'function_call':{'name':'f','arguments':'{}'}}                                      | true  | 3
            {'content':[{'type':'thinking','thinking':[{'type':'text','text':'abc'}]},{'text':'d'}]} | true | 4
            {'audio':{'id':'a','data':'AAAA'}}                                                   | true  | 0
            {'content':5,'tool_calls':7,'refusal':{},'function_call':[],'x':[{}]}                | false | 0
            """)
    void aDeltaIsMeaningfulWhenTheModelSpeaksInIt(String delta, boolean meaningful, int length) {
        Wire event = hear(true, stream("{'choices':[{'index':0,'delta':" + delta + "}]}"))
                .getFirst();
        assertThat(event.meaningful()).isEqualTo(meaningful);
        assertThat(event.textLength()).isEqualTo(length);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'prompt_tokens':10,'completion_tokens':4}                                                         | 10 | 0 | 4 | 0
            {'prompt_tokens':10,'completion_tokens':4,'prompt_tokens_details':null,'total_tokens':14}          | 10 | 0 | 4 | 0
            {'prompt_tokens':10,'prompt_cache_hit_tokens':6,'prompt_cache_miss_tokens':4,'completion_tokens':4} | 4  | 6 | 4 | 0
            {'prompt_tokens':5,'completion_tokens':9,'completion_tokens_details':{'reasoning_tokens':9}}       | 5  | 0 | 0 | 9
            {'prompt_tokens':5,'completion_tokens':2,'total_tokens':16,'completion_tokens_details':{'reasoning_tokens':9}} | 5 | 0 | 2 | 9
            {'prompt_tokens':5,'total_tokens':7}                                                               | 5  | 0 | 2 | 0
            {'prompt_tokens':3.0,'completion_tokens':-4,'x':[{'prompt_tokens':99}]}                            | 3  | 0 | 0 | 0
            {'prompt_tokens':1,'prompt_tokens_details':{'cached_tokens':9},'completion_tokens':0}              | 0  | 1 | 0 | 0
            """)
    void usageFallsIntoBucketsThatDoNotOverlap(String usage, long input, long read, long output, long reasoning) {
        Wire event = hear(true, stream("{'choices':[],'usage':" + usage + "}")).getFirst();
        assertThat(event.usage()).isEqualTo(new Usage(input, read, 0, output, reasoning));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "[]", "7", "{'prompt_tokens':'x'}", "{'prompt_tokens':null}"})
    void usageWithoutCountsIsNone(String usage) {
        assertThat(hear(true, stream("{'choices':[],'usage':" + usage + "}")))
                .extracting(Wire::usage)
                .containsOnlyNulls();
        assertThat(hear(false, stream("{'choices':[],'usage':" + usage + "}"))).noneMatch(Wire::silent);
    }

    @Test
    void usageBesideWordsIsCutOutAndTheWordsStay() {
        List<Wire> events = hear(
                false,
                stream(
                        "{ 'usage' : {'prompt_tokens':1,'completion_tokens':1} , 'choices':[{'delta':{'content':'a'}}] }"));
        assertThat(events)
                .extracting(PassingAnswerTest::text)
                .containsExactly(json("{  'choices':[{'delta':{'content':'a'}}] }"));
        assertThat(events.getFirst().usage()).isEqualTo(new Usage(1, 0, 0, 1, 0));
    }

    @Test
    void usageIsCutOutHoweverItStands() {
        assertThat(cut("{'usage':null}")).isEqualTo("{}");
        assertThat(cut("{ 'usage' : 7 }")).isEqualTo("{  }");
        assertThat(cut("{'a':1 , 'usage':'x' }")).isEqualTo(json("{'a':1  }"));
        assertThat(cut("{'usage':[1,{'usage':2}],'a':1}")).isEqualTo(json("{'a':1}"));
        assertThat(cut("{'a':{'usage':1},'usage':{},'b':2}")).isEqualTo(json("{'a':{'usage':1},'b':2}"));
        assertThat(cut("{'usage':1,'a':1,'usage':2}")).isEqualTo(json("{'a':1}"));
        assertThat(cut("{'\\u0075sage':1,'a':1}")).isEqualTo(json("{'a':1}"));
    }

    @Test
    void aPlainAnswerIsNeverCut() {
        String answer = json(
                "{'id':'c','model':'gpt','choices':[{'index':0,'message':{'role':'assistant','content':'hello'},'finish_reason':'length'}],'usage':{'prompt_tokens':3,'completion_tokens':2}}");
        AnswerDecoder decoder = DIALECT.passing(false);
        Wire event = (Wire) Dialect.read(decoder, utf8(answer)).getFirst();
        assertThat(text(event)).isEqualTo(answer);
        assertThat(event.usage()).isEqualTo(new Usage(3, 0, 0, 2, 0));
        assertThat(event.finished()).isEqualTo(FinishReason.LENGTH);
        assertThat(event.textLength()).isEqualTo(5);
        assertThat(decoder.ended()).isTrue();
    }

    @Test
    void anAnswerWithManyChoicesIsFinishedWhenTheLastOneIs() {
        AnswerDecoder decoder = DIALECT.passing(true);
        hear(decoder, "{'choices':[{'index':0,'delta':{'content':'a'}}]}");
        hear(decoder, "{'choices':[{'index':1,'delta':{'content':'b'}}]}");
        assertThat(decoder.finished()).isFalse();
        hear(decoder, "{'choices':[{'index':1,'delta':{},'finish_reason':'stop'}]}");
        assertThat(decoder.finished()).isFalse();
        hear(decoder, "{'choices':[{'index':0,'delta':{},'finish_reason':'weird'}]}");
        assertThat(decoder.finished()).isTrue();
        assertThat(decoder.ended()).isFalse();
    }

    @Test
    void anEmptyFinishReasonIsNone() {
        AnswerDecoder decoder = DIALECT.passing(true);
        hear(decoder, "{'choices':[{'index':0,'delta':{'content':'a'},'finish_reason':''}]}");
        assertThat(decoder.finished()).isFalse();
    }

    @Test
    void aStreamThatEndsWithoutItsMarkHasNotEnded() {
        AnswerDecoder decoder = DIALECT.passing(true);
        hear(decoder, "{'choices':[{'index':0,'delta':{'content':'a'}}]}");
        assertThat(decoder.ended()).isFalse();
        assertThat(decoder.finished()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'error':{'message':'m','type':'rate_limit_error','code':null}}                    | 429
            {'error':{'message':'m','type':'insufficient_quota','code':'insufficient_quota'}}  | 429
            {'error':{'message':'m','type':'invalid_request_error','code':'rate_limit_exceeded'}} | 429
            {'error':{'message':'m','type':'server_error'}}                                    | 500
            {'error':{'message':'m','type':'overloaded_error'}}                                | 503
            {'error':{'message':'m','type':'invalid_request_error'}}                           | 400
            {'error':{'message':'m','code':429}}                                               | 429
            {'error':{'message':'m','code':'502'}}                                             | 502
            {'error':{'message':'m','code':1234}}                                              | 500
            {'error':'boom'}                                                                   | 500
            {'choices':[],'error':{}}                                                          | 500
            """)
    void anErrorWhereAnAnswerShouldBeBreaksIt(String data, int status) {
        assertThatThrownBy(() -> hear(true, stream(data)))
                .isInstanceOfSatisfying(
                        BrokenAnswer.class,
                        e -> assertThat(e.error())
                                .isNotNull()
                                .satisfies(error -> assertThat(error.status()).isEqualTo(status)));
        assertThatThrownBy(() -> Dialect.read(DIALECT.passing(true), utf8(json(data))))
                .isInstanceOf(BrokenAnswer.class);
    }

    @Test
    void anEventThatIsCalledErrorIsOne() {
        assertThatThrownBy(() -> Sample.hear(DIALECT.passing(true), "event: error\ndata: {\"message\":\"busy\"}\n\n"))
                .isInstanceOfSatisfying(
                        BrokenAnswer.class,
                        e -> assertThat(e.error())
                                .isNotNull()
                                .satisfies(error -> assertThat(error.message()).isEqualTo("busy")));
    }

    @Test
    void aNullErrorIsNone() {
        assertThat(hear(true, stream("{'error':null,'choices':[]}"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "1",
                "\"x\"",
                "null",
                "{",
                "{\"a\":1",
                "{}{}",
                "{} x",
                "[DONE",
                "<html>",
                "{\"a\":\"\u0001\"}"
            })
    void whatIsNotAnObjectBreaksTheAnswer(String data) {
        assertThatThrownBy(() -> hear(true, "data: " + data + "\n\n")).isInstanceOf(BrokenAnswer.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'choices':{}}", "{'choices':null}", ""})
    void aPlainAnswerWithoutChoicesIsBroken(String answer) {
        assertThatThrownBy(() -> Dialect.read(DIALECT.passing(true), utf8(json(answer))))
                .isInstanceOf(BrokenAnswer.class);
    }

    @Test
    void emptyEventsAndEventsAfterTheEndMeanNothing() {
        assertThat(hear(true, "data:\n\ndata:  \n\ndata:  [DONE] \n\ndata: garbage\n\n"))
                .isEmpty();
    }

    @Property
    void cuttingTakesUsageAndNothingElse(@ForAll("answers") String answer) throws IOException {
        JsonNode expected = Json.read(answer);
        boolean silent = expected.path("choices").isArray()
                && expected.path("choices").isEmpty()
                && expected.path("usage").isObject();
        ((ObjectNode) expected).remove("usage");
        Wire event = hear(false, "data: " + answer + "\n\n").getFirst();
        assertThat(event.silent()).isEqualTo(silent);
        if (!silent) {
            assertThat(Json.read(event.data())).isEqualTo(expected);
            assertThat(answer).contains(List.of(text(event).split("\\{|}", 2)[0]));
        }
        assertThat(text(hear(true, "data: " + answer + "\n\n").getFirst())).isEqualTo(answer);
    }

    @Provide
    Arbitrary<String> answers() {
        Arbitrary<String> space = Arbitraries.of("", " ", "\t", "  ");
        Arbitrary<String> member = Arbitraries.of(
                "'id':'c'",
                "'n':0.20",
                "'x':{'usage':[1,'}']}",
                "'s':'\\\\u00e4 \\\"usage\\\"'",
                "'choices':[]",
                "'choices':[{'index':0,'delta':{'content':'a'}}]",
                "'usage':null",
                "'usage':{'prompt_tokens':1,'completion_tokens':2}");
        return Combinators.combine(
                        member.map(Sample::json)
                                .list()
                                .uniqueElements(m -> m.substring(0, 4))
                                .ofMaxSize(6),
                        space,
                        space)
                .as((members, before, after) ->
                        "{" + before + String.join(before + "," + after, members) + after + "}");
    }

    private static String cut(String data) {
        return text(hear(false, stream(data)).getFirst());
    }

    private static String text(Wire event) {
        return new String(event.data(), UTF_8);
    }

    private static String said(List<Wire> events) {
        var said = new StringBuilder();
        events.stream()
                .filter(event -> !event.silent())
                .forEach(event -> said.append("data: ").append(text(event)).append("\n\n"));
        return said.toString();
    }

    private static List<Wire> hear(boolean usageWanted, String stream) {
        return wires(Sample.hear(DIALECT.passing(usageWanted), stream));
    }

    private static void hear(AnswerDecoder decoder, String data) {
        Sample.hear(decoder, stream(data));
    }

    private static List<Wire> wires(List<dev.signalbox.chat.ChatEvent> events) {
        return events.stream().map(Wire.class::cast).toList();
    }
}
