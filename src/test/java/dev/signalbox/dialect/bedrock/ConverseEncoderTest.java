package dev.signalbox.dialect.bedrock;

import static dev.signalbox.dialect.bedrock.Asked.CLAUDE;
import static dev.signalbox.dialect.bedrock.Asked.CLAUDE_4_5;
import static dev.signalbox.dialect.bedrock.Asked.CLAUDE_4_6;
import static dev.signalbox.dialect.bedrock.Asked.LLAMA;
import static dev.signalbox.dialect.bedrock.Asked.NOVA;
import static dev.signalbox.dialect.bedrock.Asked.anthropic;
import static dev.signalbox.dialect.bedrock.Asked.encoded;
import static dev.signalbox.dialect.bedrock.Asked.hi;
import static dev.signalbox.dialect.bedrock.Asked.hints;
import static dev.signalbox.dialect.bedrock.Asked.json;
import static dev.signalbox.dialect.bedrock.Asked.openAi;
import static dev.signalbox.dialect.bedrock.Asked.refused;
import static dev.signalbox.dialect.bedrock.Asked.talk;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked in other languages, in Converse's. */
class ConverseEncoderTest {

    private static JsonNode messages(Encoded encoded) {
        return encoded.body().path("messages");
    }

    private static JsonNode content(Encoded encoded) {
        return messages(encoded).path(messages(encoded).size() - 1).path("content");
    }

    private static JsonNode additional(Encoded encoded) {
        return encoded.body().path("additionalModelRequestFields");
    }

    @Test
    void aWholeRequestIsTranslated() {
        Encoded encoded = encoded(CLAUDE, openAi(Asked.file("full.openai.json")));

        String expected = Asked.file("full.to-bedrock.json")
                .replace("call_1_CALL", Names.said("call.1"))
                .replace("mcp_get_weather_NAME", Names.said("mcp:get.weather"));
        assertThat(encoded.body()).isEqualTo(Asked.parse(expected));
        assertThat(refused(encoded)).isEmpty();
        assertThat(hints(encoded)).containsExactly("user");
        assertThat(encoded.emulated())
                .containsExactlyInAnyOrder("messages[1].content[2]", "messages[5]", "messages[6]");
    }

    // The conversation

    @Test
    void turnsAlternateAndBlankWordsAreNotSaid() {
        Encoded encoded = talk(CLAUDE, """
                {'role':'user','content':'a'},{'role':'assistant','content':''},{'role':'user','content':'  '},\
                {'role':'user','content':'b'}""", "");

        assertThat(messages(encoded)).isEqualTo(json("[{'role':'user','content':[{'text':'a'},{'text':'b'}]}]"));
        assertThat(encoded.emulated()).containsExactly("messages[1]", "messages[2].content", "messages[2]");
    }

    @Test
    void aConversationBeginsWithTheUser() {
        assertThat(refused(talk(CLAUDE, "{'role':'assistant','content':'a'},{'role':'user','content':'b'}", "")))
                .containsExactly("messages[0]");
        assertThat(talk(CLAUDE, "{'role':'system','content':'a'}", "").unsaid())
                .singleElement()
                .matches(Unsaid::required);
    }

    @Test
    void wordsCanBePutIntoTheMouthOfModelsThatGoOn() {
        String prefill = "{'role':'user','content':'a'},{'role':'assistant','content':'b '}";

        assertThat(content(talk(CLAUDE, prefill, ""))).isEqualTo(json("[{'text':'b'}]"));
        assertThat(talk(CLAUDE, prefill, "").emulated()).containsExactly("messages[1].content");
        assertThat(refused(talk(CLAUDE_4_6, prefill, ""))).containsExactly("messages[1]");
        assertThat(messages(talk(CLAUDE_4_6, prefill, ""))).hasSize(1);
        assertThat(refused(talk(LLAMA, prefill, ""))).containsExactly("messages[1]");
    }

