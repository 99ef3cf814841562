package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.stream;
import static dev.signalbox.dialect.openai.Sample.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerWriterTest {

    private static final String HEAD =
            "{'id':'msg_1','object':'chat.completion.chunk','created':7,'model':'claude','choices':[";
    private static final Started STARTED = new Started("msg_1", "claude");
    private static final Usage USAGE = new Usage(2, 8, 1, 5, 3);

    @Test
    void textGoesOutAtOnceAndTheRoleGoesWithTheFirstChunk() {
        AnswerEncoder encoder = encoder(true);
        assertThat(said(encoder, STARTED)).isEmpty();
        assertThat(said(encoder, new Text("H\u00e4\n\"")))
                .isEqualTo(chunk("'role':'assistant','content':'H\u00e4\\n\\\"'"));
        assertThat(said(encoder, new Text("!"))).isEqualTo(chunk("'content':'!'"));
        assertThat(said(encoder, new Text(""))).isEmpty();
    }

    @Test
    void theEndComesOnceAndInOrderHoweverItIsTold() {
        String end = finish("", "stop") + usage() + ": facts\n\ndata: [DONE]\n\n";
        var orders = List.<List<ChatEvent>>of(
                List.of(new Used(Usage.NONE), new Finished(FinishReason.STOP, null), new Used(USAGE)),
                List.of(new Finished(FinishReason.STOP, null), new Used(USAGE)),
                List.of(new Used(USAGE), new Finished(FinishReason.STOP, null)));
        for (List<ChatEvent> order : orders) {
            AnswerEncoder encoder = encoder(true);
            said(encoder, STARTED);
            said(encoder, new Text("a"));
            order.forEach(event -> assertThat(said(encoder, event)).isEmpty());
            assertThat(end(encoder)).isEqualTo(end);
        }
    }

    @Test
    void aCallerWhoDoesNotWantUsageGetsNone() {
        AnswerEncoder encoder = encoder(false);
        List.of(STARTED, new Text("a"), new Finished(FinishReason.LENGTH, null), new Used(USAGE))
                .forEach(encoder::event);
        assertThat(end(encoder)).isEqualTo(finish("", "length") + ": facts\n\ndata: [DONE]\n\n");
    }

    @Test
    void anAnswerOfNothingStillHasARole() {
        AnswerEncoder encoder = encoder(false);
        List.of(STARTED, new Finished(FinishReason.STOP, null)).forEach(encoder::event);
        assertThat(end(encoder)).startsWith(finish("'role':'assistant','content':''", "stop"));
    }

    @Test
    void anAnswerThatNeverFinishedGetsNoReason() {
        AnswerEncoder encoder = encoder(true);
        List.of(STARTED, new Text("a")).forEach(encoder::event);
        assertThat(end(encoder)).isEqualTo(": facts\n\ndata: [DONE]\n\n");
    }

    @Test
    void toolCallsStartAndThenGetTheirArguments() {
        AnswerEncoder encoder = encoder(true);
        said(encoder, STARTED);
        assertThat(said(encoder, new ToolCallStarted(0, "a", "f")))
                .isEqualTo(
                        chunk(
                                "'role':'assistant','content':null,'tool_calls':[{'index':0,'id':'a','type':'function','function':{'name':'f','arguments':''}}]"));
        assertThat(said(encoder, new ToolCallStarted(1, "b", "g")))
                .isEqualTo(
                        chunk(
                                "'tool_calls':[{'index':1,'id':'b','type':'function','function':{'name':'g','arguments':''}}]"));
        assertThat(said(encoder, new ToolCallArguments(0, "{}")))
                .isEqualTo(chunk("'tool_calls':[{'index':0,'function':{'arguments':'{}'}}]"));
        assertThat(said(encoder, new Finished(FinishReason.TOOL_CALLS, null))).isEmpty();
        assertThat(end(encoder))
                .startsWith(
                        chunk("'tool_calls':[{'index':1,'function':{'arguments':'{}'}}]") + finish("", "tool_calls"));
    }

    @Test
    void refusalsHaveTheirOwnMember() {
        AnswerEncoder encoder = encoder(true);
        said(encoder, STARTED);
        assertThat(said(encoder, new Refusal("no")))
                .isEqualTo(chunk("'role':'assistant','content':null,'refusal':'no'"));
    }

    @Test
    void sealsOfThoughtsComeBeforeTheEnd() {
        AnswerEncoder encoder = encoder(true);
        said(encoder, STARTED);
        assertThat(said(encoder, new Thinking("h")))
                .isEqualTo(chunk("'role':'assistant','content':null,'reasoning_content':'h'"));
        assertThat(said(encoder, new Thinking("m"))).isEqualTo(chunk("'reasoning_content':'m'"));
        List.of(
                        new ThinkingSealed("s", "anthropic"),
                        new SealedThinking("d", "anthropic"),
                        new Finished(FinishReason.STOP, null))
                .forEach(event -> assertThat(said(encoder, event)).isEmpty());
        assertThat(end(encoder))
                .startsWith(chunk(
                                "'signalbox_thinking':[{'text':'hm','signature':'s','origin':'anthropic'},{'data':'d','origin':'anthropic'}]")
                        + finish("", "stop"));
    }

    @Test
    void thoughtsWithoutSealsNeedNoMore() {
        AnswerEncoder encoder = encoder(true);
        List.of(STARTED, new Thinking("h"), new Text("a"), new Finished(FinishReason.STOP, null))
                .forEach(encoder::event);
        assertThat(end(encoder)).doesNotContain("signalbox_thinking");
    }

    @Test
    void aBrokenStreamEndsWithItsErrorAndNoMark() {
        AnswerEncoder encoder = encoder(true);
        said(encoder, STARTED);
        said(encoder, new Text("a"));
        assertThat(new String(encoder.broken(new SignalboxException(503, "c", "m", null), utf8(": facts\n\n")), UTF_8))
                .isEqualTo(stream("{'error':{'message':'m','type':'server_error','param':null,'code':'c'}}")
                        + ": facts\n\n");
    }

    @Test
    void aKeepAliveIsAComment() {
        assertThat(new String(encoder(true).keepAlive(), UTF_8)).isEqualTo(": keep-alive\n\n");
    }

    @Test
    void whatPassesIsNotWrittenAgain() {
        AnswerEncoder encoder = encoder(true);
        assertThat(said(encoder, wire("{ \"x\" : 0.20 }", false))).isEqualTo("data: { \"x\" : 0.20 }\n\n");
        assertThat(said(encoder, wire("{\n\"x\":1\n}", false))).isEqualTo("data: {\ndata: \"x\":1\ndata: }\n\n");
        assertThat(said(encoder, wire("{}", true))).isEmpty();
        assertThat(end(encoder)).isEqualTo(": facts\n\ndata: [DONE]\n\n");
        AnswerEncoder plain = encoder(true);
        plain.gather(wire("{ \"x\" : 0.20 }", false));
        assertThat(new String(plain.plain(), UTF_8)).isEqualTo("{ \"x\" : 0.20 }");
    }

    @ParameterizedTest
    @EnumSource(FinishReason.class)
    void everyReasonHasAWordThatOpenAisClientsKnow(FinishReason reason) {
        assertThat(FinishReasons.write(reason)).isIn("stop", "length", "tool_calls", "content_filter");
    }

    @Test
    void aPlainAnswerIsWrittenWhole() {
        assertThat(plain(
                        STARTED,
                        new Thinking("h"),
                        new ThinkingSealed("s", "anthropic"),
                        new Text("Hel"),
                        new Text("lo"),
                        new ToolCallStarted(0, "a", "f"),
                        new ToolCallArguments(0, "{\"x\""),
                        new ToolCallArguments(0, ":1}"),
                        new ToolCallStarted(1, "b", "g"),
                        new Finished(FinishReason.TOOL_CALLS, null),
                        new Used(USAGE)))
                .isEqualTo(
                        json(
                                "{'id':'msg_1','object':'chat.completion','created':7,'model':'claude','choices':[{'index':0,'message':{"
                                        + "'role':'assistant','content':'Hello','refusal':null,'reasoning_content':'h','tool_calls':["
                                        + "{'id':'a','type':'function','function':{'name':'f','arguments':'{\\\"x\\\":1}'}},"
                                        + "{'id':'b','type':'function','function':{'name':'g','arguments':'{}'}}],"
                                        + "'signalbox_thinking':[{'text':'h','signature':'s','origin':'anthropic'}]},"
                                        + "'logprobs':null,'finish_reason':'tool_calls'}],'usage':{'prompt_tokens':11,'completion_tokens':8,'total_tokens':19,"
                                        + "'prompt_tokens_details':{'cached_tokens':8},'completion_tokens_details':{'reasoning_tokens':3}}}"));
    }

    @Test
    void aPlainAnswerWithoutWordsSaysSo() {
        assertThat(plain(STARTED, new Finished(FinishReason.STOP, null))).contains(json("'content':'','refusal':null"));
        assertThat(plain(STARTED, new Refusal("no"), new Finished(FinishReason.REFUSAL, null)))
                .contains(json("'content':null,'refusal':'no'"))
                .contains(json("'finish_reason':'content_filter'"));
        assertThat(plain(new Started(null, "m"), new Finished(FinishReason.STOP, null)))
                .startsWith(json("{'id':'fallback'"));
    }

    /** A caller who sends the message back sends the seals back, each where it stood. */
    @Property
    void sealsSurviveACallerWhoOnlyEchoes(@ForAll("thoughts") List<ChatEvent> events) {
        var encoder = encoder(true);
        events.forEach(encoder::gather);
        String message = Sample.tree(new String(encoder.plain(), UTF_8))
                .at("/choices/0/message")
                .toString();
        Prompt prompt = DIALECT.decode(Sample.body("{\"messages\":[" + message + "]}"));
        assertThat(prompt.leftovers()).isEmpty();
        assertThat(seals(prompt.messages().getFirst().parts())).isEqualTo(sealsOf(events));
    }

    /** Seals, each with the number of calls before it. */
    private static List<String> sealsOf(List<ChatEvent> events) {
        var seals = new ArrayList<String>();
        var text = new StringBuilder();
        int calls = 0;
        for (ChatEvent event : events) {
            switch (event) {
                case Thinking(var delta) -> text.append(delta);
                case ThinkingSealed(var signature, var _) -> {
                    seals.add(calls + text.toString() + signature);
                    text.setLength(0);
                }
                case SealedThinking(var data, var _) -> seals.add(calls + data);
                case ToolCallStarted _ -> calls++;
                default -> {}
            }
        }
        return seals;
    }

    private static List<String> seals(List<Part> parts) {
        var seals = new ArrayList<String>();
        int calls = 0;
        for (Part part : parts) {
            switch (part) {
                case Part.Thinking thinking -> seals.add(calls + thinking.text() + thinking.signature());
                case Part.SealedThinking sealed -> seals.add(calls + sealed.data());
                case Part.ToolCall _ -> calls++;
                default -> {}
            }
        }
        return seals;
    }

    @Provide
    Arbitrary<List<ChatEvent>> thoughts() {
        Arbitrary<List<ChatEvent>> step = Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 999))
                .as((kind, salt) -> switch (kind) {
                    case 0 ->
                        List.of(
                                new Thinking("t" + salt),
                                new Thinking("u"),
                                new ThinkingSealed("s" + salt, "anthropic"));
                    case 1 -> List.of(new ThinkingSealed("s" + salt, "gemini"));
                    case 2 -> List.of(new SealedThinking("d" + salt, "anthropic"));
                    case 3 -> List.of(new Text("w"));
                    default -> List.of(new ToolCallStarted(-1, "", "f"));
                });
        return step.list().ofMaxSize(8).map(steps -> {
            var events = new ArrayList<ChatEvent>(List.of(STARTED));
            int calls = 0;
            for (List<ChatEvent> some : steps) {
                for (ChatEvent event : some) {
                    events.add(
                            event instanceof ToolCallStarted ? new ToolCallStarted(calls, "c" + calls++, "f") : event);
                }
            }
            events.add(new Finished(FinishReason.STOP, null));
            return events;
        });
    }

    @Test
    void usageThatWasCountedHereIsOneMoreChunkOfTheAnswerThatPassed() {
        String passed = "{\"id\":\"theirs\",\"created\":12,\"model\":\"up\",\"choices\":[]}";
        AnswerEncoder encoder = encoder(true);
        encoder.event(wire(passed, false));
        encoder.event(new ChatEvent.Used(new Usage(3, 0, 0, 2, 0)));
        AnswerEncoder unwanted = encoder(false);
        unwanted.event(wire(passed, false));
        unwanted.event(new ChatEvent.Used(new Usage(3, 0, 0, 2, 0)));

        assertThat(end(encoder))
                .startsWith(
                        "data: {\"id\":\"theirs\",\"object\":\"chat.completion.chunk\",\"created\":12,\"model\":\"up\","
                                + "\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,")
                .endsWith("}\n\n: facts\n\ndata: [DONE]\n\n");
        assertThat(end(unwanted)).isEqualTo(": facts\n\ndata: [DONE]\n\n");
    }

    @Test
    void aChunkThatPassedAndCannotBeReadIsNoReasonToKeepUsage() {
        AnswerEncoder encoder = encoder(true);
        encoder.event(wire("{\"id\":", false));
        encoder.event(new ChatEvent.Used(new Usage(3, 0, 0, 2, 0)));

        assertThat(end(encoder)).contains("\"id\":\"fallback\"", "\"prompt_tokens\":3");
    }

    private static AnswerEncoder encoder(boolean usageWanted) {
        return DIALECT.encoder(new AnswerForm("fallback", 7, true, usageWanted));
    }

    private static String plain(ChatEvent... events) {
        var encoder = DIALECT.encoder(new AnswerForm("fallback", 7, false, true));
        List.of(events).forEach(encoder::gather);
        return new String(encoder.plain(), UTF_8);
    }

    private static String said(AnswerEncoder encoder, ChatEvent event) {
        return new String(encoder.event(event), UTF_8);
    }

    private static String end(AnswerEncoder encoder) {
        return new String(encoder.end(utf8(": facts\n\n")), UTF_8);
    }

    private static String chunk(String delta) {
        return stream(HEAD + "{'index':0,'delta':{" + delta + "},'finish_reason':null}]}");
    }

    private static String finish(String delta, String reason) {
        return stream(HEAD + "{'index':0,'delta':{" + delta + "},'finish_reason':'" + reason + "'}]}");
    }

    private static String usage() {
        return stream(HEAD + "],'usage':{'prompt_tokens':11,'completion_tokens':8,'total_tokens':19,"
                + "'prompt_tokens_details':{'cached_tokens':8},'completion_tokens_details':{'reasoning_tokens':3}}}");
    }

    private static Wire wire(String data, boolean silent) {
        return new Wire(null, utf8(data), true, null, null, 0, null, silent);
    }
}
