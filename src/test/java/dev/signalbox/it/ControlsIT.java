package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Ensembles.Ensemble;
import dev.signalbox.it.FakeVendor.Answer;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller may wish of the candidate that answers, and whom the key lets wish what. */
@Timeout(60)
class ControlsIT {

    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");
    private static final String FREE_KEY = "sk-free-0123456789";
    private static final String BOUND_KEY = "sk-bound-0123456789";

    /** At least 20 and at most 50 tokens, the answer included. */
    private static final String BODY = """
            {"model":"priced","max_tokens":5,"messages":[{"role":"user","content":"%s"}]}""".formatted("one two three four five six seven eight nine ten ".repeat(2));

    private static final Ensembles ALL = new Ensembles();

    /** The request costs from 0.0002 to 0.0005 at a, a tenth of that at b, half of that at c. */
    private static final Ensemble PRICED = ALL.model("priced", 3)
            .price('a', "10", "10")
            .price('b', "1", "1")
            .price('c', "5", "5")
            .provider('b', "quality", "low")
            .provider('c', "quality", "high");

    private static final Ensemble UNPRICED = ALL.model("unpriced", 1);
    private static final Ensemble FREE = ALL.model("free", 1).price('a', "0", "0");
    private static final Ensemble FALLING = ALL.model("falling", 1).model("fallbacks[0]", "configured");
    private static final Ensemble CONFIGURED = ALL.model("configured", 1);
    private static final Ensemble NAMED = ALL.model("named", 1);
    private static final Ensemble OTHER = ALL.model("other", 1);

    @RegisterExtension
    static final Gateway GATEWAY = ALL.configure(Gateway.bare())
            .and("signalbox.auth.keys.free.key", FREE_KEY)
            .and("signalbox.auth.keys.bound.key", BOUND_KEY)
            .and("signalbox.auth.keys.bound.controls[0]", "tags")
            .and("signalbox.auth.keys.bound.controls[1]", "max-cost");

    @AfterAll
    static void close() {
        ALL.close();
    }

    @AfterEach
    void everybodyIsWell() {
        for (Ensemble ensemble : new Ensemble[] {PRICED, UNPRICED, FREE, FALLING, CONFIGURED, NAMED, OTHER}) {
            ensemble.vendors().forEach(vendor -> vendor.answers(OpenAiAnswers.hello()));
        }
    }

    private static Response chat(String body, String key, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "authorization";
        all[1] = "Bearer " + key;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return GATEWAY.chat(body, all);
    }

    private static String who(String... headers) {
        return Ensemble.who(chat(BODY, FREE_KEY, headers));
    }

    @ParameterizedTest
    @CsvSource({
        "1, a",
        "0.0006, a",
        "0.00015, b",
        "6e-5, b",
    })
    void aMostCostIsHardWithEveryStrategy(String most, String first) {
        assertThat(who("x-signalbox-max-cost", most)).isEqualTo(first);
        assertThat(who("x-signalbox-max-cost", most, "x-signalbox-strategy", "cost"))
                .isEqualTo("b");
        if (first.equals("b")) {
            for (String strategy : new String[] {"quality", "round-robin", "random", "latency", "hybrid"}) {
                assertThat(who("x-signalbox-max-cost", most, "x-signalbox-strategy", strategy))
                        .isEqualTo("b");
            }
            assertThat(who("x-signalbox-max-cost", most, "x-signalbox-provider", PRICED.provider('a')))
                    .isEqualTo("402");
        }
    }

    @Test
    void aMostCostIsHardWhenTheOneThatFitsFails() {
        PRICED.vendor('b').answers(BUSY);
        int before = PRICED.vendor('a').received().size()
                + PRICED.vendor('c').received().size();

        Response answer = chat(BODY, FREE_KEY, "x-signalbox-max-cost", "0.00006");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(PRICED.vendor('a').received().size()
                        + PRICED.vendor('c').received().size())
                .isEqualTo(before);
    }

    @Test
    void whenNothingIsCheapEnoughTheCallerIsToldSo() {
        Response answer = chat(BODY, FREE_KEY, "x-signalbox-max-cost", "0.00001");

        assertThat(answer.statusCode()).isEqualTo(402);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("budget_exceeded");
        assertThat(error.path("message").asText()).contains("x-signalbox-max-cost");
    }

