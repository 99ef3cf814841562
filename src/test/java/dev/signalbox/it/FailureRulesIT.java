package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Ensembles.Ensemble;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows a failure for the requests after it, and who is asked in which order. */
@Timeout(60)
class FailureRulesIT {

    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");
    private static final Answer NO_KEY = OpenAiAnswers.error(401, "invalid_api_key", "revoked");
    private static final Answer TOO_LONG =
            OpenAiAnswers.error(400, "context_length_exceeded", "This model's maximum context length is 8000 tokens");
    private static final Answer FILTERED = OpenAiAnswers.error(400, "content_filter", "The response was filtered");

    private static final Ensembles ALL = new Ensembles();

    private static final Ensemble KEYS = ALL.model("keys", 2)
            .provider('a', "api-keys[0]", "sk-one")
            .provider('a', "api-keys[1]", "sk-two")
            .provider('a', "api-keys[2]", "sk-three");
    private static final Ensemble ALL_LIMITED = ALL.model("all-limited", 2)
            .provider('a', "api-keys[0]", "sk-one")
            .provider('a', "api-keys[1]", "sk-two")
            .provider('a', "max-retries", "5");
    private static final Ensemble SLOW_KEYS =
            ALL.model("slow-keys", 2).provider('a', "api-keys[0]", "sk-one").provider('a', "api-keys[1]", "sk-two");
    private static final Ensemble POOR = ALL.model("poor", 2);
    private static final Ensemble REVOKED = ALL.model("revoked", 2);
    private static final Ensemble FORBIDDEN = ALL.model("forbidden", 2);
    private static final Ensemble MISNAMED = ALL.model("misnamed", 2);
    private static final Ensemble HAMMERED = ALL.model("hammered", 1).provider('a', "max-retries", "5");
    private static final Ensemble WINDOWS = ALL.model("windows", 4)
            .deployment('a', "context-window", "8000")
            .deployment('b', "context-window", "4000")
            .deployment('c', "context-window", "8000")
            .deployment('d', "context-window", "100000")
            .model("context-fallbacks[0]", "wide")
            .model("fallbacks[0]", "spare");
    private static final Ensemble ESTIMATED =
            ALL.model("estimated", 1).deployment('a', "context-window", "500").model("context-fallbacks[0]", "wide");
    private static final Ensemble WIDE = ALL.model("wide", 1);
    private static final Ensemble BOLD = ALL.model("bold", 1);
    private static final Ensemble SPARE = ALL.model("spare", 1);
    private static final Ensemble CENSORED =
            ALL.model("censored", 2).model("content-fallbacks[0]", "bold").model("fallbacks[0]", "spare");
    private static final Ensemble REST_BY_COST = ALL.model("rest-by-cost", 4, "priority")
            .model("fallback-strategy", "cost")
            .price('a', "5", "5")
            .price('b', "3", "3")
            .price('c', "1", "1")
            .price('d', "2", "2");
    private static final Ensemble REST_IN_TURN = ALL.model("rest-in-turn", 3, "round-robin")
            .model("fallback-strategy", "priority")
            .provider('c', "priority", "0");
    private static final Ensemble RESORT = ALL.model("resort", 1).model("last-resort", "Please try again later.");
    private static final Ensemble DEFAULTS = ALL.model("defaults", 2)
            .provider('a', "defaults.temperature", "0.1")
            .provider('a', "defaults.max-tokens", "2000")
            .provider('b', "defaults.temperature", "0.7");
    private static final Ensemble ALONE =
            ALL.model("alone", 2).provider('b', "health.failure-threshold", "1").provider('b', "health.interval", "1h");
    private static final Ensemble CROWDED = ALL.model("crowded", 2)
            .provider('a', "max-concurrent", "1")
            .provider('a', "queue-size", "0")
            .price('a', "1", "1")
            .price('b', "1000000", "1000000");
    private static final Ensemble CHOOSY = ALL.model("choosy", 2)
            .model("quality-fallbacks.when", "empty,invalid-json,refusal,truncated")
            .model("quality-fallbacks.models", "better");
    private static final Ensemble BETTER = ALL.model("better", 1);
    private static final Ensemble EASY =
            ALL.model("easy", 1).model("quality-fallbacks.when", "refusal").model("quality-fallbacks.models", "better");

