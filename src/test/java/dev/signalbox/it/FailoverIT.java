package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows when a provider fails: the rules of failure, one after the other, for plain answers and for streams. */
@Timeout(60)
class FailoverIT {

    private static final int REFUSING = 0;
    private static final int FALLING_BACK = 1;
    private static final int STRICTLY_ONE = 2;
    private static final int LAST_RESORT = 3;

    private static final Lanes LANES = Lanes.of(80)
            .set("signalbox.providers.a0.base-url", "http://127.0.0.1:1/v1")
            .set("signalbox.models.m1.fallbacks[0]", "m2")
            .set("signalbox.models.m1.context-fallbacks[0]", "wide")
            .set("signalbox.models.m1.content-fallbacks[0]", "bold")
            .set("signalbox.models.wide.deployments[0].provider", "a4")
            .set("signalbox.models.wide.deployments[0].model", "wide-up")
            .set("signalbox.models.bold.deployments[0].provider", "a5")
            .set("signalbox.models.bold.deployments[0].model", "bold-up")
            .set("signalbox.models.m3.last-resort", "Please try again later.");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        for (int i = 0; i < 6; i++) {
            LANES.next();
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                failure("overloaded 503", OpenAiAnswers.error(503, "overloaded", "busy")),
                failure("overloaded 529", OpenAiAnswers.json(529, AnthropicAnswers.error("overloaded_error", "busy"))),
                failure("server error 500", OpenAiAnswers.error(500, "server_error", "oops")),
                failure(
                        "bad gateway 502 with a page",
                        OpenAiAnswers.json(502, "<html><body>Bad Gateway</body></html>", "content-type", "text/html")),
                failure("gateway timeout 504", OpenAiAnswers.json(504, "")),
                failure("request timeout 408", OpenAiAnswers.error(408, "timeout", "slow")),
                failure("rate limit 429", OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down")),
                failure("no money 429", OpenAiAnswers.error(429, "insufficient_quota", "check your plan")),
                failure("no money 402", OpenAiAnswers.error(402, "billing", "pay")),
                failure("bad credential 401", OpenAiAnswers.error(401, "invalid_api_key", "Incorrect API key")),
                failure("forbidden 403", OpenAiAnswers.error(403, "forbidden", "not from there")),
                failure("no such model 404", OpenAiAnswers.error(404, "model_not_found", "no such model")),
                failure("404 with a page", OpenAiAnswers.json(404, "<html>nginx</html>", "content-type", "text/html")),
                failure("empty body", OpenAiAnswers.json(200, "")),
                failure("broken JSON", OpenAiAnswers.json(200, "{\"id\":\"chatcmpl-1\",\"choices\":[{")),
                failure("JSON of something else", OpenAiAnswers.json(200, "[]")),
                failure("a page in a 200", OpenAiAnswers.json(200, "<html>login</html>", "content-type", "text/html")),
                failure("an error in a 200", OpenAiAnswers.error(200, "server_error", "oops")),
                failure("a cut before the head", (_, wire) -> wire.cut()),
                failure("a reset before the head", (_, wire) -> wire.reset()),
                failure("a cut in the body", (_, wire) -> {
                    wire.write(
                            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"id\":"
                                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    wire.cut();
                }),
                failure("no HTTP", (_, wire) -> {
                    wire.write("SSH-2.0-OpenSSH_9.6\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    wire.cut();
                }));
    }

    private static Arguments failure(String name, Answer answer) {
        return Arguments.argumentSet(name, answer);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failsOverWhenTheFirstProviderFails(Answer failure) {
        Lane lane = LANES.next();
        lane.first().answers(failure);

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.asString()).contains("hello");
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(answer.header("x-signalbox-model")).isEqualTo(Lanes.SECOND_MODEL);
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
        assertThat(lane.first().received()).hasSize(1);
        assertThat(lane.second().only().json().path("model").asText()).isEqualTo(Lanes.SECOND_MODEL);
        assertThat(lane.second().only().header("authorization")).isEqualTo("Bearer " + lane.secondKey());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failsOverWhenTheFirstProvidersStreamFailsBeforeItsFirstToken(Answer failure) {
        Lane lane = LANES.next();
        lane.first().answers(failure);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.status()).isEqualTo(200);
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
            var blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            assertThat(Listener.facts(blocks).path("attempts")).hasSize(2);
        }
        assertThat(lane.first().received()).hasSize(1);
    }

    @Test
    void failsOverWhenTheConnectionIsRefused() {
        Lane lane = LANES.lane(REFUSING);

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }

    @Test
    void everyAttemptIsToldWhenAllFail() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        lane.second().answers(OpenAiAnswers.error(500, "server_error", "oops"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(503);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("all_providers_exhausted");
        assertThat(error.path("message").asText()).isNotBlank();
        JsonNode attempts = error.path("attempts");
        assertThat(attempts).hasSize(2);
        assertThat(attempts.path(0).path("provider").asText()).isEqualTo(lane.firstName());
        assertThat(attempts.path(0).path("model").asText()).isEqualTo(Lanes.FIRST_MODEL);
        assertThat(attempts.path(0).path("status").asInt()).isEqualTo(503);
        assertThat(attempts.path(0).path("error").asText()).isNotBlank();
        assertThat(attempts.path(0).path("duration_ms").isNumber()).isTrue();
        assertThat(attempts.path(1).path("provider").asText()).isEqualTo(lane.secondName());
        assertThat(attempts.path(1).path("status").asInt()).isEqualTo(500);
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
    }

    @Test
    void aStreamThatNobodyCanBeginIsAPlainError() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        Response answer = GATEWAY.chat(Shapes.streamed(lane.model()));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("all_providers_exhausted");
    }

    @Test
    void aCredentialThatIsRejectedUpstreamIsNeverShownAsTheCallersOwn() {
        Lane lane = LANES.next();
        Answer rejection = OpenAiAnswers.error(
                401, "invalid_api_key", "Incorrect API key provided: " + lane.firstKey() + ". You can find yours at");
        lane.first().answers(rejection);
        lane.second().answers(rejection);

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.asString())
                .contains("all_providers_exhausted")
                .doesNotContain("invalid_api_key", lane.firstKey(), lane.secondKey());
    }