    @Test
    void documentsHaveWordsBesideThemAndNamesOfTheirOwn() {
        String pdf = "{'type':'document','title':'%s','source':"
                + "{'type':'base64','media_type':'application/pdf','data':'JVBERi0='}}";
        Encoded encoded = encoded(
                CLAUDE,
                anthropic("{'model':'m','max_tokens':9,'messages':[{'role':'user','content':["
                        + pdf.formatted("Notes  [1]") + "," + pdf.formatted("Notes [1]") + "]}]}"));

        assertThat(content(encoded)).isEqualTo(json("""
                [{'text':'(see the document)'},
                 {'document':{'format':'pdf','name':'Notes [1]','source':{'bytes':'JVBERi0='}}},
                 {'document':{'format':'pdf','name':'Notes [1] (2)','source':{'bytes':'JVBERi0='}}}]"""));
        assertThat(encoded.emulated()).containsExactly("messages[0].content[0]", "messages[0].content[1]");
    }

    @ParameterizedTest
    @CsvSource({
        "text/csv,,csv",
        "text/plain; charset=utf-8,,txt",
        "text/markdown,,md",
        "text/html,,html",
        "text/x-java,,txt",
        "application/msword,,doc",
        "application/vnd.ms-excel,,xls",
        "application/octet-stream,a.XLSX,xlsx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document,,docx",
        "application/zip,a.pdf,",
        "application/octet-stream,a.bin,",
        "application/octet-stream,,",
    })
    void documentsAreOfTheKindsThatAreTaken(String type, String name, String format) {
        Encoded encoded = talk(
                CLAUDE,
                "{'role':'user','content':[{'type':'file','file':{"
                        + (name == null ? "" : "'filename':'" + name + "',")
                        + "'file_data':'data:" + type + ";base64,QUFB'}}]}",
                "");

        if (format == null) {
            assertThat(refused(encoded)).contains("messages[0].content[0]");
        } else {
            assertThat(content(encoded).findValuesAsText("format")).containsExactly(format);
        }
    }

    @Test
    void picturesByAddressAreFetchedUnlessTheyAreInABucket() {
        String picture = "{'role':'user','content':[{'type':'image_url','image_url':{'url':'%s'}}]}";
        String web = "https://example.org/a.webp";

        assertThat(talk(CLAUDE, picture.formatted(web), "").unsaid())
                .contains(
                        Unsaid.bytesOnly("messages[0].content[0]", "takes images only as bytes, and not by URL", web));
        var target = new Target(
                CLAUDE, false, null, Map.of(), Quirks.NONE, Map.of(web, new Media.Base64("image/webp", "UklGRg==")));
        Encoded fetched =
                Asked.DIALECT.encode(openAi("{'model':'m','messages':[" + picture.formatted(web) + "]}"), target);
        assertThat(content(fetched)).isEqualTo(json("[{'image':{'format':'webp','source':{'bytes':'UklGRg=='}}}]"));
        assertThat(fetched.unsaid()).isEmpty();
        assertThat(content(talk(CLAUDE, picture.formatted("s3://bucket/a.jpg"), "")))
                .isEqualTo(json("[{'image':{'format':'jpeg','source':{'s3Location':{'uri':'s3://bucket/a.jpg'}}}}]"));
        assertThat(refused(talk(CLAUDE, picture.formatted("data:image/bmp;base64,AA=="), "")))
                .contains("messages[0].content[0]");
    }

    @Test
    void soundIsForModelsThatListen() {
        String sound =
                "{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AAAA','format':'wav'}}]}";

        assertThat(refused(talk(CLAUDE, sound, ""))).contains("messages[0].content[0]");
        assertThat(content(talk("mistral.voxtral-small-24b-2507", sound, "")))
                .isEqualTo(json("[{'audio':{'format':'wav','source':{'bytes':'AAAA'}}}]"));
    }

    private static final String CALL = """
            {'role':'user','content':'a'},{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'f','input':{}}]},""";

    @Test
    void resultsOfToolsComeFirstWithPicturesAndFailures() {
        String request =
                "{'model':'m','max_tokens':9,'tools':[{'name':'f','input_schema':{'type':'object'}}],'messages':["
                        + CALL + """
                {'role':'user','content':[{'type':'text','text':'so?'},{'type':'tool_result','tool_use_id':'t1','is_error':true,
                'content':[{'type':'text','text':'no'},{'type':'image','source':{'type':'base64','media_type':'image/gif',
                'data':'R0lG'}}]}]}]}""";
        Encoded encoded = encoded(CLAUDE, anthropic(request));

        assertThat(content(encoded)).isEqualTo(json("""
                [{'toolResult':{'toolUseId':'t1','content':[{'text':'no'},
                  {'image':{'format':'gif','source':{'bytes':'R0lG'}}}],'status':'error'}},{'text':'so?'}]"""));
        assertThat(encoded.emulated()).containsExactly("messages[2].content[1]");
        Encoded elsewhere = encoded(LLAMA, anthropic(request));
        assertThat(content(elsewhere).path(0).path("toolResult").path("content").path(0))
                .isEqualTo(json("{'text':'(the tool failed)'}"));
        assertThat(content(elsewhere).findValue("status")).isNull();
    }

