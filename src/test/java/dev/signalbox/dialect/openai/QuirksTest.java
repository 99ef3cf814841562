package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.body;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.tree;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Quirks.Thoughts;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Forwarded;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.ToolChoice;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests are put to those who differ from OpenAI. */
class QuirksTest {

    /** Strict about everything, and with words of its own. */
    private static final Quirks STRICT = new Quirks(
            Map.of("seed", "random_seed"),
            false,
            Set.of("user", "logit_bias", "n", "messages.name", "messages.refusal", "messages.reasoning_content"),
            Set.of("top_k", "cache_control"),
            Set.of("text", "image", "document-url"),
            Set.of("text", "json_object"),
            "max_tokens",
            1,
            9,
            "any",
            Thoughts.CONTENT,
            false,
            false,
            null);

    private static Quirks thinking(Thoughts thoughts, boolean withCalls, Boolean thinks) {
        return new Quirks(
                Map.of(),
                true,
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                "max_completion_tokens",
                0,
                0,
                "required",
                thoughts,
                withCalls,
                true,
                thinks);
    }

    private static Target target(Quirks quirks) {
        return new Target("m", false, null, Map.of(), quirks, Map.of());
    }

    @Test
    void settingsAreSaidInItsWordsOrNamed() {
        Map<Setting, Given> settings = new EnumMap<>(Setting.class);
        settings.put(Setting.MAX_OUTPUT_TOKENS, given("9", "maxOutputTokens"));
        settings.put(Setting.SEED, given("4", "seed"));
        settings.put(Setting.TOP_K, given("3", "topK"));
        settings.put(Setting.USER, given("\"u\"", "metadata.user_id"));
        settings.put(Setting.STOP, given("[\"a\",\"b\"]", "stop_sequences"));
        settings.put(Setting.CANDIDATES, given("1", "candidateCount"));
        settings.put(Setting.RESPONSE_FORMAT, given("{\"type\":\"json_schema\",\"schema\":{}}", "format"));
        Encoded encoded = DIALECT.encode(
                new Prompt(List.of(), List.of(), new ToolChoice.Required(), settings, List.of()), target(STRICT));

        assertThat(encoded.body())
                .isEqualTo(tree(json("{'model':'m','messages':[],'tool_choice':'any','max_tokens':9,'top_k':3,"
                        + "'stop':['a'],'random_seed':4}")));
        assertThat(encoded.unsaid())
                .extracting(Unsaid::path)
                .containsExactlyInAnyOrder("stop_sequences[1]", "metadata.user_id", "format");
        assertThat(encoded.unsaid())
                .filteredOn(Unsaid::hint)
                .extracting(Unsaid::path)
                .containsExactly("metadata.user_id");
    }

