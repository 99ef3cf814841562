package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Losses;
import dev.signalbox.dialect.RandomPrompts;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Nothing is lost in silence on the way to Gemini. */
class GeminiLossTest {

    private static final Target TARGET = Target.of("gemini-2.5-flash", false, null);

    private final GeminiDialect dialect = new GeminiDialect();

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void everythingIsSaidOrUnsaid(@ForAll("prompts") Prompt prompt) {
        Losses.assertNone(dialect, TARGET, prompt, GeminiLossTest::isMeaningless);
    }

    private static boolean isMeaningless(Prompt prompt, Setting setting) {
        return switch (setting) {
            case FREQUENCY_PENALTY, PRESENCE_PENALTY -> Losses.isOneOf(prompt, setting, "0", "0.0");
            default -> Losses.isMeaningless(prompt, setting);
        };
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyRequestObeysTheVendorsRules(@ForAll("prompts") Prompt prompt) {
        JsonNode body = dialect.encode(prompt, TARGET).body();
        String before = "";
        for (JsonNode turn : body.path("contents")) {
            String role = turn.path("role").asText();
            assertThat(role).isIn("user", "model").isNotEqualTo(before);
            assertThat(turn.path("parts")).isNotEmpty();
            for (JsonNode part : turn.path("parts")) {
                assertThat(part.has("functionCall") && role.equals("user")).isFalse();
                assertThat(part.has("functionResponse") && role.equals("model")).isFalse();
                assertThat(part.path("functionCall").path("args").isObject()).isEqualTo(part.has("functionCall"));
            }
            before = role;
        }
        for (JsonNode function : body.at("/tools/0/functionDeclarations")) {
            assertThat(function.path("name").asText()).matches("[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}");
        }
        assertThat(body.at("/generationConfig/stopSequences").size()).isLessThanOrEqualTo(5);
    }

    @Provide
    Arbitrary<Prompt> prompts() {
        return RandomPrompts.of(
                GeminiDialect.ID,
                new Part.SealedThinking("own:S", GeminiDialect.ID, ""),
                new Part.SealedThinking("on:S", GeminiDialect.ID, ""),
                new Part.SealedThinking("call:nowhere:S", GeminiDialect.ID, ""));
    }
}