    @Test
    void thoughtsGoBackUnderTheirOwnSealOnly() {
        String thinking = """
                {'role':'user','content':'a'},{'role':'assistant','content':'b','signalbox_thinking':[
                {'text':'hm','signature':'s1','origin':'%s'},{'data':'xyz=','origin':'%s'}]},{'role':'user','content':'c'}""";
        Encoded own = talk(CLAUDE, thinking.formatted("bedrock", "bedrock"), "");
        Encoded foreign = talk(CLAUDE, thinking.formatted("anthropic", "responses"), "");

        assertThat(messages(own).path(1).path("content")).isEqualTo(json("""
                [{'reasoningContent':{'reasoningText':{'text':'hm','signature':'s1'}}},
                 {'reasoningContent':{'redactedContent':'xyz='}},{'text':'b'}]"""));
        assertThat(own.unsaid()).isEmpty();
        assertThat(messages(foreign).path(1).path("content")).isEqualTo(json("[{'text':'b'}]"));
        assertThat(refused(foreign)).isEmpty();
        assertThat(hints(foreign)).hasSize(2);
    }

    // Cache marks

    private static final String MARKED = """
            {'model':'m','max_tokens':9,'system':[{'type':'text','text':'s','cache_control':{'type':'ephemeral','ttl':'1h'}}],
            'tools':[{'name':'f','input_schema':{'type':'object'},'cache_control':{'type':'ephemeral'}}],
            'messages':[{'role':'user','content':[{'type':'text','text':'a','cache_control':{'type':'ephemeral'}},
            {'type':'text','text':'b'}]}]}""";

