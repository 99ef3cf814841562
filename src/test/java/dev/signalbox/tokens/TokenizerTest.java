package dev.signalbox.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Tool;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

    private static Prompt prompt(String... texts) {
        return new Prompt(
                java.util.Arrays.stream(texts)
                        .map(text -> new Message(Role.USER, List.of(new Part.Text(text, null, "p")), "m"))
                        .toList(),
                List.of(),
                null,
                Map.of(),
                List.of());
    }

    /** Published counts of single texts, with 7 tokens of framing. */
    @ParameterizedTest
    @CsvSource({
        "gpt-4o, tiktoken is great!, 6",
        "gpt-4, tiktoken is great!, 6",
        "gpt-4, antidisestablishmentarianism, 6",
        "gpt-4o-mini, antidisestablishmentarianism, 6",
        "openai/gpt-4o, hello world, 2",
        "gpt-5-mini, hello world, 2",
        "o3-mini, hello world, 2",
        "gpt-4, お誕生日おめでとう, 9",
        "gpt-4o, お誕生日おめでとう, 8",
    })
    void aTextHasThePublishedNumberOfTokens(String model, String text, int tokens) {
        Tokenizer tokenizer = Tokenizer.of(model);

        assertThat(tokenizer).isNotNull();
        assertThat(tokenizer.count(prompt(text))).isEqualTo(tokens + 7);
        assertThat(tokenizer.count(prompt(text, text))).isEqualTo(2 * (tokens + 4) + 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-sonnet-4-5", "gpt-oss-120b", "gpt-50", "llama", "", "gpt-4other", "o1x"})
    void aModelWhoseEncodingIsNotPublishedHasNoTokenizer(String model) {
        assertThat(Tokenizer.of(model)).isNull();
    }

    @Test
    void onlyWordsAreExact() {
        Tokenizer tokenizer = Tokenizer.of("gpt-4o");
        Prompt words = prompt("a");

        assertThat(tokenizer.isExactFor(words)).isTrue();
        assertThat(tokenizer.isExactFor(new Prompt(
                        words.messages(),
                        List.of(new Tool("f", null, null, null, null, "tools[0]")),
                        null,
                        Map.of(),
                        List.of())))
                .isFalse();
        Part picture = new Part.Image(new Part.Media.Url("https://example.com/a.png"), null, null, "p");
        assertThat(tokenizer.isExactFor(new Prompt(
                        List.of(new Message(Role.USER, List.of(picture), "m")), List.of(), null, Map.of(), List.of())))
                .isFalse();
    }

    @Property
    void anyTextCanBeCounted(@ForAll String text) {
        assertThat(Tokenizer.of("gpt-4o").count(prompt(text))).isBetween(7L, 7L + 4L * text.length());
    }

    @Test
    void textsThatAreHardToCutCanBeCounted() {
        for (String hard : List.of("a", " ", "\n", "=", "é", "日")) {
            assertThat(Tokenizer.of("gpt-4o").count(prompt(hard.repeat(200_000))))
                    .isPositive();
            assertThat(Tokenizer.of("gpt-4").count(prompt(hard.repeat(200_000))))
                    .isPositive();
        }
    }
}
