package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Nothing is lost in silence: whatever is taken out of a prompt, either the request changes or the list of what was not
 * said, or said by other means, does.
 */
class AnthropicLossTest {

    private static final Target TARGET = Target.of("claude-sonnet-4-5", false, 64000);

    /** Values that say what goes without saying. */
    private static final Map<Setting, Set<String>> MEANINGLESS = Map.of(
            Setting.FREQUENCY_PENALTY, Set.of("0", "0.0"),
            Setting.PRESENCE_PENALTY, Set.of("0", "0.0"),
            Setting.CANDIDATES, Set.of("1"),
            Setting.TOP_P, Set.of("1", "1.0"),
            Setting.PARALLEL_TOOL_CALLS, Set.of("true"),
            Setting.REASONING_EFFORT, Set.of("\"none\""),
            Setting.THINKING_BUDGET, Set.of("0"),
            Setting.THOUGHTS_WANTED, Set.of("true", "false"),
            Setting.RESPONSE_FORMAT, Set.of("{\"type\":\"text\"}"));

    private final AnthropicDialect dialect = new AnthropicDialect();

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void everyPartHasItsEffect(@ForAll("prompts") Prompt prompt) {
        for (int i = 0; i < prompt.messages().size(); i++) {
            Message message = prompt.messages().get(i);
            for (int j = 0; j < message.parts().size(); j++) {
                List<Part> rest = new ArrayList<>(message.parts());
                Part part = rest.remove(j);
                List<Message> messages = new ArrayList<>(prompt.messages());
                messages.set(i, new Message(message.role(), rest, message.path()));
                if (!(part instanceof Part.Text text && text.text().isEmpty()) && !isNamedWhole(prompt, message)) {
                    assertDiffers(prompt, with(prompt, messages, prompt.settings(), prompt.leftovers()), part);
                }
            }
        }
    }