    @Test
    void messagesAreSaidAsItTakesThem() {
        JsonNode mark = tree("{\"type\":\"ephemeral\"}");
        Encoded encoded = DIALECT.encode(
                prompt(
                        new Message(
                                Role.USER,
                                List.of(
                                        new Part.Text("look", mark, "a"),
                                        new Part.Document(
                                                new Media.Base64("application/pdf", "AAAA"), "a.pdf", null, "b"),
                                        new Part.Document(new Media.Url("https://x/y.pdf"), null, null, "c"),
                                        new Part.Audio(new Media.Base64("audio/wav", "AAAA"), "d")),
                                "messages[0]"),
                        new Message(
                                Role.ASSISTANT,
                                List.of(
                                        new Part.Thinking("hm", "seal", "other", "e"),
                                        new Part.Refusal("no", "f"),
                                        new Part.ToolCall("call_1", "f", "{}", null, "g")),
                                "messages[1]"),
                        new Message(
                                Role.TOOL, List.of(new Part.ToolResult("call_1", List.of(), false, null, "h")), "x")),
                target(STRICT));
        String id = ToolCallIds.fit("call_1", 9);

        assertThat(encoded.body().path("messages"))
                .isEqualTo(tree(json("[{'role':'user','content':["
                        + "{'type':'text','text':'look','cache_control':{'type':'ephemeral'}},"
                        + "{'type':'document_url','document_url':'data:application/pdf;base64,AAAA','document_name':'a.pdf'},"
                        + "{'type':'document_url','document_url':'https://x/y.pdf'}]},"
                        + "{'role':'assistant','content':["
                        + "{'type':'thinking','thinking':[{'type':'text','text':'hm'}]},{'type':'text','text':'no'}],"
                        + "'tool_calls':[{'id':'" + id
                        + "','type':'function','function':{'name':'f','arguments':'{}'}}]},"
                        + "{'role':'tool','tool_call_id':'" + id + "','content':''}]")));
        assertThat(encoded.unsaid()).extracting(Unsaid::path).containsExactly("d", "e.signature");
        assertThat(encoded.emulated()).containsExactly("f");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REASONING_CONTENT||reasoning_content",
                "REASONING|true|reasoning",
                "UNSAID||",
                "REASONING|false|",
            })
    void earlierThoughtsGoWhereItTakesThem(Thoughts thoughts, Boolean thinks, String field) {
        Encoded encoded = DIALECT.encode(
                prompt(new Message(
                        Role.ASSISTANT,
                        List.of(new Part.Thinking("hm", null, null, "t"), new Part.Text("a", null, "x")),
                        "messages[0]")),
                target(thinking(thoughts, false, thinks)));

        String member = field == null ? "" : "'" + field + "':'hm',";
        assertThat(encoded.body().path("messages").path(0))
                .isEqualTo(tree(json("{'role':'assistant'," + member + "'content':'a'}")));
        assertThat(encoded.unsaid()).allMatch(Unsaid::hint).hasSize(member.isEmpty() ? 1 : 0);
    }

    @Test
    void callsComeWithThoughtsWhereThatIsDemanded() {
        Encoded encoded = DIALECT.encode(
                prompt(new Message(Role.ASSISTANT, List.of(new Part.ToolCall("c", "f", "{}", null, "p")), "m")),
                target(thinking(Thoughts.REASONING_CONTENT, true, null)));

        assertThat(encoded.body().at("/messages/0/reasoning_content").textValue())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,none", "1,low", "2048,low", "2049,medium", "8192,medium", "8193,high", "-1,"})
    void aBudgetForThinkingBecomesAnEffort(long budget, String effort) {
        Encoded encoded = budget(budget, null);

        assertThat(encoded.body().path("reasoning_effort").textValue()).isEqualTo(effort);
        assertThat(encoded.emulated()).isEqualTo(effort == null ? List.of() : List.of("thinking.budget_tokens"));
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void aModelThatDoesNotThinkIsToldNoBudget() {
        Encoded encoded = budget(4000, false);

        assertThat(encoded.body().has("reasoning_effort")).isFalse();
        assertThat(encoded.unsaid()).singleElement().matches(Unsaid::hint);
    }

    private static Encoded budget(long budget, Boolean thinks) {
        return DIALECT.encode(
                new Prompt(
                        List.of(),
                        List.of(),
                        null,
                        Map.of(Setting.THINKING_BUDGET, given(String.valueOf(budget), "thinking.budget_tokens")),
                        List.of()),
                target(thinking(Thoughts.UNSAID, false, thinks)));
    }

    @Test
    void theCallersOwnBytesAreChangedOnlyWhereTheyMustBe() {
        String kept = "'tools':[ {'type': 'function','function':{'name':'name'}} ],'temperature':0.20";
        Forwarded forwarded = forwarded(
                body(json("{'model':'x'," + kept + ",'logit_bias':{ },'messages':[ {'role':'developer','content': 'a'},"
                        + "{'role':'user','name':'ann','content':[ 1.0 ]},"
                        + "{'role':'assistant','content':null,'reasoning_content':'hm','refusal':null,"
                        + "'signalbox_thinking':[{'data':'d','origin':'o'}],'tool_calls':[{'id':'call_1', 'x':1.50},7]},"
                        + "{'role':'tool','tool_call_id':'abcDEF123','content':'x'}, 5 ]}")),
                target(STRICT));

        assertThat(new String(forwarded.body(), UTF_8))
                .isEqualTo(json("{'model':'m'," + kept + ",'messages':[{'role':'system','content': 'a'},"
                        + "{'role':'user','content':[ 1.0 ]},{'role':'assistant','content':null,'tool_calls':[{'id':'"
                        + ToolCallIds.fit("call_1", 9)
                        + "','x':1.50},7]},{'role':'tool','tool_call_id':'abcDEF123','content':'x'},5]}"));
        assertThat(forwarded.unsaid())
                .extracting(Unsaid::path)
                .containsExactlyInAnyOrder(
                        "messages[1].name", "messages[2].reasoning_content", "messages[2].signalbox_thinking");
        assertThat(forwarded.unsaid())
                .filteredOn(unsaid -> !unsaid.hint())
                .extracting(Unsaid::path)
                .containsExactly("messages[1].name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model':'m','messages':[ {'role':'user','content':'the name of a developer'} ]}",
                "{'model':'m','messages':[{'role':'assistant','tool_calls':[{'id':'123456789'}]},{'role':'tool','tool_call_id':'123456789'}]}",
                "{'model':'m','messages':[{'role':5,'tool_call_id':7,'tool_calls':{}}]}"
            })
    void whatFitsIsTheSameBytes(String asked) {
        Forwarded forwarded = forwarded(body(json(asked)), target(STRICT));

        assertThat(new String(forwarded.body(), UTF_8)).isEqualTo(json(asked));
        assertThat(forwarded.unsaid()).isEmpty();
    }

    @Test
    void whatTheGatewayItselfSeesToIsNotRefused() {
        Quirks strict = quirks(Set.of("stream_options", "messages.name"));
        Forwarded forwarded = forwarded(
                body(json("{'model':'x','stream':true,'stream_options':{'include_usage':true},'messages':["
                        + "{'role':'tool','tool_call_id':'c','name':'f','content':'x'},{'role':'tool','name':'f'}]}")),
                new Target("m", true, null, Map.of(), strict, Map.of()));

        assertThat(new String(forwarded.body(), UTF_8))
                .isEqualTo(json("{'model':'m','stream':true,'messages':["
                        + "{'role':'tool','tool_call_id':'c','content':'x'},{'role':'tool'}]}"));
        assertThat(forwarded.unsaid()).extracting(Unsaid::path).containsExactly("messages[1].name");
    }

    private static Quirks quirks(Set<String> refused) {
        return new Quirks(
                Map.of(),
                false,
                refused,
                Set.of(),
                Set.of(),
                Set.of(),
                "max_tokens",
                0,
                0,
                "required",
                Thoughts.UNSAID,
                false,
                true,
                null);
    }

    @Property(tries = 500)
    void anIdIsAlwaysTheSameAndFits(@ForAll String id, @ForAll @IntRange(min = 1, max = 40) int length) {
        String fit = ToolCallIds.fit(id, length);
        assertThat(fit).hasSize(length).matches("[0-9A-Za-z]+");
        assertThat(ToolCallIds.fit(id, length)).isEqualTo(fit);
        assertThat(ToolCallIds.fit(fit, length)).isEqualTo(fit);
        assertThat(ToolCallIds.fit(id, 0)).isEqualTo(id);
    }

    @Property(tries = 1000)
    void whatIsForwardedAndWhatIsUnsaidAreTogetherTheRequest(@ForAll long seed) {
        JsonNode request = new RandomRequest(new java.util.Random(seed)).make();
        Forwarded forwarded = forwarded(body(Json.text(request)), target(STRICT));
        JsonNode sent = tree(new String(forwarded.body(), UTF_8));
        assertThat(Json.text(sent)).doesNotContain("signalbox_thinking", "reasoning_content", "\"developer\"");
        for (Unsaid unsaid : forwarded.unsaid()) {
            assertThat(Places.get(request, unsaid.path()).isMissingNode())
                    .as(unsaid.path())
                    .isFalse();
        }
        assertThat(sent.path("messages").size())
                .isEqualTo(request.path("messages").size());
    }

    private static Forwarded forwarded(Body body, Target target) {
        return DIALECT.forward(body, target);
    }

    private static Prompt prompt(Message... messages) {
        return new Prompt(List.of(messages), List.of(), null, Map.of(), List.of());
    }

    private static Given given(String value, String path) {
        return new Given(tree(value), path);
    }
}