    @ParameterizedTest
    @MethodSource("callersFaults")
    void whatIsTheCallersFaultPassesThroughAndIsNotTriedElsewhere(int status) {
        Lane lane = LANES.next();
        String refusal = """
                {"error":{"message":"'temperature' must be at most 2","type":"invalid_request_error",\
                "param":"temperature","code":"out_of_range","new_field":1.0}}""";
        lane.first().answers(OpenAiAnswers.json(status, refusal));

        Response answer = GATEWAY.ask(lane.model(), "x-signalbox-retries", "3");

        assertThat(answer.statusCode()).isEqualTo(status);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("message").asText()).isEqualTo("'temperature' must be at most 2");
        assertThat(error.path("param").asText()).isEqualTo("temperature");
        assertThat(lane.first().received()).hasSize(1);
        assertThat(lane.second().received()).isEmpty();
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
    }

    static Stream<Integer> callersFaults() {
        return Stream.of(400, 422);
    }

    @Test
    void theCallersFaultIsToldPlainlyForAStreamToo() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(400, "out_of_range", "too hot"));

        Response answer = GATEWAY.chat(Shapes.streamed(lane.model()));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).path("error").path("message").asText())
                .isEqualTo("too hot");
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void aPromptThatIsTooLongGoesToTheContextFallbacksOnly() {
        Lane lane = LANES.lane(FALLING_BACK);
        lane.first()
                .answers(OpenAiAnswers.error(
                        400, "context_length_exceeded", "This model's maximum context length is 128000 tokens"));
        FakeVendor wide = LANES.lane(4).first();

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-model")).isEqualTo("wide-up");
        assertThat(wide.only().json().path("model").asText()).isEqualTo("wide-up");
        assertThat(LANES.lane(STRICTLY_ONE).first().received()).isEmpty();
    }

    @Test
    void aPromptThatIsTooLongForEverybodyIsSaidToBe() {
        Lane lane = LANES.next();
        lane.first()
                .answers(OpenAiAnswers.error(
                        400, "context_length_exceeded", "This model's maximum context length is 128000 tokens"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("context_length_exceeded");
    }

    @Test
    void aRefusalOfTheContentPolicyGoesToTheContentFallbacksOnly() {
        Lane lane = LANES.lane(FALLING_BACK);
        lane.first().answers(OpenAiAnswers.error(400, "content_filter", "The response was filtered"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-model")).isEqualTo("bold-up");
        assertThat(LANES.lane(STRICTLY_ONE).first().received()).isEmpty();
    }

    @Test
    void aRefusalOfTheContentPolicyWithoutFallbacksIsSaidToBe() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(400, "content_policy_violation", "Your request was rejected"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("content_filtered");
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void theConfiguredAnswerIsTheLastResort() {
        Lane lane = LANES.lane(LAST_RESORT);
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode choice = Shapes.json(answer.asString()).path("choices").path(0);
        assertThat(choice.path("message").path("content").asText()).isEqualTo("Please try again later.");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void nobodyIsTriedTwice() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        GATEWAY.ask(lane.model(), "x-signalbox-fallback", lane.model() + "," + lane.model());

        assertThat(lane.first().received()).hasSize(1);
        assertThat(lane.second().received()).hasSize(1);
    }

    @Test
    void theRowHasEveryAttempt() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        JsonNode row = GATEWAY.row(GATEWAY.ask(lane.model()).header("x-signalbox-request-id"));

        assertThat(row.path("status").asInt()).isEqualTo(200);
        assertThat(row.path("provider").asText()).isEqualTo(lane.secondName());
        assertThat(row.path("attempts")).hasSize(2);
        assertThat(row.path("attempts").path(0).path("status").asInt()).isEqualTo(503);
        assertThat(row.path("attempts").path(1).path("status").asInt()).isEqualTo(200);
    }
}
