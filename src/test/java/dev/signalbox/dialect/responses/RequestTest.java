package dev.signalbox.dialect.responses;

import static dev.signalbox.dialect.responses.Sample.DIALECT;
import static dev.signalbox.dialect.responses.Sample.PLAIN;
import static dev.signalbox.dialect.responses.Sample.STREAM;
import static dev.signalbox.dialect.responses.Sample.body;
import static dev.signalbox.dialect.responses.Sample.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {

    private static final String FULL = """
            {'model':'gpt-5','instructions':'Be brief.','input':[
              {'role':'developer','content':'dev'},
              {'type':'message','role':'user','content':[
                {'type':'input_text','text':'look','prompt_cache_breakpoint':{'mode':'explicit'}},
                {'type':'input_image','image_url':'https://a/b.png','detail':'high'},
                {'type':'input_image','image_url':'data:image/png;base64,AA==','detail':'auto'},
                {'type':'input_image','file_id':'file-1','detail':'auto'},
                {'type':'input_file','file_url':'https://a/c.pdf'},
                {'type':'input_file','filename':'d.pdf','file_data':'data:application/pdf;base64,BB=='},
                {'type':'input_audio','input_audio':{'data':'CC==','format':'wav'}}]},
              {'type':'reasoning','id':'rs_1','summary':[{'type':'summary_text','text':'hm'}],'encrypted_content':'gAAA'},
              {'type':'message','id':'msg_1','status':'completed','role':'assistant','content':[
                {'type':'output_text','text':'well','annotations':[],'logprobs':[]},{'type':'refusal','refusal':'no'}]},
              {'type':'function_call','id':'fc_1','call_id':'call_1','name':'f','arguments':'{"a":1}','status':'completed'},
              {'type':'function_call','call_id':'call_2','name':'g','arguments':''},
              {'type':'function_call_output','call_id':'call_1','output':'42'},
              {'type':'function_call_output','call_id':'call_2','output':[
                {'type':'input_text','text':'see'},{'type':'input_image','image_url':'https://a/e.png'}]},
              {'role':'user','content':'go on'}],
             'tools':[{'type':'function','name':'f','description':'d','parameters':{'type':'object'},'strict':true},
                      {'type':'function','name':'g','parameters':null}],
             'tool_choice':'required','parallel_tool_calls':false,'max_output_tokens':9,'temperature':0.20,'top_p':0.5,
             'text':{'format':{'type':'json_schema','name':'n','schema':{'type':'object'},'strict':true},'verbosity':'low'},
             'reasoning':{'effort':'low','summary':'auto'},'safety_identifier':'u','store':true,'metadata':{'a':'b'},
             'include':['reasoning.encrypted_content'],'stream':true,'stream_options':{'include_obfuscation':false},
             'truncation':'disabled','service_tier':'auto','top_logprobs':0,'background':false,'max_tool_calls':3,
             'previous_response_id':'resp_1'}""".replace("{\"a\":1}", "{\\\"a\\\":1}");

    @Test
    void everythingThatHasAMeaningElsewhereIsUnderstood() {
        Prompt prompt = DIALECT.decode(body(FULL));

        assertThat(prompt.leftovers()).isEmpty();
        assertThat(prompt.messages())
                .containsExactly(
                        new Message(
                                Role.SYSTEM, List.of(new Part.Text("Be brief.", null, "instructions")), "instructions"),
                        new Message(Role.SYSTEM, List.of(new Part.Text("dev", null, "input[0].content")), "input[0]"),
                        new Message(
                                Role.USER,
                                List.of(
                                        new Part.Text("look", tree("{'type':'ephemeral'}"), "input[1].content[0]"),
                                        new Part.Image(
                                                new Media.Url("https://a/b.png"), "high", null, "input[1].content[1]"),
                                        new Part.Image(
                                                new Media.Base64("image/png", "AA=="),
                                                "auto",
                                                null,
                                                "input[1].content[2]"),
                                        new Part.Image(new Media.FileId("file-1"), "auto", null, "input[1].content[3]"),
                                        new Part.Document(
                                                new Media.Url("https://a/c.pdf"), null, null, "input[1].content[4]"),
                                        new Part.Document(
                                                new Media.Base64("application/pdf", "BB=="),
                                                "d.pdf",
                                                null,
                                                "input[1].content[5]"),
                                        new Part.Audio(new Media.Base64("audio/wav", "CC=="), "input[1].content[6]")),
                                "input[1]"),
                        new Message(
                                Role.ASSISTANT,
                                List.of(
                                        new Part.Thinking("hm", "gAAA", "responses", "input[2]"),
                                        new Part.Text("well", null, "input[3].content[0]"),
                                        new Part.Refusal("no", "input[3].content[1]"),
                                        new Part.ToolCall("call_1", "f", "{\"a\":1}", null, "input[4]"),
                                        new Part.ToolCall("call_2", "g", "{}", null, "input[5]")),
                                "input[2]"),
                        new Message(
                                Role.TOOL,
                                List.of(new Part.ToolResult(
                                        "call_1",
                                        List.of(new Part.Text("42", null, "input[6].output")),
                                        false,
                                        null,
                                        "input[6]")),
                                "input[6]"),
                        new Message(
                                Role.TOOL,
                                List.of(new Part.ToolResult(
                                        "call_2",
                                        List.of(
                                                new Part.Text("see", null, "input[7].output[0]"),
                                                new Part.Image(
                                                        new Media.Url("https://a/e.png"),
                                                        null,
                                                        null,
                                                        "input[7].output[1]")),
                                        false,
                                        null,
                                        "input[7]")),
                                "input[7]"),
                        new Message(Role.USER, List.of(new Part.Text("go on", null, "input[8].content")), "input[8]"));
        assertThat(prompt.tools())
                .containsExactly(
                        new Tool("f", "d", tree("{'type':'object'}"), true, null, "tools[0]"),
                        new Tool("g", null, null, null, null, "tools[1]"));
        assertThat(prompt.toolChoice()).isEqualTo(new ToolChoice.Required());
        assertThat(prompt.settings())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        Setting.MAX_OUTPUT_TOKENS, new Prompt.Given(tree("9"), "max_output_tokens"),
                        Setting.TEMPERATURE, new Prompt.Given(tree("0.20"), "temperature"),
                        Setting.TOP_P, new Prompt.Given(tree("0.5"), "top_p"),
                        Setting.PARALLEL_TOOL_CALLS, new Prompt.Given(BooleanNode.FALSE, "parallel_tool_calls"),
                        Setting.USER, new Prompt.Given(tree("'u'"), "safety_identifier"),
                        Setting.REASONING_EFFORT, new Prompt.Given(tree("'low'"), "reasoning.effort"),
                        Setting.THOUGHTS_WANTED, new Prompt.Given(BooleanNode.TRUE, "reasoning.summary"),
                        Setting.VERBOSITY, new Prompt.Given(tree("'low'"), "text.verbosity"),
                        Setting.RESPONSE_FORMAT,
                                new Prompt.Given(
                                        tree(
                                                "{'type':'json_schema','name':'n','schema':{'type':'object'},'strict':true}"),
                                        "text.format")));
    }

    /** What is said again in this language is the same, but for what only a vendor's own store knows. */
    @Test
    void itIsSaidAgain() {
        Encoded encoded = DIALECT.encode(DIALECT.decode(body(FULL)), STREAM);

        assertThat(encoded.unsaid())
                .extracting(Unsaid::path)
                .containsExactly("input[1].content[0].cache_control", "input[1].content[6]");
        assertThat(encoded.emulated()).isEmpty();
        assertThat(encoded.body()).isEqualTo(tree("""
                {'model':'up','input':[
                  {'type':'message','role':'system','content':'Be brief.'},
                  {'type':'message','role':'system','content':'dev'},
                  {'type':'message','role':'user','content':[
                    {'type':'input_text','text':'look'},
                    {'type':'input_image','image_url':'https://a/b.png','detail':'high'},
                    {'type':'input_image','image_url':'data:image/png;base64,AA==','detail':'auto'},
                    {'type':'input_image','file_id':'file-1','detail':'auto'},
                    {'type':'input_file','file_url':'https://a/c.pdf'},
                    {'type':'input_file','filename':'d.pdf','file_data':'data:application/pdf;base64,BB=='}]},
                  {'type':'reasoning','summary':[{'type':'summary_text','text':'hm'}],'encrypted_content':'gAAA'},
                  {'type':'message','role':'assistant','content':[
                    {'type':'output_text','text':'well','annotations':[]},{'type':'refusal','refusal':'no'}]},
                  {'type':'function_call','call_id':'call_1','name':'f','arguments':'{~a~:1}'},
                  {'type':'function_call','call_id':'call_2','name':'g','arguments':'{}'},
                  {'type':'function_call_output','call_id':'call_1','output':'42'},
                  {'type':'function_call_output','call_id':'call_2','output':[
                    {'type':'input_text','text':'see'},{'type':'input_image','image_url':'https://a/e.png','detail':'auto'}]},
                  {'type':'message','role':'user','content':'go on'}],
                 'tools':[{'type':'function','name':'f','description':'d','parameters':{'type':'object'},'strict':true},
                          {'type':'function','name':'g','parameters':null,'strict':false}],
                 'tool_choice':'required','parallel_tool_calls':false,'max_output_tokens':9,'temperature':0.20,'top_p':0.5,
                 'text':{'format':{'type':'json_schema','name':'n','schema':{'type':'object'},'strict':true},'verbosity':'low'},
                 'reasoning':{'effort':'low','summary':'auto'},'user':'u','store':false,
                 'include':['reasoning.encrypted_content'],'stream':true}""".replace("~", "\\\"")));
    }

    @Test
    void whatOnlyThisVendorHasIsLeftOver() {
        Prompt prompt = DIALECT.decode(body("""
                {'input':[{'type':'item_reference','id':'msg_x'},{'type':'web_search_call','id':'ws_1'},
                  {'type':'custom_tool_call','call_id':'c','name':'n','input':'x'},
                  {'role':'assistant','content':[{'type':'output_text','text':'a','annotations':[{'type':'url_citation'}]}]},
                  {'type':'function_call','call_id':'c','name':'f','arguments':'{}','namespace':'ns'}],
                 'tools':[{'type':'web_search'},{'type':'custom','name':'x'},{'type':'mcp'},{'type':'namespace','name':'n'},
                  {'type':'local_shell'}],
                 'tool_choice':{'type':'mcp','server_label':'s'},'conversation':'conv_1','truncation':'auto',
                 'prompt':{'id':'p'},'service_tier':'flex','top_logprobs':2,'max_tool_calls':3,'moderation':{},
                 'include':['message.output_text.logprobs'],'reasoning':{'effort':'max','mode':'pro'},
                 'text':{'format':{'type':'grammar'}},'prompt_cache_key':'k','prompt_cache_retention':'24h'}"""));

        assertThat(prompt.leftovers())
                .extracting(Leftover::path)
                .containsExactlyInAnyOrder(
                        "input[0]",
                        "input[1]",
                        "input[2]",
                        "input[3].content[0].annotations",
                        "input[4].namespace",
                        "tools[0]",
                        "tools[1]",
                        "tools[2]",
                        "tools[3]",
                        "tools[4]",
                        "tool_choice",
                        "conversation",
                        "truncation",
                        "prompt",
                        "service_tier",
                        "top_logprobs",
                        "max_tool_calls",
                        "moderation",
                        "include[0]",
                        "reasoning.effort",
                        "reasoning.mode",
                        "text.format",
                        "prompt_cache_key",
                        "prompt_cache_retention");
        assertThat(prompt.leftovers().stream().filter(Leftover::hint))
                .extracting(Leftover::path)
                .containsExactlyInAnyOrder("prompt_cache_key", "prompt_cache_retention");
    }

    @Test
    void toolsThatAreNotAllowedAreNotThere() {
        Prompt prompt = DIALECT.decode(body("""
                {'input':'a','tools':[{'type':'function','name':'f'},{'type':'function','name':'g'}],
                 'tool_choice':{'type':'allowed_tools','mode':'required','tools':[{'type':'function','name':'g'}]}}"""));

        assertThat(prompt.tools()).extracting(Tool::name).containsExactly("g");
        assertThat(prompt.toolChoice()).isEqualTo(new ToolChoice.Required());
        assertThat(prompt.leftovers()).isEmpty();
    }

    @Test
    void aNamedToolIsChosen() {
        assertThat(DIALECT.decode(body("{'input':'a','tool_choice':{'type':'function','name':'f'}}"))
                        .toolChoice())
                .isEqualTo(new ToolChoice.Named("f"));
    }

    @Test
    void sealsOfOtherVendorsAreUnwrapped() {
        Prompt prompt = DIALECT.decode(body("""
                {'input':[{'type':'reasoning','summary':[{'type':'summary_text','text':'hm'}],
                  'encrypted_content':'signalbox:mark:other:a:b'},
                 {'type':'reasoning','summary':[],'encrypted_content':'signalbox:mark:other:s'},
                 {'type':'reasoning','summary':[],'encrypted_content':'signalbox:whole:other:d'},
                 {'type':'reasoning','summary':[],'encrypted_content':'gAAA'},
                 {'type':'reasoning','id':'rs_1','summary':[]},
                 {'type':'reasoning','id':'rs_2','summary':[],'content':[{'type':'reasoning_text','text':'raw'}]}]}"""));

        assertThat(prompt.messages().getFirst().parts())
                .containsExactly(
                        new Part.Thinking("hm", "a:b", "other", "input[0]"),
                        new Part.Thinking("", "s", "other", "input[1]"),
                        new Part.SealedThinking("d", "other", "input[2]"),
                        new Part.SealedThinking("gAAA", "responses", "input[3]"),
                        new Part.SealedThinking("rs_1", "responses", "input[4]"),
                        new Part.Thinking("raw", null, null, "input[5]"));
        Encoded encoded = DIALECT.encode(prompt, PLAIN);
        assertThat(encoded.body().path("input")).isEqualTo(tree("""
                [{'type':'reasoning','summary':[],'encrypted_content':'gAAA'},{'type':'reasoning','id':'rs_1','summary':[]}]"""));
        assertThat(encoded.unsaid()).allMatch(Unsaid::hint).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'input':5}",
                "{}",
                "{'input':[{}]}",
                "{'input':['a']}",
                "{'input':[{'role':'critic','content':'a'}]}",
                "{'input':[{'role':'user'}]}",
                "{'input':[{'role':'user','content':[{'type':'input_image'}]}]}",
                "{'input':[{'type':'function_call','name':'f'}]}",
                "{'input':[{'type':'function_call_output','call_id':'c'}]}",
                "{'input':'a','tools':{}}",
                "{'input':'a','tools':[{'name':'f'}]}",
                "{'input':'a','tool_choice':'sometimes'}",
                "{'input':'a','temperature':'hot'}",
                "{'input':'a','background':true}",
                "{'input':'a','text':'json'}",
                "{'input':'a','include':'all'}"
            })
    void nonsenseIsRefusedByName(String request) {
        assertThatThrownBy(() -> DIALECT.decode(body(request)))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isNotEmpty());
    }

    @Test
    void theCallersBytesGoOn() {
        String own = "{ \"model\":\"m\", \"input\" : \"a\",\"temperature\":0.20, \"new\":[1.0] }";

        assertThat(forward(own, PLAIN))
                .isEqualTo("{\"model\":\"up\",\"input\" : \"a\",\"temperature\":0.20,\"new\":[1.0]}");
    }

    @Test
    void idsOfTheGatewaysOwnAndThoughtsOfOthersDoNotGoOn() {
        String request = """
                {'model':'m','previous_response_id':'resp_1','input':[
                 {'id':'msg_sbx1a0','type':'message','role':'assistant','content':[]},
                 {'id':'rs_sbx1a1','type':'reasoning','summary':[]},
                 {'id':'rs_1','type':'reasoning','summary':[],'encrypted_content':'signalbox:mark:other:s'},
                 {'id':'rs_2','type':'reasoning','summary':[],'encrypted_content':'gAAA'}]}""";

        assertThat(tree(forward(request.replace('\'', '"'), PLAIN))).isEqualTo(tree("""
                {'model':'up','input':[{'type':'message','role':'assistant','content':[]},
                 {'id':'rs_2','type':'reasoning','summary':[],'encrypted_content':'gAAA'}]}"""));
        assertThat(DIALECT.forward(body(request), PLAIN).unsaid())
                .extracting(Unsaid::path)
                .containsExactly("input[1]", "input[2]");
    }

    @Test
    void sealsAreAskedForWhereTheyAreKept() {
        Target thinker = Target.of("gpt-5.4-mini", true, null);

        assertThat(tree(forward("{\"model\":\"m\",\"input\":\"a\"}", thinker)))
                .isEqualTo(
                        tree(
                                "{'model':'gpt-5.4-mini','input':'a','stream':true,'include':['reasoning.encrypted_content']}"));
        assertThat(forward("{\"model\":\"m\",\"input\":\"a\",\"store\":false}", thinker))
                .doesNotContain("include");
        assertThat(forward("{\"model\":\"m\",\"input\":\"a\"}", Target.of("gpt-4o", false, null)))
                .doesNotContain("include");
        assertThat(forward("{\"model\":\"m\",\"input\":\"a\"}", Target.of("gpt-5-chat-latest", false, null)))
                .doesNotContain("include");
    }

    @Test
    void defaultsHaveTheirNamesHere() {
        var target = new Target(
                "up",
                false,
                null,
                Map.of("max_tokens", 5, "temperature", 0.1, "reasoning_effort", "low", "seed", 7, "stop", "x"),
                Quirks.NONE,
                Map.of());

        assertThat(tree(forward("{\"model\":\"m\",\"input\":\"a\",\"temperature\":1,\"store\":false}", target)))
                .isEqualTo(
                        tree(
                                "{'model':'up','input':'a','temperature':1,'store':false,'max_output_tokens':5,'reasoning':{'effort':'low'}}"));
        assertThat(DIALECT.encode(DIALECT.decode(body("{'input':'a','temperature':1}")), target)
                        .body())
                .isEqualTo(
                        tree(
                                "{'model':'up','input':[{'type':'message','role':'user','content':'a'}],'temperature':1,'store':false,'include':['reasoning.encrypted_content'],'max_output_tokens':5,'reasoning':{'effort':'low'}}"));
    }

    @Test
    void whatOthersSetIsSaidOrNamed() {
        Map<Setting, Prompt.Given> settings = new java.util.EnumMap<>(Setting.class);
        settings.put(Setting.TOP_K, new Prompt.Given(tree("4"), "top_k"));
        settings.put(Setting.SEED, new Prompt.Given(tree("4"), "seed"));
        settings.put(Setting.STOP, new Prompt.Given(tree("['a']"), "stop"));
        settings.put(Setting.FREQUENCY_PENALTY, new Prompt.Given(tree("1"), "frequency_penalty"));
        settings.put(Setting.PRESENCE_PENALTY, new Prompt.Given(tree("1"), "presence_penalty"));
        settings.put(Setting.CANDIDATES, new Prompt.Given(tree("2"), "n"));
        settings.put(Setting.THINKING_BUDGET, new Prompt.Given(tree("9000"), "thinking.budget_tokens"));
        settings.put(Setting.DIMENSIONS, new Prompt.Given(tree("2"), "dimensions"));
        var failed = new Part.ToolResult(
                "c", List.of(new Part.Text("x", null, "m.c")), true, tree("{'type':'ephemeral'}"), "m");

        Encoded encoded = DIALECT.encode(
                new Prompt(
                        List.of(new Message(Role.TOOL, List.of(failed), "m")),
                        List.of(),
                        new ToolChoice.Named("f"),
                        settings,
                        List.of(new Leftover("odd", tree("1")))),
                PLAIN);

        assertThat(encoded.unsaid())
                .extracting(Unsaid::path)
                .containsExactlyInAnyOrder(
                        "top_k",
                        "seed",
                        "stop",
                        "frequency_penalty",
                        "presence_penalty",
                        "n",
                        "dimensions",
                        "m.cache_control",
                        "odd");
        assertThat(encoded.emulated()).containsExactlyInAnyOrder("m.is_error", "thinking.budget_tokens");
        assertThat(encoded.body()).isEqualTo(tree("""
                {'model':'up','input':[{'type':'function_call_output','call_id':'c','output':[
                  {'type':'input_text','text':'The tool failed:'},{'type':'input_text','text':'x'}]}],
                 'tool_choice':{'type':'function','name':'f'},'reasoning':{'effort':'medium'},'store':false,
                 'include':['reasoning.encrypted_content']}"""));
    }

    private static String forward(String request, Target target) {
        return new String(
                DIALECT.forward(dev.signalbox.chat.Body.parse(Sample.utf8(request)), target)
                        .body(),
                StandardCharsets.UTF_8);
    }
}
