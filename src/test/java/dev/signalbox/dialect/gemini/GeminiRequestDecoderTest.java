package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiRequestDecoderTest {

    private final GeminiDialect dialect = new GeminiDialect();

    @Test
    void theConversationIsReadInItsOrder() {
        Prompt prompt = dialect.decode(Body.parse(Golden.bytes("gemini/request-full.json")));

        assertThat(prompt.messages())
                .extracting(Message::role)
                .containsExactly(
                        Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL, Role.USER, Role.ASSISTANT, Role.USER);
        assertThat(prompt.messages().get(0).parts())
                .containsExactly(
                        new Part.Text("Be brief.", null, "systemInstruction.parts[0]"),
                        new Part.Text("Be kind.", null, "systemInstruction.parts[1]"));
        assertThat(prompt.messages().get(1).parts())
                .containsExactly(
                        new Part.Text("What is this?", null, "contents[0].parts[0]"),
                        new Part.Image(new Media.Base64("image/png", "AAAA"), null, null, "contents[0].parts[1]"),
                        new Part.Document(
                                new Media.Base64("application/pdf", "BBBB"), null, null, "contents[0].parts[2]"),
                        new Part.Audio(new Media.Base64("audio/wav", "CCCC"), "contents[0].parts[3]"),
                        new Part.Document(new Media.FileId("gs://bucket/a.pdf"), null, null, "contents[0].parts[4]"));
    }

    @Test
    void callsWithoutIdsGetSomeAndResultsFindThem() {
        Prompt prompt = dialect.decode(Body.parse(Golden.bytes("gemini/request-full.json")));

        assertThat(prompt.messages().get(2).parts())
                .containsExactly(
                        new Part.Thinking("Hm.", "AAA=", "gemini", "contents[1].parts[0]"),
                        new Part.Text("Let me see.", null, "contents[1].parts[1]"),
                        new Part.SealedThinking("on:BBB=", "gemini", "contents[1].parts[1]"),
                        new Part.SealedThinking("call:signalbox_call_0:CCC=", "gemini", "contents[1].parts[2]"),
                        new Part.ToolCall("signalbox_call_0", "look.up", "{\"a\":0.20}", null, "contents[1].parts[2]"),
                        new Part.ToolCall("signalbox_call_1", "look.up", "{\"a\":1}", null, "contents[1].parts[3]"),
                        new Part.ToolCall("own", "find", "{}", null, "contents[1].parts[4]"));
        assertThat(prompt.messages().get(3).parts())
                .containsExactly(
                        new Part.ToolResult(
                                "signalbox_call_0",
                                List.of(new Part.Text("one", null, "contents[2].parts[0].functionResponse.response")),
                                false,
                                null,
                                "contents[2].parts[0]"),
                        new Part.ToolResult(
                                "signalbox_call_1",
                                List.of(new Part.Text("two", null, "contents[2].parts[1].functionResponse.response")),
                                true,
                                null,
                                "contents[2].parts[1]"),
                        new Part.ToolResult(
                                "own",
                                List.of(
                                        new Part.Text(
                                                "{\"rows\":[1,2.50]}",
                                                null,
                                                "contents[2].parts[2].functionResponse.response"),
                                        new Part.Image(
                                                new Media.Base64("image/png", "DDDD"),
                                                null,
                                                null,
                                                "contents[2].parts[2].functionResponse.parts[0]")),
                                false,
                                null,
                                "contents[2].parts[2]"));
        assertThat(prompt.messages().get(5).parts())
                .containsExactly(
                        new Part.SealedThinking("own:EEE=", "gemini", "contents[3].parts[0]"),
                        new Part.Text("So.", null, "contents[3].parts[1]"));
    }

    @Test
    void nullAndAnEmptyListAreTheSameAsNothing() {
        Prompt prompt = decode("{'contents':[{'parts':[{'text':'hi'}]}],'safetySettings':[],'cachedContent':null,"
                + "'tools':[{'googleSearch':{}}]}");
        assertThat(prompt.leftovers()).extracting(Leftover::path).containsExactly("tools[0].googleSearch");
    }

    @Test
    void toolsSettingsAndWhatOnlyGeminiHasAreRead() {
        Prompt prompt = dialect.decode(Body.parse(Golden.bytes("gemini/request-full.json")));

        assertThat(prompt.tools())
                .containsExactly(
                        new Tool(
                                "look.up",
                                "Looks up",
                                Golden.parse(
                                        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}},\"required\":[\"a\"],\"additionalProperties\":false}"),
                                null,
                                null,
                                "tools[0].functionDeclarations[0]"),
                        new Tool("find", null, null, null, null, "tools[0].functionDeclarations[1]"));
        assertThat(prompt.toolChoice()).isEqualTo(new ToolChoice.Named("find"));
        assertThat(given(prompt))
                .isEqualTo(Map.ofEntries(
                        Map.entry(Setting.MAX_OUTPUT_TOKENS, "1000"),
                        Map.entry(Setting.TEMPERATURE, "0.20"),
                        Map.entry(Setting.TOP_P, "0.9"),
                        Map.entry(Setting.TOP_K, "40"),
                        Map.entry(Setting.FREQUENCY_PENALTY, "0.5"),
                        Map.entry(Setting.PRESENCE_PENALTY, "-0.5"),
                        Map.entry(Setting.SEED, "7"),
                        Map.entry(Setting.STOP, "[\"END\"]"),
                        Map.entry(
                                Setting.RESPONSE_FORMAT,
                                "{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/x\"}},\"$defs\":{\"x\":{\"type\":[\"string\",\"null\"]}}}}"),
                        Map.entry(Setting.REASONING_EFFORT, "\"high\""),
                        Map.entry(Setting.THOUGHTS_WANTED, "true")));
        assertThat(prompt.leftovers())
                .extracting(Leftover::path)
                .containsExactlyInAnyOrder(
                        "tools[1].googleSearch",
                        "generationConfig.mediaResolution",
                        "safetySettings",
                        "cachedContent",
                        "labels");
    }

    private static Map<Setting, String> given(Prompt prompt) {
        return prompt.settings().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> Json.text(entry.getValue().value())));
    }

    @Test
    void bothSpellingsMeanTheSame() {
        Prompt camel = dialect.decode(Body.parse(Golden.bytes("gemini/request-full.json")));
        Prompt snake = dialect.decode(Body.parse(Json.bytes(snake(Golden.json("gemini/request-full.json")))));

        assertThat(given(snake)).isEqualTo(given(camel));
        assertThat(snake.messages())
                .extracting(Message::role)
                .isEqualTo(camel.messages().stream().map(Message::role).toList());
        assertThat(snake.messages().get(2).parts())
                .isEqualTo(camel.messages().get(2).parts());
        assertThat(snake.tools()).hasSize(2);
        assertThat(snake.toolChoice()).isEqualTo(camel.toolChoice());
        assertThat(snake.settings().get(Setting.MAX_OUTPUT_TOKENS))
                .extracting(Given::path)
                .isEqualTo("generation_config.max_output_tokens");
        assertThat(snake.leftovers()).hasSameSizeAs(camel.leftovers());
    }

    private static JsonNode snake(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode said = Json.object();
            object.properties().forEach(field -> {
                boolean own = Set.of("args", "response", "labels").contains(field.getKey());
                boolean schema = field.getKey().endsWith("JsonSchema");
                said.set(Fields.snake(field.getKey()), own || schema ? field.getValue() : snake(field.getValue()));
            });
            return said;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode said = Json.mapper().createArrayNode();
            array.forEach(each -> said.add(snake(each)));
            return said;
        }
        return node;
    }

    @Test
    void whatTheVendorsExamplesDoIsUnderstood() {
        Prompt prompt = decode(
                "{'system_instruction':{'parts':{'text':'s'}},'contents':{'parts':{'text':'a'}},'generationConfig':{'maxOutputTokens':'5','topK':3.0}}");

        assertThat(prompt.messages())
                .containsExactly(
                        new Message(
                                Role.SYSTEM,
                                List.of(new Part.Text("s", null, "system_instruction.parts")),
                                "system_instruction"),
                        new Message(Role.USER, List.of(new Part.Text("a", null, "contents.parts")), "contents"));
        assertThat(given(prompt)).containsEntry(Setting.MAX_OUTPUT_TOKENS, "5").containsEntry(Setting.TOP_K, "3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'mode':'AUTO'} | Auto[]",
                "{'mode':'NONE'} | None[]",
                "{'mode':'ANY'} | Required[]",
                "{'mode':'any','allowedFunctionNames':['f']} | Named[name=f]",
                "{'mode':'ANY','allowedFunctionNames':['f','g']} | Required[]",
                "{'mode':'VALIDATED'} | Auto[]",
            })
    void everyModeIsAChoice(String config, String choice) {
        Prompt prompt = decode("{'contents':[],'tools':[{'functionDeclarations':[{'name':'f'},{'name':'g'}]}],"
                + "'toolConfig':{'functionCallingConfig':" + config + "}}");

        assertThat(prompt.toolChoice()).hasToString(choice);
        assertThat(prompt.leftovers()).isEmpty();
        assertThat(prompt.tools())
                .extracting(Tool::strict)
                .containsOnly(config.contains("VALIDATED") ? Boolean.TRUE : null);
    }

    @Test
    void someOfTheToolsAreLeftOver() {
        Prompt prompt = decode(
                "{'contents':[],'tools':[{'functionDeclarations':[{'name':'f'},{'name':'g'},{'name':'h'}]}],'toolConfig':{'functionCallingConfig':{'mode':'ANY','allowedFunctionNames':['f','g']}}}");

        assertThat(prompt.leftovers())
                .extracting(Leftover::path)
                .containsExactly("toolConfig.functionCallingConfig.allowedFunctionNames");
    }

    @Test
    void partsThatOnlyGeminiHasAreLeftOver() {
        Prompt prompt = decode(
                "{'contents':[{'role':'model','parts':[{'executableCode':{'code':'1'}},{'text':'a','partMetadata':{}},{'inlineData':{'mimeType':'video/mp4','data':'A'},'videoMetadata':{'fps':1}}]}]}");

        assertThat(prompt.leftovers())
                .extracting(Leftover::path)
                .containsExactly(
                        "contents[0].parts[0].executableCode",
                        "contents[0].parts[1].partMetadata",
                        "contents[0].parts[2].inlineData",
                        "contents[0].parts[2].videoMetadata");
    }

    @Test
    void sealsOfOtherVendorsComeBackToThem() {
        String sig = new GeminiSeal(GeminiSeal.Kind.SIGNATURE, "s+/=:\u00e4", "anthropic").carried();
        String sealed = new GeminiSeal(GeminiSeal.Kind.SEALED, "data", "responses").carried();
        Prompt prompt = decode(
                "{'contents':[{'role':'model','parts':[{'text':'a','thought':true},{'text':'b','thought':true},{'thought':true,'thoughtSignature':'"
                        + sig.replace('+', '-').replace('/', '_') + "'},{'thought':true,'thoughtSignature':'" + sealed
                        + "'},{'functionCall':{'id':'x','name':'f'},'thoughtSignature':'" + GeminiSeal.none()
                        + "'}]}]}");

        assertThat(prompt.messages().getFirst().parts())
                .containsExactly(
                        new Part.Thinking("ab", "s+/=:\u00e4", "anthropic", "contents[0].parts[2]"),
                        new Part.SealedThinking("data", "responses", "contents[0].parts[3]"),
                        new Part.ToolCall("x", "f", "{}", null, "contents[0].parts[4]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'contents':1}",
                "{'contents':['a']}",
                "{'contents':[{'role':'assistant'}]}",
                "{'contents':[{'parts':['a']}]}",
                "{'contents':[{'parts':[{'text':1}]}]}",
                "{'contents':[{'parts':[{'inlineData':1}]}]}",
                "{'contents':[{'parts':[{'functionCall':{'args':'x'}}]}]}",
                "{'contents':[],'generationConfig':{'temperature':'hot'}}",
                "{'contents':[],'generationConfig':{'maxOutputTokens':1.5}}",
                "{'contents':[],'generationConfig':{'stopSequences':[1]}}",
                "{'contents':[],'toolConfig':{'functionCallingConfig':{'mode':'SOME'}}}",
            })
    void aWrongTypeIsNamed(String body) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isNotEmpty());
    }

    private Prompt decode(String body) {
        return dialect.decode(Body.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }
}
