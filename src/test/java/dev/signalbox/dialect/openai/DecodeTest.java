package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.body;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeTest {

    private static final JsonNode MARK = tree("{\"type\":\"ephemeral\"}");

    @Test
    void aConversationIsKeptInItsOrder() {
        Prompt prompt = messages(
                "{'role':'system','content':'s'},{'role':'user','content':'u'},{'role':'developer','content':'d'},{'role':'assistant','content':''}");
        assertThat(prompt.messages())
                .containsExactly(
                        new Message(Role.SYSTEM, List.of(text("s", "messages[0].content")), "messages[0]"),
                        new Message(Role.USER, List.of(text("u", "messages[1].content")), "messages[1]"),
                        new Message(Role.SYSTEM, List.of(text("d", "messages[2].content")), "messages[2]"),
                        new Message(Role.ASSISTANT, List.of(text("", "messages[3].content")), "messages[3]"));
        assertThat(prompt.leftovers()).isEmpty();
    }

    @Test
    void everyKindOfPartIsUnderstood() {
        assertThat(parts("{'role':'user','content':["
                        + "{'type':'text','text':'t','cache_control':{'type':'ephemeral'}},"
                        + "{'type':'image_url','image_url':{'url':'https://x/y.png','detail':'low'}},"
                        + "{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'},'cache_control':null},"
                        + "{'type':'input_audio','input_audio':{'data':'BBBB','format':'wav'}},"
                        + "{'type':'file','file':{'file_data':'data:application/pdf;base64,CCCC','filename':'a.pdf'}},"
                        + "{'type':'file','file':{'file_id':'file-1'}},"
                        + "{'type':'refusal','refusal':'no'}]}"))
                .containsExactly(
                        new Part.Text("t", MARK, "messages[0].content[0]"),
                        new Part.Image(new Media.Url("https://x/y.png"), "low", null, "messages[0].content[1]"),
                        new Part.Image(new Media.Base64("image/png", "AAAA"), null, null, "messages[0].content[2]"),
                        new Part.Audio(new Media.Base64("audio/wav", "BBBB"), "messages[0].content[3]"),
                        new Part.Document(
                                new Media.Base64("application/pdf", "CCCC"), "a.pdf", null, "messages[0].content[4]"),
                        new Part.Document(new Media.FileId("file-1"), null, null, "messages[0].content[5]"),
                        new Part.Refusal("no", "messages[0].content[6]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            data:image/jpeg;base64,AA==                | image/jpeg
            DATA:image/jpeg;BASE64,AA==                | image/jpeg
            data:image/jpeg;name=x.jpg;base64,AA==     | image/jpeg
            data:;base64,AA==                          | application/octet-stream
            """)
    void aDataAddressIsTakenApart(String url, String type) {
        assertThat(PartDecoder.media(url)).isEqualTo(new Media.Base64(type, "AA=="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:text/plain,hello", "data:,", "data:", "data:base64", "gs://x", ""})
    void anythingElseIsAnAddress(String url) {
        assertThat(PartDecoder.media(url)).isEqualTo(new Media.Url(url));
    }

    @Test
    void toolCallsAndTheirResultsAreUnderstood() {
        Prompt prompt = messages(
                "{'role':'assistant','content':null,'refusal':null,'annotations':[],'audio':null,'function_call':null,'tool_calls':["
                        + "{'id':'a','type':'function','function':{'name':'f','arguments':'{\\\"x\\\":1}'}},"
                        + "{'id':'b','function':{'name':'g','arguments':''},'index':1}]},"
                        + "{'role':'tool','tool_call_id':'b','content':'r','name':'g'},"
                        + "{'role':'tool','tool_call_id':'a','content':[{'type':'text','text':'t'},{'type':'image_url','image_url':{'url':'u'}}]}");
        assertThat(prompt.messages())
                .extracting(Message::parts)
                .containsExactly(
                        List.of(
                                new Part.ToolCall("a", "f", "{\"x\":1}", null, "messages[0].tool_calls[0]"),
                                new Part.ToolCall("b", "g", "{}", null, "messages[0].tool_calls[1]")),
                        List.of(new Part.ToolResult(
                                "b", List.of(text("r", "messages[1].content")), false, null, "messages[1]")),
                        List.of(new Part.ToolResult(
                                "a",
                                List.of(
                                        text("t", "messages[2].content[0]"),
                                        new Part.Image(new Media.Url("u"), null, null, "messages[2].content[1]")),
                                false,
                                null,
                                "messages[2]")));
        assertThat(prompt.leftovers()).isEmpty();
    }

    @Test
    void argumentsThatAreNoJsonAreKept() {
        assertThat(
                        parts(
                                "{'role':'assistant','tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{oops'}}]}"))
                .containsExactly(new Part.ToolCall("a", "f", "{oops", null, "messages[0].tool_calls[0]"));
    }

    @Test
    void thoughtsWithoutSealsAreWords() {
        assertThat(parts("{'role':'assistant','reasoning_content':'hm','reasoning':'hm','content':'c'}"))
                .containsExactly(
                        new Part.Thinking("hm", null, null, "messages[0].reasoning_content"),
                        text("c", "messages[0].content"));
        assertThat(parts("{'role':'assistant','reasoning':'hm'}"))
                .containsExactly(new Part.Thinking("hm", null, null, "messages[0].reasoning"));
    }

    @Test
    void thoughtsWithSealsAreTakenOnceAndStandWhereTheyStood() {
        assertThat(parts("{'role':'assistant','reasoning_content':'abc','content':'c','signalbox_thinking':["
                        + "{'text':'a','signature':'s','origin':'anthropic'},{'data':'d','origin':'anthropic'},"
                        + "{'before_tool_call':1,'text':'','signature':'g','origin':'gemini'},{'before_tool_call':9,'text':'z'}],"
                        + "'tool_calls':[{'id':'1','function':{'name':'f'}},{'id':'2','function':{'name':'g'}}]}"))
                .containsExactly(
                        new Part.Thinking("a", "s", "anthropic", "messages[0].signalbox_thinking[0]"),
                        new Part.SealedThinking("d", "anthropic", "messages[0].signalbox_thinking[1]"),
                        text("c", "messages[0].content"),
                        new Part.ToolCall("1", "f", "{}", null, "messages[0].tool_calls[0]"),
                        new Part.Thinking("", "g", "gemini", "messages[0].signalbox_thinking[2]"),
                        new Part.ToolCall("2", "g", "{}", null, "messages[0].tool_calls[1]"),
                        new Part.Thinking("z", null, null, "messages[0].signalbox_thinking[3]"));
    }

    @Test
    void aCacheMarkOnAMessageIsOnItsLastPart() {
        assertThat(
                        parts(
                                "{'role':'user','cache_control':{'type':'ephemeral'},'content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}"))
                .containsExactly(
                        text("a", "messages[0].content[0]"), new Part.Text("b", MARK, "messages[0].content[1]"));
        assertThat(messages("{'role':'assistant','content':null,'cache_control':{'type':'ephemeral'}}")
                        .leftovers())
                .containsExactly(new Leftover("messages[0].cache_control", MARK));
    }

    @Test
    void toolsAreUnderstood() {
        Prompt prompt = with(
                "'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'},'strict':true},'cache_control':{'type':'ephemeral'}},"
                        + "{'function':{'name':'g'}},{'type':'web_search','x':1}]");
        assertThat(prompt.tools())
                .containsExactly(
                        new Tool("f", "d", tree("{\"type\":\"object\"}"), true, MARK, "tools[0]"),
                        new Tool("g", null, null, null, null, "tools[1]"));
        assertThat(prompt.leftovers())
                .containsExactly(new Leftover("tools[2]", tree("{\"type\":\"web_search\",\"x\":1}")));
    }

    @Test
    void everyToolChoiceIsUnderstood() {
        assertThat(with("'tool_choice':'none'").toolChoice()).isEqualTo(new ToolChoice.None());
        assertThat(with("'tool_choice':'auto'").toolChoice()).isEqualTo(new ToolChoice.Auto());
        assertThat(with("'tool_choice':'required'").toolChoice()).isEqualTo(new ToolChoice.Required());
        assertThat(with("'tool_choice':{'type':'function','function':{'name':'f'}}")
                        .toolChoice())
                .isEqualTo(new ToolChoice.Named("f"));
        assertThat(with("'tool_choice':null").toolChoice()).isNull();
        Prompt allowed = with("'tool_choice':{'type':'allowed_tools','allowed_tools':{}}");
        assertThat(allowed.toolChoice()).isNull();
        assertThat(allowed.leftovers()).extracting(Leftover::path).containsExactly("tool_choice");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'max_tokens':5                   | MAX_OUTPUT_TOKENS   | max_tokens            | 5
            'max_completion_tokens':6        | MAX_OUTPUT_TOKENS   | max_completion_tokens | 6
            'temperature':0.20               | TEMPERATURE         | temperature           | 0.20
            'top_p':1                        | TOP_P               | top_p                 | 1
            'top_k':40                       | TOP_K               | top_k                 | 40
            'frequency_penalty':-2           | FREQUENCY_PENALTY   | frequency_penalty     | -2
            'presence_penalty':0.5           | PRESENCE_PENALTY    | presence_penalty      | 0.5
            'seed':12345678901               | SEED                | seed                  | 12345678901
            'stop':'x'                       | STOP                | stop                  | ["x"]
            'stop':['x','y']                 | STOP                | stop                  | ["x","y"]
            'user':'u'                       | USER                | user                  | "u"
            'parallel_tool_calls':true       | PARALLEL_TOOL_CALLS | parallel_tool_calls   | true
            'reasoning_effort':'high'        | REASONING_EFFORT    | reasoning_effort      | "high"
            'n':1                            | CANDIDATES          | n                     | 1
            'response_format':{'type':'json_object'} | RESPONSE_FORMAT | response_format   | {"type":"json_object"}
            'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'a':[1]},'strict':false}} | RESPONSE_FORMAT | response_format | {"type":"json_schema","name":"n","schema":{"a":[1]},"strict":false}
            """)
    void everySettingIsUnderstood(String member, Setting setting, String path, String value) {
        Prompt prompt = with(member);
        assertThat(prompt.settings()).isEqualTo(Map.of(setting, new Given(tree(value), path)));
        assertThat(prompt.leftovers()).isEmpty();
    }

    @Test
    void theNewerNameOfTheTokenLimitGoesBeforeTheOlder() {
        Prompt prompt = with("'max_tokens':5,'max_completion_tokens':6");
        assertThat(prompt.setting(Setting.MAX_OUTPUT_TOKENS)).isEqualTo(new Given(tree("6"), "max_completion_tokens"));
        assertThat(prompt.leftovers()).containsExactly(new Leftover("max_tokens", tree("5")));
        assertThat(with("'max_tokens':6,'max_completion_tokens':6").leftovers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'logprobs':false",
                "'store':false",
                "'service_tier':'auto'",
                "'service_tier':'default'",
                "'tools':[]",
                "'metadata':{}",
                "'logit_bias':{}",
                "'modalities':['text']",
                "'x':null",
                "'stop':[]",
                "'stop':null",
                "'temperature':null",
                "'response_format':null",
                "'functions':[]",
                "'model':'m'",
                "'stream':true",
                "'stream_options':{'include_usage':true}"
            })
    void aValueThatMeansNothingIsNothing(String member) {
        Prompt prompt = with(member);
        assertThat(prompt.settings()).isEmpty();
        assertThat(prompt.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'logprobs':true                                        | logprobs
            'store':true                                           | store
            'service_tier':'flex'                                  | service_tier
            'metadata':{'a':'b'}                                   | metadata
            'modalities':['text','audio']                          | modalities
            'functions':[{'name':'f','odd':1}]                     | functions[0].odd
            'reasoning_effort':'extreme'                           | reasoning_effort
            'response_format':{'type':'grammar','grammar':'x'}     | response_format
            'response_format':{'type':'json_schema','json_schema':{'name':'n','description':'d'}} | response_format.json_schema.description
            'tools':[{'type':'function','function':{'name':'f','x':1}}] | tools[0].function.x
            'tool_choice':{'type':'function','function':{'name':'f'},'x':1} | tool_choice.x
            'x':{'y':[0.20]}                                       | x
            """)
    void whatIsNotUnderstoodIsLeftOver(String member, String path) {
        assertThat(with(member).leftovers()).extracting(Leftover::path).containsExactly(path);
    }

    @Test
    void theDescriptionOfASchemaIsAHint() {
        assertThat(with("'response_format':{'type':'json_schema','json_schema':{'name':'n','description':'d'}}")
                        .leftovers())
                .singleElement()
                .matches(Leftover::hint);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'role':'user','content':'x','name':'Bob'}                                  | messages[0].name
            {'role':'tool','tool_call_id':'q','content':'x','name':'f'}                 | messages[0].name
            {'role':'function','name':'f','content':'x'}                                | messages[0]
            {'role':'assistant','content':'x','function_call':{'name':'f','odd':1}}     | messages[0].function_call.odd
            {'role':'assistant','content':'x','annotations':[{'type':'url_citation'}]}  | messages[0].annotations
            {'role':'assistant','content':'x','audio':{'id':'a'}}                       | messages[0].audio
            {'role':'assistant','content':'x','reasoning':{'y':1}}                      | messages[0].reasoning
            {'role':'assistant','tool_calls':[{'id':'a','type':'custom','custom':{}}]}  | messages[0].tool_calls[0]
            {'role':'assistant','tool_calls':[{'id':'a','type':'function','function':{'name':'f'},'extra_content':{}}]} | messages[0].tool_calls[0].extra_content
            {'role':'user','content':[{'type':'video_url','video_url':{}}]}             | messages[0].content[0]
            {'role':'user','content':[{'type':'text','text':'x','y':1}]}                | messages[0].content[0].y
            {'role':'user','content':[{'type':'image_url','image_url':{'url':'u','x':1}}]} | messages[0].content[0].image_url.x
            {'role':'user','content':[{'type':'file','file':{'file_data':'AAAA'}}]}     | messages[0].content[0]
            """)
    void whatIsNotUnderstoodInAMessageIsLeftOverWithItsPlace(String message, String path) {
        assertThat(messages(message).leftovers()).extracting(Leftover::path).containsExactly(path);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'role':'user','content':5}                                         | messages[1].content            | a string or an array
            {'role':'user'}                                                     | messages[1].content            | a string or an array
            {'role':'user','content':['x']}                                     | messages[1].content[0]         | an object
            {'role':'user','content':[{'text':'x'}]}                            | messages[1].content[0].type    | a string
            {'role':'user','content':[{'type':'text'}]}                         | messages[1].content[0].text    | a string
            {'role':'user','content':[{'type':'image_url','image_url':{}}]}     | messages[1].content[0].image_url.url | a string
            {'role':'user','content':[{'type':'image_url'}]}                    | messages[1].content[0].image_url | an object
            {'content':'x'}                                                     | messages[1].role               | a string
            {'role':'robot','content':'x'}                                      | messages[1].role               | system, developer, user, assistant or tool
            {'role':'tool','content':'x'}                                       | messages[1].tool_call_id       | a string
            {'role':'assistant','tool_calls':{}}                                | messages[1].tool_calls         | an array
            {'role':'assistant','tool_calls':[{'function':{'name':'f'}}]}       | messages[1].tool_calls[0].id   | a string
            {'role':'assistant','tool_calls':[{'id':'a','function':{'name':'f','arguments':{}}}]} | messages[1].tool_calls[0].function.arguments | a string
            {'role':'assistant','signalbox_thinking':['x']}                     | messages[1].signalbox_thinking[0] | an object
            7                                                                   | messages[1]                    | an object
            """)
    void aWrongTypeInAMessageIsNamed(String message, String path, String expected) {
        assertInvalid("'messages':[{'role':'user','content':'u'}," + message + "]", path, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'temperature':'hot'           | temperature        | a number
            'max_tokens':1.5              | max_tokens         | an integer
            'n':'1'                       | n                  | an integer
            'stop':5                      | stop               | a string or an array of strings
            'stop':['a',5]                | stop[1]            | a string
            'user':5                      | user               | a string
            'parallel_tool_calls':'no'    | parallel_tool_calls | true or false
            'tools':{}                    | tools              | an array
            'tools':[5]                   | tools[0]           | an object
            'tools':[{'type':'function'}] | tools[0].function  | an object
            'tools':[{'type':'function','function':{'name':5}}] | tools[0].function.name | a string
            'tools':[{'type':'function','function':{'name':'f','parameters':'x'}}] | tools[0].function.parameters | an object
            'tool_choice':'sometimes'     | tool_choice        | none, auto, required or an object
            'tool_choice':5               | tool_choice        | a string or an object
            'response_format':'json'      | response_format    | an object
            'response_format':{'type':'json_schema'} | response_format.json_schema | an object
            'reasoning_effort':3          | reasoning_effort   | a string
            """)
    void aWrongTypeIsNamed(String member, String path, String expected) {
        assertInvalid("'messages':[{'role':'user','content':'u'}]," + member, path, expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'messages':[]}", "{'messages':null}", "{'messages':'hi'}"})
    void aRequestWithoutMessagesIsInvalid(String request) {
        assertThatThrownBy(() -> DIALECT.decode(body(json(request))))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isEqualTo("messages"))
                .hasMessageStartingWith("'messages' must be an array");
    }

    private static void assertInvalid(String members, String path, String expected) {
        assertThatThrownBy(() -> DIALECT.decode(body(json("{" + members + "}"))))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isEqualTo(path))
                .hasMessage("'" + path + "' must be " + expected);
    }

    private static Part text(String text, String path) {
        return new Part.Text(text, null, path);
    }

    private static List<Part> parts(String message) {
        Prompt prompt = messages(message);
        assertThat(prompt.leftovers()).isEmpty();
        return prompt.messages().getFirst().parts();
    }

    private static Prompt messages(String messages) {
        return DIALECT.decode(body(json("{'messages':[" + messages + "]}")));
    }

    private static Prompt with(String member) {
        return DIALECT.decode(body(json("{'messages':[{'role':'user','content':'u'}]," + member + "}")));
    }
}
