package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.PLAIN;
import static dev.signalbox.dialect.openai.Sample.STREAM;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.tree;
import static dev.signalbox.dialect.openai.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EncodeTest {

    private static final JsonNode MARK = tree("{\"type\":\"ephemeral\"}");

    @Test
    void resultsOfToolsStandBehindTheCallsAndWhatTheyShowFollows() {
        Encoded encoded = encode(
                new Message(Role.ASSISTANT, List.of(call("a", "{}"), call("b", "")), "messages[0]"),
                new Message(
                        Role.USER,
                        List.of(
                                text("and now?", "t"),
                                result("a", List.of(text("saw", "x"), image("i")), false),
                                result("b", List.of(text("boom", "y")), true)),
                        "messages[1]"));
        assertThat(encoded.body().path("messages"))
                .isEqualTo(tree(json("[{'role':'assistant','content':null,'tool_calls':["
                        + "{'id':'a','type':'function','function':{'name':'f','arguments':'{}'}},"
                        + "{'id':'b','type':'function','function':{'name':'f','arguments':'{}'}}]},"
                        + "{'role':'tool','tool_call_id':'a','content':[{'type':'text','text':'saw'},{'type':'text','text':'What the tool shows is in the next message of the user.'}]},"
                        + "{'role':'tool','tool_call_id':'b','content':[{'type':'text','text':'The tool failed:'},{'type':'text','text':'boom'}]},"
                        + "{'role':'user','content':[{'type':'text','text':'Shown by the tool call a:'},{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'}}]},"
                        + "{'role':'user','content':'and now?'}]")));
        assertThat(encoded.emulated()).containsExactly("i", "result b.is_error");
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void namesAndIdsThatOpenAiRefusesAreSaidOtherwiseAndComeBack() {
        String name = "mcp.srv:read/file";
        String id = "signalbox_" + "x".repeat(40);
        Encoded encoded = DIALECT.encode(
                new Prompt(
                        List.of(
                                new Message(Role.ASSISTANT, List.of(new Part.ToolCall(id, name, "{}", null, "c")), "m"),
                                new Message(Role.TOOL, List.of(result(id, List.of(text("r", "x")), false)), "n")),
                        List.of(
                                new Tool(name, null, null, null, null, "tools[0]"),
                                new Tool("mcp_srv_read_file", null, null, null, null, "tools[1]"),
                                new Tool("long".repeat(20), null, null, null, null, "tools[2]")),
                        new ToolChoice.Named(name),
                        Map.of(),
                        List.of()),
                PLAIN);

        String said = encoded.body().at("/tools/0/function/name").asText();
        assertThat(said).isEqualTo("mcp_srv_read_file_2");
        assertThat(encoded.body().at("/tools/1/function/name").asText()).isEqualTo("mcp_srv_read_file");
        assertThat(encoded.body().at("/tools/2/function/name").asText()).hasSize(64);
        assertThat(encoded.body().at("/tool_choice/function/name").asText()).isEqualTo(said);
        assertThat(encoded.body().at("/messages/0/tool_calls/0/function/name").asText())
                .isEqualTo(said);
        String saidId = encoded.body().at("/messages/0/tool_calls/0/id").asText();
        assertThat(saidId).hasSize(40);
        assertThat(encoded.body().at("/messages/1/tool_call_id").asText()).isEqualTo(saidId);
        var events = new ArrayList<ChatEvent>();
        Objects.requireNonNull(encoded.decoder()).get().answer(utf8(json("""
                {'id':'a','model':'m','choices':[{'index':0,'finish_reason':'tool_calls','message':{'role':'assistant','tool_calls':[
                {'id':'b','type':'function','function':{'name':'mcp_srv_read_file_2','arguments':'{}'}}]}}]}""")), events::add);
        assertThat(events).contains(new ChatEvent.ToolCallStarted(0, "b", name));
    }

    @Test
    void whatToolsShowNeverStandsBetweenTheirResults() {
        Encoded encoded = encode(
                new Message(Role.TOOL, List.of(result("a", List.of(image("i")), false)), "messages[0]"),
                new Message(Role.TOOL, List.of(result("b", List.of(image("j")), false)), "messages[1]"),
                new Message(Role.ASSISTANT, List.of(text("ok", "t")), "messages[2]"));
        assertThat(encoded.body().path("messages").findValuesAsText("role"))
                .containsExactly("tool", "tool", "user", "assistant");
        assertThat(encoded.body().path("messages").path(2).path("content")).hasSize(4);
    }

    @Test
    void marksAndThoughtsAreHints() {
        Encoded encoded = DIALECT.encode(
                new Prompt(
                        List.of(new Message(
                                Role.ASSISTANT,
                                List.of(
                                        new Part.Thinking("t", "s", "anthropic", "th"),
                                        new Part.SealedThinking("d", "anthropic", "se"),
                                        new Part.Text("x", MARK, "p")),
                                "m")),
                        List.of(new Tool("f", null, null, null, MARK, "tools[0]")),
                        null,
                        Map.of(),
                        List.of()),
                PLAIN);
        assertThat(encoded.unsaid())
                .allMatch(Unsaid::hint)
                .noneMatch(Unsaid::required)
                .extracting(Unsaid::path)
                .containsExactly("th", "se", "p.cache_control", "tools[0].cache_control");
        assertThat(encoded.body().path("messages")).isEqualTo(tree(json("[{'role':'assistant','content':'x'}]")));
    }

    @Test
    void aMessageOfThoughtsAloneIsEmpty() {
        assertThat(encode(new Message(Role.ASSISTANT, List.of(new Part.Thinking("t", null, null, "p")), "m"))
                        .body()
                        .path("messages"))
                .isEqualTo(tree(json("[{'role':'assistant','content':''}]")));
    }

    @Test
    void mediaThatOpenAiCannotTakeIsUnsaidAndRequired() {
        Encoded encoded = encode(user(
                new Part.Image(new Media.FileId("f"), null, null, "a"),
                new Part.Document(new Media.Url("u"), null, null, "b"),
                new Part.Document(new Media.FileId("file_x"), null, null, "c"),
                new Part.Audio(new Media.Base64("audio/ogg", "AA"), "d"),
                new Part.Audio(new Media.Url("u"), "e"),
                new Part.Document(new Media.Base64("text/plain", "////"), null, null, "f")));
        assertThat(encoded.unsaid())
                .allMatch(Unsaid::required)
                .extracting(Unsaid::path)
                .containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void documentsAreFilesOrTheirOwnText() {
        String words = Base64.getEncoder().encodeToString(utf8("w\u00f6rds"));
        Encoded encoded = encode(user(
                new Part.Document(new Media.Base64("application/pdf", "AAAA"), null, null, "a"),
                new Part.Document(new Media.Base64("text/plain", words), "n.txt", null, "b"),
                new Part.Document(new Media.FileId("file-1"), null, null, "c"),
                new Part.Audio(new Media.Base64("audio/mpeg", "BBBB"), "d")));
        assertThat(encoded.body().path("messages").path(0).path("content"))
                .isEqualTo(tree(json(
                        "[{'type':'file','file':{'filename':'document.pdf','file_data':'data:application/pdf;base64,AAAA'}},"
                                + "{'type':'text','text':'n.txt:\\n\\nw\u00f6rds'},"
                                + "{'type':'file','file':{'file_id':'file-1'}},"
                                + "{'type':'input_audio','input_audio':{'data':'BBBB','format':'mp3'}}]")));
        assertThat(encoded.emulated()).containsExactly("b");
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void settingsHaveOpenAisNames() {
        Encoded encoded = DIALECT.encode(
                new Prompt(
                        List.of(user(text("u", "p"))),
                        List.of(new Tool("f", null, tree("{}"), null, null, "tools[0]")),
                        new ToolChoice.Required(),
                        Map.of(
                                Setting.MAX_OUTPUT_TOKENS, given("5", "maxOutputTokens"),
                                Setting.TOP_K, given("3", "topK"),
                                Setting.STOP, given("[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stopSequences"),
                                Setting.RESPONSE_FORMAT,
                                        given("{\"type\":\"json_schema\",\"schema\":{}}", "responseSchema"),
                                Setting.PARALLEL_TOOL_CALLS, given("false", "p"),
                                Setting.CANDIDATES, given("2", "candidateCount")),
                        List.of(new Leftover("safetySettings", tree("[]")))),
                STREAM);
        assertThat(encoded.body())
                .isEqualTo(tree(json("{'model':'m','messages':[{'role':'user','content':'u'}],"
                        + "'tools':[{'type':'function','function':{'name':'f','parameters':{}}}],'tool_choice':'required',"
                        + "'max_completion_tokens':5,'stop':['a','b','c','d'],'parallel_tool_calls':false,"
                        + "'response_format':{'type':'json_schema','json_schema':{'name':'response','schema':{}}},'n':2,"
                        + "'stream':true,'stream_options':{'include_usage':true}}")));
        assertThat(encoded.unsaid())
                .noneMatch(Unsaid::hint)
                .extracting(Unsaid::path)
                .containsExactly("topK", "stopSequences[4]", "safetySettings");
    }

    @Test
    void aNumberIsWrittenAsTheCallerWroteIt() {
        Prompt prompt = new Prompt(
                List.of(user(text("u", "p"))),
                List.of(),
                null,
                Map.of(Setting.TEMPERATURE, given("0.20", "t")),
                List.of());
        assertThat(DIALECT.encode(prompt, PLAIN).body())
                .hasToString(json("{'model':'m','messages':[{'role':'user','content':'u'}],'temperature':0.20}"));
    }

    @Test
    void whatNeedsToolsIsNotSaidWithoutThem() {
        Prompt prompt = new Prompt(
                List.of(user(text("u", "p"))),
                List.of(),
                new ToolChoice.Auto(),
                Map.of(Setting.PARALLEL_TOOL_CALLS, given("true", "p")),
                List.of());
        assertThat(DIALECT.encode(prompt, PLAIN).body().fieldNames())
                .toIterable()
                .containsExactly("model", "messages");
    }

    @Test
    void defaultsAndRenamesHoldForTranslationsToo() {
        var target = new Target(
                "m",
                true,
                null,
                Map.of("max_tokens", 9, "temperature", 1),
                new Dialect.Quirks(Map.of("max_completion_tokens", "max_tokens"), false),
                Map.of());
        Prompt asks = new Prompt(
                List.of(user(text("u", "p"))),
                List.of(),
                null,
                Map.of(Setting.MAX_OUTPUT_TOKENS, given("5", "x")),
                List.of());
        assertThat(DIALECT.encode(asks, target).body())
                .isEqualTo(
                        tree(
                                json(
                                        "{'model':'m','messages':[{'role':'user','content':'u'}],'stream':true,'temperature':1,'max_tokens':5}")));
        Prompt asksNothing = new Prompt(asks.messages(), List.of(), null, Map.of(), List.of());
        assertThat(DIALECT.encode(asksNothing, target).body().path("max_tokens").intValue())
                .isEqualTo(9);
    }

    private static Encoded encode(Message... messages) {
        return DIALECT.encode(new Prompt(List.of(messages), List.of(), null, Map.of(), List.of()), PLAIN);
    }

    private static Message user(Part... parts) {
        return new Message(Role.USER, List.of(parts), "messages[0]");
    }

    private static Part text(String text, String path) {
        return new Part.Text(text, null, path);
    }

    private static Part image(String path) {
        return new Part.Image(new Media.Base64("image/png", "AAAA"), null, null, path);
    }

    private static Part call(String id, String arguments) {
        return new Part.ToolCall(id, "f", arguments, null, "call " + id);
    }

    private static Part result(String id, List<Part> content, boolean failed) {
        return new Part.ToolResult(id, content, failed, null, "result " + id);
    }

    private static Given given(String value, String path) {
        return new Given(tree(value), path);
    }
}
