package dev.signalbox.dialect.cohere;

import static dev.signalbox.dialect.Reading.plain;
import static dev.signalbox.dialect.Reading.stream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CohereAnswerTest {

    private static final CohereDialect DIALECT = new CohereDialect();

    private static final String START =
            event("message-start", "'id':'r1','delta':{'message':{'role':'assistant','content':[]}}");
    private static final String END = event("message-end", """
            'delta':{'finish_reason':'COMPLETE','usage':{'billed_units':{'input_tokens':5,'output_tokens':2},\
            'tokens':{'input_tokens':71,'output_tokens':2},'cached_tokens':16}}""");

    private static final ChatEvent STARTED = new ChatEvent.Started("r1", "command-a");
    private static final ChatEvent STOPPED = new ChatEvent.Finished(FinishReason.STOP, null);
    private static final ChatEvent USED = new ChatEvent.Used(new Usage(0, 5, 0, 2, 0, 0, 66));

    private static AnswerDecoder decoder() {
        return new CohereAnswer("command-a", CohereNames.NONE);
    }

    private static String event(String type, String more) {
        return "event: " + type + "\ndata: {'type':'" + type + "'" + (more.isEmpty() ? "" : "," + more) + "}\n\n";
    }

    private static String content(String kind, int index, String type, String words) {
        return event(kind, "'index':" + index + ",'delta':{'message':{'content':{'" + type + "':'" + words + "'}}}");
    }

    private static String failing(String stream) {
        BrokenAnswer broken =
                catchThrowableOfType(BrokenAnswer.class, () -> stream(DIALECT, CohereAnswerTest::decoder, stream));
        return Objects.requireNonNull(broken.error()).status() + " "
                + broken.error().message();
    }

    @Test
    void wordsOfAStream() {
        List<ChatEvent> events = stream(
                DIALECT,
                CohereAnswerTest::decoder,
                START
                        + event("content-start", "'index':0,'delta':{'message':{'content':{'type':'text','text':''}}}")
                        + content("content-delta", 0, "text", "h\u00e4 ")
                        + content("content-delta", 0, "text", "\uD83D\uDE00")
                        + event("content-end", "'index':0")
                        + END
                        + "data: [DONE]\n\n");

        assertThat(events)
                .containsExactly(
                        STARTED, new ChatEvent.Text("h\u00e4 "), new ChatEvent.Text("\uD83D\uDE00"), STOPPED, USED);
    }

    @Test
    void thoughtsOfAStream() {
        List<ChatEvent> events = stream(
                DIALECT,
                CohereAnswerTest::decoder,
                START
                        + event(
                                "content-start",
                                "'index':0,'delta':{'message':{'content':{'type':'thinking','thinking':''}}}")
                        + content("content-delta", 0, "thinking", "hm")
                        + event("content-end", "'index':0")
                        + content("content-start", 1, "text", "so")
                        + event("content-end", "'index':1")
                        + END);

        assertThat(events)
                .containsExactly(STARTED, new ChatEvent.Thinking("hm"), new ChatEvent.Text("so"), STOPPED, USED);
    }

    @Test
    void aPlanAndTwoCallsAtOnce() {
        String call =
                "'index':%d,'delta':{'message':{'tool_calls':{'id':'%s','type':'function','function':{'name':'%s','arguments':''}}}}";
        String piece = "'index':%d,'delta':{'message':{'tool_calls':{'function':{'arguments':'%s'}}}}";
        List<ChatEvent> events = stream(
                DIALECT,
                CohereAnswerTest::decoder,
                START
                        + event("tool-plan-delta", "'delta':{'message':{'tool_plan':'I '}}")
                        + event("tool-plan-delta", "'delta':{'message':{'tool_plan':'look'}}")
                        + event("tool-call-start", call.formatted(0, "f_1", "f"))
                        + event("tool-call-start", call.formatted(1, "g_2", "g"))
                        + event("tool-call-delta", piece.formatted(0, "{"))
                        + event("tool-call-end", "'index':1")
                        + event("tool-call-delta", piece.formatted(0, "}"))
                        + event("tool-call-end", "'index':0")
                        + event("citation-start", "'index':0,'delta':{'message':{'citations':{'start':1}}}")
                        + event("citation-end", "'index':0")
                        + event("debug", "'prompt':'x'")
                        + END.replace("COMPLETE", "TOOL_CALL"));

        assertThat(events)
                .containsExactly(
                        STARTED,
                        new ChatEvent.Thinking("I "),
                        new ChatEvent.Thinking("look"),
                        new ChatEvent.ThinkingSealed("tool_plan", "cohere"),
                        new ChatEvent.ToolCallStarted(0, "f_1", "f"),
                        new ChatEvent.ToolCallStarted(1, "g_2", "g"),
                        new ChatEvent.ToolCallArguments(0, "{"),
                        new ChatEvent.ToolCallArguments(1, "{}"),
                        new ChatEvent.ToolCallArguments(0, "}"),
                        new ChatEvent.Finished(FinishReason.TOOL_CALLS, null),
                        USED);
    }

    @Test
    void aPlainAnswer() {
        assertThat(plain(decoder(), """
                {'id':'r1','finish_reason':'COMPLETE','message':{'role':'assistant','content':[{'type':'thinking','thinking':'hm'},\
                {'type':'text','text':'hello'}],'citations':[{'start':0}]},'usage':{'billed_units':{'input_tokens':5,'output_tokens':2},\
                'tokens':{'input_tokens':71.0,'output_tokens':2.0},'cached_tokens':16}}"""))
                .containsExactly(STARTED, new ChatEvent.Thinking("hm"), new ChatEvent.Text("hello"), STOPPED, USED);
    }

    @Test
    void aPlainAnswerThatCallsTools() {
        assertThat(plain(decoder(), """
                {'id':'r1','finish_reason':'TOOL_CALL','message':{'role':'assistant','tool_plan':'I look','tool_calls':[\
                {'id':'f_1','type':'function','function':{'name':'f','arguments':'{}'}},\
                {'type':'function','function':{'name':'g'}}]},'usage':{'billed_units':{'input_tokens':5,'output_tokens':2}}}"""))
                .containsExactly(
                        STARTED,
                        new ChatEvent.Thinking("I look"),
                        new ChatEvent.ThinkingSealed("tool_plan", "cohere"),
                        new ChatEvent.ToolCallStarted(0, "f_1", "f"),
                        new ChatEvent.ToolCallArguments(0, "{}"),
                        new ChatEvent.ToolCallStarted(1, "call_r1_1", "g"),
                        new ChatEvent.ToolCallArguments(1, "{}"),
                        new ChatEvent.Finished(FinishReason.TOOL_CALLS, null),
                        new ChatEvent.Used(new Usage(5, 0, 0, 2, 0)));
    }

    @ParameterizedTest
    @CsvSource({"COMPLETE,STOP", "STOP_SEQUENCE,STOP_SEQUENCE", "MAX_TOKENS,LENGTH", "TOOL_CALL,TOOL_CALLS", "NEW,OTHER"
    })
    void everyReasonToEnd(String said, FinishReason meant) {
        assertThat(plain(decoder(), "{'id':'r1','finish_reason':'" + said + "','message':{'content':'x'}}"))
                .containsExactly(STARTED, new ChatEvent.Text("x"), new ChatEvent.Finished(meant, null));
    }

    @Test
    void aFailureInTheMiddleIsNoEnd() {
        String begun = START + content("content-delta", 0, "text", "hel");

        assertThat(failing(begun + event("message-end", "'delta':{'finish_reason':'ERROR','error':'it broke'}")))
                .isEqualTo("500 it broke");
        assertThat(failing(begun + event("message-end", "'delta':{'finish_reason':'TIMEOUT'}")))
                .isEqualTo("504 the generation took too long");
        assertThat(failing(begun + "data: {'message':'internal server error'}\n\n"))
                .isEqualTo("500 internal server error");
        assertThatThrownBy(() -> plain(decoder(), "{'id':'x','message':'no'}"))
                .isInstanceOf(BrokenAnswer.class)
                .hasMessage("no");
    }

    @Test
    void onlyTheEndMarkIsTheEnd() {
        AnswerDecoder decoder = decoder();
        decoder.event(null, "{\"type\":\"message-start\"}".getBytes(UTF_8), _ -> {});
        decoder.event(null, "{\"type\":\"content-end\",\"index\":0}".getBytes(UTF_8), _ -> {});
        assertThat(decoder.ended()).isFalse();
        assertThat(decoder.finished()).isFalse();

        List<ChatEvent> rest = new ArrayList<>();
        decoder.event(null, "{\"type\":\"message-end\",\"delta\":{}}".getBytes(UTF_8), rest::add);
        assertThat(decoder.ended()).isTrue();
        assertThat(rest).containsExactly(new ChatEvent.Finished(FinishReason.OTHER, null));
    }

    @Test
    void errorsAreInTheVendorsWords() {
        assertThat(DIALECT.readError(429, "{\"id\":\"x\",\"message\":\"slow down\"}".getBytes(UTF_8))
                        .message())
                .isEqualTo("slow down");
        assertThat(DIALECT.readError(498, "{\"message\":\"denied\"}".getBytes(UTF_8))
                        .code())
                .isEqualTo("content_filter");
        assertThat(DIALECT.readError(502, "<html>".getBytes(UTF_8)).message()).contains("502");
        assertThat(DIALECT.readError(400, new byte[0]).message()).contains("400");
        assertThat(DIALECT.readError(401, "no api key supplied".getBytes(UTF_8)).message())
                .isEqualTo("no api key supplied");
    }

    @Property(tries = 4000)
    void anyBytesAreReadOrBroken(@ForAll long seed) {
        for (String json : List.of(
                "{'id':'r','finish_reason':'COMPLETE','message':{'tool_plan':'p','content':[{'type':'text','text':'a'}],'tool_calls':[{'id':'1','function':{'name':'f','arguments':'{}'}}]},'usage':{'tokens':{'input_tokens':1,'output_tokens':2},'cached_tokens':3}}",
                "{'type':'tool-call-start','index':0,'delta':{'message':{'tool_calls':{'id':'1','function':{'name':'f','arguments':'{}'}}}}}",
                "{'type':'message-end','delta':{'finish_reason':'COMPLETE','usage':{'billed_units':{'input_tokens':1}}}}")) {
            byte[] bytes = Reading.spoiled(json, seed);
            Reading.survives(CohereAnswerTest::decoder, bytes);
            assertThat(DIALECT.readError(500, bytes).message()).isNotBlank().hasSizeLessThan(5000);
        }
    }
}