    @Test
    void inAnthropicsWordsToo() {
        Response answer = GATEWAY.post(
                "/v1/messages",
                BODY,
                "x-api-key",
                FREE_KEY,
                "anthropic-version",
                "2023-06-01",
                "x-signalbox-max-cost",
                "0.00001");

        assertThat(answer.statusCode()).isEqualTo(402);
        JsonNode body = Shapes.json(answer.asString());
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.at("/error/code").asText()).isEqualTo("budget_exceeded");
    }

    @Test
    void whatNobodyKnowsThePriceOfIsNotPromisedToBeCheap() {
        Response answer = chat(Shapes.question("unpriced"), FREE_KEY, "x-signalbox-max-cost", "100");

        assertThat(answer.statusCode()).isEqualTo(402);
        assertThat(UNPRICED.vendor('a').received()).isEmpty();
    }

    @Test
    void whatIsFreeFitsAlways() {
        assertThat(chat(Shapes.question("free"), FREE_KEY, "x-signalbox-max-cost", "0")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        // all fit: as configured
        "0.001, a",
        // b and c fit, of which b was configured first
        "0.00026, b",
        // none fits: the cheapest of all
        "0.000001, b",
    })
    void aTargetCostIsSoft(String target, String first) {
        assertThat(who("x-signalbox-target-cost", target)).isEqualTo(first);
    }

    @Test
    void whoeverDoesNotFitATargetComesNextTheCheapestFirst() {
        PRICED.vendor('b').answers(BUSY);
        assertThat(who("x-signalbox-target-cost", "0.00006")).isEqualTo("c");
        PRICED.vendor('c').answers(BUSY);
        assertThat(who("x-signalbox-target-cost", "0.00006")).isEqualTo("a");
    }

    @Test
    void aTargetAndAMostTogether() {
        PRICED.vendor('b').answers(BUSY);

        assertThat(who("x-signalbox-target-cost", "0.00006", "x-signalbox-max-cost", "0.00026"))
                .isEqualTo("c");
        PRICED.vendor('c').answers(BUSY);
        assertThat(who("x-signalbox-target-cost", "0.00006", "x-signalbox-max-cost", "0.00026"))
                .isEqualTo("503");
    }

    @ParameterizedTest
    @CsvSource({"low, a", "medium, a", "high, c"})
    void aQualityIsTheLeastWithEveryStrategy(String quality, String first) {
        assertThat(who("x-signalbox-quality", quality)).isEqualTo(first);
    }

    @Test
    void aQualityHoldsForWhoComesNextToo() {
        PRICED.vendor('a').answers(BUSY);

        assertThat(who("x-signalbox-quality", "medium")).isEqualTo("c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "x-signalbox-session|",
                "x-signalbox-quality|",
                "x-signalbox-quality|0.5",
                "x-signalbox-optimize|",
                "x-signalbox-optimize|cost,",
                "x-signalbox-optimize|cost,latency",
                "x-signalbox-max-cost|",
                "x-signalbox-max-cost|NaN",
                "x-signalbox-max-cost|Infinity",
                "x-signalbox-max-cost|0x1",
                "x-signalbox-max-cost|$1",
                "x-signalbox-max-cost|1e999999999",
                "x-signalbox-target-cost|",
                "x-signalbox-target-cost|-0.01",
                "x-signalbox-strategy|",
            })
    void nonsenseIsRefusedByName(String header, String value) {
        Response answer = chat(BODY, FREE_KEY, header, value == null ? "" : value);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_request");
        assertThat(error.path("message").asText()).contains(header);
    }

    @Test
    void aSessionIsNotTooLong() {
        assertThat(chat(BODY, FREE_KEY, "x-signalbox-session", "s".repeat(200)).statusCode())
                .isEqualTo(200);
        assertThat(chat(BODY, FREE_KEY, "x-signalbox-session", "s".repeat(5_000))
                        .statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "x-signalbox-strategy, cost",
        "x-signalbox-provider, priced-a",
        "x-signalbox-fallback, true",
        "x-signalbox-optimize, cost",
        "x-signalbox-quality, low",
        "x-signalbox-target-cost, 1",
        "x-signalbox-timeout, 20s",
        "x-signalbox-retries, 1",
        "x-signalbox-session, s",
        "x-signalbox-cache, off",
        "x-signalbox-translation, strict",
    })
    void aKeyMayBeLimitedToSomeOfThem(String header, String value) {
        Response answer = chat(BODY, BOUND_KEY, header, value);

        assertThat(answer.statusCode()).isEqualTo(403);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("control_not_allowed");
        assertThat(error.path("message").asText()).contains(header);
        assertThat(chat(BODY, FREE_KEY, header, value).statusCode()).isEqualTo(200);
    }

    @Test
    void theOnesThatItMayUseHaveAnEffect() {
        assertThat(Ensemble.who(chat(BODY, BOUND_KEY, "x-signalbox-max-cost", "0.00006", "x-signalbox-tags", "a=b")))
                .isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s-1"})
    void noneOfThemReachesTheUpstream(String session) {
        Response answer = chat(
                BODY,
                FREE_KEY,
                "x-signalbox-strategy",
                "priority",
                "x-signalbox-optimize",
                "cost",
                "x-signalbox-tags",
                "a=b" + session,
                "x-signalbox-max-cost",
                "1",
                "x-signalbox-timeout",
                "20s");

        assertThat(answer.statusCode()).isEqualTo(200);
        for (FakeVendor vendor : PRICED.vendors()) {
            assertThat(vendor.received())
                    .allSatisfy(request -> assertThat(request.headers().keySet())
                            .noneMatch(name ->
                                    name.toLowerCase(java.util.Locale.ROOT).startsWith("x-signalbox")));
        }
    }

    @Test
    void namedFallbacksTakeThePlaceOfTheConfiguredOnes() {
        FALLING.vendor('a').answers(BUSY);
        NAMED.vendor('a').answers(BUSY);
        int before = CONFIGURED.vendor('a').received().size();

        Response answer = chat(Shapes.question("falling"), FREE_KEY, "x-signalbox-fallback", "named, other");

        assertThat(answer.header("x-signalbox-provider")).isEqualTo("other-a");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("3");
        assertThat(NAMED.vendor('a').received()).hasSize(1);
        assertThat(CONFIGURED.vendor('a').received()).hasSize(before);
        assertThat(chat(Shapes.question("falling"), FREE_KEY).header("x-signalbox-provider"))
                .isEqualTo("configured-a");
    }

    @Test
    void aNamedProviderMayBeFollowedByNamedModels() {
        PRICED.vendor('a').answers(BUSY);

        Response answer =
                chat(BODY, FREE_KEY, "x-signalbox-provider", PRICED.provider('a'), "x-signalbox-fallback", "other");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isNotEqualTo(PRICED.provider('a'));
        assertThat(OTHER.vendors()).hasSize(1);
    }
}
