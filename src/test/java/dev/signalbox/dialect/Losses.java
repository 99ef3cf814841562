package dev.signalbox.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
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

/**
 * The law that nothing of a prompt is lost in silence: whatever is taken out, either the request changes or the list of what
 * was not said, or said by other means, does.
 */
public final class Losses {

    private final Dialect dialect;
    private final Target target;
    private final Prompt prompt;
    private final Encoded encoded;
    private final String whole;

    private Losses(Dialect dialect, Target target, Prompt prompt) {
        this.dialect = dialect;
        this.target = target;
        this.prompt = prompt;
        encoded = dialect.encode(prompt, target);
        whole = account(encoded);
    }

    /**
     * Holds the law for every part, setting, tool and leftover.
     *
     * @param meaningless whether a setting of that value asks for what happens anyway in that prompt
     */
    public static void assertNone(
            Dialect dialect, Target target, Prompt prompt, BiPredicate<Prompt, Setting> meaningless) {
        Losses losses = new Losses(dialect, target, prompt);
        losses.assertPartsCount();
        losses.assertSettingsCount(meaningless);
        losses.assertToolsCount();
        losses.assertLeftoversAreNamed();
    }

    /** Settings that ask for what every vendor does unasked. */
    public static boolean isMeaningless(Prompt prompt, Setting setting) {
        return switch (setting) {
            case CANDIDATES -> isOneOf(prompt, setting, "1");
            case PARALLEL_TOOL_CALLS ->
                isOneOf(prompt, setting, "true")
                        || prompt.tools().isEmpty()
                        || prompt.toolChoice() instanceof ToolChoice.None;
            case THOUGHTS_WANTED -> isOneOf(prompt, setting, "true");
            case RESPONSE_FORMAT -> isOneOf(prompt, setting, "{\"type\":\"text\"}");
            default -> false;
        };
    }

    /** Whether a setting has one of these values, written as JSON. */
    public static boolean isOneOf(Prompt prompt, Setting setting, String... values) {
        Given given = prompt.setting(setting);
        return given != null && List.of(values).contains(Json.text(given.value()));
    }

    private void assertPartsCount() {
        Set<String> unsaid = unsaid(encoded);
        for (int i = 0; i < prompt.messages().size(); i++) {
            Message message = prompt.messages().get(i);
            if (unsaid.contains(message.path())) {
                continue; // named whole, such as one that cannot begin a conversation
            }
            for (int j = 0; j < message.parts().size(); j++) {
                List<Part> rest = new ArrayList<>(message.parts());
                Part part = rest.remove(j);
                List<Message> messages = new ArrayList<>(prompt.messages());
                messages.set(i, new Message(message.role(), rest, message.path()));
                if (!(part instanceof Part.Text text && text.text().isEmpty())) {
                    assertCounts(part, with(messages, prompt.tools(), prompt.settings()));
                }
            }
        }
    }

    private void assertSettingsCount(BiPredicate<Prompt, Setting> meaningless) {
        for (Setting setting : prompt.settings().keySet()) {
            if (!meaningless.test(prompt, setting)) {
                Map<Setting, Given> rest = new EnumMap<>(prompt.settings());
                rest.remove(setting);
                assertCounts(setting, with(prompt.messages(), prompt.tools(), rest));
            }
        }
    }

    private void assertToolsCount() {
        if (encoded.emulated().contains(prompt.toolChoicePath())) {
            return; // the choice is said by offering other tools, or none
        }
        for (int i = 0; i < prompt.tools().size(); i++) {
            List<Tool> rest = new ArrayList<>(prompt.tools());
            Tool tool = rest.remove(i);
            assertCounts(tool, with(prompt.messages(), rest, prompt.settings()));
        }
    }

    private void assertLeftoversAreNamed() {
        assertThat(unsaid(encoded))
                .containsAll(prompt.leftovers().stream().map(Leftover::path).toList());
    }

    private void assertCounts(Object what, Prompt without) {
        assertThat(whole).as("without %s", what).isNotEqualTo(account(dialect.encode(without, target)));
    }

    private static String account(Encoded encoded) {
        Set<String> paths = unsaid(encoded);
        paths.addAll(encoded.emulated());
        return Json.text(encoded.body()) + paths;
    }

    private static Set<String> unsaid(Encoded encoded) {
        return encoded.unsaid().stream().map(Unsaid::path).collect(Collectors.toCollection(TreeSet::new));
    }

    private Prompt with(List<Message> messages, List<Tool> tools, Map<Setting, Given> settings) {
        return new Prompt(messages, tools, prompt.toolChoice(), settings, prompt.leftovers());
    }
}
