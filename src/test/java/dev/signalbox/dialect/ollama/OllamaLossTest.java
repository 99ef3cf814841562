package dev.signalbox.dialect.ollama;

import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.dialect.Losses;
import dev.signalbox.dialect.RandomPrompts;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Nothing is lost in silence on the way to Ollama. */
class OllamaLossTest {

    private static final Target TARGET = Target.of("m", false, 8000);

    @Property(tries = 4500, edgeCases = EdgeCasesMode.NONE)
    void everythingIsSaidOrUnsaid(@ForAll("prompts") Prompt prompt) {
        Losses.assertNone(new OllamaDialect(), TARGET, prompt, OllamaLossTest::isMeaningless);
    }

    private static boolean isMeaningless(Prompt prompt, Setting setting) {
        return switch (setting) {
            case REASONING_EFFORT, THINKING_BUDGET -> // which of the two says what the other says too
                prompt.setting(Setting.REASONING_EFFORT) != null && prompt.setting(Setting.THINKING_BUDGET) != null;
            default -> Losses.isMeaningless(prompt, setting);
        };
    }

    @Provide
    Arbitrary<Prompt> prompts() {
        return RandomPrompts.of(OllamaDialect.ID);
    }
}