    private static final List<Ensemble> RETRIED = Stream.of(
                    "408", "500", "502", "503", "504", "529", "empty", "broken", "error-in-200", "closed", "reset")
            .map(name -> ALL.model("retried-" + name, 2).provider('a', "max-retries", "1"))
            .toList();

    @RegisterExtension
    static final Gateway GATEWAY = ALL.configure(Gateway.bare()).and("signalbox.retry-budget-floor", "1000");

    @AfterAll
    static void close() {
        ALL.close();
    }

    static Stream<Arguments> stumbles() {
        List<Answer> answers = List.of(
                OpenAiAnswers.error(408, "timeout", "slow"),
                OpenAiAnswers.error(500, "server_error", "oops"),
                OpenAiAnswers.json(502, "<html>Bad Gateway</html>", "content-type", "text/html"),
                BUSY,
                OpenAiAnswers.json(504, ""),
                OpenAiAnswers.json(529, AnthropicAnswers.error("overloaded_error", "busy")),
                OpenAiAnswers.json(200, ""),
                OpenAiAnswers.json(200, "{\"id\":\"chatcmpl-1\",\"choices\":[{"),
                OpenAiAnswers.error(200, "server_error", "oops"),
                (_, wire) -> wire.cut(),
                (_, wire) -> wire.reset());
        return Stream.iterate(0, i -> i < answers.size(), i -> i + 1)
                .map(i -> Arguments.argumentSet(RETRIED.get(i).model(), RETRIED.get(i), answers.get(i)));
    }

    @ParameterizedTest
    @MethodSource("stumbles")
    void aStumbleIsTriedAgainAndThenElsewhere(Ensemble model, Answer stumble) {
        model.vendor('a').answers(stumble, OpenAiAnswers.hello());
        assertThat(model.ask(GATEWAY)).isEqualTo("a");
        assertThat(model.vendor('a').received()).hasSize(2);

        model.vendor('a').answers(stumble);
        assertThat(model.ask(GATEWAY)).isEqualTo("b");
        assertThat(model.vendor('a').received()).hasSize(4);
        assertThat(model.vendor('b').received()).hasSize(1);
    }

    @Test
    void aLimitIsNeverHammered() {
        HAMMERED.vendor('a').answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down"));

        for (int i = 0; i < 5; i++) {
            Response answer = GATEWAY.ask("hammered");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isNotBlank();
        }

        assertThat(HAMMERED.vendor('a').received()).hasSize(1);
    }

    @Test
    void onlyTheKeysThatAreOfNoUseRest() {
        Answer limited = OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "60");
        KEYS.vendor('a').answers((request, wire) -> {
            switch (request.header("authorization")) {
                case "Bearer sk-one" -> limited.play(request, wire);
                case "Bearer sk-two" -> NO_KEY.play(request, wire);
                default -> OpenAiAnswers.hello().play(request, wire);
            }
        });

