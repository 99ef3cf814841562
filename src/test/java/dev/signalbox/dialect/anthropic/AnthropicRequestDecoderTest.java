package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Golden;
import dev.signalbox.dialect.Mangled;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicRequestDecoderTest {

    private static final Target TARGET =
            new Target("claude-sonnet-4-5", true, null, Map.of(), Dialect.Quirks.NONE, Map.of());

    private final AnthropicDialect dialect = new AnthropicDialect();

    @Test
    void everythingThatIsUnderstoodIsSaidAgainAsItWas() {
        Prompt prompt = dialect.decode(Body.parse(Golden.bytes("anthropic/request-full.json")));
        Encoded encoded = dialect.encode(prompt, TARGET);

        assertThat(prompt.leftovers()).isEmpty();
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).isEmpty();
        assertThat(Json.text(encoded.body())).isEqualTo(Json.text(Golden.json("anthropic/request-full.json")));
    }

    @Test
    void everythingElseIsLeftOverUnderItsPath() {
        Prompt prompt = dialect.decode(Body.parse(Golden.bytes("anthropic/request-leftovers.json")));

        assertThat(prompt.leftovers())
                .extracting(Leftover::path)
                .containsExactlyInAnyOrder(
                        "service_tier",
                        "metadata.team",
                        "system[0].citations",
                        "messages[0].id",
                        "messages[0].content[0].tone",
                        "messages[0].content[1]",
                        "messages[0].content[3].source.crop",
                        "messages[0].content[4].content[0]",
                        "tools[0]",
                        "tools[1].defer_loading",
                        "tool_choice.mood");
        assertThat(dialect.encode(prompt, TARGET).unsaid())
                .extracting(Unsaid::path)
                .doesNotContain("container");
    }

    @Test
    void partsKnowWhereTheyStand() {
        Prompt prompt = dialect.decode(Body.parse(Golden.bytes("anthropic/request-full.json")));

        assertThat(prompt.messages())
                .extracting(Message::role)
                .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL, Role.USER);
        assertThat(prompt.messages())
                .extracting(Message::path)
                .containsExactly("system", "messages[0]", "messages[1]", "messages[2]", "messages[2]");
        assertThat(prompt.messages().get(3).parts())
                .extracting(Part::path)
                .containsExactly("messages[2].content[0]", "messages[2].content[1]");
        assertThat(((Part.ToolResult) prompt.messages().get(3).parts().getFirst()).content())
                .extracting(Part::path)
                .containsExactly("messages[2].content[0].content[0]", "messages[2].content[0].content[1]");
        assertThat(prompt.tools().getFirst().path()).isEqualTo("tools[0]");
        assertThat(prompt.toolChoice()).isEqualTo(new ToolChoice.Named("look_up"));
        assertThat(prompt.setting(Setting.PARALLEL_TOOL_CALLS).path())
                .isEqualTo("tool_choice.disable_parallel_tool_use");
        assertThat(prompt.setting(Setting.USER).path()).isEqualTo("metadata.user_id");
        assertThat(prompt.setting(Setting.RESPONSE_FORMAT).path()).isEqualTo("output_config.format");
        assertThat(prompt.setting(Setting.STOP).path()).isEqualTo("stop_sequences");
    }

    @Test
    void stringsStandForOneText() {
        Prompt prompt = decode("{'system':'Be terse.','messages':[{'role':'user','content':'hi'}]}");

        assertThat(prompt.messages().get(0).parts()).containsExactly(new Part.Text("Be terse.", null, "system"));
        assertThat(prompt.messages().get(1).parts()).containsExactly(new Part.Text("hi", null, "messages[0].content"));
    }

    @Test
    void textDocumentsAreCarriedAsBytes() {
        Prompt prompt = decode("{'messages':[{'role':'user','content':[{'type':'document','source':"
                + "{'type':'text','media_type':'text/plain','data':'Où?'}}]}]}");

        assertThat(((Part.Document) prompt.messages().getFirst().parts().getFirst()).media())
                .isEqualTo(new Media.Base64("text/plain", "T8O5Pw=="));
    }

    @Test
    void sealsKnowWhoseTheyAre() {
        Prompt prompt = decode("{'messages':[{'role':'assistant','content':["
                + "{'type':'thinking','thinking':'a','signature':'signalbox:gemini:CiQ='},"
                + "{'type':'thinking','thinking':'b','signature':''},"
                + "{'type':'thinking','thinking':'c','signature':'CiQ='},"
                + "{'type':'redacted_thinking','data':'signalbox:responses:x'}]}]}");

        assertThat(prompt.messages().getFirst().parts())
                .containsExactly(
                        new Part.Thinking("a", "CiQ=", "gemini", "messages[0].content[0]"),
                        new Part.Thinking("b", null, null, "messages[0].content[1]"),
                        new Part.Thinking("c", "CiQ=", "anthropic", "messages[0].content[2]"),
                        new Part.SealedThinking("x", "responses", "messages[0].content[3]"));
    }

    @Test
    void aCallerThatIsTheModelItselfMeansNothing() {
        Prompt prompt = decode(
                "{'messages':[{'role':'assistant','content':[{'type':'tool_use','id':'a','name':'f',"
                        + "'input':{},'caller':{'type':'direct'}},{'type':'tool_use','id':'b','name':'f','caller':{'type':'x'}}]}]}");

        assertThat(prompt.leftovers()).extracting(Leftover::path).containsExactly("messages[0].content[1].caller");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'thinking':{'type':'enabled','budget_tokens':9},'output_config':{'effort':'low'} | low",
                "'thinking':{'type':'disabled'} | none",
                "'thinking':{'type':'adaptive'} | high",
                "'thinking':{'type':'adaptive'},'output_config':{'effort':'low'} | low",
                "'output_config':{'effort':'xhigh'} | xhigh",
            })
    void thinkingIsAnEffort(String fields, String effort) {
        Prompt prompt = decode("{'messages':[]," + fields + "}");

        assertThat(prompt.setting(Setting.REASONING_EFFORT).value().asText()).isEqualTo(effort);
        assertThat(prompt.leftovers()).isEmpty();
    }

    @Test
    void aBudgetForThinkingIsExact() {
        Prompt prompt =
                decode("{'messages':[],'thinking':{'type':'enabled','budget_tokens':2049,'display':'omitted'}}");

        assertThat(prompt.setting(Setting.THINKING_BUDGET))
                .isEqualTo(new Given(Golden.parse("2049"), "thinking.budget_tokens"));
        assertThat(prompt.setting(Setting.THOUGHTS_WANTED))
                .isEqualTo(new Given(Golden.parse("false"), "thinking.display"));
        assertThat(prompt.settings()).hasSize(2);
        assertThat(prompt.leftovers()).isEmpty();
    }

    @Test
    void whatGoesWithoutSayingIsNotLeftOver() {
        Prompt prompt = decode("{'messages':[{'role':'user','content':[{'type':'text','text':'a','citations':[]},"
                + "{'type':'document','citations':{'enabled':false},'context':null,'source':{'type':'content','content':"
                + "[{'type':'text','text':'x'},{'type':'text','text':'y'}]}}]}],"
                + "'service_tier':'auto','speed':'standard','mcp_servers':[],'container':null,"
                + "'tools':[{'name':'f','defer_loading':false,'allowed_callers':['direct']}]}");

        assertThat(prompt.leftovers()).isEmpty();
        assertThat(prompt.messages().getFirst().parts().getLast())
                .isEqualTo(new Part.Document(
                        new Part.Media.Base64("text/plain", "eAp5"), null, null, "messages[0].content[1]"));
    }

    @Test
    void whatChangesNoAnswerIsAHint() {
        Prompt prompt =
                decode("{'messages':[{'role':'assistant','content':[{'type':'text','text':'a','citations':[{}]}]}],"
                        + "'context_management':{'edits':[]},'service_tier':'standard_only','inference_geo':'us',"
                        + "'tools':[{'name':'f','eager_input_streaming':true}]}");

        assertThat(prompt.leftovers())
                .filteredOn(Leftover::hint)
                .extracting(Leftover::path)
                .containsExactlyInAnyOrder(
                        "messages[0].content[0].citations",
                        "context_management",
                        "service_tier",
                        "tools[0].eager_input_streaming");
        assertThat(prompt.leftovers())
                .filteredOn(leftover -> !leftover.hint())
                .extracting(Leftover::path)
                .containsExactly("inference_geo");
    }

    @Test
    void aMarkOnTheWholeRequestIsOneOnItsEnd() {
        Prompt prompt = decode("{'cache_control':{'type':'ephemeral'},'messages':[{'role':'user','content':'a'},"
                + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'1','content':'x'},"
                + "{'type':'text','text':'b'},{'type':'text','text':' '}]}]}");

        assertThat(prompt.leftovers()).isEmpty();
        assertThat(prompt.messages().getLast().parts().getFirst().cacheMark())
                .isEqualTo(Golden.parse("{\"type\":\"ephemeral\"}"));
        assertThat(prompt.messages().getFirst().parts().getFirst().cacheMark()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'thinking':{'type':'dreaming'} | thinking",
                "'output_config':{'effort':'max'} | output_config.effort",
                "'output_config':{'format':{'type':'xml'}} | output_config.format",
                "'thinking':{'type':'between_tools'} | thinking",
            })
    void whatHasNoWordElsewhereIsLeftOver(String fields, String path) {
        assertThat(decode("{'messages':[]," + fields + "}").leftovers())
                .extracting(Leftover::path)
                .containsExactly(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | messages",
                "{'messages':{}} | messages",
                "{'messages':[1]} | messages[0]",
                "{'messages':[{'content':'x'}]} | messages[0].role",
                "{'messages':[{'role':'tool','content':'x'}]} | messages[0].role",
                "{'messages':[{'role':'user'}]} | messages[0].content",
                "{'messages':[{'role':'user','content':7}]} | messages[0].content",
                "{'messages':[{'role':'user','content':[{}]}]} | messages[0].content[0].type",
                "{'messages':[{'role':'user','content':[{'type':'text','text':1}]}]} | messages[0].content[0].text",
                "{'messages':[{'role':'user','content':[{'type':'image'}]}]} | messages[0].content[0].source",
                "{'messages':[{'role':'user','content':[{'type':'text','text':'a','cache_control':1}]}]} | messages[0].content[0].cache_control",
                "{'messages':[{'role':'user','content':[{'type':'tool_result'}]}]} | messages[0].content[0].tool_use_id",
                "{'messages':[{'role':'assistant','content':[{'type':'tool_use','id':'a','name':'f','input':'{}'}]}]} | messages[0].content[0].input",
                "{'messages':[],'max_tokens':1.5} | max_tokens",
                "{'messages':[],'temperature':'hot'} | temperature",
                "{'messages':[],'tools':{}} | tools",
                "{'messages':[],'tools':[{'description':'x'}]} | tools[0].name",
                "{'messages':[],'tools':[{'name':'x','input_schema':[]}]} | tools[0].input_schema",
                "{'messages':[],'tool_choice':'auto'} | tool_choice",
                "{'messages':[],'tool_choice':{'type':'some'}} | tool_choice.type",
                "{'messages':[],'stop_sequences':['a',1]} | stop_sequences[1]",
                "{'messages':[],'metadata':{'user_id':1}} | metadata.user_id",
                "{'messages':[],'thinking':true} | thinking",
                "{'messages':[],'thinking':{'type':'enabled'}} | thinking.budget_tokens",
                "{'messages':[],'system':1} | system",
            })
    void aFieldOfTheWrongTypeIsNamed(String body, String path) {
        assertThatThrownBy(() -> decode(body)).isInstanceOfSatisfying(InvalidRequest.class, e -> {
            assertThat(e.param()).isEqualTo(path);
            assertThat(e.message()).contains("'" + path + "'");
        });
    }

    @Property(tries = 3000)
    void whateverComesIsAPromptOrAnInvalidRequest(@ForAll("mangled") byte[] bytes) {
        try {
            Encoded encoded = dialect.encode(dialect.decode(Body.parse(bytes)), TARGET);
            JsonNode again = Golden.json(Json.bytes(encoded.body()));
            assertThat(again.path("model").asText()).isEqualTo("claude-sonnet-4-5");
        } catch (InvalidRequest expected) {
            assertThat(expected.message()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<byte[]> mangled() {
        return Mangled.of(Golden.bytes("anthropic/request-full.json"));
    }

    private Prompt decode(String json) {
        return dialect.decode(Body.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }
}
