package dev.signalbox.dialect.ollama;

import static dev.signalbox.dialect.Reading.anthropic;
import static dev.signalbox.dialect.Reading.json;
import static dev.signalbox.dialect.Reading.openai;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaRequestTest {

    private static final Target PLAIN = Target.of("llama3", false, null);
    private static final String HI = "'messages':[{'role':'user','content':'hi'}]";

    private static Encoded encode(Prompt prompt) {
        return new OllamaDialect().encode(prompt, PLAIN);
    }

    private static Encoded encode(String more) {
        return encode(openai("{'model':'m'," + more + "}"));
    }

    private static JsonNode messages(Encoded encoded) {
        return encoded.body().path("messages");
    }

    private static List<String> paths(Encoded encoded) {
        return encoded.unsaid().stream().map(Unsaid::path).toList();
    }

    @Test
    void aQuestion() {
        Encoded encoded = encode(HI);
        assertThat(encoded.unsaid()).isEmpty();
        assertThat((JsonNode) encoded.body()).isEqualTo(json("""
                {'model':'llama3','messages':[{'role':'user','content':'hi'}],'stream':false,'truncate':false}"""));
    }

    @Test
    void everySettingHasItsName() {
        Encoded encoded = new OllamaDialect().encode(openai("{" + HI + """
                ,'max_tokens':100,'temperature':1.70,'top_p':1,'top_k':40,'frequency_penalty':-0.5,'presence_penalty':1.5,\
                'seed':-7,'stop':'a','response_format':{'type':'json_schema','json_schema':{'name':'n','strict':true,'schema':{'type':'object'}}},\
                'n':1,'reasoning_effort':'none'}"""), Target.of("llama3", true, 9));

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).isEmpty();
        assertThat((JsonNode) encoded.body()).isEqualTo(json("""
                {'model':'llama3','messages':[{'role':'user','content':'hi'}],'format':{'type':'object'},'think':false,\
                'options':{'num_predict':100,'temperature':1.70,'top_p':1,'top_k':40,'frequency_penalty':-0.5,'presence_penalty':1.5,\
                'seed':-7,'stop':['a']},'stream':true,'truncate':false}"""));
        assertThat(encode(HI + ",'response_format':{'type':'json_object'}")
                        .body()
                        .path("format")
                        .asText())
                .isEqualTo("json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'n':2                                    | n
            'logit_bias':{'1':2}                     | logit_bias
            'keep_alive':'5m'                        | keep_alive
            'options':{'num_ctx':1}                  | options
            'verbosity':'low'                        | verbosity
            'tools':[{'type':'function','function':{'name':'a'}}],'parallel_tool_calls':false | parallel_tool_calls
            'tools':[{'type':'function','function':{'name':'a','strict':true}}] | tools[0].strict
            'tools':[{'type':'function','function':{'name':'a'}}],'tool_choice':'required' | tool_choice
            'tools':[{'type':'function','function':{'name':'a'}}],'tool_choice':{'type':'function','function':{'name':'a'}} | tool_choice
            """)
    void whatItCannotSayIsNamed(String more, String path) {
        assertThat(encode(HI + "," + more).unsaid()).singleElement().satisfies(unsaid -> {
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
    @CsvSource({
        "none,false,false",
        "minimal,low,true",
        "low,low,false",
        "medium,medium,false",
        "high,high,false",
        "xhigh,high,true"
    })
    void efforts(String effort, String think, boolean emulated) {
        Encoded encoded = encode(HI + ",'reasoning_effort':'" + effort + "'");
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body().path("think").asText()).isEqualTo(think);
        assertThat(encoded.body().path("think").isBoolean()).isEqualTo(effort.equals("none"));
        assertThat(encoded.emulated()).isEqualTo(emulated ? List.of("reasoning_effort") : List.of());
    }

    @ParameterizedTest
    @CsvSource({"0,false,0", "-1,true,0", "2000,true,1"})
    void budgets(int budget, boolean think, int hints) {
        Prompt hi = openai("{" + HI + "}");
        Map<Setting, Given> settings = new EnumMap<>(Setting.class);
        settings.put(Setting.THINKING_BUDGET, new Given(IntNode.valueOf(budget), "thinking.budget_tokens"));
        Encoded encoded = encode(new Prompt(hi.messages(), hi.tools(), hi.toolChoice(), settings, hi.leftovers()));
        assertThat(encoded.body().path("think").booleanValue()).isEqualTo(think);
        assertThat(encoded.unsaid()).hasSize(hints).allMatch(Unsaid::hint);
    }

    @Test
    void toolsAreOfferedUnlessNoneMayBeCalled() {
        String tools = """
                ,'tools':[{'type':'function','function':{'name':'a.b','description':'d','parameters':{'properties':{'x':{'type':'string'}},'required':['x']}}},\
                {'type':'function','function':{'name':'c'}}]""";
        Encoded encoded = encode(HI + tools + ",'tool_choice':'auto'");
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).isEmpty();
        assertThat(encoded.body().path("tools")).isEqualTo(json("""
                [{'type':'function','function':{'name':'a.b','description':'d','parameters':{'type':'object',\
                'properties':{'x':{'type':'string'}},'required':['x']}}},\
                {'type':'function','function':{'name':'c','parameters':{'type':'object','properties':{}}}}]"""));

        Encoded none = encode(HI + tools + ",'tool_choice':'none'");
        assertThat(none.unsaid()).isEmpty();
        assertThat(none.body().has("tools")).isFalse();
        assertThat(none.emulated()).containsExactly("tool_choice");
    }

    @Test
    void aConversation() {
        Encoded encoded = encode("""
                'messages':[{'role':'system','content':'be brief'},\
                {'role':'user','content':[{'type':'text','text':'one'},{'type':'text','text':'two'},\
                {'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}}]},\
                {'role':'assistant','content':'I see','reasoning_content':'hm'},\
                {'role':'developer','content':'be kind'},\
                {'role':'user','content':'call'},\
                {'role':'assistant','content':null,'tool_calls':[\
                {'id':'1','type':'function','function':{'name':'get-it','arguments':'{\\'a\\':1}'}},\
                {'id':'2','type':'function','function':{'name':'x','arguments':''}}]},\
                {'role':'tool','tool_call_id':'2','content':'two'},\
                {'role':'tool','tool_call_id':'1','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},\
                {'role':'user','content':'and?'}]""");

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).isEmpty();
        assertThat(messages(encoded)).isEqualTo(json("""
                [{'role':'system','content':'be brief'},\
                {'role':'user','content':'one\\n\\ntwo','images':['AA==']},\
                {'role':'assistant','content':'I see','thinking':'hm'},\
                {'role':'system','content':'be kind'},\
                {'role':'user','content':'call'},\
                {'role':'assistant','content':'','tool_calls':[\
                {'id':'1','function':{'name':'get-it','arguments':{'a':1}}},{'id':'2','function':{'name':'x','arguments':{}}}]},\
                {'role':'tool','content':'two','tool_name':'x','tool_call_id':'2'},\
                {'role':'tool','content':'a\\n\\nb','tool_name':'get-it','tool_call_id':'1'},\
                {'role':'user','content':'and?'}]"""));
    }

    @Test
    void wordsAndPicturesThatAlternateKeepTheirOrder() {
        String image = "{'type':'image_url','image_url':{'url':'data:image/png;base64,%s'}}";
        Encoded encoded = encode("'messages':[{'role':'user','content':[{'type':'text','text':'first:'},"
                + image.formatted("AA==") + ",{'type':'text','text':'second:'}," + image.formatted("BB==") + "]}]");

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).containsExactly("messages[0]");
        assertThat(messages(encoded)).isEqualTo(json("""
                [{'role':'user','content':'first:'},{'role':'user','content':'second:','images':['AA==']},\
                {'role':'user','content':'','images':['BB==']}]"""));
    }

    @Test
    void resultsOfToolsMayHoldPicturesAndFailures() {
        Encoded encoded = encode(anthropic("""
                {'model':'m','max_tokens':9,'messages':[{'role':'user','content':'go'},\
                {'role':'assistant','content':[{'type':'thinking','thinking':'t','signature':'s'},{'type':'tool_use','id':'1','name':'f','input':{}}]},\
                {'role':'user','content':[{'type':'tool_result','tool_use_id':'1','is_error':true,'content':[\
                {'type':'text','text':'t'},{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AA=='}}]},\
                {'type':'text','text':'now'}]}]}"""));

        assertThat(encoded.unsaid())
                .containsExactly(Unsaid.hint("messages[1].content[0].signature", "has no seals on thinking"));
        assertThat(encoded.emulated()).containsExactly("messages[2].content[0].is_error");
        assertThat(messages(encoded)).isEqualTo(json("""
                [{'role':'user','content':'go'},\
                {'role':'assistant','content':'','thinking':'t','tool_calls':[{'id':'1','function':{'name':'f','arguments':{}}}]},\
                {'role':'tool','content':'The tool failed:\\n\\nt','images':['AA=='],'tool_name':'f','tool_call_id':'1'},\
                {'role':'user','content':'now'}]"""));
    }

    @Test
    void whatIsAtAnAddressHasToBeFetched() {
        String url = "https://e.org/a.png";
        Prompt prompt = openai(
                "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'" + url + "'}}]}]}");

        assertThat(encode(prompt).unsaid())
                .containsExactly(Unsaid.bytesOnly("messages[0].content[0]", "takes pictures only as bytes", url));
        Target fetched =
                new Target("m", false, null, Map.of(), Quirks.NONE, Map.of(url, new Media.Base64("image/png", "QQ==")));
        Encoded encoded = new OllamaDialect().encode(prompt, fetched);
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(messages(encoded)).isEqualTo(json("[{'role':'user','content':'','images':['QQ==']}]"));
    }

    @Test
    void whatMakesNoSenseWithoutItIsRequired() {
        Encoded encoded = encode("""
                'messages':[{'role':'user','content':[{'type':'file','file':{'file_data':'data:application/pdf;base64,AA==','filename':'a.pdf'}},\
                {'type':'input_audio','input_audio':{'data':'AA==','format':'wav'}}]},\
                {'role':'assistant','content':null,'tool_calls':[{'id':'1','type':'function','function':{'name':'f','arguments':'[1]'}}]}]""");
        assertThat(paths(encoded)).containsExactly("messages[0].content[0]", "messages[0].content[1]");
        assertThat(encoded.unsaid()).allMatch(Unsaid::required);
        assertThat(encoded.emulated()).contains("messages[1].tool_calls[0]");
        assertThat(encoded.body()
                        .at("/messages/1/tool_calls/0/function/arguments/INVALID_JSON")
                        .asText())
                .isEqualTo("[1]");
    }

    @Test
    void defaultsFillWhatTheCallerDidNotSay() {
        Map<String, Object> defaults = Map.of(
                "temperature", json("0.1"),
                "max_tokens", json("50"),
                "num_ctx", json("32768"),
                "keep_alive", TextNode.valueOf("10m"),
                "truncate", true,
                "options", json("{'min_p':0.1,'top_p':0.3}"));
        JsonNode body = new OllamaDialect()
                .encode(
                        openai("{" + HI + ",'temperature':0.9,'top_p':0.7}"),
                        new Target("m", false, null, defaults, Quirks.NONE, Map.of()))
                .body();

        assertThat(body.path("options"))
                .isEqualTo(json("{'num_predict':50,'temperature':0.9,'top_p':0.7,'num_ctx':32768,'min_p':0.1}"));
        assertThat(body.path("keep_alive").asText()).isEqualTo("10m");
        assertThat(body.path("truncate").asBoolean()).isTrue();
    }
}
