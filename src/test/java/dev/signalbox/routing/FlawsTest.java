package dev.signalbox.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Finished;
import dev.signalbox.chat.ChatEvent.Text;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlawsTest {

    private static final Dialect OPENAI = new OpenAiDialect();

    private static Prompt prompt(String more) {
        String body = "{'model':'m','messages':[{'role':'user','content':'hi'}]%s}".formatted(more);
        return OPENAI.decode(Body.parse(body.replace('\'', '"').getBytes(UTF_8)));
    }

    private static Set<Flaws> flaws(Prompt prompt, ChatEvent... answer) {
        return Flaws.of(prompt, Transcript.of(List.of(answer), false, new Hearing(OPENAI)));
    }

    private static Set<Flaws> flaws(String text) {
        return flaws(prompt(""), new Text(text), new Finished(FinishReason.STOP, null));
    }

    @Test
    void theirNamesAreThoseOfTheConfiguration() {
        assertThat(Arrays.stream(Flaws.values()).map(Flaws::code))
                .containsExactlyInAnyOrderElementsOf(ModelEntry.Fallbacks.FLAWS);
    }

    @Test
    void anOrdinaryAnswerHasNone() {
        assertThat(flaws("Bern is the capital of Switzerland.")).isEmpty();
        assertThat(flaws("4")).isEmpty();
        assertThat(flaws(
                        prompt(""),
                        new ChatEvent.ToolCallStarted(0, "c", "f"),
                        new Finished(FinishReason.TOOL_CALLS, null)))
                .isEmpty();
        OverlapTest.TEXTS.forEach(text -> assertThat(flaws(text)).isEmpty());
    }

    @Test
    void nothingIsEmpty() {
        assertThat(flaws(" \n")).contains(Flaws.EMPTY);
        assertThat(flaws(prompt(""), new ChatEvent.Thinking("hm"))).contains(Flaws.EMPTY);
    }

    @Test
    void aRefusalIsKnownByPartByReasonAndByItsWords() {
        assertThat(flaws(prompt(""), new ChatEvent.Refusal("No."))).containsExactly(Flaws.REFUSAL, Flaws.LOW_SCORE);
        assertThat(flaws(prompt(""), new Text("x"), new Finished(FinishReason.CONTENT_FILTER, null)))
                .containsExactly(Flaws.REFUSAL);
        assertThat(flaws("I’m sorry, but I can’t help with that.")).containsExactly(Flaws.REFUSAL);
        assertThat(flaws("\"I'm sorry, but I can't\" is what he said.")).isEmpty();
    }

    @Test
    void whatALimitCutIsTruncated() {
        assertThat(flaws(prompt(""), new Text("and so"), new Finished(FinishReason.LENGTH, null)))
                .containsExactly(Flaws.TRUNCATED);
    }

    @Test
    void jsonIsLookedAtWhereItWasAskedFor() {
        Prompt object = prompt(",'response_format':{'type':'json_object'}");
        assertThat(flaws(object, new Text("{\"a\":1}"))).isEmpty();
        assertThat(flaws(object, new Text("{\"a\":"))).containsExactly(Flaws.INVALID_JSON);
        assertThat(flaws(object, new Text("[1]"))).containsExactly(Flaws.INVALID_JSON);
        Prompt schema =
                prompt(",'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'type':'object',"
                        + "'required':['a'],'properties':{'a':{'type':['integer','null']},'b':{'enum':['x','y']},"
                        + "'c':{'type':'array','items':{'type':'string'}}}}}}");
        for (String fits : List.of("{\"a\":1}", "{\"a\":null,\"b\":\"x\",\"c\":[\"z\"],\"d\":0}", "{\"a\":2.0}")) {
            assertThat(flaws(schema, new Text(fits))).as(fits).isEmpty();
        }
        for (String wrong :
                List.of("{}", "{\"a\":\"1\"}", "{\"a\":1,\"b\":\"z\"}", "{\"a\":1,\"c\":[1]}", "{\"a\":1.5}")) {
            assertThat(flaws(schema, new Text(wrong))).as(wrong).containsExactly(Flaws.INVALID_JSON);
        }
    }

    @Test
    void whatRepeatsItselfScoresLow() {
        assertThat(flaws("the same words again and ".repeat(12))).containsExactly(Flaws.LOW_SCORE);
        assertThat(flaws("...")).containsExactly(Flaws.LOW_SCORE);
        assertThat(Flaws.score("a b c ".repeat(8))).isEqualTo(3.0 / 22);
    }

    @Test
    void aPlainAnswerIsReadInTheLanguageItCameIn() {
        byte[] json = "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"length\"}]}".getBytes(UTF_8);
        List<ChatEvent> passed = Dialect.read(OPENAI.passing(true), json);
        assertThat(Flaws.of(prompt(""), Transcript.of(passed, false, new Hearing(OPENAI))))
                .containsExactly(Flaws.EMPTY, Flaws.TRUNCATED, Flaws.LOW_SCORE);
    }
}
