package dev.signalbox.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.classify.Complexity.Rules;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifyTest {

    private static String words(int count) {
        return String.join(" ", Collections.nCopies(count, "word"));
    }

    private static Complexity complexity(String message, long context) {
        return Rules.DEFAULT.of(Words.of(message), context);
    }

    @Test
    void wordsAreWhatPeopleCount() {
        assertThat(Words.of("It's a well-known fact, isn't it?"))
                .isEqualTo(new Words(6, " it's a well-known fact isn't it "));
        assertThat(Words.of("")).isEqualTo(new Words(0, " "));
        assertThat(Words.of(" -- !? ")).isEqualTo(new Words(0, " "));
        assertThat(Words.of("STRASSE Über").line()).isEqualTo(" strasse über ");
        assertThat(Words.of("分析这个abc").count()).isEqualTo(5);
    }

    @Test
    void ofALongTextBothEndsAreRead() {
        String text = "summarize " + "x ".repeat(50_000) + " please";
        assertThat(Words.of(text).line().length()).isLessThan(9_000);
        assertThat(Words.of(text).line()).startsWith(" summarize ").endsWith(" please ");
        assertThat(Words.of(text).count()).isGreaterThan(1_000);
    }

    @Test
    void aTermIsAWordAPhraseOrABeginning() {
        Terms terms = Terms.of(List.of("prove*", "step by step", "why", "分析", " ", "*"));
        assertThat(terms.anyIn(Words.of("Please PROVE it"))).isTrue();
        assertThat(terms.anyIn(Words.of("this is proven"))).isTrue();
        assertThat(terms.anyIn(Words.of("I improve myself"))).isFalse();
        assertThat(terms.anyIn(Words.of("go step-by-step"))).isFalse();
        assertThat(terms.anyIn(Words.of("go step by\nstep."))).isTrue();
        assertThat(terms.anyIn(Words.of("whyever"))).isFalse();
        assertThat(terms.anyIn(Words.of("请分析这个"))).isTrue();
        assertThat(terms.in(Words.of("why, prove it step by step"))).isEqualTo(3);
        assertThat(terms.in(Words.of(""))).isZero();
    }

    @Test
    void simpleIsFewerThanTenWordsNoTermAndLittleContext() {
        assertThat(complexity(words(9), 999)).isEqualTo(Complexity.SIMPLE);
        assertThat(complexity(words(10), 999)).isEqualTo(Complexity.MEDIUM);
        assertThat(complexity(words(9), 1_000)).isEqualTo(Complexity.MEDIUM);
    }

    @Test
    void complexIsMoreThanFiftyWordsOrATermOrMuchContext() {
        assertThat(complexity(words(50), 5_000)).isEqualTo(Complexity.MEDIUM);
        assertThat(complexity(words(51), 300)).isEqualTo(Complexity.COMPLEX);
        assertThat(complexity(words(9), 5_001)).isEqualTo(Complexity.COMPLEX);
    }

    @ParameterizedTest
    @CsvSource({"analyze", "compare", "explain", "evaluate", "prove", "design", "debug", "Analyse", "comparing"})
    void theTermsOfTheContractAreAnalytical(String term) {
        assertThat(complexity(term + " this", 20)).isEqualTo(Complexity.COMPLEX);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Summarize this article in three sentences | summarization",
                "Classify the sentiment of this review | classification",
                "Write a short story about a lighthouse | generation",
                "Analyze the causes of the crisis and compare them | analysis",
                "Translate the following into French | translation",
                "Implement a function in Python that sorts a list | code",
                "Extract all email addresses from the text | extraction"
            })
    void aTaskIsToldFromItsTerms(String message, String task) {
        assertThat(new Tasks(Tasks.TERMS).of(Words.of(message))).isEqualTo(task);
    }

    @Test
    void aTaskMayBeUnknownAndTermsMayBeConfigured() {
        assertThat(new Tasks(Tasks.TERMS).of(Words.of("hello"))).isNull();
        assertThat(new Tasks(Map.of("cooking", List.of("recipe*"))).of(Words.of("Two recipes")))
                .isEqualTo("cooking");
    }
}