        assertThat(KEYS.ask(GATEWAY, 9)).isEqualTo("aaaaaaaaa");
        // nine answers, and one refusal of each of the others
        assertThat(KEYS.vendor('a').received()).hasSize(11);
        assertThat(KEYS.vendor('b').received()).isEmpty();
    }

    @Test
    void whenAllKeysAreLimitedTheNextCandidateIsAskedAtOnce() {
        ALL_LIMITED
                .vendor('a')
                .answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "60"));

        Response answer = GATEWAY.ask("all-limited");

        assertThat(Ensemble.who(answer)).isEqualTo("b");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("3");
        assertThat(ALL_LIMITED.ask(GATEWAY, 3)).isEqualTo("bbb");
        assertThat(ALL_LIMITED.vendor('a').received()).hasSize(2);
    }

    @Test
    void aKeyThatWokeMeanwhileIsNotAskedAgainForTheSameRequest() {
        SLOW_KEYS.vendor('a').answers((request, wire) -> {
            wire.silent(Duration.ofMillis(1_200));
            OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after-ms", "1")
                    .play(request, wire);
        });

        assertThat(SLOW_KEYS.ask(GATEWAY, "x-signalbox-timeout", "20s")).isEqualTo("b");
        assertThat(SLOW_KEYS.vendor('a').received()).hasSize(2);
    }

    @Test
    void whoHasNoMoneyRests() {
        POOR.vendor('a')
                .answers(
                        OpenAiAnswers.error(429, "insufficient_quota", "You exceeded your current quota"),
                        OpenAiAnswers.hello());

        assertThat(POOR.ask(GATEWAY, 4)).isEqualTo("bbbb");
        assertThat(POOR.vendor('a').received()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void whoRejectsOurKeyRests(int status) {
        Ensemble model = status == 401 ? REVOKED : FORBIDDEN;
        model.vendor('a').answers(OpenAiAnswers.error(status, "invalid_api_key", "revoked"), OpenAiAnswers.hello());

        assertThat(model.ask(GATEWAY, 4)).isEqualTo("bbbb");
        assertThat(model.vendor('a').received()).hasSize(1);
        Await.until(
                "a warning",
                () -> GATEWAY.log()
                        .lines()
                        .anyMatch(line -> line.contains("WARN") && line.contains(model.provider('a'))));
    }

    @Test
    void whoDoesNotHaveTheModelIsAskedLaterThanTheOthers() {
        MISNAMED.vendor('a').answers(OpenAiAnswers.error(404, "model_not_found", "no such model"));

        assertThat(MISNAMED.ask(GATEWAY, 4)).isEqualTo("bbbb");
        assertThat(MISNAMED.vendor('a').received()).hasSize(1);
    }

    @Test
    void aPromptThatIsTooLongGoesToLargerWindowsAndThenToTheContextFallbacks() {
        WINDOWS.vendor('a').answers(TOO_LONG);
        assertThat(WINDOWS.ask(GATEWAY)).isEqualTo("d");

        WINDOWS.vendor('d').answers(TOO_LONG);
        Response answer = GATEWAY.ask("windows");

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(WIDE.provider('a'));
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("3");
        assertThat(WINDOWS.vendor('b').received()).isEmpty();
        assertThat(WINDOWS.vendor('c').received()).isEmpty();
        assertThat(SPARE.vendor('a').received()).isEmpty();
    }

    @Test
    void aPromptThatIsKnownToBeTooLongIsNotEvenSent() {
        Response answer = GATEWAY.chat(Shapes.question("estimated", "and so on ".repeat(1_000)));

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(WIDE.provider('a'));
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("1");
        assertThat(ESTIMATED.vendor('a').received()).isEmpty();
        assertThat(ESTIMATED.ask(GATEWAY)).isEqualTo("a");
    }

    @Test
    void whatAVendorRefusesToSayGoesToTheContentFallbacksOnly() {
        CENSORED.vendor('a').answers(FILTERED);

        Response answer = GATEWAY.ask("censored");

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(BOLD.provider('a'));
        assertThat(CENSORED.vendor('b').received()).isEmpty();
    }

    @Test
    void whoWantsNoFallbackDoesNotGetTheUnhealthyEither() {
        ALONE.vendor('b').answers(BUSY);
        assertThat(ALONE.ask(GATEWAY, "x-signalbox-provider", ALONE.provider('b')))
                .isEqualTo("503");
        ALONE.vendor('a').answers(BUSY);

        assertThat(ALONE.ask(GATEWAY, "x-signalbox-fallback", "false")).isEqualTo("503");
        assertThat(ALONE.vendor('a').received()).hasSize(1);
        assertThat(ALONE.vendor('b').received()).hasSize(1);
    }

    @Test
    void whoIsBusyIsUnavailableAndNotTooDear() {
        var permits = new Semaphore(0);
        CROWDED.vendor('a').answers(Slowly.when(permits));
        var inThePlace = CompletableFuture.supplyAsync(
                () -> CROWDED.ask(GATEWAY, "x-signalbox-max-cost", "0.5"), Thread::startVirtualThread);
        Await.until("the place is taken", () -> !CROWDED.vendor('a').received().isEmpty());

        assertThat(CROWDED.ask(GATEWAY, "x-signalbox-max-cost", "0.5")).isEqualTo("503");
        permits.release();
        assertThat(inThePlace.join()).isEqualTo("a");
        assertThat(CROWDED.vendor('b').received()).isEmpty();
    }

    @Test
    void whatContentFallbacksDoNotSayEitherIsFiltered() {
        CENSORED.vendor('a').answers(FILTERED);
        for (Answer neither : List.of(FILTERED, BUSY)) {
            BOLD.vendor('a').answers(neither);
            Response answer = GATEWAY.ask("censored");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(code(answer)).isEqualTo("content_filtered");
            assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
        }
        BOLD.vendor('a').answers(OpenAiAnswers.hello());
    }

    @Test
    void aPromptThatNoWindowHoldsIsTooLong() {
        ESTIMATED.vendor('a').answers(TOO_LONG, OpenAiAnswers.hello());
        WIDE.vendor('a').answers(TOO_LONG, OpenAiAnswers.hello());

        Response answer = GATEWAY.ask("estimated");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(code(answer)).isEqualTo("context_length_exceeded");
        ESTIMATED.vendor('a').answers(TOO_LONG, OpenAiAnswers.hello());
        WIDE.vendor('a').answers(BUSY, OpenAiAnswers.hello());
        assertThat(GATEWAY.ask("estimated").statusCode()).isEqualTo(503);
        ESTIMATED.vendor('a').answers(OpenAiAnswers.hello());
        WIDE.vendor('a').answers(OpenAiAnswers.hello());
    }

    @Test
    void anAnswerThatIsNotWellIsBetterThanNone() {
        CHOOSY.vendor('a').answers(OpenAiAnswers.text(""));
        for (Answer none : List.of(FILTERED, TOO_LONG, OpenAiAnswers.error(400, "invalid_value", "no"))) {
            BETTER.vendor('a').answers(none);
            Response answer = GATEWAY.ask("choosy");
            assertThat(Ensemble.who(answer)).isEqualTo("a");
            assertThat(answer.header("x-signalbox-provider")).isEqualTo(CHOOSY.provider('a'));
            assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
        }
        BETTER.vendor('a').answers((_, wire) -> wire.silent());
        assertThat(GATEWAY.ask("choosy", "x-signalbox-timeout", "500ms").header("x-signalbox-provider"))
                .isEqualTo(CHOOSY.provider('a'));
        BETTER.vendor('a').answers(OpenAiAnswers.hello());
        CHOOSY.vendor('a').answers(OpenAiAnswers.hello());
    }

    private static String code(Response answer) {
        return Shapes.json(answer.asString()).path("error").path("code").asText();
    }

    @Test
    void theRestMayBeInAnotherOrder() {
        REST_BY_COST.vendor('a').answers(BUSY);
        assertThat(REST_BY_COST.ask(GATEWAY)).isEqualTo("c");
        REST_BY_COST.vendor('c').answers(BUSY);
        assertThat(REST_BY_COST.ask(GATEWAY)).isEqualTo("d");
        REST_BY_COST.vendor('d').answers(BUSY);

        JsonNode row = GATEWAY.row(GATEWAY.ask("rest-by-cost").header("x-signalbox-request-id"));

        assertThat(row.path("strategy").asText()).isEqualTo("priority");
        assertThat(row.path("attempts"))
                .extracting(attempt -> attempt.path("provider").asText())
                .containsExactly("rest-by-cost-a", "rest-by-cost-c", "rest-by-cost-d", "rest-by-cost-b");
    }

    @Test
    void theFirstIsStillTheStrategys() {
        // c alone is in the best priority
        assertThat(REST_IN_TURN.ask(GATEWAY, 3)).isEqualTo("ccc");
        REST_IN_TURN.vendor('c').answers(BUSY);
        assertThat(REST_IN_TURN.ask(GATEWAY, 3)).isEqualTo("aaa");
    }

    @Test
    void theLastResortIsSaidInEveryWay() {
        RESORT.vendor('a').answers(BUSY);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("resort"))) {
            List<String> blocks = listener.rest();
            assertThat(listener.status()).isEqualTo(200);
            assertThat(Listener.text(blocks)).isEqualTo("Please try again later.");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
        JsonNode message = Shapes.json(GATEWAY.post(
                        "/v1/messages",
                        Shapes.with("resort", "\"max_tokens\":10"),
                        "x-api-key",
                        "sk-any",
                        "anthropic-version",
                        "2023-06-01")
                .asString());
        assertThat(message.at("/content/0/text").asText()).isEqualTo("Please try again later.");
        assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
    }

    @Test
    void aProvidersDefaultsAreForThoseWhoSayNothing() {
        DEFAULTS.vendor('a').answers(BUSY);
        assertThat(DEFAULTS.ask(GATEWAY)).isEqualTo("b");
        JsonNode first = DEFAULTS.vendor('a').only().json();
        assertThat(first.path("temperature").asText()).isEqualTo("0.1");
        assertThat(first.path("max_tokens").asInt()).isEqualTo(2000);
        JsonNode second = DEFAULTS.vendor('b').only().json();
        assertThat(second.path("temperature").asText()).isEqualTo("0.7");
        assertThat(second.has("max_tokens")).isFalse();

        GATEWAY.chat(Shapes.with("defaults", "\"temperature\":0.9,\"max_tokens\":5"));
        assertThat(DEFAULTS.vendor('a')
                        .received()
                        .getLast()
                        .json()
                        .path("temperature")
                        .asText())
                .isEqualTo("0.9");
        assertThat(DEFAULTS.vendor('a')
                        .received()
                        .getLast()
                        .json()
                        .path("max_tokens")
                        .asInt())
                .isEqualTo(5);
    }

    private static String completion(String message, String finishReason) {
        return """
                {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"up",\
                "choices":[{"index":0,"message":%s,"logprobs":null,"finish_reason":"%s"}],"usage":%s}""".formatted(message, finishReason, OpenAiAnswers.USAGE);
    }

    static Stream<Arguments> flaws() {
        String text = "{\"role\":\"assistant\",\"content\":\"half an ans\",\"refusal\":null}";
        String empty = "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}";
        String refusal = "{\"role\":\"assistant\",\"content\":null,\"refusal\":\"I will not\"}";
        String plain = Shapes.question("choosy");
        String json = Shapes.with("choosy", "\"response_format\":{\"type\":\"json_object\"}");
        return Stream.of(
                Arguments.argumentSet("empty", plain, completion(empty, "stop")),
                Arguments.argumentSet("invalid JSON", json, completion(text, "stop")),
                Arguments.argumentSet("refusal", plain, completion(refusal, "stop")),
                Arguments.argumentSet("truncated", plain, completion(text, "length")));
    }

    @ParameterizedTest
    @MethodSource("flaws")
    void somethingWrongWithAnAnswerGoesToTheQualityFallbacks(String body, String flawed) {
        CHOOSY.vendor('a').answers(OpenAiAnswers.json(200, flawed));
        BETTER.vendor('a').answers(OpenAiAnswers.text("{\"fine\":true}"));
        int before = BETTER.vendor('a').received().size();

        Response answer = GATEWAY.chat(body);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(BETTER.provider('a'));
        assertThat(Shapes.json(answer.asString())
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("{\"fine\":true}");
        assertThat(BETTER.vendor('a').received()).hasSize(before + 1);
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("attempts")).hasSize(2);
        // both are paid
        assertThat(row.path("output_tokens").asInt()).isGreaterThanOrEqualTo(8);
    }

    @Test
    void whatIsNotListedIsNotWrong() {
        EASY.vendor('a')
                .answers(OpenAiAnswers.json(
                        200,
                        completion("{\"role\":\"assistant\",\"content\":\"half an ans\",\"refusal\":null}", "length")));

        assertThat(EASY.ask(GATEWAY)).isEqualTo("a");
        assertThat(EASY.vendor('a').received()).hasSize(1);
    }

    @Test
    void aGoodAnswerIsLeftAlone() {
        CHOOSY.vendor('a').answers(OpenAiAnswers.text("[1,2]"));

        assertThat(Ensemble.who(GATEWAY.chat(Shapes.with("choosy", "\"response_format\":{\"type\":\"json_object\"}"))))
                .isEqualTo("a");
        assertThat(CHOOSY.ask(GATEWAY)).isEqualTo("a");
    }

    @Test
    void aStreamIsNotTakenBackForBeingCutShort() {
        CHOOSY.vendor('a')
                .answers((_, wire) -> wire.events()
                        .send(
                                List.of(
                                        OpenAiAnswers.role(),
                                        OpenAiAnswers.delta("half an ans"),
                                        OpenAiAnswers.finish("length"),
                                        OpenAiAnswers.usage(),
                                        OpenAiAnswers.DONE),
                                Chunking.EVENTS)
                        .end());

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("choosy"))) {
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("half an ans");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
    }
}
