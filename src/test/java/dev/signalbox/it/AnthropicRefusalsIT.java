package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be said in Anthropic's language is refused or disclosed, never lost in secret; and what Anthropic refuses is told. */
@Timeout(60)
class AnthropicRefusalsIT {

    private static final Lanes LANES = Lanes.anthropicFirst(40).each("signalbox.models.m%d.max-output-tokens", "100");

    @RegisterExtension
    static final Gateway STRICT = Gateway.with(LANES);

    private static final Lanes LENIENT_LANES =
            Lanes.anthropicFirst(12).each("signalbox.models.m%d.max-output-tokens", "100");

    @RegisterExtension
    static final Gateway LENIENT = Gateway.with(LENIENT_LANES).and("signalbox.drop-unsupported", "true");

    private static JsonNode error(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        return error;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "temperature|\"temperature\":1.7",
                "n|\"n\":2",
                "seed|\"seed\":7",
                "logprobs|\"logprobs\":true",
                "logit_bias|\"logit_bias\":{\"50256\":-100}",
                "presence_penalty|\"presence_penalty\":0.5",
                "frequency_penalty|\"frequency_penalty\":0.5",
                "something_new|\"something_new\":{\"a\":1}",
                "modalities|\"modalities\":[\"text\",\"audio\"]",
            })
    void whatCannotBeSaidIsRefusedByItsName(String field, String json) {
        Lane lane = LANES.next();

        Response answer = STRICT.chat(Shapes.with(lane.model(), json), "x-signalbox-provider", lane.firstName());

        JsonNode error = error(answer, 400, "unsupported_parameter");
        assertThat(error.path("message").asText()).contains(field);
        assertThat(error.path("param").asText()).contains(field);
        assertThat(lane.first().received()).isEmpty();
    }

    @Test
    void whatOneCannotBeToldIsToldToTheOther() {
        Lane lane = LANES.next();

        Response answer = STRICT.chat(Shapes.with(lane.model(), "\"seed\":7"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).isEmpty();
        assertThat(lane.second().only().json().path("seed").asInt()).isEqualTo(7);
    }

    @Test
    void whatChangesNothingNeedNotBeSaid() {
        Lane lane = LANES.next();

        Response answer = STRICT.chat(Shapes.with(lane.model(), "\"n\":1,\"temperature\":1.0"));

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(answer.header("x-signalbox-dropped")).isNull();
    }

    @Test
    void aPartThatIsNotUnderstoodIsRefusedByItsPlace() {
        Lane lane = LANES.next();

        Response answer = STRICT.chat("""
                {"model":"%s","messages":[{"role":"user","content":[{"type":"text","text":"hear"},\
                {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}""".formatted(lane.model()), "x-signalbox-provider", lane.firstName());

        JsonNode error = error(answer, 400, "unsupported_parameter");
        assertThat(error.path("message").asText()).contains("messages[0].content[1]");
    }

    @Test
    void whatCannotBeSaidMayBeDroppedAndIsDisclosed() {
        Lane lane = LENIENT_LANES.next();

        Response answer = LENIENT.chat(Shapes.with(lane.model(), "\"seed\":7,\"logit_bias\":{\"1\":2}"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(answer.header("x-signalbox-dropped").split(",\\s*")).containsExactlyInAnyOrder("seed", "logit_bias");
        JsonNode asked = lane.first().only().json();
        assertThat(asked.has("seed")).isFalse();
        assertThat(asked.has("logit_bias")).isFalse();
    }

    @Test
    void whatIsDroppedFromAStreamIsDisclosedInItsHead() {
        Lane lane = LENIENT_LANES.next();

        try (Listener listener = Listener.ask(LENIENT, Shapes.with(lane.model(), "\"seed\":7,\"stream\":true"))) {
            assertThat(listener.header("x-signalbox-dropped")).isEqualTo("seed");
        }
    }

    @Test
    void aCallerMayInsistThatNothingIsDropped() {
        Lane lane = LENIENT_LANES.next();

        Response answer = LENIENT.chat(
                Shapes.with(lane.model(), "\"seed\":7"),
                "x-signalbox-translation",
                "strict",
                "x-signalbox-provider",
                lane.firstName());

        assertThat(error(answer, 400, "unsupported_parameter").path("message").asText())
                .contains("seed");
        assertThat(lane.first().received()).isEmpty();
    }

    @Test
    void insistingChangesNothingWhereNothingIsLost() {
        Lane lane = LENIENT_LANES.next();

        assertThat(LENIENT.ask(lane.model(), "x-signalbox-translation", "strict")
                        .header("x-signalbox-provider"))
                .isEqualTo(lane.firstName());
    }

    @ParameterizedTest
    @CsvSource({
        "529,overloaded_error",
        "500,api_error",
        "429,rate_limit_error",
        "401,authentication_error",
        "403,permission_error",
        "404,not_found_error",
        "402,billing_error",
        "504,timeout_error",
    })
    void itsFailuresGoElsewhere(int status, String type) {
        Lane lane = LANES.next();
        lane.first().answers(AnthropicAnswers.error(status, type, "no"));

        Response answer = STRICT.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }

    @Test
    void itsFailuresAreToldInOpenAisShape() {
        Lane lane = LANES.next();
        lane.first().answers(AnthropicAnswers.error(529, "overloaded_error", "Overloaded"));

        Response answer = STRICT.ask(lane.model(), "x-signalbox-provider", lane.firstName());

        JsonNode error = error(answer, 503, "all_providers_exhausted");
        assertThat(error.path("attempts").path(0).path("status").asInt()).isEqualTo(529);
        assertThat(answer.asString()).doesNotContain("\"type\":\"error\"");
    }

    @Test
    void theCallersFaultIsToldInOpenAisShape() {
        Lane lane = LANES.next();
        lane.first().answers(AnthropicAnswers.error(400, "invalid_request_error", "messages: roles must alternate"));

        Response answer = STRICT.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("message").asText()).isEqualTo("messages: roles must alternate");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(Shapes.json(answer.asString()).has("type")).isFalse();
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void aPromptThatIsTooLongIsRecognised() {
        Lane lane = LANES.next();
        lane.first()
                .answers(AnthropicAnswers.error(
                        400, "invalid_request_error", "prompt is too long: 213462 tokens > 200000 maximum"));

        error(STRICT.ask(lane.model(), "x-signalbox-fallback", "false"), 400, "context_length_exceeded");
    }

    @Test
    void anErrorInsideA200GoesElsewhere() {
        Lane lane = LANES.next();
        lane.first().answers(AnthropicAnswers.error(200, "overloaded_error", "Overloaded"));

        assertThat(STRICT.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }
}
