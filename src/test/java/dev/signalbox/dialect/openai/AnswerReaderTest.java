package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.stream;
import static dev.signalbox.dialect.openai.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Finished;
import dev.signalbox.chat.ChatEvent.Refusal;
import dev.signalbox.chat.ChatEvent.Started;
import dev.signalbox.chat.ChatEvent.Text;
import dev.signalbox.chat.ChatEvent.Thinking;
import dev.signalbox.chat.ChatEvent.ToolCallArguments;
import dev.signalbox.chat.ChatEvent.ToolCallStarted;
import dev.signalbox.chat.ChatEvent.Used;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {

    @Test
    void fragmentsOfTwoCallsMayComeMixed() {
        assertThat(calls(
                        "{'index':0,'id':'a','type':'function','function':{'name':'f','arguments':''}}",
                        "{'index':1,'id':'b','type':'function','function':{'name':'g','arguments':''}}",
                        "{'index':1,'function':{'arguments':'{\\\"y\\\"'}}",
                        "{'index':0,'function':{'arguments':'{}'}}",
                        "{'index':1,'function':{'arguments':':1}'}}"))
                .containsExactly(
                        new ToolCallStarted(0, "a", "f"),
                        new ToolCallStarted(1, "b", "g"),
                        new ToolCallArguments(1, "{\"y\""),
                        new ToolCallArguments(0, "{}"),
                        new ToolCallArguments(1, ":1}"));
    }

    @Test
    void callsCountFromZeroWhateverTheUpstreamCounts() {
        assertThat(calls(
                        "{'index':1,'id':'a','function':{'name':'f','arguments':'{}'}}",
                        "{'index':3,'id':'b','function':{'name':'g','arguments':'{}'}}"))
                .containsExactly(
                        new ToolCallStarted(0, "a", "f"),
                        new ToolCallArguments(0, "{}"),
                        new ToolCallStarted(1, "b", "g"),
                        new ToolCallArguments(1, "{}"));
    }

    @Test
    void aCallWithoutIndexStandsWhereItStands() {
        assertThat(calls(
                        "{'id':'a','function':{'name':'f','arguments':'{'}},{'id':'b','function':{'name':'g','arguments':'{'}}",
                        "{'function':{'arguments':'}'}},{'function':{'arguments':'}'}}"))
                .containsExactly(
                        new ToolCallStarted(0, "a", "f"),
                        new ToolCallArguments(0, "{"),
                        new ToolCallStarted(1, "b", "g"),
                        new ToolCallArguments(1, "{"),
                        new ToolCallArguments(0, "}"),
                        new ToolCallArguments(1, "}"));
    }

    @Test
    void wholeCallsThatAllClaimToBeTheFirstAreToldApartByTheirIds() {
        assertThat(calls(
                        "{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}",
                        "{'index':0,'id':'b','function':{'name':'g','arguments':'{}'}}"))
                .containsExactly(
                        new ToolCallStarted(0, "a", "f"),
                        new ToolCallArguments(0, "{}"),
                        new ToolCallStarted(1, "b", "g"),
                        new ToolCallArguments(1, "{}"));
    }

    @Test
    void emptyArgumentsBecomeAnEmptyObjectOnceAtTheEnd() {
        assertThat(calls(
                        "{'index':0,'id':'a','function':{'name':'f','arguments':''}}",
                        "{'index':0,'function':{'arguments':''}}"))
                .containsExactly(new ToolCallStarted(0, "a", "f"), new ToolCallArguments(0, "{}"));
    }

    @Test
    void argumentsThatAreAnObjectBecomeText() {
        assertThat(calls("{'id':'a','function':{'name':'f','arguments':{'x':0.10}}}"))
                .containsExactly(new ToolCallStarted(0, "a", "f"), new ToolCallArguments(0, "{\"x\":0.10}"));
    }

    @Test
    void aCallWithoutAnIdGetsOneThatIsAlwaysTheSame() {
        List<ChatEvent> first = calls(
                "{'index':0,'function':{'name':'f','arguments':'{}'}}",
                "{'index':1,'function':{'name':'f','arguments':'{}'}}");
        assertThat(first)
                .isEqualTo(calls(
                        "{'index':0,'function':{'name':'f','arguments':'{}'}}",
                        "{'index':1,'function':{'name':'f','arguments':'{}'}}"));
        assertThat(first)
                .filteredOn(ToolCallStarted.class::isInstance)
                .extracting(event -> ((ToolCallStarted) event).id())
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-zA-Z0-9_-]{1,40}"));
    }

    @Test
    void aNameThatComesLateStartsTheCallThen() {
        assertThat(calls(
                        "{'index':0,'id':'a','function':{'arguments':'{'}}",
                        "{'index':0,'function':{'name':'f','arguments':'}'}}"))
                .containsExactly(new ToolCallStarted(0, "a", "f"), new ToolCallArguments(0, "{}"));
    }

    @Test
    void whoCallsToolsHasNotJustStopped() {
        List<ChatEvent> events = hear(
                "{'choices':[{'delta':{'tool_calls':[{'id':'a','function':{'name':'f','arguments':'{}'}}]}}]}",
                "{'choices':[{'delta':{},'finish_reason':'stop'}]}");
        assertThat(events.getLast()).isEqualTo(new Finished(FinishReason.TOOL_CALLS, null));
    }

    @Test
    void whoOnlyRefusesHasRefused() {
        assertThat(hear(
                        "{'choices':[{'delta':{'refusal':'no'}}]}",
                        "{'choices':[{'delta':{},'finish_reason':'stop'}]}"))
                .containsExactly(new Started(null, ""), new Refusal("no"), new Finished(FinishReason.REFUSAL, null));
    }

    @Test
    void theEndComesOnceAndUsageIsReplaced() {
        assertThat(hear(
                        "{'id':'i','model':'m','choices':[{'delta':{'content':'a'},'finish_reason':null}],'usage':{'prompt_tokens':1,'completion_tokens':0}}",
                        "{'choices':[{'delta':{},'finish_reason':'stop'}]}",
                        "{'choices':[{'delta':{},'finish_reason':'stop'}],'usage':null}",
                        "{'choices':[],'usage':{'prompt_tokens':1,'completion_tokens':2}}"))
                .containsExactly(
                        new Started("i", "m"),
                        new Text("a"),
                        new Used(new Usage(1, 0, 0, 0, 0)),
                        new Finished(FinishReason.STOP, null),
                        new Used(new Usage(1, 0, 0, 2, 0)));
    }

    @Test
    void aChunkOfFilterResultsAloneStartsNothing() {
        assertThat(hear("{'id':'','model':'','choices':[],'prompt_filter_results':[{}]}"))
                .isEmpty();
    }

    @Test
    void thoughtsComeUnderEitherName() {
        assertThat(hear(
                        "{'choices':[{'delta':{'reasoning':'a'}}]}",
                        "{'choices':[{'delta':{'reasoning_content':'b','reasoning':'b'}}]}"))
                .containsExactly(new Started(null, ""), new Thinking("a"), new Thinking("b"));
    }

    @Test
    void contentMayBeInParts() {
        assertThat(
                        hear(
                                "{'choices':[{'delta':{'content':[{'type':'thinking','thinking':[{'type':'text','text':'a'}]},{'type':'text','text':'b'}]}}]}"))
                .containsExactly(new Started(null, ""), new Thinking("a"), new Text("b"));
    }

    @Test
    void aCloseWithoutAnEndIsNoEnd() {
        AnswerDecoder decoder = DIALECT.decoder();
        Sample.hear(decoder, stream("{'choices':[{'delta':{'content':'a'}}]}"));
        assertThat(decoder.ended()).isFalse();
        assertThat(decoder.finished()).isFalse();
        Sample.hear(decoder, stream("{'choices':[{'delta':{},'finish_reason':'length'}]}"));
        assertThat(decoder.ended()).isFalse();
        assertThat(decoder.finished()).isTrue();
        Sample.hear(decoder, "data: [DONE]\n\n");
        assertThat(decoder.ended()).isTrue();
    }

    @Test
    void aPlainAnswerIsTheSameEvents() {
        AnswerDecoder decoder = DIALECT.decoder();
        assertThat(
                        Dialect.read(
                                decoder,
                                utf8(
                                        json(
                                                "{'id':'i','model':'m','choices':[{'index':0,'message':{'role':'assistant','content':'c','reasoning_content':'r','tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':''}}]},'finish_reason':'tool_calls'}],'usage':{'prompt_tokens':2,'completion_tokens':3,'completion_tokens_details':{'reasoning_tokens':1}}}"))))
                .containsExactly(
                        new Started("i", "m"),
                        new Thinking("r"),
                        new Text("c"),
                        new ToolCallStarted(0, "a", "f"),
                        new ToolCallArguments(0, "{}"),
                        new Finished(FinishReason.TOOL_CALLS, null),
                        new Used(new Usage(2, 0, 0, 2, 1)));
        assertThat(decoder.ended()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{'choices':[]}", "{'choices':7}", "{'error':{'message':'m'}}", "oops", ""})
    void whatIsNoAnswerIsBroken(String answer) {
        assertThatThrownBy(() -> Dialect.read(DIALECT.decoder(), utf8(json(answer))))
                .isInstanceOf(BrokenAnswer.class);
    }

    /** What is said between the start and the end about calls whose fragments come in these chunks. */
    private static List<ChatEvent> calls(String... fragments) {
        var chunks = new String[fragments.length + 1];
        for (int i = 0; i < fragments.length; i++) {
            chunks[i] = "{'id':'x','model':'m','choices':[{'index':0,'delta':{'tool_calls':[" + fragments[i] + "]}}]}";
        }
        chunks[fragments.length] = "{'choices':[{'index':0,'delta':{},'finish_reason':'tool_calls'}]}";
        List<ChatEvent> events = hear(chunks);
        assertThat(events).startsWith(new Started("x", "m")).endsWith(new Finished(FinishReason.TOOL_CALLS, null));
        return events.subList(1, events.size() - 1);
    }

    private static List<ChatEvent> hear(String... chunks) {
        return Sample.hear(DIALECT.decoder(), stream(chunks));
    }
}