    /** A message that cannot begin a conversation is named whole. */
    private boolean isNamedWhole(Prompt prompt, Message message) {
        return dialect.encode(prompt, TARGET).unsaid().stream()
                .map(Unsaid::path)
                .anyMatch(message.path()::equals);
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void everySettingHasItsEffect(@ForAll("prompts") Prompt prompt) {
        prompt.settings().forEach((setting, given) -> {
            boolean meaningless = MEANINGLESS.getOrDefault(setting, Set.of()).contains(Json.text(given.value()));
            boolean ofTools = setting == Setting.PARALLEL_TOOL_CALLS
                    && (!dialect.encode(prompt, TARGET).body().has("tools")
                            || prompt.toolChoice() instanceof ToolChoice.None);
            if (!meaningless && !ofTools) {
                Map<Setting, Given> rest = new EnumMap<>(prompt.settings());
                rest.remove(setting);
                assertDiffers(prompt, with(prompt, prompt.messages(), rest, prompt.leftovers()), setting);
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyToolAndLeftoverHasItsEffect(@ForAll("prompts") Prompt prompt) {
        for (Leftover leftover : prompt.leftovers()) {
            assertThat(dialect.encode(prompt, TARGET).unsaid())
                    .extracting(Unsaid::path)
                    .contains(leftover.path());
        }
        for (int i = 0; i < prompt.tools().size(); i++) {
            List<Tool> rest = new ArrayList<>(prompt.tools());
            Tool tool = rest.remove(i);
            assertDiffers(
                    prompt,
                    new Prompt(prompt.messages(), rest, prompt.toolChoice(), prompt.settings(), prompt.leftovers()),
                    tool);
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyRequestObeysTheVendorsRules(@ForAll("prompts") Prompt prompt) {
        JsonNode body = dialect.encode(prompt, TARGET).body();
        String before = "assistant";
        for (JsonNode turn : body.path("messages")) {
            String role = turn.path("role").asText();
            assertThat(role).isNotEqualTo(before);
            assertThat(turn.path("content")).isNotEmpty();
            boolean rest = false;
            for (JsonNode block : turn.path("content")) {
                boolean result = block.path("type").asText().equals("tool_result");
                assertThat(result && rest).isFalse();
                rest |= !result;
                assertThat(block.path("text").asText("x")).isNotBlank();
            }
            before = role;
        }
        JsonNode thinking = body.path("thinking");
        if (!thinking.isMissingNode()) {
            assertThat(thinking.path("budget_tokens").asInt())
                    .isBetween(1024, body.path("max_tokens").asInt() - 1);
            assertThat(body.path("temperature").asDouble(1)).isEqualTo(1.0);
            assertThat(body.at("/tool_choice/type").asText()).isNotIn("any", "tool");
        }
    }

    private void assertDiffers(Prompt whole, Prompt without, Object what) {
        assertThat(account(whole)).as("without %s", what).isNotEqualTo(account(without));
    }

    private String account(Prompt prompt) {
        Encoded encoded = dialect.encode(prompt, TARGET);
        Set<String> paths = encoded.unsaid().stream().map(Unsaid::path).collect(Collectors.toCollection(TreeSet::new));
        paths.addAll(encoded.emulated());
        return Json.text(encoded.body()) + paths;
    }

    private static Prompt with(
            Prompt prompt, List<Message> messages, Map<Setting, Given> settings, List<Leftover> leftovers) {
        return new Prompt(messages, prompt.tools(), prompt.toolChoice(), settings, leftovers);
    }

    @Provide
    Arbitrary<Prompt> prompts() {
        Arbitrary<List<Tool>> tools = Arbitraries.of(
                        new Tool("a.b", "d", Golden.parse("{\"type\":\"object\"}"), true, null, "tools[0]"),
                        new Tool("c", null, null, null, Golden.parse("{\"type\":\"ephemeral\"}"), "tools[1]"),
                        new Tool("d".repeat(70), null, null, null, null, "tools[2]"))
                .list()
                .uniqueElements()
                .ofMaxSize(3);
        Arbitrary<ToolChoice> choices = Arbitraries.<ToolChoice>of(
                        new ToolChoice.Auto(),
                        new ToolChoice.None(),
                        new ToolChoice.Required(),
                        new ToolChoice.Named("c"))
                .injectNull(0.4);
        Arbitrary<List<Leftover>> leftovers = Arbitraries.of("logit_bias", "store", "messages[0].name")
                .map(path -> new Leftover(path, TextNode.valueOf("x")))
                .list()
                .uniqueElements()
                .ofMaxSize(2);
        return Combinators.combine(messages(), tools, choices, settings(), leftovers)
                .as(Prompt::new);
    }

    private static Arbitrary<List<Message>> messages() {
        Arbitrary<List<Message>> drafts = Combinators.combine(
                        Arbitraries.of(Role.class), parts().list().ofMinSize(1).ofMaxSize(3))
                .as((role, parts) -> new Message(role, parts, ""))
                .list()
                .ofMaxSize(5);
        return drafts.map(AnthropicLossTest::placed);
    }

    /** The messages with a path of its own for everything in them. */
    private static List<Message> placed(List<Message> drafts) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            String path = "messages[" + i + "]";
            List<Part> parts = new ArrayList<>();
            for (int j = 0; j < drafts.get(i).parts().size(); j++) {
                parts.add(placed(drafts.get(i).parts().get(j), path + ".content[" + j + "]"));
            }
            messages.add(new Message(drafts.get(i).role(), parts, path));
        }
        return messages;
    }

    private static Part placed(Part part, String path) {
        return switch (part) {
            case Part.Text p -> new Part.Text(p.text().isBlank() ? p.text() : p.text() + path, p.cacheMark(), path);
            case Part.Image p -> new Part.Image(p.media(), p.detail(), p.cacheMark(), path);
            case Part.Document p -> new Part.Document(p.media(), p.name(), p.cacheMark(), path);
            case Part.Audio p -> new Part.Audio(p.media(), path);
            case Part.ToolCall p -> new Part.ToolCall(p.id() + path, p.name(), p.arguments(), p.cacheMark(), path);
            case Part.ToolResult p ->
                new Part.ToolResult(
                        p.callId() + path,
                        p.content().stream()
                                .map(inner -> placed(inner, path + ".content[0]"))
                                .toList(),
                        p.failed(),
                        p.cacheMark(),
                        path);
            case Part.Thinking p -> new Part.Thinking(p.text(), p.signature(), p.origin(), path);
            case Part.SealedThinking p -> new Part.SealedThinking(p.data(), p.origin(), path);
            case Part.Refusal p -> new Part.Refusal(p.text(), path);
        };
    }

    private static Arbitrary<Part> parts() {
        JsonNode mark = Golden.parse("{\"type\":\"ephemeral\"}");
        List<Part> flat = List.of(
                new Part.Text("words", null, ""),
                new Part.Text("words ", mark, ""),
                new Part.Text(" ", null, ""),
                new Part.Text("", null, ""),
                new Part.Image(new Media.Url("https://example.com/a.png"), "high", null, ""),
                new Part.Image(new Media.Base64("image/bmp", "AA=="), null, mark, ""),
                new Part.Image(new Media.FileId("file-1"), null, null, ""),
                new Part.Document(new Media.Base64("application/pdf", "AA=="), "n", mark, ""),
                new Part.Document(new Media.Base64("text/csv", "YSxi"), null, null, ""),
                new Part.Audio(new Media.Base64("audio/wav", "AA=="), ""),
                new Part.ToolCall("id", "f.g", "{\"a\":1}", mark, ""),
                new Part.ToolCall("id", "f", "", null, ""),
                new Part.ToolCall("id", "f", "[", null, ""),
                new Part.Thinking("t", "s", "anthropic", ""),
                new Part.Thinking("t", "s", "gemini", ""),
                new Part.Thinking("t", null, null, ""),
                new Part.SealedThinking("d", "anthropic", ""),
                new Part.SealedThinking("d", "responses", ""),
                new Part.Refusal("no", ""));
        Arbitrary<Part> one = Arbitraries.of(flat);
        Arbitrary<Part> results = Combinators.combine(one.list().ofMaxSize(1), Arbitraries.of(true, false))
                .as((content, failed) -> new Part.ToolResult("id", content, failed, failed ? mark : null, ""));
        return Arbitraries.frequencyOf(Tuple.of(4, one), Tuple.of(1, results));
    }

    private static Arbitrary<Map<Setting, Given>> settings() {
        Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
        values.put(Setting.MAX_OUTPUT_TOKENS, List.of("1000", "2000", "50000"));
        values.put(Setting.TEMPERATURE, List.of("0.2", "1", "1.5", "-1"));
        values.put(Setting.TOP_P, List.of("0.5", "0.99", "1.0"));
        values.put(Setting.TOP_K, List.of("5"));
        values.put(Setting.FREQUENCY_PENALTY, List.of("0", "0.0", "0.5"));
        values.put(Setting.PRESENCE_PENALTY, List.of("0", "-1"));
        values.put(Setting.SEED, List.of("1"));
        values.put(Setting.STOP, List.of("[\"a\"]", "[\" \"]", "[\"a\",\"\"]"));
        values.put(Setting.USER, List.of("\"u\""));
        values.put(Setting.PARALLEL_TOOL_CALLS, List.of("true", "false"));
        values.put(Setting.REASONING_EFFORT, List.of("\"none\"", "\"low\"", "\"high\"", "\"huge\""));
        values.put(
                Setting.RESPONSE_FORMAT,
                List.of(
                        "{\"type\":\"text\"}",
                        "{\"type\":\"json_object\"}",
                        "{\"type\":\"json_schema\"}",
                        "{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}"));
        values.put(Setting.CANDIDATES, List.of("1", "2"));
        values.put(Setting.THINKING_BUDGET, List.of("-1", "0", "512", "2048", "60000"));
        values.put(Setting.THOUGHTS_WANTED, List.of("true", "false"));
        values.put(Setting.VERBOSITY, List.of("\"low\""));
        values.put(Setting.DIMENSIONS, List.of("256"));
        values.put(Setting.EMBEDDING_PURPOSE, List.of("\"clustering\""));
        assertThat(values.keySet()).containsExactlyInAnyOrder(Setting.values());
        Arbitrary<Map.Entry<Setting, String>> one = Arbitraries.of(Setting.class)
                .flatMap(setting -> Arbitraries.of(values.get(setting)).map(value -> Map.entry(setting, value)));
        return one.list()
                .uniqueElements(Map.Entry::getKey)
                .ofMaxSize(6)
                .map(entries -> entries.stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> new Given(
                                        Golden.parse(entry.getValue()),
                                        entry.getKey().name()))));
    }
}
