package dev.signalbox.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.Dialect;
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
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Prompts with everything in them, and the law that nothing of them is lost in silence: whatever is taken out, either the
 * request changes or the list of what was not said, or said by other means, does.
 */
public final class RandomPrompts {

    private static final Target TARGET = Target.of("m", false, 8000);

    private RandomPrompts() {}

    /**
     * Holds the law for every part, setting, tool and leftover.
     *
     * @param meaningless whether a setting of that value asks for what happens anyway in that prompt
     */
    public static void assertNothingIsLost(Dialect dialect, Prompt prompt, BiPredicate<Prompt, Setting> meaningless) {
        String whole = account(dialect, prompt);
        for (int i = 0; i < prompt.messages().size(); i++) {
            Message message = prompt.messages().get(i);
            for (int j = 0; j < message.parts().size(); j++) {
                List<Part> rest = new ArrayList<>(message.parts());
                Part part = rest.remove(j);
                List<Message> messages = new ArrayList<>(prompt.messages());
                messages.set(i, new Message(message.role(), rest, message.path()));
                if (!(part instanceof Part.Text text && text.text().isEmpty())) {
                    assertDiffers(dialect, whole, with(prompt, messages, prompt.settings()), part);
                }
            }
        }
        prompt.settings().keySet().stream()
                .filter(setting -> !meaningless.test(prompt, setting))
                .forEach(setting -> {
                    Map<Setting, Given> rest = new EnumMap<>(prompt.settings());
                    rest.remove(setting);
                    assertDiffers(dialect, whole, with(prompt, prompt.messages(), rest), setting);
                });
        for (Leftover leftover : prompt.leftovers()) {
            assertThat(dialect.encode(prompt, TARGET).unsaid())
                    .extracting(Unsaid::path)
                    .contains(leftover.path());
        }
        for (int i = 0; i < prompt.tools().size(); i++) {
            List<Tool> rest = new ArrayList<>(prompt.tools());
            Tool tool = rest.remove(i);
            if (dialect.encode(prompt, TARGET).emulated().contains("tool_choice")) {
                continue; // said by offering other tools, or none
            }
            assertDiffers(
                    dialect,
                    whole,
                    new Prompt(prompt.messages(), rest, prompt.toolChoice(), prompt.settings(), prompt.leftovers()),
                    tool);
        }
    }

    private static void assertDiffers(Dialect dialect, String whole, Prompt without, Object what) {
        assertThat(whole).as("without %s", what).isNotEqualTo(account(dialect, without));
    }

    private static String account(Dialect dialect, Prompt prompt) {
        Encoded encoded = dialect.encode(prompt, TARGET);
        Set<String> paths = encoded.unsaid().stream().map(Unsaid::path).collect(Collectors.toCollection(TreeSet::new));
        paths.addAll(encoded.emulated());
        return Json.text(encoded.body()) + paths;
    }

    private static Prompt with(Prompt prompt, List<Message> messages, Map<Setting, Given> settings) {
        return new Prompt(messages, prompt.tools(), prompt.toolChoice(), settings, prompt.leftovers());
    }

    /** Prompts of chats. */
    public static Arbitrary<Prompt> chats() {
        Arbitrary<List<Tool>> tools = Arbitraries.of(
                        new Tool("a.b", "d", json("{\"type\":\"object\"}"), true, null, "tools[0]"),
                        new Tool("c", null, null, null, json("{\"type\":\"ephemeral\"}"), "tools[1]"),
                        new Tool("d".repeat(70), null, null, false, null, "tools[2]"))
                .list()
                .uniqueElements()
                .ofMaxSize(3);
        Arbitrary<ToolChoice> choices = Arbitraries.<ToolChoice>of(
                        new ToolChoice.Auto(),
                        new ToolChoice.None(),
                        new ToolChoice.Required(),
                        new ToolChoice.Named("c"))
                .injectNull(0.4);
        Arbitrary<List<Leftover>> leftovers = Arbitraries.of("logit_bias", "keep_alive", "messages[0].name")
                .map(path -> new Leftover(path, TextNode.valueOf("x")))
                .list()
                .uniqueElements()
                .ofMaxSize(2);
        return Combinators.combine(messages(), tools, choices, settings(), leftovers)
                .as(Prompt::new);
    }

