package dev.signalbox.dialect.cohere;

import static dev.signalbox.dialect.Reading.anthropic;
import static dev.signalbox.dialect.Reading.json;
import static dev.signalbox.dialect.Reading.openai;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.Reading;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CohereRequestTest {

    private static final Target PLAIN = Target.of("command-a", false, null);
    private static final String HI = "'messages':[{'role':'user','content':'hi'}]";
    private static final String TOOLS = """
            'tools':[{'type':'function','function':{'name':'a','parameters':{'type':'object','properties':{'x':{'type':'string'}}}}},\
            {'type':'function','function':{'name':'b','description':'d'}}]""";

    private static Encoded encode(Prompt prompt) {
        return new CohereDialect().encode(prompt, PLAIN);
    }

    private static Encoded encode(String more) {
        return encode(openai("{'model':'m'," + more + "}"));
    }

    private static void assertSaid(Encoded encoded, String body) {
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body()).isEqualTo(json(body));
    }

    private static List<String> paths(Encoded encoded) {
        return encoded.unsaid().stream().map(Unsaid::path).toList();
    }

    @Test
    void aQuestion() {
        assertSaid(encode(HI), "{'model':'command-a','messages':[{'role':'user','content':'hi'}],'stream':false}");
    }

    @Test
    void everySettingHasItsName() {
        Encoded encoded = new CohereDialect().encode(openai("{" + HI + """
                ,'max_completion_tokens':100,'temperature':0.20,'top_p':0.9,'top_k':40,'frequency_penalty':0.5,'presence_penalty':1,\
                'seed':7,'stop':['a','b'],'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'type':'object'}}},\
                'n':1,'reasoning_effort':'none'}"""), Target.of("command-a", true, 9));

        assertSaid(encoded, """
                {'model':'command-a','messages':[{'role':'user','content':'hi'}],'max_tokens':100,'temperature':0.20,'p':0.9,'k':40,\
                'frequency_penalty':0.5,'presence_penalty':1,'seed':7,'stop_sequences':['a','b'],\
                'response_format':{'type':'json_object','json_schema':{'type':'object'}},'thinking':{'type':'disabled'},'stream':true}""");
        assertThat(encoded.emulated()).isEmpty();
        assertThat(encoded.body().toString()).contains("0.20");
    }

    @Test
    void aResultWithoutWordsSaysSo() {
        Encoded encoded = encode("""
                'messages':[{'role':'assistant','tool_calls':[{'id':'1','type':'function','function':{'name':'a','arguments':'{}'}}]},\
                {'role':'tool','tool_call_id':'1','content':''}]""");

        assertThat(encoded.body().at("/messages/1/content").asText()).isEqualTo("(no output)");
        assertThat(encoded.emulated()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'temperature':1.2                        | temperature
            'temperature':-0.1                       | temperature
            'top_p':1.5                              | top_p
            'top_k':501                              | top_k
            'frequency_penalty':-0.5                 | frequency_penalty
            'presence_penalty':1.5                   | presence_penalty
            'seed':-1                                | seed
            'stop':['1','2','3','4','5','6']         | stop[5]
            'n':2                                    | n
            'logit_bias':{'1':2}                     | logit_bias
            'logprobs':true                          | logprobs
            'parallel_tool_calls':false,'tools':[{'type':'function','function':{'name':'a'}}] | parallel_tool_calls
            'response_format':{'type':'json_object'},'tools':[{'type':'function','function':{'name':'a'}}] | response_format
            'tool_choice':'required'                 | tool_choice
            'tool_choice':{'type':'function','function':{'name':'z'}},'tools':[{'type':'function','function':{'name':'a'}}] | tool_choice
            """)
    void whatItCannotSayIsNamed(String more, String path) {
        Encoded encoded = encode(HI + "," + more);

        assertThat(encoded.unsaid()).singleElement().satisfies(unsaid -> {
            assertThat(unsaid.path()).isEqualTo(path);
            assertThat(unsaid.hint()).isFalse();
        });
    }

    @Test
    void theEndUserIsAHint() {
        assertThat(encode(HI + ",'user':'u'").unsaid())
                .containsExactly(Unsaid.hint("user", "has no field for an end user"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'reasoning_effort':'low'                              | {'type':'enabled','token_budget':1024}
            'reasoning_effort':'medium'                           | {'type':'enabled','token_budget':8192}
            'reasoning_effort':'high','max_completion_tokens':4000 | {'type':'enabled','token_budget':2000}
            'reasoning_effort':'xhigh'                            | {'type':'enabled'}
            """)
    void anEffortIsABudget(String more, String thinking) {
        Encoded encoded = encode(HI + "," + more);

        assertThat(encoded.body().path("thinking").toString())
                .isEqualTo(json(thinking).toString());
        assertThat(encoded.emulated()).containsExactly("reasoning_effort");
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void toolsAndTheChoiceAmongThem() {
        Encoded encoded = encode(HI + "," + TOOLS + ",'tool_choice':'auto','parallel_tool_calls':true");
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body().path("tools")).isEqualTo(json("""
                [{'type':'function','function':{'name':'a','parameters':{'type':'object','properties':{'x':{'type':'string'}}}}},\
                {'type':'function','function':{'name':'b','description':'d','parameters':{'type':'object','properties':{}}}}]"""));
        assertThat(encoded.body().has("tool_choice")).isFalse();
        assertThat(encoded.body().has("strict_tools")).isFalse();

        assertThat(encode(HI + "," + TOOLS + ",'tool_choice':'required'")
                        .body()
                        .path("tool_choice")
                        .asText())
                .isEqualTo("REQUIRED");
        assertThat(encode(HI + "," + TOOLS + ",'tool_choice':'none'")
                        .body()
                        .path("tool_choice")
                        .asText())
                .isEqualTo("NONE");
    }

    @Test
    void aNamedToolIsTheOnlyOneOffered() {
        String named = ",'tool_choice':{'type':'function','function':{'name':'b'}}";
        Encoded encoded = encode(HI + "," + TOOLS + named);

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).containsExactly("tool_choice");
        assertThat(encoded.body().path("tool_choice").asText()).isEqualTo("REQUIRED");
        assertThat(encoded.body().path("tools").findValuesAsText("name")).containsExactly("b");

        Encoded others = encode("""
                'messages':[{'role':'user','content':'hi'},{'role':'assistant','content':null,'tool_calls':[{'id':'1','type':'function',\
                'function':{'name':'a','arguments':'{}'}}]},{'role':'tool','tool_call_id':'1','content':'r'}],""" + TOOLS + named);
        assertThat(paths(others)).containsExactly("tool_choice");
        assertThat(others.body().path("tools")).hasSize(2);
    }

    @Test
    void strictIsAllToolsOrNone() {
        Encoded all = encode(HI + ",'tools':[{'type':'function','function':{'name':'a','strict':true}}]");
        assertThat(all.body().path("strict_tools").asBoolean()).isTrue();
        assertThat(all.emulated()).isEmpty();

        Encoded some = encode(HI + """
                ,'tools':[{'type':'function','function':{'name':'a','strict':true}},{'type':'function','function':{'name':'b'}}]""");
        assertThat(some.body().path("strict_tools").asBoolean()).isTrue();
        assertThat(some.emulated()).containsExactly("tools[1]");
    }

    @Test
    void aConversation() {
        Encoded encoded = encode("""
                'messages':[{'role':'system','content':'be brief'},\
                {'role':'user','content':[{'type':'text','text':'look'},{'type':'image_url','image_url':{'url':'https://e.org/a.png','detail':'low'}},\
                {'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}}]},\
                {'role':'assistant','content':'I see','refusal':null},\
                {'role':'developer','content':[{'type':'text','text':'one'},{'type':'text','text':'two'}]},\
                {'role':'user','content':'call'},\
                {'role':'assistant','content':null,'reasoning_content':'hm','tool_calls':[\
                {'id':'1','type':'function','function':{'name':'get-it','arguments':'{\\'a\\':1}'}},\
                {'id':'2','type':'function','function':{'name':'x','arguments':''}}]},\
                {'role':'tool','tool_call_id':'1','content':'one'},\
                {'role':'tool','tool_call_id':'2','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},\
                {'role':'user','content':'and?'}]""");

        assertThat(encoded.emulated()).isEmpty();
        assertSaid(encoded, """
                {'model':'command-a','messages':[{'role':'system','content':'be brief'},\
                {'role':'user','content':[{'type':'text','text':'look'},\
                {'type':'image_url','image_url':{'url':'https://e.org/a.png','detail':'low'}},\
                {'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}}]},\
                {'role':'assistant','content':'I see'},\
                {'role':'system','content':[{'type':'text','text':'one'},{'type':'text','text':'two'}]},\
                {'role':'user','content':'call'},\
                {'role':'assistant','content':[{'type':'thinking','thinking':'hm'}],'tool_calls':[\
                {'id':'1','type':'function','function':{'name':'get_it','arguments':'{\\'a\\':1}'}},\
                {'id':'2','type':'function','function':{'name':'x','arguments':'{}'}}]},\
                {'role':'tool','tool_call_id':'1','content':'one'},\
                {'role':'tool','tool_call_id':'2','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},\
                {'role':'user','content':'and?'}],'stream':false}""");
    }

    @Test
    void whatToolsShowFollowsInAMessageOfTheUsers() {
        Encoded encoded = encode(anthropic("""
                {'model':'m','max_tokens':9,'messages':[{'role':'user','content':'go'},\
                {'role':'assistant','content':[{'type':'tool_use','id':'1','name':'f','input':{}}]},\
                {'role':'user','content':[{'type':'tool_result','tool_use_id':'1','is_error':true,'content':[\
                {'type':'text','text':'t'},{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AA=='}}]},\
                {'type':'text','text':'now'}]}]}"""));

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated())
                .containsExactly("messages[2].content[0].is_error", "messages[2].content[0].content[1]");
        assertThat(encoded.body().path("messages")).isEqualTo(json("""
                [{'role':'user','content':'go'},\
                {'role':'assistant','tool_calls':[{'id':'1','type':'function','function':{'name':'f','arguments':'{}'}}]},\
                {'role':'tool','tool_call_id':'1','content':[{'type':'text','text':'The tool failed:'},{'type':'text','text':'t'},\
                {'type':'text','text':'What the tool shows is in the next message of the user.'}]},\
                {'role':'user','content':[{'type':'text','text':'Shown by the tool call 1:'},\
                {'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}}]},\
                {'role':'user','content':'now'}]"""));
    }

    @Test
    void documentsAreSaidWhenTheyAreText() {
        String document = "{'role':'user','content':[{'type':'document','title':'t','source':%s}]}";
        String request = "{'model':'m','max_tokens':9,'messages':[" + document + "]}";
        Encoded words =
                encode(anthropic(request.formatted("{'type':'text','media_type':'text/plain','data':'words'}")));
        assertThat(words.unsaid()).isEmpty();
        assertThat(words.emulated()).containsExactly("messages[0].content[0]");
        assertThat(words.body().at("/messages/0/content").asText()).isEqualTo("t:\n\nwords");

        Encoded pdf =
                encode(anthropic(request.formatted("{'type':'base64','media_type':'application/pdf','data':'AA=='}")));
        assertThat(pdf.unsaid()).singleElement().matches(Unsaid::required);

        String url = "https://e.org/a.txt";
        Prompt linked = anthropic(request.formatted("{'type':'url','url':'" + url + "'}"));
        assertThat(encode(linked).unsaid()).singleElement().matches(unsaid -> url.equals(unsaid.url()));
        Target fetched = new Target(
                "c", false, null, Map.of(), Quirks.NONE, Map.of(url, new Media.Base64("text/plain", "aGk=")));
        assertThat(new CohereDialect()
                        .encode(linked, fetched)
                        .body()
                        .at("/messages/0/content")
                        .asText())
                .isEqualTo("t:\n\nhi");
    }

    @Test
    void aPlanForToolsIsSaidAsOneAgain() {
        Encoded encoded = encode("""
                'messages':[{'role':'user','content':'go'},{'role':'assistant','content':null,'reasoning_content':'I will look',\
                'signalbox_thinking':[{'text':'I will look','signature':'tool_plan','origin':'cohere'}],\
                'tool_calls':[{'id':'1','type':'function','function':{'name':'f','arguments':'{}'}}]},\
                {'role':'tool','tool_call_id':'1','content':'r'}]""");

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body().at("/messages/1")).isEqualTo(json("""
                {'role':'assistant','tool_plan':'I will look',\
                'tool_calls':[{'id':'1','type':'function','function':{'name':'f','arguments':'{}'}}]}"""));
    }

    @Test
    void sealsOfOthersAreHints() {
        Encoded encoded = encode(anthropic("""
                {'model':'m','max_tokens':9,'messages':[{'role':'user','content':'go','cache_control':null},{'role':'assistant','content':[\
                {'type':'thinking','thinking':'t','signature':'s'},{'type':'redacted_thinking','data':'d'},\
                {'type':'text','text':'x','cache_control':{'type':'ephemeral'}}]},{'role':'user','content':'on'}]}"""));

        assertThat(paths(encoded))
                .containsExactly(
                        "messages[1].content[0].signature",
                        "messages[1].content[1]",
                        "messages[1].content[2].cache_control");
        assertThat(encoded.unsaid()).allMatch(Unsaid::hint);
        assertThat(encoded.body().at("/messages/1/content"))
                .isEqualTo(json("[{'type':'thinking','thinking':'t'},{'type':'text','text':'x'}]"));
    }

    @Test
    void namesThatAreRefusedComeBackAsTheyWere() {
        Encoded encoded = encode(HI + """
                ,'tools':[{'type':'function','function':{'name':'a-b'}},{'type':'function','function':{'name':'a_b'}},\
                {'type':'function','function':{'name':'a.b'}},{'type':'function','function':{'name':'1st'}}]""");
        List<String> said = encoded.body().path("tools").findValuesAsText("name");
        assertThat(said).containsExactly("a_b_2", "a_b", "a_b_3", "_1st");

        List<String> own = said.stream()
                .map(name -> Reading.plain(encoded.decoder().get(), """
                        {'id':'i','message':{'tool_calls':[{'id':'1','function':{'name':'%s','arguments':'{}'}}]}}""".formatted(name)))
                .flatMap(List::stream)
                .filter(ChatEvent.ToolCallStarted.class::isInstance)
                .map(event -> ((ChatEvent.ToolCallStarted) event).name())
                .toList();
        assertThat(own).containsExactly("a-b", "a_b", "a.b", "1st");
    }

    @Test
    void defaultsFillWhatTheCallerDidNotSay() {
        Map<String, Object> defaults = Map.of(
                "temperature", json("0.1"),
                "max_tokens", json("50"),
                "top_k", json("3"),
                "p", json("0.5"),
                "stop", TextNode.valueOf("x"),
                "safety_mode", TextNode.valueOf("STRICT"));
        ObjectNode body = new CohereDialect()
                .encode(
                        openai("{" + HI + ",'temperature':0.9,'top_p':0.7}"),
                        new Target("c", false, null, defaults, Quirks.NONE, Map.of()))
                .body();

        assertThat((JsonNode) body).isEqualTo(json("""
                {'model':'c','messages':[{'role':'user','content':'hi'}],'max_tokens':50,'temperature':0.9,'p':0.7,'k':3,\
                'stop_sequences':['x'],'safety_mode':'STRICT','stream':false}"""));
    }
}
