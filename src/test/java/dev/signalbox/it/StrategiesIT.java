package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Ensembles.Ensemble;
import dev.signalbox.it.FakeVendor.Answer;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom each strategy picks that looks for the best: the expectation is worked out by hand from the strategy's formula. */
@Timeout(60)
class StrategiesIT {

    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");
    private static final String TWENTY_WORDS = "one two three four five six seven eight nine ten ".repeat(2);

    private static final Ensembles ALL = new Ensembles();

    private static final Ensemble ANY = ALL.model("any", 2).price('a', "1", "1").price('b', "2", "2");
    private static final Ensemble PRIORITY = ALL.model("in-order", 3, "priority")
            .deployment('a', "priority", "3")
            .provider('b', "priority", "2")
            .provider('c', "priority", "4")
            .deployment('c', "priority", "1");
    private static final Ensemble MANUAL = ALL.model("by-hand", 3);
    private static final Ensemble TAKEN_OUT =
            ALL.model("taken-out", 3, "quality").provider('c', "quality", "high");
    private static final Ensemble COST = ALL.model("cheap", 3, "cost")
            .price('a', "10", "10")
            .price('b', "1", "1")
            .price('c', "5", "5");
    private static final Ensemble LENGTHS =
            ALL.model("lengths", 2, "cost").price('a', "1", "100").price('b', "20", "1");
    private static final Ensemble MULTIPLIED = ALL.model("multiplied", 2, "cost")
            .price('a', "1", "1")
            .price('b', "5", "5")
            .provider('a', "cost-multiplier", "10");
    private static final Ensemble CACHED = ALL.model("cached", 2, "cost")
            .price('a', "10", "1")
            .price('b', "6", "1")
            .deployment('a', "pricing.cached-input", "1");
    private static final Ensemble UNPRICED = ALL.model("unpriced", 2, "cost").price('b', "50", "50");
    private static final Ensemble TIERS = ALL.model("tiers", 3, "cost")
            .price('a', "1", "1")
            .price('b', "2", "2")
            .price('c', "3", "3")
            .provider('a', "quality", "low")
            .provider('b', "quality", "medium")
            .provider('c', "quality", "high");
    private static final Ensemble LATENCY = ALL.model("fast", 2, "latency");
    private static final Ensemble QUALITY = ALL.model("good", 4, "quality")
            .provider('a', "quality", "low")
            .provider('b', "quality", "0.9")
            .provider('d', "quality", "high");
    private static final Ensemble PERFORMANCE =
            ALL.model("performing", 2, "performance").provider('b', "performance-bonus", "0.6");
    private static final Ensemble AIMS =
            ALL.model("aims", 2).price('a', "1", "1").price('b', "2", "2");
    private static final Ensemble RELIABLE = ALL.model("reliable", 2);
    private static final Ensemble COMPLEXITY = ALL.model("by-complexity", 3, "complexity")
            .price('a', "1", "1")
            .price('b', "5", "5")
            .price('c', "9", "9")
            .provider('c', "quality", "high");
    private static final Ensemble TASK = ALL.model("by-task", 4, "task")
            .provider('b', "capabilities[0]", "generation")
            .provider('c', "capabilities[0]", "translation")
            .provider('c', "capabilities[1]", "summarization")
            .provider('d', "capabilities[0]", "code")
            .provider('d', "capabilities[1]", "poetry");
    private static final Ensemble HYBRID = ALL.model("hybrid-model", 3, "hybrid")
            .price('a', "2", "2")
            .price('b', "2", "2")
            .price('c', "3", "3");

    @RegisterExtension
    static final Gateway GATEWAY = ALL.configure(Gateway.bare()).and("signalbox.tasks.poetry", "haiku");

    @AfterAll
    static void close() {
        ALL.close();
    }

