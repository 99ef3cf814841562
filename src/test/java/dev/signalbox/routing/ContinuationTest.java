package dev.signalbox.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Finished;
import dev.signalbox.chat.ChatEvent.Started;
import dev.signalbox.chat.ChatEvent.Text;
import dev.signalbox.chat.ChatEvent.Thinking;
import dev.signalbox.chat.ChatEvent.ThinkingSealed;
import dev.signalbox.chat.ChatEvent.ToolCallArguments;
import dev.signalbox.chat.ChatEvent.ToolCallStarted;
import dev.signalbox.chat.Continued;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContinuationTest {

    private static final Finished STOP = new Finished(FinishReason.STOP, null);
    private static final Finished CALLS = new Finished(FinishReason.TOOL_CALLS, null);
    private static final String ARGUMENTS =
            "{\"city\": \"Zürich \\\"West\\\"\", \"days\": [1, 12, 123], \"deep\": {\"on\": true}}";

    private static Prompt prompt(String more) {
        String body = "{'model':'m','messages':[{'role':'user','content':'hi'}]%s}".formatted(more);
        return new OpenAiDialect().decode(Body.parse(body.replace('\'', '"').getBytes(UTF_8)));
    }

    private static Transcript heard(ChatEvent... events) {
        Transcript heard = new Transcript(new Hearing(new OpenAiDialect()));
        heard.event(new Started("id-1", "up-1"));
        List.of(events).forEach(heard::event);
        return heard;
    }

    private static List<ChatEvent> rest(Prompt prompt, Transcript heard, List<? extends ChatEvent> more) {
        List<ChatEvent> rest = new ArrayList<>();
        Continuation continuation = new Continuation(prompt, heard, rest::add);
        more.forEach(continuation::event);
        return Hearing.merged(rest);
    }

    private static List<ChatEvent> rest(Transcript heard, ChatEvent... more) {
        return rest(prompt(""), heard, List.of(more));
    }

    @Test
    void theNextOneIsAskedForTheRest() {
        Prompt prompt = prompt(",'max_tokens':100");
        Continued wish = Continuation.wish(prompt, heard(new Text("x".repeat(200))));

        assertThat(wish.prompt().messages())
                .extracting(Prompt.Message::role)
                .containsExactly(Role.USER, Role.ASSISTANT, Role.USER);
        assertThat(((Part.Text) wish.prompt().messages().get(1).parts().getFirst()).text())
                .isEqualTo("x".repeat(200));
        assertThat(wish.outputLimit()).isEqualTo(50);
        assertThat(wish.prompt().setting(Setting.MAX_OUTPUT_TOKENS).value().asInt())
                .isEqualTo(50);
        assertThat(Continuation.wish(prompt, heard(new Text("x".repeat(2_000)))).outputLimit())
                .isEqualTo(16);
    }

    @Test
    void whereNoWordWasHeardTheWholeIsAskedForAgain() {
        Prompt prompt = prompt(",'max_tokens':100");
        Continued wish = Continuation.wish(prompt, heard(new ToolCallStarted(0, "c", "f")));
        assertThat(wish.prompt()).isEqualTo(prompt);
        assertThat(wish.said()).isEmpty();
    }

    @Test
    void anAnswerOfTheCallersOwnLanguageIsAskedForInTheCallersOwnBody() {
        Body body = Body.parse(
                "{\"messages\": [ {\"role\":\"user\",\"content\":\"hi\"} ], \"logit_bias\": {\"5\": 1.0},\"max_tokens\":100}"
                        .getBytes(UTF_8));
        Continued wish = Continuation.wish(new OpenAiDialect().decode(body), heard(new Text("x".repeat(200))));
        String asked = new String(new OpenAiDialect().goOn(body, wish).bytes(), UTF_8);
        assertThat(asked)
                .contains(
                        "\"logit_bias\": {\"5\": 1.0}",
                        "\"max_tokens\":50",
                        "[ {\"role\":\"user\",\"content\":\"hi\"} ,{\"role\":\"assistant\"");
        assertThat(Body.parse(asked.getBytes(UTF_8)).tree().path("messages")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"'tail','tail'", "'over the tail','tail'", "'Once over the tail','tail'"})
    void wordsGoOnWhereTheyBroke(String more, String fresh) {
        assertThat(rest(heard(new Text("Once over the ")), new Started("2", "m"), new Text(more), STOP))
                .containsExactly(new Text(fresh), STOP);
    }

    @Test
    void nothingMoreIsAnEndWhereItIsMeant() {
        var cut = new ChatEvent.Finished(FinishReason.LENGTH, null);
        var refused = new ChatEvent.Finished(FinishReason.CONTENT_FILTER, null);
        assertThat(rest(heard(new Text("That is all")), STOP)).containsExactly(STOP);
        assertThatThrownBy(() -> rest(heard(new Text("That is")), cut)).isInstanceOf(Unfit.class);
        assertThatThrownBy(() -> rest(heard(new Text("That is all.")), refused)).isInstanceOf(Unfit.class);
        assertThat(rest(heard(new Text("That is all.")), STOP)).containsExactly(STOP);
        assertThat(rest(heard(new Text("That is all")), new Text("That is all"), STOP))
                .containsExactly(STOP);
        assertThatThrownBy(() -> rest(heard(new Text("That is")), new ChatEvent.Refusal("No."), STOP))
                .isInstanceOf(Unfit.class);
    }

    @Test
    void thoughtsAloneGoOnWithoutASeal() {
        assertThat(rest(
                        heard(new Thinking("Hm, ")),
                        new Thinking("so be it."),
                        new ThinkingSealed("s", "x"),
                        new Text("Yes."),
                        STOP))
                .containsExactly(new Thinking("so be it."), new Text("Yes."), STOP);
    }

    @Test
    void thoughtsAreNotThoughtTwiceOnceWordsCame() {
        assertThat(rest(
                        heard(new Thinking("Hm."), new ThinkingSealed("s", "x"), new Text("Yes, ")),
                        new Thinking("Anew."),
                        new ThinkingSealed("t", "x"),
                        new Text("indeed."),
                        STOP))
                .containsExactly(new Text("indeed."), STOP);
    }

    @Property(tries = 300)
    void aDocumentIsOneHoweverItGoesOn(@ForAll @IntRange(min = 1, max = 200) int at, @ForAll long seed) {
        String document =
                "{\"name\": \"Ada Lovelace\", \"tags\": [\"a\", \"bb\", \"ccc\"], \"born\": 1815, \"ok\": true}";
        int cut = 1 + at % (document.length() - 1);
        Random random = new Random(seed);
        Prompt prompt = prompt(",'response_format':{'type':'json_object'}");
        Transcript heard = heard(new Text(document.substring(0, cut)));
        String more = random.nextBoolean() ? document : document.substring(cut);
        List<ChatEvent> events = new ArrayList<>();
        OverlapTest.pieces(more, random).forEach(piece -> events.add(new Text(piece)));
        events.add(STOP);
        assertThat(rest(prompt, heard, events)).containsExactly(new Text(document.substring(cut)), STOP);
    }

    @Test
    void aDocumentThatDoesNotFitIsNotSent() {
        Prompt prompt = prompt(",'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':"
                + "{'type':'object','required':['a'],'properties':{'a':{'type':'integer'}}}}}");
        Transcript heard = heard(new Text("{\"a\": "));
        assertThat(rest(prompt, heard, List.of(new Text("12}"), STOP))).containsExactly(new Text("12}"), STOP);
        for (String wrong : List.of("\"x\"}", "12", "Certainly! 12}", "{\"b\":12}")) {
            assertThatThrownBy(() -> rest(prompt, heard, List.of(new Text(wrong), STOP)))
                    .as(wrong)
                    .isInstanceOf(Unfit.class);
        }
    }

    @Property(tries = 300)
    void argumentsGoOnWhereverTheyBrokeAndHoweverTheyCome(@ForAll @IntRange(max = 500) int at, @ForAll long seed) {
        int cut = at % ARGUMENTS.length();
        Transcript heard = heard(
                new ToolCallStarted(0, "call_1", "weather"), new ToolCallArguments(0, ARGUMENTS.substring(0, cut)));
        List<ChatEvent> events = new ArrayList<>();
        events.add(new ToolCallStarted(0, "call_x", "weather"));
        OverlapTest.pieces(ARGUMENTS, new Random(seed)).forEach(piece -> events.add(new ToolCallArguments(0, piece)));
        events.add(new ToolCallStarted(1, "call_y", "time"));
        events.add(new ToolCallArguments(1, "{}"));
        events.add(CALLS);
        assertThat(rest(prompt(""), heard, events))
                .containsExactly(
                        new ToolCallArguments(0, ARGUMENTS.substring(cut)),
                        new ToolCallStarted(1, "call_y", "time"),
                        new ToolCallArguments(1, "{}"),
                        CALLS);
    }

    @Test
    void spaceBetweenWordsOfArgumentsMayDiffer() {
        Transcript heard = heard(new ToolCallStarted(0, "c", "f"), new ToolCallArguments(0, "{\"a\": 1, \"b\""));
        assertThat(rest(heard, new ToolCallStarted(0, "d", "f"), new ToolCallArguments(0, "{\"a\":1,\"b\":2}"), CALLS))
                .containsExactly(new ToolCallArguments(0, ":2}"), CALLS);
        Transcript number = heard(new ToolCallStarted(0, "c", "f"), new ToolCallArguments(0, "{\"a\":1 "));
        assertThatThrownBy(() ->
                        rest(number, new ToolCallStarted(0, "d", "f"), new ToolCallArguments(0, "{\"a\":12}"), CALLS))
                .isInstanceOf(Unfit.class);
    }

    @Test
    void otherCallsAreNotPassedOff() {
        Transcript heard = heard(
                new ToolCallStarted(0, "c", "f"),
                new ToolCallArguments(0, "{\"a\":1}"),
                new ToolCallStarted(1, "d", "g"),
                new ToolCallArguments(1, "{\"b\":"));
        List<List<ChatEvent>> others = List.of(
                List.of(new ToolCallStarted(0, "x", "h"), CALLS),
                List.of(new ToolCallStarted(0, "x", "f"), new ToolCallArguments(0, "{\"a\":2}"), CALLS),
                List.of(new ToolCallStarted(0, "x", "f"), new ToolCallArguments(0, "{\"a\":1}"), CALLS),
                List.of(
                        new ToolCallStarted(0, "x", "f"),
                        new ToolCallArguments(0, "{\"a\":1}"),
                        new ToolCallStarted(1, "y", "g"),
                        new ToolCallArguments(1, "{\"c\":2}"),
                        CALLS),
                List.of(new Text("I would rather not."), STOP));
        for (List<ChatEvent> other : others) {
            List<ChatEvent> passed = new ArrayList<>();
            Continuation continuation = new Continuation(prompt(""), heard, passed::add);
            assertThatThrownBy(() -> other.forEach(continuation::event)).isInstanceOf(Unfit.class);
            assertThat(passed).isEmpty();
        }
    }

    @Test
    void wholeCallsComeAgainWithTheirMembersInAnyOrderAndAreNotRepeated() {
        Transcript heard = heard(new ToolCallStarted(0, "c", "f"), new ToolCallArguments(0, "{\"a\":1,\"b\":[2]}"));
        assertThat(rest(
                        heard,
                        new ToolCallStarted(0, "c", "f"),
                        new ToolCallArguments(0, "{\"b\": [2],"),
                        new ToolCallArguments(0, " \"a\": 1}"),
                        new ToolCallStarted(1, "c", "g"),
                        CALLS))
                .containsExactly(new ToolCallStarted(1, "c_1", "g"), CALLS);
    }
}
