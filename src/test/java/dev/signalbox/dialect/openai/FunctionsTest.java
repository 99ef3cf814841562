package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.PLAIN;
import static dev.signalbox.dialect.openai.Sample.body;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.tree;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.FinishReason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tools in the older form, as {@code functions}. */
class FunctionsTest {

    private static final Body ASKED = body(json(
            "{'model':'m','functions':[{'name':'f','description':'d','parameters':{'type':'object'}}],'function_call':{'name':'f'},"
                    + "'messages':[{'role':'user','content':'a'},{'role':'assistant','content':null,'function_call':{'name':'f','arguments':'{}'}},"
                    + "{'role':'function','name':'f','content':'one'},{'role':'assistant','content':null,'function_call':{'name':'f','arguments':''}},"
                    + "{'role':'function','name':'f','content':'two'}]}"));

    private static final List<ChatEvent> CALLED = List.of(
            new ChatEvent.Started("c", "u"),
            new ChatEvent.ToolCallStarted(0, "call_9", "f"),
            new ChatEvent.ToolCallArguments(0, "{\"a\":1}"),
            new ChatEvent.Finished(FinishReason.TOOL_CALLS, null));

    @Test
    void theyAreToolsAndTheirCallsHaveIds() {
        Encoded encoded = DIALECT.encode(DIALECT.decode(ASKED), PLAIN);

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body())
                .isEqualTo(tree(json("{'model':'m','messages':[{'role':'user','content':'a'},"
                        + "{'role':'assistant','content':null,'tool_calls':[{'id':'call_function_0','type':'function','function':{'name':'f','arguments':'{}'}}]},"
                        + "{'role':'tool','tool_call_id':'call_function_0','content':'one'},"
                        + "{'role':'assistant','content':null,'tool_calls':[{'id':'call_function_1','type':'function','function':{'name':'f','arguments':'{}'}}]},"
                        + "{'role':'tool','tool_call_id':'call_function_1','content':'two'}],"
                        + "'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'}}}],"
                        + "'tool_choice':{'type':'function','function':{'name':'f'}},'parallel_tool_calls':false}")));
    }

    @Test
    void whoAsksInTheOlderFormIsAnsweredInIt() {
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm("own", 7, false, true, ASKED));
        CALLED.forEach(encoder::gather);

        assertThat(tree(new String(encoder.plain(), UTF_8)).at("/choices/0"))
                .isEqualTo(
                        tree(
                                json(
                                        "{'index':0,'message':{'role':'assistant','content':null,'refusal':null,'function_call':{'name':'f','arguments':'{\\'a\\':1}'}},'logprobs':null,'finish_reason':'function_call'}")));
    }

    @Test
    void aStreamIsInTheOlderFormToo() {
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm("own", 7, true, false, ASKED));
        var told = new StringBuilder();
        CALLED.forEach(event -> told.append(new String(encoder.event(event), UTF_8)));
        told.append(new String(encoder.end(new byte[0]), UTF_8));

        assertThat(told.toString())
                .contains(
                        json("'delta':{'role':'assistant','content':null,'function_call':{'name':'f','arguments':''}}"),
                        json("'delta':{'function_call':{'arguments':'{\\'a\\':1}'}}"),
                        json("'finish_reason':'function_call'"))
                .doesNotContain("tool_calls");
    }
}