    @ParameterizedTest
    @MethodSource("dev.signalbox.it.StrategyNames#all")
    void everyStrategyMayBeAskedFor(String strategy) {
        for (String body : new String[] {Shapes.question("any"), Shapes.streamed("any")}) {
            Response answer = GATEWAY.chat(body, "x-signalbox-strategy", strategy);

            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            assertThat(answer.header("x-signalbox-strategy")).isEqualTo(strategy);
        }
    }

    @Test
    void aStrategyThatDoesNotExistIsRefusedByName() {
        Response answer = GATEWAY.ask("any", "x-signalbox-strategy", "best");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo("invalid_request");
        assertThat(answer.asString()).contains("x-signalbox-strategy");
    }

    @ParameterizedTest
    @CsvSource({
        "signalbox.strategy, best",
        "signalbox.balancing, best",
        "signalbox.adaptation-rate, 2",
        "signalbox.history-size, 0",
        "signalbox.complexity.simple-words, -1",
        "signalbox.models.other.strategy, best",
        "signalbox.models.other.fallback-strategy, best",
    })
    void aStrategyThatDoesNotExistStopsTheStart(String key, String value) {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = Gateway.bare()
                        .and("signalbox.providers.one.kind", "openai-compatible")
                        .and("signalbox.providers.one.base-url", vendor.url())
                        .and("signalbox.models.other.deployments[0].provider", "one")
                        .and(key, value)) {
            gateway.expectStartFailure(key);
        }
    }

    @Test
    void priorityTakesTheLowestNumberFirst() {
        PRIORITY.vendor('c').answers(OpenAiAnswers.hello(), BUSY);
        PRIORITY.vendor('b').answers(OpenAiAnswers.hello(), BUSY);

        // c: 1 (its own, before its provider's), b: 2 (its provider's), a: 3
        assertThat(PRIORITY.ask(GATEWAY, 3)).isEqualTo("cba");
        assertThat(PRIORITY.vendor('a').received()).hasSize(1);
        assertThat(PRIORITY.vendor('b').received()).hasSize(2);
        assertThat(PRIORITY.vendor('c').received()).hasSize(3);
    }

    @Test
    void manualAsksOnlyTheNamedProvider() {
        assertThat(MANUAL.ask(GATEWAY, "x-signalbox-provider", MANUAL.provider('b')))
                .isEqualTo("b");
        MANUAL.vendor('c').answers(BUSY);
        assertThat(MANUAL.ask(GATEWAY, "x-signalbox-provider", MANUAL.provider('c'), "x-signalbox-strategy", "manual"))
                .isEqualTo("503");
        assertThat(MANUAL.vendor('a').received()).isEmpty();
        assertThat(MANUAL.vendor('b').received()).hasSize(1);
    }

    @Test
    void whoeverTheCallerNamesAndIsTakenOutLeavesTheRestToTheModelsStrategy() {
        String[] wish = {"x-signalbox-provider", TAKEN_OUT.provider('a'), "x-signalbox-fallback", "true"};
        GATEWAY.post("/admin/v1/providers/" + TAKEN_OUT.provider('a') + "/drain", "{}");

        assertThat(TAKEN_OUT.ask(GATEWAY, wish)).isEqualTo("c");
        assertThat(TAKEN_OUT.ask(GATEWAY, "x-signalbox-provider", TAKEN_OUT.provider('a')))
                .isEqualTo("503");
        TAKEN_OUT.vendor('c').answers(BUSY);
        assertThat(TAKEN_OUT.ask(GATEWAY, wish)).isEqualTo("b");
    }

    @Test
    void costTakesTheCheapestAndThenTheNextCheapest() {
        COST.vendor('b').answers(OpenAiAnswers.hello(), BUSY);
        COST.vendor('c').answers(OpenAiAnswers.hello(), BUSY);

        assertThat(COST.ask(GATEWAY, 3)).isEqualTo("bca");
    }

    @Test
    void costIsThatOfThePromptAndOfTheExpectedAnswer() {
        // a prompt of 20 tokens at least: a 20 x 1 + 1 x 100 = 120, b 20 x 20 + 1 x 1 = 401
        assertThat(Ensemble.who(GATEWAY.chat(Shapes.object(Shapes.question(LENGTHS.model(), TWENTY_WORDS))
                        .put("max_tokens", 1)
                        .toString())))
                .isEqualTo("a");
        // no more than 40: a 40 x 1 + 100 x 100 = 10,040, b 40 x 20 + 100 x 1 = 900; still so when only 9 are expected
        assertThat(Ensemble.who(GATEWAY.chat(Shapes.object(Shapes.question(LENGTHS.model(), TWENTY_WORDS))
                        .put("max_tokens", 100)
                        .toString())))
                .isEqualTo("b");
    }

    @Test
    void theMultiplierChangesTheOrderAndNoFigure() {
        Response dearer = GATEWAY.chat(Shapes.with("multiplied", "\"max_tokens\":5"));
        Response cheaper = GATEWAY.chat(
                Shapes.with("multiplied", "\"max_tokens\":5"), "x-signalbox-provider", MULTIPLIED.provider('a'));

        assertThat(Ensemble.who(dearer)).isEqualTo("b");
        // 7 and 5 tokens at 5 and at 1 a million
        assertThat(dearer.header("x-signalbox-cost-usd")).isEqualTo("0.00006");
        assertThat(cheaper.header("x-signalbox-cost-usd")).isEqualTo("0.000012");
        // at least 20 and at most 45 tokens: below 0.0001 at 1 a million, at 10 times that or at 5 a million above it
        assertThat(Ensemble.who(GATEWAY.chat(
                        Shapes.object(Shapes.question("multiplied", TWENTY_WORDS))
                                .put("max_tokens", 5)
                                .toString(),
                        "x-signalbox-max-cost",
                        "0.0001")))
                .isEqualTo("a");
    }

    @Test
    void whatWasSentToADeploymentIsCheaperThereForAWhile() {
        String system = "{\"role\":\"system\",\"content\":" + Shapes.quoted("and so on ".repeat(1_500)) + "}";
        String first = "{\"model\":\"cached\",\"max_tokens\":5,\"messages\":[" + system
                + ",{\"role\":\"user\",\"content\":\"first\"}]}";
        String second = "{\"model\":\"cached\",\"max_tokens\":5,\"messages\":[" + system
                + ",{\"role\":\"user\",\"content\":\"first\"},{\"role\":\"assistant\",\"content\":\"hello\"},"
                + "{\"role\":\"user\",\"content\":\"second\"}]}";

        // 4,500 tokens and a few: a 45,000, b 27,000
        assertThat(Ensemble.who(GATEWAY.chat(second))).isEqualTo("b");
        assertThat(Ensemble.who(GATEWAY.chat(first, "x-signalbox-provider", CACHED.provider('a'))))
                .isEqualTo("a");
        // a 4,500 x 1 and a few x 10, b 27,000 as before
        assertThat(Ensemble.who(GATEWAY.chat(second))).isEqualTo("a");
    }

    @Test
    void anUnknownPriceIsNeverALowOne() {
        assertThat(UNPRICED.ask(GATEWAY)).isEqualTo("b");
        UNPRICED.vendor('b').answers(BUSY);
        assertThat(UNPRICED.ask(GATEWAY)).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource({"low,a", "medium,b", "high,c"})
    void costIsTheLowestOfThoseThatMeetTheQuality(String quality, String expected) {
        assertThat(TIERS.ask(GATEWAY, "x-signalbox-quality", quality)).isEqualTo(expected);
    }

    @Test
    void latencyIsTheFirstTokenOfAStreamAndTheWholeOfAPlainAnswer() {
        LATENCY.vendor('a').answers(Slowly.stream(0, 300));
        LATENCY.vendor('b').answers(Slowly.stream(120, 0));
        String streamed = Shapes.streamed("fast");
        assertThat(Ensemble.who(GATEWAY.chat(streamed))).isEqualTo("a");
        // who was never asked goes first, and so becomes known
        Await.until("b is asked", () -> Ensemble.who(GATEWAY.chat(streamed)).equals("b"));
        Await.until("b is known", () -> Ensemble.who(GATEWAY.chat(streamed)).equals("a"));

        assertThat(Ensemble.who(GATEWAY.chat(streamed))).isEqualTo("a");
        assertThat(LATENCY.ask(GATEWAY, 2)).isEqualTo("bb");
    }

    @Test
    void qualityIsTheHighestConfigured() {
        QUALITY.vendor('b').answers(OpenAiAnswers.hello(), BUSY);
        QUALITY.vendor('d').answers(OpenAiAnswers.hello(), BUSY);
        QUALITY.vendor('c').answers(OpenAiAnswers.hello(), BUSY);

        // b 0.9, d high, c medium since nothing is said, a low
        assertThat(QUALITY.ask(GATEWAY, 4)).isEqualTo("bdca");
    }

    @Test
    void performanceIsSuccessAndSpeedAndABonus() {
        PERFORMANCE.vendor('b').answers(BUSY, OpenAiAnswers.hello());
        PERFORMANCE.vendor('a').answers(OpenAiAnswers.hello());

        // a 0.5, b 0.5 + 0.6: b, which fails
        assertThat(PERFORMANCE.ask(GATEWAY)).isEqualTo("a");
        assertThat(PERFORMANCE.vendor('b').received()).hasSize(1);
        // a 0.6 + 0.4 x (almost 1), b 0 + 0 + 0.6
        assertThat(PERFORMANCE.ask(GATEWAY)).isEqualTo("a");

        PERFORMANCE.vendor('a').answers(BUSY);
        // a with 2 of 3: 0.8, of 4: 0.7, of 5: 0.64, of 6: a little less than 0.6
        for (int i = 0; i < 4; i++) {
            assertThat(PERFORMANCE.ask(GATEWAY, "x-signalbox-fallback", "false"))
                    .isEqualTo("503");
        }
        assertThat(PERFORMANCE.vendor('a').received()).hasSize(6);
        assertThat(PERFORMANCE.ask(GATEWAY)).isEqualTo("b");
        assertThat(PERFORMANCE.vendor('a').received()).hasSize(6);
    }

    @Test
    void requirementsWeighCostAndSpeed() {
        AIMS.vendor('a').answers(Slowly.hello(250));
        assertThat(AIMS.ask(GATEWAY, "x-signalbox-provider", AIMS.provider('a')))
                .isEqualTo("a");
        assertThat(AIMS.ask(GATEWAY, "x-signalbox-provider", AIMS.provider('b')))
                .isEqualTo("b");
        assertThat(AIMS.ask(GATEWAY, "x-signalbox-provider", AIMS.provider('b')))
                .isEqualTo("b");

        // a 0.4 x 1 + 0.2, b 0.4 x 1/2 + 0.2
        Response cheap = GATEWAY.ask("aims", "x-signalbox-optimize", "cost");
        assertThat(cheap.header("x-signalbox-strategy")).isEqualTo("requirements");
        assertThat(Ensemble.who(cheap)).isEqualTo("a");
        // a 0.4 x (less than a half) + 0.2, b 0.4 x 1 + 0.2
        assertThat(AIMS.ask(GATEWAY, "x-signalbox-optimize", "speed")).isEqualTo("b");
        // a 0.4 x 1 + 0.4 x (less than a half) + 0.2, b 0.4 x 1/2 + 0.4 x 1 + 0.2
        assertThat(AIMS.ask(GATEWAY, "x-signalbox-optimize", "speed, cost")).isEqualTo("b");
    }

    @Test
    void requirementsWeighSuccess() {
        RELIABLE.vendor('a').answers(BUSY, OpenAiAnswers.hello());

        assertThat(RELIABLE.ask(GATEWAY, "x-signalbox-optimize", "reliability")).isEqualTo("b");
        // a 0.2 x 0, b 0.2 x 1
        assertThat(RELIABLE.ask(GATEWAY, "x-signalbox-optimize", "reliability")).isEqualTo("b");
        assertThat(RELIABLE.vendor('a').received()).hasSize(1);
    }

    @Test
    void complexityDecidesBetweenTheCheapestTheFastestAndTheBest() {
        COMPLEXITY.vendor('a').answers(Slowly.hello(80));
        COMPLEXITY.vendor('c').answers(Slowly.hello(80));
        for (char letter = 'a'; letter <= 'c'; letter++) {
            COMPLEXITY.ask(GATEWAY, "x-signalbox-provider", COMPLEXITY.provider(letter));
        }
        COMPLEXITY.ask(GATEWAY, "x-signalbox-provider", COMPLEXITY.provider('b'));

        assertThat(COMPLEXITY.askWords(GATEWAY, "what time is it")).isEqualTo("a");
        assertThat(COMPLEXITY.askWords(GATEWAY, "one ".repeat(9))).isEqualTo("a");
        assertThat(COMPLEXITY.askWords(GATEWAY, "one ".repeat(10))).isEqualTo("b");
        assertThat(COMPLEXITY.askWords(GATEWAY, "one ".repeat(50))).isEqualTo("b");
        assertThat(COMPLEXITY.askWords(GATEWAY, "one ".repeat(51))).isEqualTo("c");
        assertThat(COMPLEXITY.askWords(GATEWAY, "please Analyze this")).isEqualTo("c");
        assertThat(COMPLEXITY.askWords(GATEWAY, "prove it")).isEqualTo("c");
        assertThat(COMPLEXITY.askWords(GATEWAY, "x".repeat(1_100))).isEqualTo("b");
        assertThat(COMPLEXITY.askWords(GATEWAY, "x".repeat(5_100))).isEqualTo("c");
    }

    @Test
    void contextIsAllOfIt() {
        String words = """
                {"model":"by-complexity","messages":[{"role":"system","content":"%s"},{"role":"user","content":"hi"}]}""".formatted("x".repeat(5_100));

        assertThat(Ensemble.who(GATEWAY.chat(words))).isEqualTo("c");
    }

    @ParameterizedTest
    @CsvSource({
        "Write a poem about the sea, b",
        "Translate this into French: good morning, c",
        "Summarize this text, c",
        "Write a haiku, d",
        "Why does this python function not compile, d",
        "good morning, a",
    })
    void taskPrefersWhoIsGoodAtIt(String words, String expected) {
        assertThat(TASK.askWords(GATEWAY, words)).isEqualTo(expected);
    }

    @Test
    void hybridLooksAtCostThenAtPerformanceAndBalancesTheRest() {
        HYBRID.vendor('a').answers(OpenAiAnswers.hello());
        for (char letter = 'a'; letter <= 'c'; letter++) {
            HYBRID.ask(GATEWAY, "x-signalbox-provider", HYBRID.provider(letter));
        }
        // c is the dearest; a and b cost and perform the same, and take turns
        String turns = HYBRID.ask(GATEWAY, 6);
        assertThat(turns).doesNotContain("c");
        assertThat(turns.chars().filter(c -> c == 'a').count()).isEqualTo(3);

        HYBRID.vendor('a').answers(BUSY);
        HYBRID.ask(GATEWAY, "x-signalbox-provider", HYBRID.provider('a'));
        HYBRID.vendor('a').answers(OpenAiAnswers.hello());
        // a 0.6 x 4/5 + 0.4, b 1
        assertThat(HYBRID.ask(GATEWAY, 4)).isEqualTo("bbbb");
    }

    @Test
    void theRowSaysWhichStrategyItWas() {
        JsonNode row = GATEWAY.row(
                GATEWAY.ask("any", "x-signalbox-strategy", "least-errors").header("x-signalbox-request-id"));

        assertThat(row.path("strategy").asText()).isEqualTo("least-errors");
        assertThat(ANY.model()).isEqualTo(row.path("model").asText());
    }
}
