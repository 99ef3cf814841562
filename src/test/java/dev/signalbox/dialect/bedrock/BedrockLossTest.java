package dev.signalbox.dialect.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Losses;
import dev.signalbox.dialect.RandomPrompts;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Nothing is lost in silence on the way to any family of Bedrock's models. */
class BedrockLossTest {

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void everythingIsSaidOrUnsaid(@ForAll("prompts") Prompt prompt, @ForAll("models") String model) {
        Losses.assertNone(Asked.DIALECT, Target.of(model, false, null), prompt, BedrockLossTest::isMeaningless);
    }

    private static boolean isMeaningless(Prompt prompt, Setting setting) {
        return switch (setting) {
            case FREQUENCY_PENALTY, PRESENCE_PENALTY -> Losses.isOneOf(prompt, setting, "0", "0.0");
            case TOP_P -> Losses.isOneOf(prompt, setting, "1.0");
            case REASONING_EFFORT -> Losses.isOneOf(prompt, setting, "\"none\"");
            case THINKING_BUDGET -> Losses.isOneOf(prompt, setting, "0");
            case THOUGHTS_WANTED -> true;
            default -> Losses.isMeaningless(prompt, setting);
        };
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyRequestObeysTheVendorsRules(@ForAll("prompts") Prompt prompt, @ForAll("models") String model) {
        JsonNode body = Asked.encoded(model, prompt).body();
        String before = "assistant";
        boolean tools = false;
        for (JsonNode turn : body.path("messages")) {
            String role = turn.path("role").asText();
            assertThat(role).isNotEqualTo(before);
            assertThat(turn.path("content")).isNotEmpty();
            boolean rest = false;
            boolean document = false;
            boolean words = false;
            for (JsonNode block : turn.path("content")) {
                assertThat(block.size()).isEqualTo(1);
                assertThat(block.has("toolResult") && rest).isFalse();
                rest |= !block.has("toolResult") && !block.has("cachePoint");
                assertThat(block.path("text").asText("x")).isNotBlank();
                tools |= block.has("toolUse") || block.has("toolResult");
                document |= block.has("document");
                words |= block.has("text");
                assertThat(block.findValuesAsText("toolUseId")).allMatch(id -> id.matches("[a-zA-Z0-9_-]{1,64}"));
            }
            assertThat(document && !words).isFalse();
            before = role;
        }
        assertThat(tools && !body.has("toolConfig")).isFalse();
        for (JsonNode tool : body.path("toolConfig").path("tools")) {
            assertThat(tool.path("toolSpec").path("name").asText("x")).matches("[a-zA-Z0-9_-]{1,64}");
        }
        JsonNode thinking = body.at("/additionalModelRequestFields/thinking");
        if (!thinking.isMissingNode()) {
            assertThat(thinking.path("budget_tokens").asInt(1024)).isGreaterThanOrEqualTo(1024);
            assertThat(body.at("/inferenceConfig/temperature").asDouble(1)).isEqualTo(1.0);
            assertThat(body.at("/toolConfig/toolChoice").has("any")).isFalse();
            assertThat(body.at("/toolConfig/toolChoice").has("tool")).isFalse();
        }
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of(
                Asked.CLAUDE, Asked.CLAUDE_4_5, Asked.CLAUDE_4_6, Asked.NOVA, Asked.LLAMA, "some-imported-model");
    }

    @Provide
    Arbitrary<Prompt> prompts() {
        return RandomPrompts.of(BedrockDialect.ID);
    }
}
