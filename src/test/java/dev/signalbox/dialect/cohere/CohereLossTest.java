package dev.signalbox.dialect.cohere;

import dev.signalbox.chat.Prompt;
import dev.signalbox.dialect.RandomPrompts;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Nothing is lost in silence on the way to Cohere. */
class CohereLossTest {

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void everythingIsSaidOrUnsaid(@ForAll("prompts") Prompt prompt) {
        RandomPrompts.assertNothingIsLost(new CohereDialect(), prompt, RandomPrompts::isMeaningless);
    }

    @Provide
    Arbitrary<Prompt> prompts() {
        return RandomPrompts.chats();
    }
}
