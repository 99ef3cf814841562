package dev.signalbox.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OverlapTest {

    static final List<String> TEXTS = List.of(
            "The quick brown fox jumps over the lazy dog, and nobody minds; it is Tuesday after all.",
            "Zürich, 14. März: »Größe ist relativ«, sagte Ägidius — und schwieg dann lange.",
            "Emoji in words 😀 and at 👩‍👩‍👧‍👦 families; flags 🇨🇭 follow 🚀🌍 closely.",
            "東京は日本の首都です。人口は約一千四百万人で、世界最大級の都市圏を形成している。",
            "def area(r):\n    if r < 0:\n        raise ValueError('negative')\n    return 3.14159 * r ** 2\n",
            "| name | size |\n|------|------|\n| pear | 12 |\n\n1. First thing\n2. Second point\n3. Final word");

    static Stream<String> texts() {
        return TEXTS.stream();
    }

    /** Where a text can be cut without cutting a character. */
    static List<Integer> cuts(String text) {
        return IntStream.range(1, text.length())
                .filter(at -> !Character.isLowSurrogate(text.charAt(at)))
                .boxed()
                .toList();
    }

    static List<String> pieces(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int to = Math.min(text.length(), at + 1 + random.nextInt(9));
            pieces.add(text.substring(at, to));
            at = to;
        }
        return pieces;
    }

    private static String joined(String said, List<String> more) {
        Overlap overlap = new Overlap(said);
        StringBuilder all = new StringBuilder(said);
        more.forEach(piece -> all.append(overlap.take(piece)));
        String end = overlap.end();
        return end == null ? "contradicted" : all.append(end).toString();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void anExactContinuationIsAddedAsItIsWhereverTheFirstBroke(String text) {
        for (int cut : cuts(text)) {
            assertThat(joined(text.substring(0, cut), List.of(text.substring(cut))))
                    .isEqualTo(text);
        }
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aStartFromTheBeginningAddsOnlyWhatIsNew(String text) {
        for (int cut : cuts(text)) {
            assertThat(joined(text.substring(0, cut), List.of(text))).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @MethodSource("texts")
    void theLastCharactersAreNotSaidTwice(String text) {
        for (int cut : cuts(text)) {
            for (int repeated : new int[] {8, 12, 20, 40}) {
                int from = cut - repeated;
                if (from > 0
                        && !Character.isLowSurrogate(text.charAt(from))
                        && letters(text.substring(from, cut)) > 2) {
                    assertThat(joined(text.substring(0, cut), List.of(text.substring(from))))
                            .isEqualTo(text);
                }
            }
        }
    }

    private static long letters(String text) {
        return text.chars()
                .filter(c -> Character.isLetterOrDigit(c) || Character.isSurrogate((char) c))
                .count();
    }

    @Property(tries = 400)
    void theResultIsTheSameHoweverThePiecesAreCut(
            @ForAll @IntRange(max = 5) int which, @ForAll long seed, @ForAll @IntRange(max = 30) int repeated) {
        String text = TEXTS.get(which);
        Random random = new Random(seed);
        List<Integer> cuts = cuts(text);
        int cut = cuts.get(random.nextInt(cuts.size()));
        String more = text.substring(Math.max(0, cut - repeated));
        String said = text.substring(0, cut);
        String whole = joined(said, List.of(more));
        assertThat(joined(said, pieces(more, random))).isEqualTo(whole);
        assertThat(joined(said, List.of(more.split("")))).isEqualTo(whole);
    }

    @Property(tries = 500)
    void nothingThatIsNotARepetitionIsEverLost(@ForAll String said, @ForAll String more) {
        Overlap overlap = new Overlap(said);
        String taken = overlap.take(more);
        String end = overlap.end();
        if (end != null) {
            String fresh = taken + end;
            assertThat(more).endsWith(fresh);
            assertThat(said).endsWith(more.substring(0, more.length() - fresh.length()));
        }
    }

    @Test
    void indentsRulesAndRefrainsAreNoRepetition() {
        assertThat(joined("if x:\n        ", List.of("        y = 1"))).isEqualTo("if x:\n                y = 1");
        assertThat(joined("Title\n=======", List.of("======="))).isEqualTo("Title\n==============");
        assertThat(joined("oh very very ", List.of("very good"))).isEqualTo("oh very very very good");
    }

    @Test
    void aWordThatWasCutMayBeSaidAgain() {
        assertThat(joined("The quick bro", List.of("brown fox"))).isEqualTo("The quick brown fox");
        assertThat(joined("It is", List.of("island"))).isEqualTo("It isisland");
    }

    @Test
    void onlyWhatMayBeARepetitionIsHeldBack() {
        Overlap overlap = new Overlap("I like cats");
        assertThat(overlap.take("cat")).isEmpty();
        assertThat(overlap.take("alogues")).isEqualTo("catalogues");
        assertThat(overlap.take(" and more")).isEqualTo(" and more");
    }

    @Test
    void aShorterAnswerFromTheBeginningContradicts() {
        assertThat(joined("Hello world, how are you?", List.of("Hello world,"))).isEqualTo("contradicted");
        assertThat(joined("Hello world", List.of("Hello world"))).isEqualTo("Hello world");
    }

    @Test
    void aTextThatIsLongerThanTheWindowCanBeginAgain() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4_000; i++) {
            text.append("word").append(i).append(' ');
        }
        String whole = text.toString();
        assertThat(joined(whole.substring(0, 20_000), pieces(whole, new Random(7))))
                .isEqualTo(whole);
    }
}
