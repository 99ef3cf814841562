package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent.ToolCallStarted;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Part.Media;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Golden;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiRequestEncoderTest {

    private static final String OLD = "gemini-2.5-flash";
    private static final String NEW = "gemini-3-flash-preview";

    private final GeminiDialect dialect = new GeminiDialect();

    @Test
    void everythingThatOpenAiSaysIsSaidOrUnsaid() {
        Map<String, Media.Base64> fetched = Map.of("https://example.org/a.png", new Media.Base64("image/png", "AAAA"));
        Encoded encoded = dialect.encode(
                new OpenAiDialect().decode(Body.parse(openai())),
                new Target(NEW, true, 9, Map.of("top_p", 0.5, "candidate_count", 3), Dialect.Quirks.NONE, fetched));

        assertThat(encoded.body()).isEqualTo(Golden.json("gemini/full.to-gemini.json"));
        assertThat(encoded.unsaid())
                .extracting(unsaid -> unsaid.path()
                        + (unsaid.hint() ? " hint" : "")
                        + (unsaid.required() ? " required" : "")
                        + (unsaid.url() == null ? "" : " " + unsaid.url()))
                .containsExactlyInAnyOrder(
                        "messages[0].content[0].cache_control hint",
                        "messages[1].name",
                        "messages[1].content[1].detail hint",
                        "messages[1].content[4].name hint",
                        "messages[2].signalbox_thinking[0].signature hint",
                        "messages[4].content[1] required https://example.org/b.png",
                        "tools[2]",
                        "parallel_tool_calls",
                        "user hint",
                        "logit_bias");
        assertThat(encoded.emulated()).containsExactly("messages[5]");
    }

    @Test
    void resultsOfCallsWithoutIdsStandInTheOrderOfTheCallsInWhicheverTheyCome() {
        Encoded encoded = dialect.encode(
                new OpenAiDialect().decode(Body.parse("""
                {"messages":[{"role":"user","content":"go"},{"role":"assistant","tool_calls":[
                {"id":"signalbox_r_0","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}},
                {"id":"signalbox_r_1","type":"function","function":{"name":"f","arguments":"{\\"a\\":2}"}}]},
                {"role":"tool","tool_call_id":"signalbox_r_1","content":"two"},
                {"role":"tool","tool_call_id":"signalbox_r_0","content":"one"}]}""".getBytes(StandardCharsets.UTF_8))),
                Target.of(NEW, false, null));

        assertThat(encoded.body().at("/contents/2/parts").findValuesAsText("output"))
                .containsExactly("one", "two");
    }

    private static byte[] openai() {
        try (InputStream in = GeminiRequestEncoderTest.class.getResourceAsStream("/golden/openai/full.json")) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is read and written again is the same request, with a seal on the call that Gemini 3 wants one on. */
    @Test
    void itsOwnRequestsAreWrittenAsTheyWereRead() {
        ObjectNode request = (ObjectNode) Golden.json("gemini/request-full.json");
        Encoded encoded = dialect.encode(
                dialect.decode(Body.parse(Golden.bytes("gemini/request-full.json"))), Target.of(NEW, false, null));

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).isEmpty();
        assertThat(encoded.body()).isEqualTo(request);
    }

    @Test
    void aConversationWithoutToolsMayBeginWithTheModel() {
        assertThat(body(OLD, message(Role.ASSISTANT, text("a")), message(Role.USER, text("b"))))
                .isEqualTo(
                        "{'contents':[{'role':'model','parts':[{'text':'a'}]},{'role':'user','parts':[{'text':'b'}]}]}");
    }

    @Test
    void messagesOfOneRoleAreOneTurnAndEmptyWordsAreNone() {
        assertThat(body(
                        OLD,
                        message(Role.USER, text("a"), text("")),
                        message(Role.USER, text("b")),
                        message(Role.ASSISTANT, text("")),
                        message(Role.USER, text("c"))))
                .isEqualTo("{'contents':[{'role':'user','parts':[{'text':'a'},{'text':'b'},{'text':'c'}]}]}");
    }

    @Test
    void resultsOfParallelCallsAreOneTurnInTheirOrder() {
        assertThat(body(
                        OLD,
                        message(Role.ASSISTANT, call("x", "f", "{}"), call("y", "g", "")),
                        message(Role.TOOL, result("y", text("two"))),
                        message(Role.TOOL, result("x", text("{\"a\":0.10}")))))
                .isEqualTo("{'contents':[{'role':'model','parts':[{'functionCall':{'id':'x','name':'f','args':{}}},"
                        + "{'functionCall':{'id':'y','name':'g','args':{}}}]},{'role':'user','parts':["
                        + "{'functionResponse':{'id':'y','name':'g','response':{'output':'two'}}},"
                        + "{'functionResponse':{'id':'x','name':'f','response':{'a':0.10}}}]}]}");
    }

    @Test
    void resultsOfCallsWithoutIdsFollowTheirCalls() {
        assertThat(body(
                        OLD,
                        message(Role.ASSISTANT, call("signalbox_r_0", "f", "{}"), call("signalbox_r_1", "f", "{}")),
                        message(Role.TOOL, result("signalbox_r_1", text("two")), result("signalbox_r_0", text("one")))))
                .contains(
                        "{'functionCall':{'name':'f','args':{}}},{'functionCall':{'name':'f','args':{}}}",
                        "{'functionResponse':{'name':'f','response':{'output':'one'}}},"
                                + "{'functionResponse':{'name':'f','response':{'output':'two'}}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain words | false | {'output':'plain words'}",
                "plain words | true | {'error':'plain words'}",
                "{\"a\":1} | false | {'a':1}",
                "{\"a\":1} | true | {'error':{'a':1}}",
                "[1] | false | {'output':'[1]'}",
                "{\"$ref\":\"x\"} | false | {'output':'{\\'$ref\\':\\'x\\'}'}",
                "{\"a\":[{\"$ref\":\"x\"}]} | false | {'output':'{\\'a\\':[{\\'$ref\\':\\'x\\'}]}'}",
                "{\"id\":9007199254740993} | false | {'output':'{\\'id\\':9007199254740993}'}",
                "{broken | false | {'output':'{broken'}",
            })
    void whatAToolSaysIsAnObject(String words, boolean failed, String response) {
        Part.ToolResult result = new Part.ToolResult("x", List.of(text(words)), failed, null, "p");

        assertThat(body(OLD, message(Role.ASSISTANT, call("x", "f", "{}")), message(Role.TOOL, result)))
                .contains("'response':" + response + "}");
    }

    @Test
    void picturesInResultsStandInsideWhereTheModelSeesThemAndElseBehind() {
        Message[] messages = {
            message(Role.ASSISTANT, call("x", "f", "{}")),
            message(Role.TOOL, result("x", text("see"), image("image/png")))
        };

        assertThat(body(NEW, messages))
                .contains(
                        "'response':{'output':'see'},'parts':[{'inlineData':{'mimeType':'image/png','data':'AA=='}}]}}");
        assertThat(body(OLD, messages))
                .contains("'response':{'output':'see'}}},{'inlineData':{'mimeType':'image/png','data':'AA=='}}]}");
        assertThat(encode(OLD, prompt(messages)).emulated()).containsExactly("p");
        assertThat(encode(NEW, prompt(messages)).emulated()).isEmpty();
    }

    @Test
    void argumentsThatAreNoObjectStandWithinOne() {
        assertThat(body(NEW, message(Role.ASSISTANT, call("x", "f", "[1]")))).contains("'args':{'INVALID_JSON':'[1]'}");
    }

    @Test
    void whatHasNoMeaningForGeminiMakesTheDeploymentNoCandidate() {
        assertThat(unsaid(prompt(message(Role.USER, image("image/gif")))))
                .containsExactly("p required: takes pictures only as PNG, JPEG, WebP, HEIC or HEIF");
        assertThat(unsaid(prompt(message(Role.TOOL, result("x", text("a"))))))
                .contains("p required: takes a tool's result only beside the call that it is of");
        assertThat(unsaid(prompt(message(Role.USER, new Part.Document(new Media.FileId("file-1"), null, null, "p")))))
                .contains("p required: cannot read files that are kept at another vendor");
        assertThat(unsaid(prompt(message(Role.SYSTEM, text("a"))))).contains("m required: needs a message of the user");
    }

    @Test
    void whatGoogleKeepsIsReadThere() {
        assertThat(body(
                        OLD,
                        message(
                                Role.USER,
                                new Part.Image(new Media.Url("https://youtu.be/x"), null, null, "p"),
                                new Part.Document(
                                        new Media.FileId("https://generativelanguage.googleapis.com/v1beta/files/a"),
                                        null,
                                        null,
                                        "p"))))
                .contains(
                        "{'fileData':{'fileUri':'https://youtu.be/x'}},{'fileData':{'fileUri':'https://generativelanguage.googleapis.com/v1beta/files/a'}}");
    }

    @Test
    void sealsGoBackToWhereTheyWereGiven() {
        assertThat(body(
                        NEW,
                        message(
                                Role.ASSISTANT,
                                new Part.SealedThinking("call:x:SEAL", "gemini", "p"),
                                new Part.Thinking("hm", "T", "gemini", "p"),
                                text("words"),
                                new Part.SealedThinking("on:W", "gemini", "p"),
                                call("w", "f", "{}"),
                                call("x", "f", "{}"),
                                new Part.SealedThinking("own:O", "gemini", "p"))))
                .isEqualTo("{'contents':[{'role':'model','parts':[{'text':'hm','thought':true,'thoughtSignature':'T'},"
                        + "{'text':'words','thoughtSignature':'W'},"
                        + "{'functionCall':{'id':'w','name':'f','args':{}},'thoughtSignature':'skip_thought_signature_validator'},"
                        + "{'functionCall':{'id':'x','name':'f','args':{}},'thoughtSignature':'SEAL'},"
                        + "{'text':'','thoughtSignature':'O'}]}]}");
    }

    @Test
    void sealsOfOthersAreStrippedAndSaidToBe() {
        Prompt prompt = prompt(message(
                Role.ASSISTANT,
                new Part.Thinking("hm", "s", "anthropic", "a"),
                new Part.Thinking("", "s", "anthropic", "b"),
                new Part.SealedThinking("d", "responses", "c"),
                new Part.Thinking("so", null, null, "d")));

        assertThat(text(encode(NEW, prompt)))
                .contains("'parts':[{'text':'hm','thought':true},{'text':'so','thought':true}]");
        assertThat(encode(NEW, prompt).unsaid()).allMatch(Unsaid::hint);
        assertThat(encode(NEW, prompt).unsaid())
                .extracting(Unsaid::path)
                .containsExactly("a.signature", "b.signature", "c");
    }

    @Test
    void namesThatGeminiRefusesComeBack() {
        List<String> names = List.of("a b", "a_b", "1st", "", "mcp:x.y-z", "ä".repeat(70), "x".repeat(65), "a/b");
        Prompt prompt = new Prompt(
                List.of(message(Role.USER, text("u"))),
                names.stream()
                        .map(name -> new Tool(name, null, null, null, null, "t"))
                        .toList(),
                new ToolChoice.Named("a b"),
                Map.of(),
                List.of());
        Encoded encoded = encode(OLD, prompt);
        List<String> said = new ArrayList<>();
        encoded.body()
                .at("/tools/0/functionDeclarations")
                .forEach(f -> said.add(f.path("name").asText()));

        assertThat(said).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}"));
        assertThat(said).contains("a_b", "mcp:x.y-z");
        assertThat(encoded.body()
                        .at("/toolConfig/functionCallingConfig/allowedFunctionNames/0")
                        .asText())
                .isEqualTo(said.getFirst());
        Supplier<Dialect.AnswerDecoder> decoder = Objects.requireNonNull(encoded.decoder());
        assertThat(IntStream.range(0, names.size()).mapToObj(i -> called(decoder.get(), said.get(i))))
                .containsExactlyElementsOf(names);
    }

    private static String called(Dialect.AnswerDecoder decoder, String name) {
        String json = "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"" + name + "\"}}]}}]}";
        return Dialect.read(decoder, json.getBytes(StandardCharsets.UTF_8)).stream()
                .filter(ToolCallStarted.class::isInstance)
                .map(event -> ((ToolCallStarted) event).name())
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'object','properties':{},'required':[],'additionalProperties':false} | ",
                "{} | ",
                "{'type':'object','additionalProperties':true} | {'type':'object','additionalProperties':true}",
                "{'type':'object','properties':{'type':{'const':1.50}}} | {'type':'object','properties':{'type':{'const':1.50}}}",
            })
    void aSchemaGoesAsItIsUnlessItSaysNothing(String schema, @Nullable String said) {
        Tool tool = new Tool("f", null, Golden.parse(schema.replace('\'', '"')), null, null, "t");

        assertThat(text(encode(
                        OLD,
                        new Prompt(List.of(message(Role.USER, text("u"))), List.of(tool), null, Map.of(), List.of()))))
                .contains("'functionDeclarations':[{'name':'f'"
                        + (said == null ? "" : ",'parametersJsonSchema':" + said) + "}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                " | false | ",
                " | true | {'mode':'VALIDATED'}",
                "auto | false | {'mode':'AUTO'}",
                "auto | true | {'mode':'VALIDATED'}",
                "none | true | {'mode':'NONE'}",
                "required | true | {'mode':'ANY'}",
                "f | false | {'mode':'ANY','allowedFunctionNames':['f']}",
            })
    void everyChoiceIsAMode(@Nullable String choice, boolean strict, @Nullable String config) {
        ToolChoice given = choice == null
                ? null
                : switch (choice) {
                    case "auto" -> new ToolChoice.Auto();
                    case "none" -> new ToolChoice.None();
                    case "required" -> new ToolChoice.Required();
                    default -> new ToolChoice.Named(choice);
                };
        Tool tool = new Tool("f", null, null, strict ? true : null, null, "t");
        JsonNode body = encode(
                        OLD,
                        new Prompt(List.of(message(Role.USER, text("u"))), List.of(tool), given, Map.of(), List.of()))
                .body();

        assertThat(body.at("/toolConfig/functionCallingConfig").toString().replace('"', '\''))
                .isEqualTo(config == null ? "" : config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "gemini-3-flash-preview | low | {'thinkingLevel':'LOW','includeThoughts':true} | false",
                "gemini-3-flash-preview | medium | {'thinkingLevel':'MEDIUM','includeThoughts':true} | false",
                "gemini-3-flash-preview | none | {'thinkingLevel':'MINIMAL','includeThoughts':true} | true",
                "gemini-3-pro-preview | minimal | {'thinkingLevel':'LOW','includeThoughts':true} | true",
                "gemini-3-pro-preview | medium | {'thinkingLevel':'HIGH','includeThoughts':true} | true",
                "gemini-3.1-pro-preview | medium | {'thinkingLevel':'MEDIUM','includeThoughts':true} | false",
                "gemini-flash-latest | xhigh | {'thinkingLevel':'HIGH','includeThoughts':true} | true",
                "gemini-2.5-flash | none | {'thinkingBudget':0} | false",
                "gemini-2.5-pro | none | {'thinkingBudget':128,'includeThoughts':true} | true",
                "gemini-2.5-flash | low | {'thinkingBudget':1024,'includeThoughts':true} | true",
                "gemini-2.5-flash | medium | {'thinkingBudget':8192,'includeThoughts':true} | true",
                "gemini-2.5-flash | high | {'thinkingBudget':24576,'includeThoughts':true} | true",
                "gemini-2.0-flash | none | | false",
            })
    void anEffortIsALevelOrABudget(String model, String effort, @Nullable String config, boolean emulated) {
        Encoded encoded = encode(model, set(Setting.REASONING_EFFORT, "\"" + effort + "\""));

        assertThat(thinking(encoded)).isEqualTo(config == null ? "" : config);
        assertThat(encoded.emulated()).isEqualTo(emulated ? List.of("REASONING_EFFORT") : List.of());
        assertThat(encoded.unsaid()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "gemini-3-flash-preview | 2000 | {'thinkingBudget':2000,'includeThoughts':true} | ",
                "gemini-2.5-flash | -1 | {'thinkingBudget':-1,'includeThoughts':true} | ",
                "gemini-2.5-flash | 0 | {'thinkingBudget':0} | ",
                "gemini-2.5-flash | 30000 | | thinks with 24576 tokens at most",
                "gemini-2.5-pro | 30000 | {'thinkingBudget':30000,'includeThoughts':true} | ",
                "gemini-2.5-pro | 0 | | thinks with 128 tokens at least",
                "gemini-2.0-flash | 5 | | does not think",
            })
    void aBudgetIsKeptAndNeverClamped(String model, String budget, @Nullable String config, @Nullable String reason) {
        Encoded encoded = encode(model, set(Setting.THINKING_BUDGET, budget));

        assertThat(thinking(encoded)).isEqualTo(config == null ? "" : config);
        assertThat(encoded.unsaid()).extracting(Unsaid::reason).isEqualTo(reason == null ? List.of() : List.of(reason));
        assertThat(encoded.emulated()).isEmpty();
    }

    private static String thinking(Encoded encoded) {
        return encoded.body().at("/generationConfig/thinkingConfig").toString().replace('"', '\'');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TEMPERATURE | 2 | 'temperature':2 | ",
                "TEMPERATURE | 2.1 | | takes temperatures only from 0 to 2",
                "SEED | 4294967296 | | takes seeds only of 32 bits",
                "STOP | ['a','b','c','d','e'] | 'stopSequences':['a','b','c','d','e'] | ",
                "STOP | ['a','b','c','d','e','f'] | | takes 5 stop sequences at most",
                "CANDIDATES | 2 | | gives one answer at a time",
                "CANDIDATES | 1 | | ",
                "FREQUENCY_PENALTY | 0 | | ",
                "FREQUENCY_PENALTY | 0.5 | 'frequencyPenalty':0.5 | ",
                "VERBOSITY | 'low' | | has no verbosity",
                "RESPONSE_FORMAT | {'type':'text'} | | ",
                "RESPONSE_FORMAT | {'type':'json_object'} | 'responseMimeType':'application/json' | ",
                "RESPONSE_FORMAT | {'type':'json_schema','name':'n','schema':{'type':'object'}} | 'responseMimeType':'application/json','responseJsonSchema':{'type':'object'} | ",
                "RESPONSE_FORMAT | {'type':'json_schema'} | | answers in words, in JSON, or by a schema",
            })
    void everySettingIsSaidOrUnsaid(Setting setting, String value, @Nullable String said, @Nullable String reason) {
        Encoded encoded = encode(OLD, set(setting, value.replace('\'', '"')));

        assertThat(encoded.body().path("generationConfig").toString().replace('"', '\''))
                .isEqualTo(said == null ? "" : "{" + said + "}");
        assertThat(encoded.unsaid()).extracting(Unsaid::reason).isEqualTo(reason == null ? List.of() : List.of(reason));
    }

    @Test
    void toolsAndJsonTogetherAreForTheThirdGeneration() {
        Prompt prompt = new Prompt(
                List.of(message(Role.USER, text("u"))),
                List.of(new Tool("f", null, null, null, null, "t")),
                null,
                Map.of(Setting.RESPONSE_FORMAT, new Given(Golden.parse("{\"type\":\"json_object\"}"), "r")),
                List.of());

        assertThat(unsaid(prompt)).containsExactly("r: cannot be given tools and answer in JSON");
        assertThat(encode(NEW, prompt).unsaid()).isEmpty();
    }

    @Test
    void defaultsAreForThoseWhoGaveNone() {
        Map<String, Object> defaults = Map.of(
                "temperature",
                0.5,
                "max_tokens",
                9,
                "reasoning_effort",
                "high",
                "generation_config",
                Map.of("top_k", 2));
        Encoded encoded = dialect.encode(
                set(Setting.TEMPERATURE, "3"), new Target(OLD, false, null, defaults, Dialect.Quirks.NONE, Map.of()));

        assertThat(encoded.body().path("generationConfig"))
                .isEqualTo(Golden.parse(
                        "{\"maxOutputTokens\":9,\"thinkingConfig\":{\"thinkingBudget\":24576},\"topK\":2}"));
    }

    private static Prompt set(Setting setting, String value) {
        return new Prompt(
                List.of(message(Role.USER, text("u"))),
                List.of(),
                null,
                Map.of(setting, new Given(Golden.parse(value), setting.name())),
                List.of());
    }

    private List<String> unsaid(Prompt prompt) {
        return encode(OLD, prompt).unsaid().stream()
                .map(unsaid -> unsaid.path() + (unsaid.required() ? " required: " : ": ") + unsaid.reason())
                .toList();
    }

    private String body(String model, Message... messages) {
        return text(encode(model, prompt(messages)));
    }

    private static String text(Encoded encoded) {
        return encoded.body().toString().replace('"', '\'');
    }

    private Encoded encode(String model, Prompt prompt) {
        return dialect.encode(prompt, Target.of(model, false, null));
    }

    private static Prompt prompt(Message... messages) {
        return new Prompt(List.of(messages), List.of(), null, Map.of(), List.of());
    }

    private static Message message(Role role, Part... parts) {
        return new Message(role, List.of(parts), "m");
    }

    private static Part.Text text(String text) {
        return new Part.Text(text, null, "p");
    }

    private static Part image(String type) {
        return new Part.Image(new Media.Base64(type, "AA=="), null, null, "p");
    }

    private static Part call(String id, String name, String arguments) {
        return new Part.ToolCall(id, name, arguments, null, "p");
    }

    private static Part result(String id, Part... content) {
        return new Part.ToolResult(id, List.of(content), false, null, "p");
    }
}
