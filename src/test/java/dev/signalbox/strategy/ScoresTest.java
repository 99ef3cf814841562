package dev.signalbox.strategy;

import static dev.signalbox.strategy.Some.list;
import static dev.signalbox.strategy.Some.names;
import static dev.signalbox.strategy.Some.some;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.signalbox.chat.Price;
import dev.signalbox.chat.Tariff;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the strategies that compare candidates say, worked out by hand. */
class ScoresTest {

    private final Repertoire repertoire = new Repertoire(Repertoire.Settings.DEFAULT);
    private final Memory memory = new Memory(1);

    private Order order(String strategy, Ask ask, Some... candidates) {
        return repertoire.named(strategy).order(ask, list(candidates), memory);
    }

    private static List<Double> scores(Order order) {
        List<Double> scores = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            scores.add(order.score(i));
        }
        return scores;
    }

    @Test
    void priorityIsTheLowestNumberAndThenConfiguredOrder() {
        Order order = order(
                "priority",
                Asked.PLAIN,
                some("a").priority(2),
                some("b").priority(1),
                some("c").priority(2),
                some("d").priority(1));
        assertThat(names(order)).containsExactly("b", "d", "a", "c");
        assertThat(scores(order)).containsExactly(1.0, 1.0, 2.0, 2.0);
    }

    @Test
    void manualIsTheNamedProviderAlone() {
        assertThat(names(order("manual", Asked.only("b"), some("a"), some("b"))))
                .containsExactly("b");
        assertThat(names(order("manual", Asked.only("c"), some("a"), some("b"))))
                .isEmpty();
        assertThat(names(order("manual", Asked.PLAIN, some("a").priority(2), some("b"))))
                .containsExactly("b", "a");
    }

    @Test
    void costIsTheLowestTimesItsMultiplierAndNeverTheUnknown() {
        Order order = order(
                "cost",
                Asked.PLAIN,
                some("unknown"),
                some("a").cost(300),
                some("b").cost(200).multiplier(2),
                some("c").cost(250));
        assertThat(names(order)).containsExactly("c", "a", "b", "unknown");
        assertThat(scores(order)).containsExactly(250.0, 300.0, 400.0, null);
        assertThat(order.getFirst().predictedCost()).isEqualTo(250);
    }

    @Test
    void costPrefersThoseThatMeetTheQuality() {
        assertThat(names(order(
                        "cost",
                        Asked.within(Quality.HIGH, null, null),
                        some("cheap").cost(1).quality(0.5),
                        some("dear").cost(3).quality(0.9),
                        some("good").cost(2).quality(0.75))))
                .containsExactly("good", "dear", "cheap");
    }

    @Test
    void aPredictionIsTokensTimesPricesAndTheWarmPrefixIsCheap() {
        Tariff tariff = Tariff.of(
                new Price(new BigDecimal("2.50"), new BigDecimal("10"), new BigDecimal("1.25"), new BigDecimal("3")));
        // 1000 x 2.50 + 200 x 10 = 4500 millionths of a dollar, of 10^6 pico-dollars each
        assertThat(PredictedCost.of(tariff, Instant.EPOCH, 1_000, 0, 200)).isEqualTo(4_500_000_000L);
        // 400 x 2.50 + 600 x 1.25 + 200 x 10 = 3750
        assertThat(PredictedCost.of(tariff, Instant.EPOCH, 1_000, 600, 200)).isEqualTo(3_750_000_000L);
        assertThat(PredictedCost.of(tariff, Instant.EPOCH, 1_000, 5_000, 0)).isEqualTo(1_250_000_000L);
        assertThat(PredictedCost.of(null, Instant.EPOCH, 1_000, 0, 200)).isNull();
    }

    @Test
    void aTargetPutsThoseWithinItFirstWhateverTheStrategy() {
        Some[] all = {
            some("dear").priority(1).cost(500),
            some("unknown").priority(1),
            some("middle").priority(2).cost(200),
            some("cheap").priority(3).cost(100)
        };
        assertThat(names(order("priority", Asked.within(null, null, 200L), all)))
                .containsExactly("middle", "cheap", "dear", "unknown");
        assertThat(names(order("priority", Asked.within(null, null, 50L), all)))
                .as("if none fits, the cheapest of all")
                .containsExactly("cheap", "middle", "dear", "unknown");
        assertThat(names(order("priority", Asked.within(null, null, 500L), all)))
                .containsExactly("dear", "middle", "cheap", "unknown");
    }

    @Test
    void aCeilingKeepsOut() {
        Ask ask = Asked.within(Quality.HIGH, 200L, null);
        assertThat(Ceiling.against(ask, some("a").cost(200).quality(0.8).candidate()))
                .isNull();
        assertThat(Ceiling.against(ask, some("a").cost(201).quality(0.8).candidate()))
                .isEqualTo(Ceiling.COST);
        assertThat(Ceiling.against(ask, some("a").quality(0.8).candidate()))
                .as("nobody can promise what is unknown")
                .isEqualTo(Ceiling.COST);
        assertThat(Ceiling.against(ask, some("a").cost(1).quality(0.7).candidate()))
                .isEqualTo(Ceiling.QUALITY);
        assertThat(Ceiling.against(
                        Asked.within(Quality.LOW, null, null),
                        some("a").quality(0).candidate()))
                .isNull();
        assertThat(Ceiling.against(Asked.PLAIN, some("a").candidate())).isNull();
    }

    @Test
    void latencyIsTheFirstTokenForStreamsAndTheAnswerOtherwise() {
        Some[] all = {
            some("eager").calls(9, 0, 900.0).takes(100.0, 900.0),
            some("quick").calls(9, 0, 500.0).takes(300.0, 500.0)
        };
        assertThat(names(order("latency", Asked.streaming(), all))).containsExactly("eager", "quick");
        assertThat(names(order("latency", Asked.PLAIN, all))).containsExactly("quick", "eager");
        assertThat(scores(order("latency", Asked.PLAIN, all))).containsExactly(500.0, 900.0);
    }

    @Test
    void latencyTriesTheUnknownFirstAndWhoOnlyFailedLast() {
        Order order = order(
                "latency",
                Asked.PLAIN,
                some("known").calls(1, 0, 10.0).takes(null, 10.0),
                some("broken").calls(0, 3, null).errors(1),
                some("new"));
        assertThat(names(order)).containsExactly("new", "known", "broken");
        assertThat(scores(order)).containsExactly(null, 10.0, null);
    }

    @Test
    void whoOnlyFailedIsTriedAgainAMinuteLater() {
        Some broken = some("broken").calls(0, 3, null).errors(0);
        Some known = some("known").calls(1, 0, 10.0).takes(10.0, 10.0);
        assertThat(names(order("latency", Asked.PLAIN, known, broken))).containsExactly("broken", "known");
        assertThat(names(order("least-response-time", Asked.PLAIN, known, broken)))
                .containsExactly("broken", "known");
    }

    @Test
    void qualityIsTheConfiguredBlendedWithTheMeasured() {
        // (10 x 0.75 + 30 x 0.25) / 40 = 0.375; (10 x 0.5 + 10 x 0.9) / 20 = 0.7
        Order order = order(
                "quality",
                Asked.PLAIN,
                some("praised").quality(0.75).scored(30, 0.25),
                some("proven").quality(0.5).scored(10, 0.9),
                some("silent").quality(0.6));
        assertThat(names(order)).containsExactly("proven", "silent", "praised");
        assertThat(scores(order)).containsExactly(0.7, 0.6, 0.375);
    }

    @Test
    void performanceIsSuccessAndSpeedAndABonus() {
        // a: 0.6 x 0.9 + 0.4 x (1 - 0.2) = 0.86; b: 0.6 + 0.4 x 0.5 = 0.8, + 0.1; c: 0.6 x 0.5 + 0 (12 s count as 10) =
        // 0.3
        Order order = order(
                "performance",
                Asked.PLAIN,
                some("a").calls(90, 10, 2_000.0),
                some("b").calls(10, 0, 5_000.0).bonus(0.1),
                some("c").calls(5, 5, 12_000.0),
                some("new"),
                some("broken").calls(0, 4, null));
        assertThat(names(order)).containsExactly("b", "a", "new", "c", "broken");
        List<Double> scores = scores(order);
        assertThat(scores.get(0)).isCloseTo(0.9, within(1e-12));
        assertThat(scores.get(1)).isCloseTo(0.86, within(1e-12));
        assertThat(scores.get(2)).isEqualTo(0.5);
        assertThat(scores.get(3)).isCloseTo(0.3, within(1e-12));
        assertThat(scores.get(4)).isZero();
    }

    @Test
    void requirementsWeighsOnlyWhatIsAskedFor() {
        Some[] all = {
            some("cheap").cost(100).calls(8, 2, 1.0).takes(400.0, 1_000.0),
            some("fast").cost(400).calls(10, 0, 1.0).takes(100.0, 250.0)
        };
        // cheap: 0.4 x 1 + 0.2 x 0.8 = 0.56; fast: 0.4 x 0.25 + 0.2 = 0.3
        assertThat(scores(order("requirements", Asked.wanting(false, Aim.COST), all)))
                .containsExactly(0.4 + 0.2 * 0.8, 0.4 * 0.25 + 0.2);
        // fast: 0.4 x 1 + 0.2 = 0.6; cheap: 0.4 x 0.25 + 0.16 = 0.26
        Order speed = order("requirements", Asked.wanting(false, Aim.SPEED), all);
        assertThat(names(speed)).containsExactly("fast", "cheap");
        assertThat(scores(speed)).containsExactly(0.4 + 0.2, 0.4 * 0.25 + 0.2 * 0.8);
        // both: cheap 0.4 + 0.1 + 0.16 = 0.66; fast 0.1 + 0.4 + 0.2 = 0.7
        assertThat(names(order("requirements", Asked.wanting(true, Aim.COST, Aim.SPEED), all)))
                .containsExactly("fast", "cheap");
        assertThat(names(order("requirements", Asked.wanting(false, Aim.RELIABILITY), all)))
                .containsExactly("fast", "cheap");
    }

    @Test
    void requirementsTakesTheUnknownForTheLowest() {
        Order order = order(
                "requirements",
                Asked.wanting(false, Aim.COST, Aim.SPEED),
                some("known").cost(100).calls(1, 1, 1.0).takes(null, 10.0),
                some("new"));
        assertThat(names(order)).containsExactly("new", "known");
        assertThat(scores(order)).containsExactly(1.0, 0.9);
    }

    @Test
    void requirementsKnowsThatNothingIsCheaperThanFree() {
        Order order = order(
                "requirements",
                Asked.wanting(false, Aim.COST),
                some("dear").cost(1),
                some("free").cost(0));
        assertThat(names(order)).containsExactly("free", "dear");
        assertThat(order.score(0)).isCloseTo(0.6, within(1e-12));
        assertThat(order.score(1)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void hybridIsCostThenPerformanceThenBalancing() {
        Some[] all = {
            some("dear").cost(200).calls(100, 0, 100.0),
            some("slow").cost(100).calls(100, 0, 9_000.0),
            some("a").cost(100).calls(100, 0, 1_000.0),
            some("b").cost(100).calls(100, 0, 1_100.0)
        };
        // a: 0.96, b: 0.956, the same in steps of 0.05; slow: 0.64
        assertThat(names(order("hybrid", Asked.PLAIN, all))).containsExactly("a", "b", "slow", "dear");
        assertThat(names(order("hybrid", Asked.PLAIN, all))).containsExactly("b", "a", "slow", "dear");
        assertThat(names(order("hybrid", Asked.PLAIN, all))).containsExactly("a", "b", "slow", "dear");
    }

    @Test
    void complexityGoesToTheCheapestTheFastestOrTheBest() {
        Some[] all = {
            some("cheapest").cost(1).quality(0.1).calls(1, 0, 1.0).takes(null, 900.0),
            some("fastest").cost(2).quality(0.2).calls(1, 0, 1.0).takes(null, 100.0),
            some("best").cost(3).quality(0.9).calls(1, 0, 1.0).takes(null, 500.0)
        };
        assertThat(order("complexity", Asked.saying("What is the capital of France?", 30), all)
                        .getFirst()
                        .provider())
                .isEqualTo("cheapest");
        assertThat(order("complexity", Asked.saying("What is the capital of France?", 1_000), all)
                        .getFirst()
                        .provider())
                .isEqualTo("fastest");
        assertThat(order("complexity", Asked.saying("Prove it.", 9), all)
                        .getFirst()
                        .provider())
                .isEqualTo("best");
    }

    @Test
    void taskGoesToWhoIsGoodAtItThenByPriority() {
        Some[] all = {
            some("writer").goodAt("generation"),
            some("coder").priority(3).goodAt("code"),
            some("both").priority(2).goodAt("code", "generation")
        };
        assertThat(names(order("task", Asked.saying("Fix the bug in this function", 28), all)))
                .containsExactly("both", "coder", "writer");
        assertThat(names(order("task", Asked.saying("Write a poem", 12), all)))
                .containsExactly("writer", "both", "coder");
        assertThat(names(order("task", Asked.saying("hello", 5), all))).containsExactly("writer", "both", "coder");
    }
}