    private static Arbitrary<List<Message>> messages() {
        return Combinators.combine(
                        Arbitraries.of(Role.class), parts().list().ofMinSize(1).ofMaxSize(4))
                .as((role, parts) -> new Message(role, parts, ""))
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(RandomPrompts::placed);
    }

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
        JsonNode mark = json("{\"type\":\"ephemeral\"}");
        List<Part> flat = List.of(
                new Part.Text("words", null, ""),
                new Part.Text("words ", mark, ""),
                new Part.Text(" ", null, ""),
                new Part.Text("", null, ""),
                new Part.Image(new Media.Url("https://example.com/a.png"), "high", null, ""),
                new Part.Image(new Media.Base64("image/png", "AA=="), null, mark, ""),
                new Part.Image(new Media.FileId("file-1"), null, null, ""),
                new Part.Document(new Media.Base64("application/pdf", "AA=="), "n", mark, ""),
                new Part.Document(new Media.Base64("text/csv", "YSxi"), null, null, ""),
                new Part.Document(new Media.Url("https://example.com/a.pdf"), null, null, ""),
                new Part.Audio(new Media.Base64("audio/wav", "AA=="), ""),
                new Part.ToolCall("id", "f.g", "{\"a\":1}", mark, ""),
                new Part.ToolCall("id", "c", "", null, ""),
                new Part.ToolCall("id", "f", "[", null, ""),
                new Part.Thinking("t", "s", "elsewhere", ""),
                new Part.Thinking("t", "tool_plan", "cohere", ""),
                new Part.Thinking("", "s", "elsewhere", ""),
                new Part.Thinking("t", null, null, ""),
                new Part.SealedThinking("d", "elsewhere", ""),
                new Part.Refusal("no", ""));
        Arbitrary<Part> one = Arbitraries.of(flat);
        Arbitrary<Part> results = Combinators.combine(one.list().ofMaxSize(1), Arbitraries.of(true, false))
                .as((content, failed) -> new Part.ToolResult("id", content, failed, failed ? mark : null, ""));
        return Arbitraries.frequencyOf(Tuple.of(4, one), Tuple.of(1, results));
    }

    private static Arbitrary<Map<Setting, Given>> settings() {
        Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
        values.put(Setting.MAX_OUTPUT_TOKENS, List.of("1000", "50000"));
        values.put(Setting.TEMPERATURE, List.of("0.2", "1", "1.5", "-1"));
        values.put(Setting.TOP_P, List.of("0.5", "1.0", "2"));
        values.put(Setting.TOP_K, List.of("5", "501"));
        values.put(Setting.FREQUENCY_PENALTY, List.of("0", "0.5", "-0.5"));
        values.put(Setting.PRESENCE_PENALTY, List.of("0", "1.5"));
        values.put(Setting.SEED, List.of("1", "-1"));
        values.put(Setting.STOP, List.of("[\"a\"]", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]"));
        values.put(Setting.USER, List.of("\"u\""));
        values.put(Setting.PARALLEL_TOOL_CALLS, List.of("true", "false"));
        values.put(Setting.REASONING_EFFORT, List.of("\"none\"", "\"minimal\"", "\"high\"", "\"xhigh\"", "\"huge\""));
        values.put(Setting.THINKING_BUDGET, List.of("0", "-1", "2000"));
        values.put(Setting.THOUGHTS_WANTED, List.of("true", "false"));
        values.put(Setting.VERBOSITY, List.of("\"low\""));
        values.put(Setting.DIMENSIONS, List.of("256"));
        values.put(Setting.EMBEDDING_PURPOSE, List.of("\"search_query\""));
        values.put(
                Setting.RESPONSE_FORMAT,
                List.of(
                        "{\"type\":\"text\"}",
                        "{\"type\":\"json_object\"}",
                        "{\"type\":\"json_schema\"}",
                        "{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}"));
        values.put(Setting.CANDIDATES, List.of("1", "2"));
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
                                        json(entry.getValue()), entry.getKey().name()))));
    }

    /** Settings that ask for what every vendor does unasked. */
    public static boolean isMeaningless(Prompt prompt, Setting setting) {
        Given given = prompt.setting(setting);
        String value = given == null ? "" : Json.text(given.value());
        boolean mayCall = !prompt.tools().isEmpty() && !(prompt.toolChoice() instanceof ToolChoice.None);
        return switch (setting) {
            case CANDIDATES -> value.equals("1");
            case PARALLEL_TOOL_CALLS -> value.equals("true") || !mayCall;
            case THOUGHTS_WANTED -> value.equals("true");
            case RESPONSE_FORMAT -> value.equals("{\"type\":\"text\"}");
            case REASONING_EFFORT, THINKING_BUDGET -> // which of the two says what the other says too
                prompt.setting(Setting.REASONING_EFFORT) != null && prompt.setting(Setting.THINKING_BUDGET) != null;
            default -> false;
        };
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
