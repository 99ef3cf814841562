package dev.signalbox.dialect.ollama;

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
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaAnswerTest {

    private static final OllamaDialect DIALECT = new OllamaDialect();
    private static final ChatEvent STARTED = new ChatEvent.Started(null, "llama3");
    private static final ChatEvent STOPPED = new ChatEvent.Finished(FinishReason.STOP, null);
    private static final ChatEvent USED = new ChatEvent.Used(new Usage(26, 0, 0, 4, 0));

    private static final String DONE = line("'content':''", """
            ,'done_reason':'stop','done':true,'total_duration':5,'prompt_eval_count':26,'prompt_eval_duration':1,'eval_count':4""");

    private static String line(String message, String more) {
        return "{'model':'llama3','created_at':'2026-01-01T00:00:00.1Z','message':{'role':'assistant'," + message + "}"
                + (more.isEmpty() ? ",'done':false" : more) + "}\n";
    }

    private static List<ChatEvent> read(String stream) {
        return stream(DIALECT, DIALECT::decoder, stream);
    }

    @Test
    void wordsAndThoughtsOfAStream() {
        assertThat(read(line("'content':'','thinking':'hm'", "")
                        + line("'content':'h\u00e4 '", "")
                        + "\n"
                        + line("'content':'\uD83D\uDE00'", "")
                        + DONE
                        + line("'content':'late'", "")))
                .containsExactly(
                        STARTED,
                        new ChatEvent.Thinking("hm"),
                        new ChatEvent.Text("h\u00e4 "),
                        new ChatEvent.Text("\uD83D\uDE00"),
                        STOPPED,
                        USED);
    }

    @Test
    void theLastLineNeedsNoEnd() {
        assertThat(read(line("'content':'x'", "") + DONE.strip()))
                .containsExactly(STARTED, new ChatEvent.Text("x"), STOPPED, USED);
    }

    @Test
    void callsOfToolsComeWhole() {
        List<ChatEvent> events =
                read(line("'content':'','tool_calls':[{'function':{'name':'f','arguments':{'b':1,'a':[2]}}}]", "")
                        + line(
                                "'content':'','tool_calls':[{'id':'call_9','function':{'index':1,'name':'g','arguments':{}}},{'function':{'name':'f'}}]",
                                "")
                        + DONE);

        String first = ((ChatEvent.ToolCallStarted) events.get(1)).id();
        String third = ((ChatEvent.ToolCallStarted) events.get(5)).id();
        assertThat(first).matches("call_[a-z0-9]{5,20}").isNotEqualTo(third);
        assertThat(events)
                .containsExactly(
                        STARTED,
                        new ChatEvent.ToolCallStarted(0, first, "f"),
                        new ChatEvent.ToolCallArguments(0, "{\"b\":1,\"a\":[2]}"),
                        new ChatEvent.ToolCallStarted(1, "call_9", "g"),
                        new ChatEvent.ToolCallArguments(1, "{}"),
                        new ChatEvent.ToolCallStarted(2, third, "f"),
                        new ChatEvent.ToolCallArguments(2, "{}"),
                        new ChatEvent.Finished(FinishReason.TOOL_CALLS, null),
                        USED);
    }

    @Test
    void idsThatAreMadeAreTheSameForTheSameAnswerAndOthersForAnother() {
        String answer =
                "{'model':'m','created_at':'%s','message':{'tool_calls':[{'function':{'name':'f','arguments':{}}}]},'done':true}";
        List<ChatEvent> one = plain(DIALECT.decoder(), answer.formatted("2026-01-01"));
        assertThat(plain(DIALECT.decoder(), answer.formatted("2026-01-01"))).isEqualTo(one);
        assertThat(plain(DIALECT.decoder(), answer.formatted("2026-01-02")).get(1))
                .isNotEqualTo(one.get(1));
    }

    @Test
    void aPlainAnswer() {
        assertThat(plain(DIALECT.decoder(), """
                {'model':'llama3','created_at':'x','message':{'role':'assistant','content':'hello','thinking':'hm'},'done_reason':'stop',\
                'done':true,'prompt_eval_count':26,'eval_count':4}"""))
                .containsExactly(STARTED, new ChatEvent.Thinking("hm"), new ChatEvent.Text("hello"), STOPPED, USED);
    }

    @ParameterizedTest
    @CsvSource({"stop,STOP", "length,LENGTH", "load,OTHER", "unload,OTHER", "'',STOP"})
    void everyReasonToEnd(String said, FinishReason meant) {
        assertThat(plain(
                        DIALECT.decoder(),
                        "{'model':'llama3','message':{'content':'x'},'done':true,'done_reason':'" + said + "'}"))
                .containsExactly(STARTED, new ChatEvent.Text("x"), new ChatEvent.Finished(meant, null));
    }

    @Test
    void anErrorInTheMiddleIsNoEnd() {
        BrokenAnswer broken = catchThrowableOfType(
                BrokenAnswer.class, () -> read(line("'content':'hel'", "") + "{'error':'an error was encountered'}\n"));
        assertThat(broken).hasMessage("an error was encountered");
        assertThat(Objects.requireNonNull(broken.error()).status()).isEqualTo(500);

        assertThatThrownBy(() -> plain(DIALECT.decoder(), "{'error':'no'}"))
                .isInstanceOf(BrokenAnswer.class)
                .hasMessage("no");
    }

    @Test
    void halfALineAtTheEndIsNoAnswer() {
        assertThatThrownBy(() -> read(line("'content':'x'", "") + DONE.substring(0, 40)))
                .isInstanceOf(BrokenAnswer.class);
        AnswerDecoder decoder = DIALECT.decoder();
        decoder.event(null, line("'content':'x'", "").replace('\'', '"').getBytes(UTF_8), _ -> {});
        assertThat(decoder.ended()).isFalse();
        assertThat(decoder.finished()).isFalse();
    }

    @Test
    void errorsAreInTheServersWords() {
        assertThat(DIALECT.readError(404, "{\"error\":\"model 'x' not found\"}".getBytes(UTF_8))
                        .message())
                .isEqualTo("model 'x' not found");
        assertThat(DIALECT.readError(400, "{\"error\":\"the input length exceeds the context length\"}".getBytes(UTF_8))
                        .code())
                .isEqualTo("context_length_exceeded");
        assertThat(DIALECT.readError(502, "<html>".getBytes(UTF_8)).message()).contains("502");
        assertThat(DIALECT.readError(404, "404 page not found".getBytes(UTF_8)).message())
                .isEqualTo("404 page not found");
    }

    @Property(tries = 4000)
    void anyBytesAreReadOrBroken(@ForAll long seed) {
        String json =
                "{'model':'m','created_at':'x','message':{'role':'assistant','content':'c','thinking':'t','tool_calls':[{'id':'1','function':{'name':'f','arguments':{'a':1}}}]},'done':true,'done_reason':'stop','prompt_eval_count':1,'eval_count':2,'error':null}";
        byte[] bytes = Reading.spoiled(json, seed);
        Reading.survives(DIALECT::decoder, bytes);
        assertThat(DIALECT.readError(500, bytes).message()).isNotBlank().hasSizeLessThan(5000);
    }
}
