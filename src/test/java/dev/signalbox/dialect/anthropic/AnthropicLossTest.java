package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Prompt.ToolChoice;
import dev.signalbox.dialect.Losses;
import dev.signalbox.dialect.RandomPrompts;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Nothing is lost in silence on the way to Anthropic. */
class AnthropicLossTest {

    private static final Target TARGET = Target.of("claude-sonnet-4-5", false, 64000);

    private final AnthropicDialect dialect = new AnthropicDialect();

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void everythingIsSaidOrUnsaid(@ForAll("prompts") Prompt prompt) {
        Losses.assertNone(dialect, TARGET, prompt, this::isMeaningless);
    }

    private boolean isMeaningless(Prompt prompt, Setting setting) {
        return switch (setting) {
            case FREQUENCY_PENALTY, PRESENCE_PENALTY -> Losses.isOneOf(prompt, setting, "0", "0.0");
            case TOP_P -> Losses.isOneOf(prompt, setting, "1.0");
            case REASONING_EFFORT -> Losses.isOneOf(prompt, setting, "\"none\"");
            case THINKING_BUDGET -> Losses.isOneOf(prompt, setting, "0");
            case THOUGHTS_WANTED -> true;
            case PARALLEL_TOOL_CALLS -> // the answer may be given by a tool where the caller has none
                Losses.isOneOf(prompt, setting, "true")
                        || !dialect.encode(prompt, TARGET).body().has("tools")
                        || prompt.toolChoice() instanceof ToolChoice.None;
            default -> Losses.isMeaningless(prompt, setting);
        };
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

    @Provide
    Arbitrary<Prompt> prompts() {
        return RandomPrompts.of(AnthropicDialect.ID);
    }
}
