package dev.signalbox.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Prompts with everything in them that any language knows: every role with every part, in messages that no vendor would take
 * as they are, and every setting, with values that are usual, that say nothing, and that are too much for somebody. Each part
 * has a path of its own, and words and ids that occur once.
 */
public final class RandomPrompts {

    private static final JsonNode MARK = Reading.json("{'type':'ephemeral'}");

    private static final List<Tool> TOOLS = List.of(
            new Tool("a.b", "d", Reading.json("{'type':'object'}"), true, null, "tools[0]"),
            new Tool("c", null, null, null, MARK, "tools[1]"),
            new Tool("d".repeat(70), null, null, false, null, "tools[2]"),
            new Tool("e", "d", Reading.json("{'type':'object','properties':{'a':{}}}"), null, null, "tools[3]"));

    private static final List<Part> PARTS = List.of(
            new Part.Text("words", null, ""),
            new Part.Text("words ", MARK, ""),
            new Part.Text(" ", null, ""),
            new Part.Text("", null, ""),
            new Part.Image(new Media.Url("https://example.com/a.png"), "high", null, ""),
            new Part.Image(new Media.Base64("image/png", "AA=="), null, MARK, ""),
            new Part.Image(new Media.Base64("image/bmp", "AA=="), null, MARK, ""),
            new Part.Image(new Media.FileId("file-1"), null, null, ""),
            new Part.Document(new Media.Base64("application/pdf", "AA=="), "n", MARK, ""),
            new Part.Document(new Media.Base64("application/pdf", "AA=="), null, null, ""),
            new Part.Document(new Media.Base64("text/csv", "YSxi"), null, null, ""),
            new Part.Document(new Media.Url("https://example.com/a.pdf"), null, null, ""),
            new Part.Audio(new Media.Base64("audio/wav", "AA=="), ""),
            new Part.ToolCall("id", "f.g", "{\"a\":1}", MARK, ""),
            new Part.ToolCall("id", "c", "", null, ""),
            new Part.ToolCall("id", "f", "", null, ""),
            new Part.ToolCall("id", "f", "[", null, ""),
            new Part.Thinking("t", "s", "elsewhere", ""),
            new Part.Thinking("", "s", "elsewhere", ""),
            new Part.Thinking("t", null, null, ""),
            new Part.SealedThinking("d", "elsewhere", ""),
            new Part.Refusal("no", ""));

    private static final Map<Setting, List<JsonNode>> VALUES = new EnumMap<>(Setting.class);

    static {
        give(Setting.MAX_OUTPUT_TOKENS, "1000", "2000", "50000");
        give(Setting.TEMPERATURE, "0.2", "1", "1.5", "-1");
        give(Setting.TOP_P, "0.5", "0.99", "1.0", "2");
        give(Setting.TOP_K, "5", "501");
        give(Setting.FREQUENCY_PENALTY, "0", "0.0", "0.5", "-0.5");
        give(Setting.PRESENCE_PENALTY, "0", "1.5", "-1");
        give(Setting.SEED, "1", "-1");
        give(Setting.STOP, "['a']", "[' ']", "['a','']", "['a','b','c','d','e','f']");
        give(Setting.USER, "'u'");
        give(Setting.PARALLEL_TOOL_CALLS, "true", "false");
        give(Setting.REASONING_EFFORT, "'none'", "'minimal'", "'low'", "'high'", "'xhigh'", "'huge'");
        give(Setting.THINKING_BUDGET, "-1", "0", "500", "2000", "60000", "99999");
        give(Setting.THOUGHTS_WANTED, "true", "false");
        give(Setting.VERBOSITY, "'low'");
        give(Setting.DIMENSIONS, "256");
        give(Setting.EMBEDDING_PURPOSE, "'search_query'", "'similarity'", "'clustering'");
        give(
                Setting.RESPONSE_FORMAT,
                "{'type':'text'}",
                "{'type':'json_object'}",
                "{'type':'json_schema'}",
                "{'type':'json_schema','schema':{'type':'object'}}");
        give(Setting.CANDIDATES, "1", "2");
        assertThat(VALUES.keySet()).containsExactlyInAnyOrder(Setting.values());
    }

    private RandomPrompts() {}

    /**
     * Prompts for a language.
     *
     * @param origin the language's own name, whose seals it takes back while it takes no others
     * @param own parts that mean something to this language alone
     */
    public static Arbitrary<Prompt> of(String origin, Part... own) {
        List<Part> parts = new ArrayList<>(PARTS);
        parts.add(new Part.Thinking("t", "s", origin, ""));
        parts.add(new Part.SealedThinking("d", origin, ""));
        parts.addAll(List.of(own));
        Arbitrary<List<Tool>> tools =
                Arbitraries.of(TOOLS).list().uniqueElements().ofMaxSize(3);
        Arbitrary<ToolChoice> choices = Arbitraries.<ToolChoice>of(
                        new ToolChoice.Auto(),
                        new ToolChoice.None(),
                        new ToolChoice.Required(),
                        new ToolChoice.Named("c"))
                .injectNull(0.4);
        Arbitrary<List<Leftover>> leftovers = Arbitraries.of("logit_bias", "store", "keep_alive", "messages[0].name")
                .map(path -> new Leftover(path, TextNode.valueOf("x")))
                .list()
                .uniqueElements()
                .ofMaxSize(2);
        return Combinators.combine(messages(parts), tools, choices, settings(), leftovers)
                .as(Prompt::new);
    }

    private static void give(Setting setting, String... values) {
        VALUES.put(setting, Stream.of(values).map(Reading::json).toList());
    }

    private static Arbitrary<List<Message>> messages(List<Part> parts) {
        return Combinators.combine(
                        Arbitraries.of(Role.class),
                        parts(parts).list().ofMinSize(1).ofMaxSize(4))
                .as((role, said) -> new Message(role, said, ""))
                .list()
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

    private static Arbitrary<Part> parts(List<Part> parts) {
        Arbitrary<Part> one = Arbitraries.of(parts);
        Arbitrary<Part> results = Combinators.combine(one.list().ofMaxSize(1), Arbitraries.of(true, false))
                .as((content, failed) -> new Part.ToolResult("id", content, failed, failed ? MARK : null, ""));
        return Arbitraries.frequencyOf(Tuple.of(4, one), Tuple.of(1, results));
    }

    private static Arbitrary<Map<Setting, Given>> settings() {
        return Arbitraries.of(Setting.class)
                .flatMap(setting -> Arbitraries.of(VALUES.get(setting)).map(value -> Map.entry(setting, value)))
                .list()
                .uniqueElements(Map.Entry::getKey)
                .ofMaxSize(6)
                .map(entries -> entries.stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> new Given(
                                        entry.getValue(), entry.getKey().name()))));
    }
}
