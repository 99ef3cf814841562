package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.FinishReason;
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
import dev.signalbox.chat.Prompt.Tool;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Golden;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicRequestEncoderTest {

    private static final Target TARGET =
            new Target("claude-sonnet-4-5", false, 64000, Map.of(), Dialect.Quirks.NONE, Map.of());
    private static final String FOREIGN_ID = "functions.look-up:2";

    private final AnthropicDialect dialect = new AnthropicDialect();

    @Test
    void aFullPromptOfAnotherLanguageIsSaidWhole() {
        JsonNode ephemeral = Golden.parse("{\"type\":\"ephemeral\"}");
        Prompt prompt = new Prompt(
                List.of(
                        message(Role.SYSTEM, 0, text("You are terse.", "messages[0].content")),
                        message(
                                Role.SYSTEM,
                                1,
                                new Part.Text(
                                        "You like birds.",
                                        Golden.parse("{\"type\":\"ephemeral\",\"ttl\":\"1h\"}"),
                                        "messages[1].content[0]")),
                        message(
                                Role.USER,
                                2,
                                text("What is on these?", "messages[2].content[0]"),
                                new Part.Image(
                                        new Media.Url("https://example.com/robin.jpg"),
                                        "auto",
                                        null,
                                        "messages[2].content[1]"),
                                new Part.Image(
                                        new Media.Base64("image/png", "iVBORw0KGgo="),
                                        null,
                                        null,
                                        "messages[2].content[2]"),
                                new Part.Document(
                                        new Media.Base64("application/pdf", "JVBERi0="),
                                        "birds.pdf",
                                        null,
                                        "messages[2].content[3]")),
                        message(
                                Role.ASSISTANT,
                                3,
                                new Part.Thinking("Two birds.", "c2ln", "anthropic", "messages[3].thinking"),
                                text("Let me look.", "messages[3].content")),
                        message(
                                Role.ASSISTANT,
                                4,
                                call("call_1", "birds.look_up", "{\"wing\": 0.20}", "messages[4].tool_calls[0]"),
                                call(FOREIGN_ID, "now", "", "messages[4].tool_calls[1]")),
                        message(
                                Role.TOOL,
                                5,
                                new Part.ToolResult(
                                        "call_1",
                                        List.of(
                                                text("a robin", "messages[5].content[0]"),
                                                new Part.Image(
                                                        new Media.Url("https://example.com/robin.png"),
                                                        null,
                                                        null,
                                                        "messages[5].content[1]")),
                                        false,
                                        ephemeral,
                                        "messages[5]")),
                        message(
                                Role.TOOL,
                                6,
                                new Part.ToolResult(
                                        FOREIGN_ID,
                                        List.of(text("no clock", "messages[6].content")),
                                        true,
                                        null,
                                        "messages[6]")),
                        message(Role.SYSTEM, 7, text("Now in French.", "messages[7].content")),
                        message(Role.USER, 8, text("And?", "messages[8].content")),
                        message(Role.USER, 9, text("Quickly.", "messages[9].content"))),
                List.of(
                        new Tool("birds.look_up", "Looks birds up.", Golden.parse("""
                                        {"type":"object","properties":{"wing":{"type":"number","minimum":0.10}}}"""), true, null, "tools[0]"),
                        new Tool("now", null, null, false, ephemeral, "tools[1]")),
                null,
                given(
                        Setting.MAX_OUTPUT_TOKENS, "20000",
                        Setting.STOP, "[\"END\"]",
                        Setting.USER, "\"u-1\"",
                        Setting.PARALLEL_TOOL_CALLS, "false",
                        Setting.REASONING_EFFORT, "\"medium\"",
                        Setting.FREQUENCY_PENALTY, "0.0",
                        Setting.PRESENCE_PENALTY, "0",
                        Setting.CANDIDATES, "1",
                        Setting.RESPONSE_FORMAT, """
                                {"type":"json_schema","name":"bird","schema":{"type":"object","properties":{"bird":\
                                {"type":"string"}},"required":["bird"],"additionalProperties":false}}"""),
                List.of(new Leftover("logit_bias", NullNode.instance)));

        Encoded encoded = dialect.encode(
                prompt, new Target("claude-sonnet-4-5", true, null, Map.of(), Dialect.Quirks.NONE, Map.of()));

        assertThat(Json.text(encoded.body())).isEqualTo(Json.text(Golden.json("anthropic/full.to-anthropic.json")));
        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).containsExactly("messages[7]", "reasoning_effort");
    }

    @Test
    void aConversationMustBeginWithTheUser() {
        Encoded encoded = encode(
                message(Role.ASSISTANT, 0, text("Hello!", "messages[0].content")),
                message(Role.USER, 1, text("hi", "messages[1].content")));

        assertThat(unsaid(encoded)).containsExactly("messages[0]");
        assertThat(roles(encoded)).containsExactly("user");
    }

    @Test
    void aConversationWithoutAUserCannotBeSaid() {
        Encoded encoded = encode(message(Role.SYSTEM, 0, text("Be terse.", "messages[0].content")));

        assertThat(encoded.unsaid()).singleElement().satisfies(unsaid -> {
            assertThat(unsaid.path()).isEqualTo("messages[0]");
            assertThat(unsaid.required()).isTrue();
        });
    }

    @Test
    void rolesAlternateEvenWhereAMessageIsBlank() {
        Encoded encoded = encode(
                message(Role.USER, 0, text("a", "messages[0].content")),
                message(Role.ASSISTANT, 1, text("", "messages[1].content")),
                message(Role.USER, 2, text("b", "messages[2].content[0]"), text(" \n", "messages[2].content[1]")));

        assertThat(roles(encoded)).containsExactly("user");
        assertThat(encoded.body().at("/messages/0/content")).hasSize(2);
        assertThat(encoded.emulated()).containsExactly("messages[1]", "messages[2].content[1]");
    }

    @Test
    void resultsOfToolsComeBeforeTextInTheirOrder() {
        Encoded encoded = encode(
                message(Role.USER, 0, text("go", "messages[0].content")),
                message(
                        Role.ASSISTANT,
                        1,
                        call("a", "f", "{}", "messages[1].tool_calls[0]"),
                        call("b", "f", "{}", "messages[1].tool_calls[1]")),
                message(Role.USER, 2, text("wait", "messages[2].content")),
                message(Role.TOOL, 3, result("a", "1", "messages[3]")),
                message(Role.TOOL, 4, result("b", "", "messages[4]")));

        JsonNode turn = encoded.body().at("/messages/2/content");
        assertThat(turn)
                .extracting(block -> block.path("type").asText())
                .containsExactly("tool_result", "tool_result", "text");
        assertThat(turn).extracting(block -> block.path("tool_use_id").asText()).containsExactly("a", "b", "");
        assertThat(turn.get(1).has("content")).isFalse();
        assertThat(encoded.emulated()).containsExactly("messages[3]", "messages[4]");
    }

    @Test
    void wordsPutIntoTheModelsMouthDoNotEndInSpace() {
        Encoded encoded = encode(
                message(Role.USER, 0, text("rhyme", "messages[0].content")),
                message(Role.ASSISTANT, 1, text("Roses are \n", "messages[1].content")));

        assertThat(encoded.body().at("/messages/1/content/0/text").asText()).isEqualTo("Roses are");
        assertThat(encoded.emulated()).containsExactly("messages[1].content");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1]", "\"x\"", "null", "{} {}", "{\"a\":}"})
    void argumentsThatAreNoObjectStandWithinOne(String arguments) {
        Encoded encoded = encode(
                message(Role.USER, 0, text("go", "messages[0].content")),
                message(Role.ASSISTANT, 1, call("a", "f", arguments, "messages[1].tool_calls[0]")));

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).containsExactly("messages[1].tool_calls[0]");
        assertThat(encoded.body().at("/messages/1/content/0/input/INVALID_JSON").asText())
                .isEqualTo(arguments);
    }

    @Test
    void thinkingIsGivenBackOnlyToTheVendorThatSignedIt() {
        Encoded encoded = encode(
                message(Role.USER, 0, text("go", "messages[0].content")),
                message(
                        Role.ASSISTANT,
                        1,
                        new Part.Thinking("", "c2ln+/==", "anthropic", "p0"),
                        new Part.SealedThinking("data+/==", "anthropic", "p1"),
                        new Part.Thinking("a", "sig", "gemini", "p2"),
                        new Part.Thinking("a", null, null, "p3"),
                        new Part.Thinking("a", null, "anthropic", "p4"),
                        new Part.SealedThinking("x", "responses", "p5"),
                        new Part.Refusal("I will not.", "p6")));

        assertThat(Json.text(encoded.body().at("/messages/1/content"))).isEqualTo("""
                        [{"type":"thinking","thinking":"","signature":"c2ln+/=="},\
                        {"type":"redacted_thinking","data":"data+/=="},\
                        {"type":"text","text":"I will not."}]""");
        assertThat(unsaid(encoded)).containsExactly("p2", "p3", "p4", "p5");
        assertThat(encoded.unsaid()).noneMatch(Unsaid::required);
        assertThat(encoded.emulated()).containsExactly("p6");
    }

    @Test
    void mediaThatCannotBeReadAreNamed() {
        Encoded encoded = encode(message(
                Role.USER,
                0,
                text("x", "p0"),
                new Part.Audio(new Media.Base64("audio/wav", "AAAA"), "p1"),
                new Part.Image(new Media.Base64("image/svg+xml", "AAAA"), null, null, "p2"),
                new Part.Image(new Media.FileId("file-abc"), null, null, "p3"),
                new Part.Image(new Media.FileId("file_abc"), "high", null, "p4"),
                new Part.Image(new Media.Base64("IMAGE/JPG; q=1", "AAAA"), null, null, "p5"),
                new Part.Document(new Media.Base64("application/zip", "AAAA"), null, null, "p6"),
                new Part.Document(new Media.Base64("text/markdown", "IyBoaQ=="), "a.md", null, "p7"),
                new Part.Document(new Media.Base64("text/plain", "/w=="), null, null, "p8"),
                new Part.Document(new Media.FileId("file-abc"), null, null, "p9")));

        assertThat(encoded.unsaid().stream().filter(Unsaid::required).map(Unsaid::path))
                .containsExactly("p1", "p2", "p3", "p6", "p8", "p9");
        assertThat(unsaid(encoded)).contains("p4.detail");
        assertThat(encoded.emulated()).containsExactly("p7");
        assertThat(Json.text(encoded.body().at("/messages/0/content"))).isEqualTo("""
                        [{"type":"text","text":"x"},\
                        {"type":"image","source":{"type":"file","file_id":"file_abc"}},\
                        {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AAAA"}},\
                        {"type":"document","source":{"type":"text","media_type":"text/plain","data":"# hi"},\
                        "title":"a.md"}]""");
    }

    @Test
    void everyToolChoiceHasItsWord() {
        assertThat(choice(new ToolChoice.Auto(), null)).isEqualTo("{\"type\":\"auto\"}");
        assertThat(choice(new ToolChoice.None(), "false")).isEqualTo("{\"type\":\"none\"}");
        assertThat(choice(new ToolChoice.Required(), "false"))
                .isEqualTo("{\"type\":\"any\",\"disable_parallel_tool_use\":true}");
        assertThat(choice(new ToolChoice.Named("a.b"), "true")).isEqualTo("{\"type\":\"tool\",\"name\":\"a_x2e_b\"}");
        assertThat(choice(null, "false")).isEqualTo("{\"type\":\"auto\",\"disable_parallel_tool_use\":true}");
        assertThat(choice(null, "true")).isEmpty();
    }

    private String choice(ToolChoice choice, String parallel) {
        Map<Setting, Given> settings = parallel == null ? Map.of() : given(Setting.PARALLEL_TOOL_CALLS, parallel);
        Prompt prompt = new Prompt(
                user(), List.of(new Tool("a.b", null, null, null, null, "tools[0]")), choice, settings, List.of());
        Encoded encoded = dialect.encode(prompt, TARGET);
        assertThat(encoded.unsaid()).isEmpty();
        return encoded.body().has("tool_choice") ? Json.text(encoded.body().path("tool_choice")) : "";
    }

    @Test
    void aToolCannotBeDemandedWhereThereIsNone() {
        Prompt prompt = new Prompt(
                user(), List.of(), new ToolChoice.Required(), given(Setting.PARALLEL_TOOL_CALLS, "false"), List.of());
        Encoded encoded = dialect.encode(prompt, TARGET);

        assertThat(unsaid(encoded)).containsExactly("tool_choice");
        assertThat(encoded.body().has("tool_choice")).isFalse();
    }

    @Test
    void schemasAreSentAsTheyAreButSayThatTheyAreObjects() {
        Prompt prompt = new Prompt(
                user(),
                List.of(
                        new Tool("a", null, Golden.parse("{}"), null, null, "tools[0]"),
                        new Tool(
                                "b",
                                null,
                                Golden.parse("{\"$ref\":\"#/$defs/x\",\"$defs\":{}}"),
                                null,
                                null,
                                "tools[1]"),
                        new Tool("c", null, Golden.parse("true"), null, null, "tools[2]"),
                        new Tool("d".repeat(65), null, null, null, null, "tools[3]")),
                null,
                Map.of(),
                List.of());
        Encoded encoded = dialect.encode(prompt, TARGET);

        assertThat(encoded.body().path("tools"))
                .extracting(tool -> Json.text(tool.path("input_schema")))
                .containsExactly(
                        "{\"type\":\"object\",\"properties\":{}}",
                        "{\"type\":\"object\",\"$ref\":\"#/$defs/x\",\"$defs\":{}}",
                        "{\"type\":\"object\",\"properties\":{}}",
                        "{\"type\":\"object\",\"properties\":{}}");
        assertThat(unsaid(encoded)).containsExactly("tools[2].parameters");
    }

    @Test
    void theTokenLimitIsTheCallersElseTheDeploymentsElseTheModels() {
        assertThat(encode(given(Setting.MAX_OUTPUT_TOKENS, "5"), TARGET)
                        .body()
                        .path("max_tokens")
                        .intValue())
                .isEqualTo(5);
        assertThat(encode(Map.of(), TARGET).body().path("max_tokens").intValue())
                .isEqualTo(64000);
        assertThat(encode(Map.of(), defaults(Map.of("max_tokens", 99)))
                        .body()
                        .path("max_tokens")
                        .intValue())
                .isEqualTo(99);
        assertThatThrownBy(() ->
                        encode(Map.of(), new Target("claude-x", false, null, Map.of(), Dialect.Quirks.NONE, Map.of())))
                .isInstanceOfSatisfying(InvalidRequest.class, e -> {
                    assertThat(e.param()).isEqualTo("max_tokens");
                    assertThat(e.message()).contains("'max_tokens' is required");
                });
    }

    @Test
    void whatIsOutOfRangeIsNeverClamped() {
        Encoded encoded = encode(
                given(
                        Setting.TEMPERATURE, "1.7",
                        Setting.SEED, "7",
                        Setting.FREQUENCY_PENALTY, "0.5",
                        Setting.PRESENCE_PENALTY, "-1",
                        Setting.CANDIDATES, "2",
                        Setting.RESPONSE_FORMAT, "{\"type\":\"grammar\"}",
                        Setting.STOP, "[\" \\n\",\"END\",\"\"]"),
                defaults(Map.of("temperature", 0.5)));

        assertThat(unsaid(encoded))
                .containsExactlyInAnyOrder(
                        "temperature",
                        "seed",
                        "frequency_penalty",
                        "presence_penalty",
                        "candidates",
                        "response_format",
                        "stop[0]",
                        "stop[2]");
        assertThat(Json.text(encoded.body().path("stop_sequences"))).isEqualTo("[\"END\"]");
        assertThat(encoded.body().has("temperature")).isFalse();
    }

    @Test
    void numbersKeepTheirForm() {
        Encoded encoded =
                encode(given(Setting.TEMPERATURE, "0.20", Setting.TOP_P, "0.90", Setting.TOP_K, "40"), TARGET);

        assertThat(Json.text(encoded.body())).contains("\"temperature\":0.20,\"top_p\":0.90,\"top_k\":40");
    }

    @Test
    void aTopPThatCutsNothingIsNotSaidBesideATemperature() {
        Encoded encoded = encode(given(Setting.TEMPERATURE, "0.2", Setting.TOP_P, "1.0"), TARGET);

        assertThat(encoded.body().has("top_p")).isFalse();
        assertThat(encoded.unsaid()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "minimal, 64000, 1024",
        "low, 64000, 1024",
        "medium, 64000, 8192",
        "high, 64000, 16384",
        "xhigh, 80000, 32768",
        "high, 8000, 4000",
        "high, 1025, 1024",
    })
    void effortIsABudgetBelowTheTokenLimit(String effort, int maxTokens, int budget) {
        Encoded encoded = encode(effort(effort, Setting.MAX_OUTPUT_TOKENS, String.valueOf(maxTokens)), TARGET);

        assertThat(Json.text(encoded.body().path("thinking")))
                .isEqualTo("{\"type\":\"enabled\",\"budget_tokens\":" + budget + "}");
        assertThat(encoded.emulated()).containsExactly("reasoning_effort");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-opus-4-7, true",
        "claude-sonnet-5, true",
        "us.anthropic.claude-opus-4-8-v1:0, true",
        "claude-opus-4-6, true",
        "claude-mythos-preview, true",
        "claude-opus-4-5, false",
        "claude-sonnet-4-20250514, false",
        "claude-3-7-sonnet-20250219, false",
        "some-model, false",
    })
    void modelsThatRefuseABudgetAreToldTheEffort(String model, boolean told) {
        Encoded encoded =
                encode(effort("high"), new Target(model, false, 64000, Map.of(), Dialect.Quirks.NONE, Map.of()));

        assertThat(encoded.body().at("/thinking/type").asText()).isEqualTo(told ? "adaptive" : "enabled");
        assertThat(encoded.body().at("/output_config/effort").asText()).isEqualTo(told ? "high" : "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "claude-sonnet-4-5 | 2049 | {\"type\":\"enabled\",\"budget_tokens\":2049} | | ",
                "claude-opus-4-6 | 2049 | {\"type\":\"enabled\",\"budget_tokens\":2049} | | ",
                "claude-sonnet-4-5 | 1023 | | b | ",
                "claude-sonnet-4-5 | 64000 | | b | ",
                "claude-sonnet-4-5 | 0 | | | ",
                "claude-sonnet-4-5 | -1 | {\"type\":\"enabled\",\"budget_tokens\":16384} | | b",
                "claude-sonnet-4-6 | -1 | {\"type\":\"adaptive\"} | | ",
                "claude-opus-5 | 0 | {\"type\":\"disabled\"} | | ",
                "claude-opus-5 | -1 | {\"type\":\"adaptive\"} | | ",
                "claude-opus-5 | 100 | {\"type\":\"adaptive\"} | | b",
            })
    void aBudgetIsExactOrRefusedOrDisclosed(
            String model, String budget, String thinking, String unsaid, String emulated) {
        Map<Setting, Given> given = Map.of(Setting.THINKING_BUDGET, new Given(Golden.parse(budget), "b"));
        Encoded encoded = encode(given, Target.of(model, false, 64000));

        assertThat(Json.text(encoded.body().path("thinking"))).isEqualTo(thinking == null ? "null" : thinking);
        assertThat(unsaid(encoded)).isEqualTo(unsaid == null ? List.of() : List.of(unsaid));
        assertThat(encoded.emulated()).isEqualTo(emulated == null ? List.of() : List.of(emulated));
    }

    @Test
    void aModelThatTakesNoBudgetIsToldTheNearestEffort() {
        Map<Setting, Given> given = Map.of(Setting.THINKING_BUDGET, new Given(Golden.parse("32000"), "b"));

        assertThat(encode(given, Target.of("claude-opus-5", false, 64000))
                        .body()
                        .has("output_config"))
                .isFalse();
        assertThat(Json.text(encode(
                                Map.of(Setting.THINKING_BUDGET, new Given(Golden.parse("4096"), "b")),
                                Target.of("claude-opus-5", false, 64000))
                        .body()
                        .path("output_config")))
                .isEqualTo("{\"effort\":\"low\"}");
    }

    @Test
    void anEffortBesideABudgetIsSaidWhereItIsKnown() {
        Map<Setting, Given> both = new EnumMap<>(effort("low"));
        both.put(Setting.THINKING_BUDGET, new Given(Golden.parse("2048"), "b"));

        assertThat(Json.text(
                        encode(both, Target.of("claude-opus-4-5", false, 64000)).body()))
                .contains("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048}")
                .contains("\"output_config\":{\"effort\":\"low\"}");
        assertThat(unsaid(encode(both, TARGET))).containsExactly("reasoning_effort");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "claude-opus-5 | true | {\"type\":\"adaptive\",\"display\":\"summarized\"} | ",
                "claude-opus-4-8 | false | {\"type\":\"adaptive\",\"display\":\"omitted\"} | ",
                "claude-sonnet-4-5 | true | {\"type\":\"enabled\",\"budget_tokens\":16384} | ",
                "claude-sonnet-4-5 | false | {\"type\":\"enabled\",\"budget_tokens\":16384} | w",
            })
    void thoughtsAreShownAsWanted(String model, String wanted, String thinking, String hint) {
        Map<Setting, Given> given = new EnumMap<>(effort("high"));
        given.put(Setting.THOUGHTS_WANTED, new Given(Golden.parse(wanted), "w"));
        Encoded encoded = encode(given, Target.of(model, false, 64000));

        assertThat(Json.text(encoded.body().path("thinking"))).isEqualTo(thinking);
        assertThat(encoded.unsaid()).allMatch(Unsaid::hint);
        assertThat(unsaid(encoded)).isEqualTo(hint == null ? List.of() : List.of(hint));
    }

    @Test
    void modelsThatTakeNoSamplingAreSpared() {
        Map<Setting, Given> given = given(Setting.TEMPERATURE, "0.5", Setting.TOP_P, "0.9", Setting.TOP_K, "4");
        Target target =
                new Target("claude-opus-4-7", false, 64000, Map.of("temperature", 0.1), Dialect.Quirks.NONE, Map.of());

        assertThat(unsaid(encode(given, target))).containsExactlyInAnyOrder("temperature", "top_p", "top_k");
        Encoded usual = encode(given(Setting.TEMPERATURE, "1", Setting.TOP_P, "1.0"), target);
        assertThat(usual.unsaid()).isEmpty();
        assertThat(usual.body().has("temperature") || usual.body().has("top_p")).isFalse();
    }

    @Test
    void aFormatThatAModelDoesNotKnowIsTheArgumentOfATool() {
        Map<Setting, Given> given = given(
                Setting.RESPONSE_FORMAT,
                "{\"type\":\"json_schema\",\"schema\":{\"properties\":{\"a\":{\"type\":\"number\"}}}}");
        Encoded encoded = encode(given, Target.of("claude-sonnet-4-20250514", false, 64000));

        assertThat(Json.text(encoded.body().path("tools")))
                .isEqualTo(
                        "[{\"name\":\"answer_in_json\",\"description\":\"Gives the answer, all of it.\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}}}}]");
        assertThat(Json.text(encoded.body().path("tool_choice")))
                .isEqualTo("{\"type\":\"tool\",\"name\":\"answer_in_json\"}");
        assertThat(encoded.emulated()).containsExactly("response_format");
        byte[] answer = """
                {"type":"message","id":"m","model":"x","content":[{"type":"tool_use","id":"1","name":"answer_in_json","input":{"a":1.50}}],"stop_reason":"tool_use"}""".getBytes(StandardCharsets.UTF_8);
        assertThat(Dialect.read(encoded.decoder().get(), answer))
                .containsExactly(
                        new ChatEvent.Started("m", "x"),
                        new ChatEvent.Text("{\"a\":1.50}"),
                        new ChatEvent.Finished(FinishReason.STOP, null));
    }

    @Test
    void jsonOfAnyShapeIsAskedForInWordsWhereThinkingForbidsTools() {
        Encoded encoded = encode(
                given(Setting.RESPONSE_FORMAT, "{\"type\":\"json_object\"}"), Target.of("claude-opus-5", false, 64000));

        assertThat(encoded.body().has("tools")).isFalse();
        assertThat(encoded.body().at("/system/0/text").asText()).contains("one JSON object");
        assertThat(encoded.emulated()).containsExactly("response_format");
    }

    @Test
    void namesOfAnyLengthComeBack() {
        String name = "mcp." + "long".repeat(30);
        Prompt prompt = new Prompt(
                user(),
                List.of(new Tool(name, null, null, null, null, "tools[0]"), new Tool("", null, null, null, null, "t")),
                new ToolChoice.Named(name),
                Map.of(),
                List.of());
        Encoded encoded = dialect.encode(prompt, TARGET);
        String said = encoded.body().at("/tools/0/name").asText();

        assertThat(said).matches("[a-zA-Z0-9_-]{1,64}");
        assertThat(encoded.body().at("/tools/1/name").asText()).matches("[a-zA-Z0-9_-]{1,64}");
        assertThat(encoded.body().at("/tool_choice/name").asText()).isEqualTo(said);
        assertThat(encoded.unsaid()).isEmpty();
        byte[] answer = ("{\"content\":[{\"type\":\"tool_use\",\"id\":\"1\",\"name\":\"" + said
                        + "\",\"input\":{}}],\"stop_reason\":\"tool_use\"}")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(Dialect.read(encoded.decoder().get(), answer)).contains(new ChatEvent.ToolCallStarted(0, "1", name));
    }

    @Test
    void theFifthMarkIsLeftOutAndDisclosed() {
        JsonNode mark = Golden.parse("{\"type\":\"ephemeral\"}");
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            parts.add(new Part.Text("t" + i, mark, "p" + i));
        }
        Prompt prompt = new Prompt(
                List.of(new Message(Role.USER, parts, "m")),
                List.of(new Tool("f", null, null, null, mark, "tools[0]")),
                null,
                Map.of(),
                List.of());
        Encoded encoded = dialect.encode(prompt, TARGET);

        assertThat(encoded.unsaid()).hasSize(1).allMatch(Unsaid::hint);
        assertThat(unsaid(encoded)).containsExactly("p3.cache_control");
        assertThat(Json.text(encoded.body()).split("cache_control", -1)).hasSize(5);
    }

    @Test
    void defaultsMayBeInOpenAisWords() {
        Encoded encoded = encode(
                Map.of(),
                defaults(Map.of("stop", "END", "max_completion_tokens", 77, "user", "u", "seed", 3, "top_k", 5)));

        assertThat(Json.text(encoded.body().path("stop_sequences"))).isEqualTo("[\"END\"]");
        assertThat(encoded.body().path("max_tokens").asInt()).isEqualTo(77);
        assertThat(encoded.body().at("/metadata/user_id").asText()).isEqualTo("u");
        assertThat(encoded.body().path("top_k").asInt()).isEqualTo(5);
        assertThat(encoded.body().has("seed")).isFalse();
    }

    @Test
    void aDeploymentMaySayThatItsModelIsToldTheEffort() {
        Target target = defaults(Map.of("thinking", Map.of("type", "adaptive", "display", "summarized")));

        Encoded encoded = encode(effort("minimal"), target);
        assertThat(Json.text(encoded.body().path("thinking")))
                .contains("\"type\":\"adaptive\"")
                .contains("\"display\":\"summarized\"");
        assertThat(encoded.body().at("/output_config/effort").asText()).isEqualTo("low");
        assertThat(encode(Map.of(), target).body().at("/thinking/type").asText())
                .isEqualTo("adaptive");
        assertThat(encode(effort("none"), target).body().has("thinking")).isFalse();
    }

    @Test
    void thinkingThatIsIllegalIsUnsaid() {
        assertNoThinking(effort("high", Setting.TEMPERATURE, "0.5"));
        assertNoThinking(effort("high", Setting.TOP_K, "5"));
        assertNoThinking(effort("high", Setting.TOP_P, "0.5"));
        assertNoThinking(effort("high", Setting.MAX_OUTPUT_TOKENS, "1024"));
        assertNoThinking(effort("extreme"));
        Encoded forced = dialect.encode(
                new Prompt(
                        user(),
                        List.of(new Tool("a", null, null, null, null, "tools[0]")),
                        new ToolChoice.Required(),
                        effort("high"),
                        List.of()),
                TARGET);
        assertThat(unsaid(forced)).containsExactly("reasoning_effort");
    }

    private void assertNoThinking(Map<Setting, Given> settings) {
        Encoded encoded = encode(settings, TARGET);
        assertThat(unsaid(encoded)).containsExactly("reasoning_effort");
        assertThat(encoded.body().has("thinking")).isFalse();
    }

    @Test
    void thinkingCannotBeginInTheMiddleOfATurn() {
        List<Message> messages = List.of(
                message(Role.USER, 0, text("go", "messages[0].content")),
                message(Role.ASSISTANT, 1, call("a", "f", "{}", "messages[1].tool_calls[0]")),
                message(Role.TOOL, 2, result("a", "1", "messages[2]")));

        Encoded encoded = dialect.encode(new Prompt(messages, List.of(), null, effort("low"), List.of()), TARGET);
        assertThat(unsaid(encoded)).containsExactly("reasoning_effort");
        assertThat(encoded.unsaid()).as("the turn may go on without it").allMatch(Unsaid::hint);
        assertThat(encoded.body().has("thinking")).isFalse();
    }

    @Test
    void defaultsFillInWhatTheCallerLeftOpen() {
        Target target = defaults(Map.of(
                "temperature", 0.5, "top_k", 3, "service_tier", "auto", "output_config", Map.of("effort", "low")));
        Encoded encoded = encode(
                given(
                        Setting.TEMPERATURE, "0.1",
                        Setting.RESPONSE_FORMAT, "{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}"),
                target);

        assertThat(encoded.body().path("temperature").asText()).isEqualTo("0.1");
        assertThat(encoded.body().path("top_k").asInt()).isEqualTo(3);
        assertThat(encoded.body().path("service_tier").asText()).isEqualTo("auto");
        assertThat(encoded.body().at("/output_config/effort").asText()).isEqualTo("low");
        assertThat(encoded.body().at("/output_config/format/type").asText()).isEqualTo("json_schema");
        assertThat(encode(effort("high"), target).body().has("temperature")).isFalse();
    }

    @Test
    void leftoversAreNamedUnlessTheyAreNull() {
        Prompt prompt = new Prompt(
                user(),
                List.of(),
                null,
                Map.of(),
                List.of(
                        new Leftover("logit_bias", Golden.parse("{\"1\":2}")),
                        new Leftover("store", NullNode.instance)));

        assertThat(unsaid(dialect.encode(prompt, TARGET))).containsExactly("logit_bias");
    }

    private Encoded encode(Message... messages) {
        return dialect.encode(new Prompt(List.of(messages), List.of(), null, Map.of(), List.of()), TARGET);
    }

    private Encoded encode(Map<Setting, Given> settings, Target target) {
        return dialect.encode(new Prompt(user(), List.of(), null, settings, List.of()), target);
    }

    private static Target defaults(Map<String, Object> defaults) {
        return new Target("claude-sonnet-4-5", false, 64000, defaults, Dialect.Quirks.NONE, Map.of());
    }

    private static List<Message> user() {
        return List.of(message(Role.USER, 0, text("hi", "messages[0].content")));
    }

    private static Message message(Role role, int index, Part... parts) {
        return new Message(role, List.of(parts), "messages[" + index + "]");
    }

    private static Part text(String text, String path) {
        return new Part.Text(text, null, path);
    }

    private static Part call(String id, String name, String arguments, String path) {
        return new Part.ToolCall(id, name, arguments, null, path);
    }

    private static Part result(String id, String text, String path) {
        return new Part.ToolResult(id, List.of(text(text, path + ".content")), false, null, path);
    }

    private static Map<Setting, Given> effort(String effort, Object... more) {
        Map<Setting, Given> settings = new EnumMap<>(Setting.class);
        settings.putAll(given(Setting.REASONING_EFFORT, "\"" + effort + "\""));
        settings.putAll(given(more));
        return settings;
    }

    private static Map<Setting, Given> given(Object... settings) {
        Map<Setting, Given> given = new EnumMap<>(Setting.class);
        for (int i = 0; i < settings.length; i += 2) {
            Setting setting = (Setting) settings[i];
            String path = setting.name().toLowerCase(java.util.Locale.ROOT);
            given.put(setting, new Given(Golden.parse((String) settings[i + 1]), path));
        }
        return given;
    }

    private static List<String> unsaid(Encoded encoded) {
        return encoded.unsaid().stream().map(Unsaid::path).toList();
    }

    private static List<String> roles(Encoded encoded) {
        return encoded.body()
                .path("messages")
                .valueStream()
                .map(turn -> turn.path("role").asText())
                .toList();
    }
}