    @Test
    void cacheMarksStandBehindWhatTheyMark() {
        Encoded encoded = encoded(CLAUDE_4_5, anthropic(MARKED));

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body().path("system"))
                .isEqualTo(json("[{'text':'s'},{'cachePoint':{'type':'default','ttl':'1h'}}]"));
        assertThat(encoded.body().path("toolConfig").path("tools").path(1))
                .isEqualTo(json("{'cachePoint':{'type':'default'}}"));
        assertThat(content(encoded)).isEqualTo(json("[{'text':'a'},{'cachePoint':{'type':'default'}},{'text':'b'}]"));
    }

    @Test
    void cacheMarksThatAreNotTakenAreDropped() {
        Encoded nova = encoded(NOVA, anthropic(MARKED));
        Encoded llama = encoded(LLAMA, anthropic(MARKED));

        assertThat(refused(nova)).isEmpty();
        assertThat(hints(nova)).containsExactly("system[0].cache_control.ttl", "tools[0].cache_control");
        assertThat(refused(llama)).isEmpty();
        assertThat(hints(llama)).hasSize(3);
        assertThat(llama.body().toString()).doesNotContain("cachePoint");
    }

    // Tools

    private static final String TOOLS =
            ",'tools':[{'type':'function','function':{'name':'f'}},{'type':'function','function':{'name':'g.h'}}]";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'auto'|{'auto':{}}",
                "'required'|{'any':{}}",
                "{'type':'function','function':{'name':'f'}}|{'tool':{'name':'f'}}",
            })
    void everyChoiceOfToolsCanBeSaid(String openai, String bedrock) {
        Encoded encoded = hi(CLAUDE, TOOLS + ",'tool_choice':" + openai);

        assertThat(encoded.body().path("toolConfig").path("toolChoice")).isEqualTo(json(bedrock));
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body().path("toolConfig").path("tools")).hasSize(2);
    }

    @Test
    void toolsThatMustNotBeCalledAreNotOffered() {
        Encoded encoded = hi(CLAUDE, TOOLS + ",'tool_choice':'none'");

        assertThat(encoded.body().has("toolConfig")).isFalse();
        assertThat(encoded.emulated()).containsExactly("tool_choice");
    }

    private static final String CALLED = """
            {'role':'user','content':'a'},{'role':'assistant','tool_calls':[{'id':'c1','type':'function',
            'function':{'name':'g.h','arguments':'{}'}}]},{'role':'tool','tool_call_id':'c1','content':'x'}""";

    @Test
    void toolsThatMustNotBeCalledAgainAreForbiddenInWords() {
        Encoded encoded = talk(CLAUDE, CALLED, TOOLS + ",'tool_choice':'none'");

        assertThat(encoded.body().path("toolConfig").path("tools")).hasSize(2);
        assertThat(encoded.body().path("toolConfig").has("toolChoice")).isFalse();
        assertThat(encoded.body().path("system")).hasSize(1);
        assertThat(encoded.emulated()).contains("tool_choice");
    }

    @Test
    void toolsThatWereCalledAreToldOfEvenWhenTheyAreOfferedNoMore() {
        Encoded encoded = talk(CLAUDE, CALLED, "");

        assertThat(encoded.body().path("toolConfig").path("tools").findValuesAsText("name"))
                .containsExactly(Names.said("g.h"));
        assertThat(encoded.emulated()).containsExactly("messages[1].tool_calls[0]");
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void demandsThatCannotBeMadeAreRefused() {
        assertThat(refused(hi(CLAUDE, ",'tool_choice':'required'"))).containsExactly("tool_choice");
        assertThat(refused(hi(LLAMA, TOOLS + ",'tool_choice':'required'"))).containsExactly("tool_choice");
    }

    @Test
    void oneToolAtATimeCanBeSaidToSome() {
        String one = TOOLS + ",'parallel_tool_calls':false";

        assertThat(additional(hi(CLAUDE_4_5, one)))
                .isEqualTo(json("{'tool_choice':{'type':'auto','disable_parallel_tool_use':true}}"));
        assertThat(refused(hi(CLAUDE, one))).containsExactly("parallel_tool_calls");
        assertThat(hi(CLAUDE, TOOLS + ",'parallel_tool_calls':true").unsaid()).isEmpty();
        assertThat(hi(CLAUDE, ",'parallel_tool_calls':false").unsaid()).isEmpty();
    }

    @Test
    void strictToolsAreForModelsThatCanBeHeldToASchema() {
        String strict =
                ",'tools':[{'type':'function','function':{'name':'f','strict':true,'parameters':{'type':'object'}}}]";

        assertThat(hi(CLAUDE_4_5, strict).body().findValue("strict").booleanValue())
                .isTrue();
        assertThat(refused(hi(NOVA, strict))).containsExactly("tools[0].strict");
    }

    // The shape of the answer

    private static final String FORMAT = """
            ,'response_format':{'type':'json_schema','json_schema':{'name':'my answer','strict':true,
            'schema':{'type':'object','properties':{'a':{'type':'integer'}}}}}""";

    @Test
    void theShapeOfAnAnswerIsSaidNatively() {
        Encoded encoded = hi(CLAUDE_4_5, FORMAT);

        JsonNode format = encoded.body().path("outputConfig").path("textFormat");
        assertThat(format.path("type").asText()).isEqualTo("json_schema");
        assertThat(Asked.parse(format.path("structure")
                        .path("jsonSchema")
                        .path("schema")
                        .asText()))
                .isEqualTo(json("{'type':'object','properties':{'a':{'type':'integer'}}}"));
        assertThat(format.path("structure").path("jsonSchema").path("name").asText())
                .isEqualTo(Names.said("my answer"));
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).isEmpty();
    }

    @Test
    void elsewhereAToolStandsForTheShape() {
        Encoded encoded = hi(NOVA, FORMAT);

        assertThat(encoded.body().path("toolConfig").path("tools").findValuesAsText("name"))
                .containsExactly("json_answer");
        assertThat(encoded.body().path("toolConfig").path("toolChoice"))
                .isEqualTo(json("{'tool':{'name':'json_answer'}}"));
        assertThat(encoded.emulated()).containsExactly("response_format");
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void besideOtherToolsSomeToolMustBeCalled() {
        Encoded encoded = hi(NOVA, FORMAT + ",'tools':[{'type':'function','function':{'name':'json_answer'}}]");

        assertThat(encoded.body().path("toolConfig").path("tools").findValuesAsText("name"))
                .containsExactly("json_answer", "json_answer_");
        assertThat(encoded.body().path("toolConfig").path("toolChoice")).isEqualTo(json("{'any':{}}"));
    }

    @Test
    void shapesThatCannotBeHeldAreRefused() {
        assertThat(refused(hi(LLAMA, FORMAT))).containsExactly("response_format");
        assertThat(refused(hi(CLAUDE_4_5, ",'response_format':{'type':'json_object'}")))
                .containsExactly("response_format");
        assertThat(refused(hi(NOVA, FORMAT + TOOLS + ",'tool_choice':'required'")))
                .containsExactly("response_format");
        assertThat(hi(NOVA, ",'response_format':{'type':'text'}").unsaid()).isEmpty();
    }

    // Settings

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "anthropic.claude-3-haiku-20240307-v1:0|{'top_k':5}",
                "us.amazon.nova-lite-v1:0|{'inferenceConfig':{'topK':5}}",
                "mistral.mistral-large-2407-v1:0|{'top_k':5}",
                "cohere.command-r-v1:0|{'k':5}",
            })
    void theNumberOfCandidatesForATokenIsAFieldOfTheModel(String model, String fields) {
        Encoded encoded = encoded(
                model, anthropic("{'model':'m','max_tokens':9,'top_k':5,'messages':[{'role':'user','content':'a'}]}"));

        assertThat(additional(encoded)).isEqualTo(json(fields));
        assertThat(refused(encoded)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'temperature':1.5",
                "'seed':1",
                "'frequency_penalty':0.5",
                "'presence_penalty':-1",
                "'n':2",
                "'logit_bias':{'1':2}",
                "'stop':['a',' ']",
                "'verbosity':'low'",
                "'reasoning_effort':'low'"
            })
    void whatCannotBeSaidIsRefused(String member) {
        assertThat(refused(hi(LLAMA, "," + member))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'n':1", "'frequency_penalty':0", "'temperature':1", "'stop':'a'", "'reasoning_effort':'none'"})
    void whatSaysNothingIsNotRefused(String member) {
        assertThat(hi(LLAMA, "," + member).unsaid()).isEmpty();
    }

    @Test
    void penaltiesAreForModelsThatKnowThem() {
        Encoded encoded = hi("cohere.command-r-plus-v1:0", ",'frequency_penalty':0.5,'seed':7");

        assertThat(additional(encoded)).isEqualTo(json("{'frequency_penalty':0.5,'seed':7}"));
        assertThat(encoded.unsaid()).isEmpty();
    }

    // Thinking

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "anthropic.claude-3-7-sonnet-20250219-v1:0|'reasoning_effort':'medium','max_tokens':50000"
                        + "|{'thinking':{'type':'enabled','budget_tokens':8192}}",
                "anthropic.claude-opus-4-1-20250805-v1:0|'reasoning_effort':'high','max_tokens':8000"
                        + "|{'thinking':{'type':'enabled','budget_tokens':4000}}",
                "anthropic.claude-opus-4-1-20250805-v1:0|'reasoning_effort':'low'"
                        + "|{'thinking':{'type':'enabled','budget_tokens':1024}}",
                "anthropic.claude-opus-4-6-v1|'reasoning_effort':'high'|{'thinking':{'type':'adaptive'}}",
                "openai.gpt-oss-120b-1:0|'reasoning_effort':'high'|{'reasoning_effort':'high'}",
                "us.amazon.nova-2-lite-v1:0|'reasoning_effort':'low'"
                        + "|{'reasoningConfig':{'type':'enabled','maxReasoningEffort':'low'}}",
            })
    void everyFamilyIsToldToThinkInItsOwnWords(String model, String members, String fields) {
        Encoded encoded = hi(model, "," + members);

        assertThat(additional(encoded)).isEqualTo(json(fields));
        assertThat(refused(encoded)).isEmpty();
    }

    @Test
    void theEffortOfNewModelsIsConversesOwn() {
        assertThat(hi("anthropic.claude-opus-4-7", ",'reasoning_effort':'xhigh'")
                        .body()
                        .path("outputConfig"))
                .isEqualTo(json("{'effort':'xhigh'}"));
        assertThat(hi(CLAUDE_4_6, ",'reasoning_effort':'minimal'").emulated()).containsExactly("reasoning_effort");
        assertThat(refused(hi(CLAUDE_4_6, ",'reasoning_effort':'xhigh'"))).containsExactly("reasoning_effort");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",'temperature':0.5",
                ",'top_p':0.5",
                ",'max_tokens':1024",
                TOOLS + ",'tool_choice':'required'",
            })
    void whatForbidsThinkingIsNotOverruled(String members) {
        Encoded encoded = hi(CLAUDE, members + ",'reasoning_effort':'low'");

        assertThat(refused(encoded)).containsExactly("reasoning_effort");
        assertThat(additional(encoded).has("thinking")).isFalse();
    }

    @Test
    void thinkingDoesNotBeginBetweenACallAndItsResult() {
        Encoded encoded = talk(CLAUDE, CALLED, TOOLS + ",'reasoning_effort':'low'");

        assertThat(refused(encoded)).isEqualTo(List.of());
        assertThat(hints(encoded)).containsExactly("reasoning_effort");
        assertThat(additional(encoded).has("thinking")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        CLAUDE_4_6 + ",2000,enabled",
        CLAUDE_4_6 + ",-1,adaptive",
        "anthropic.claude-opus-4-7,2000,low",
        "anthropic.claude-opus-4-7,40000,xhigh",
        "openai.gpt-oss-20b-1:0,40000,high",
        "us.amazon.nova-2-lite-v1:0,9000,medium",
    })
    void aBudgetIsSaidOrTheNearestEffort(String model, int tokens, String said) {
        Map<Setting, Given> budget =
                Map.of(Setting.THINKING_BUDGET, new Given(json(String.valueOf(tokens)), "thinking.budget_tokens"));
        Prompt hi = openAi("{'model':'m','messages':[{'role':'user','content':'hi'}]}");
        Encoded encoded =
                encoded(model, new Prompt(hi.messages(), hi.tools(), hi.toolChoice(), budget, hi.leftovers()));

        assertThat(encoded.body().toString()).contains("\"" + said + "\"");
        assertThat(encoded.unsaid()).isEmpty();
        boolean exact = said.equals("enabled") || said.equals("adaptive");
        assertThat(encoded.emulated()).hasSize(exact ? 0 : 1);
    }

    // Configuration

    private static Encoded with(Map<String, Object> defaults, String members) {
        var target = new Target(CLAUDE, false, null, defaults, Quirks.NONE, Map.of());
        return Asked.DIALECT.encode(
                openAi("{'model':'m','messages':[{'role':'user','content':'hi'}]" + members + "}"), target);
    }

    @Test
    void defaultsGiveWayToTheCaller() {
        Map<String, Object> defaults = Map.of(
                "temperature",
                0.1,
                "max_tokens",
                2000,
                "top_k",
                7,
                "guardrailConfig",
                json("{'guardrailIdentifier':'g'}"),
                "service_tier",
                json("{'type':'flex'}"),
                "anthropic_beta",
                json("['x']"));
        Encoded encoded = with(defaults, ",'temperature':0.9");

        assertThat(encoded.body().path("inferenceConfig")).isEqualTo(json("{'temperature':0.9,'maxTokens':2000}"));
        assertThat(encoded.body().path("guardrailConfig")).isEqualTo(json("{'guardrailIdentifier':'g'}"));
        assertThat(encoded.body().path("serviceTier")).isEqualTo(json("{'type':'flex'}"));
        assertThat(additional(encoded)).isEqualTo(json("{'top_k':7,'anthropic_beta':['x']}"));
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void defaultsDoNotStandInTheWayOfThinking() {
        Encoded encoded = with(Map.of("temperature", 0.1, "max_tokens", 3000), ",'reasoning_effort':'high'");

        assertThat(additional(encoded)).isEqualTo(json("{'thinking':{'type':'enabled','budget_tokens':1500}}"));
        assertThat(encoded.body().path("inferenceConfig")).isEqualTo(json("{'maxTokens':3000}"));
        assertThat(refused(encoded)).isEmpty();
    }
}
