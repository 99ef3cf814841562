package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a caller may ask of the gateway itself, request by request. */
@Timeout(60)
class ControlHeadersIT {

    private static final Lanes LANES = Lanes.of(20).set("signalbox.models.m0.fallbacks[0]", "m1");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        LANES.next();
        LANES.next();
    }

    private static Lane failing() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        return lane;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "x-signalbox-timeout|soon",
                "x-signalbox-timeout|-1s",
                "x-signalbox-timeout|0s",
                "x-signalbox-timeout|",
                "x-signalbox-retries|11",
                "x-signalbox-retries|-1",
                "x-signalbox-retries|many",
                "x-signalbox-retries|1.5",
                "x-signalbox-fallback|",
                "x-signalbox-fallback|a,,b",
                "x-signalbox-fallback|no-such-model",
                "x-signalbox-provider|no-such-provider",
                "x-signalbox-provider|",
                "x-signalbox-strategy|no-such-strategy",
                "x-signalbox-tags|novalue",
                "x-signalbox-tags|=value",
                "x-signalbox-translation|loose",
                "x-signalbox-cache|sometimes",
                "x-signalbox-quality|excellent",
                "x-signalbox-optimize|beauty",
                "x-signalbox-max-cost|cheap",
                "x-signalbox-max-cost|-1",
                "x-signalbox-target-cost|cheap",
            })
    void nonsenseIsRefusedByName(String header, String value) {
        Lane lane = LANES.lane(1);

        Response answer = GATEWAY.ask(lane.model(), header, value == null ? "" : value);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_request");
        assertThat(error.path("message").asText()).containsIgnoringCase(header);
        assertThat(answer.header("x-signalbox-request-id")).isNotBlank();
        assertThat(lane.first().received()).isEmpty();
    }

    @Test
    void tooManyTagsAreRefused() {
        String eleven = IntStream.range(0, 11).mapToObj(i -> "n" + i + "=v").collect(Collectors.joining(","));

        Response answer = GATEWAY.ask(LANES.lane(1).model(), "x-signalbox-tags", eleven);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.asString()).contains("x-signalbox-tags");
    }

    @ParameterizedTest
    @CsvSource({"64,128,200", "65,1,400", "1,129,400"})
    void tagsHaveALength(int name, int value, int status) {
        Response answer =
                GATEWAY.ask(LANES.lane(0).model(), "x-signalbox-tags", "n".repeat(name) + "=" + "v".repeat(value));

        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @Test
    void tagsAreKeptInTheLedger() {
        Lane lane = LANES.next();

        JsonNode row = GATEWAY.row(GATEWAY.ask(lane.model(), "x-signalbox-tags", "team=blue, env=test=1")
                .header("x-signalbox-request-id"));

        assertThat(row.path("tags")).isEqualTo(Shapes.json("{\"team\":\"blue\",\"env\":\"test=1\"}"));
    }

    @Test
    void aNamedProviderIsTheOnlyOneAsked() {
        Lane lane = failing();
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        Response answer = GATEWAY.ask(lane.model(), "x-signalbox-provider", lane.secondName());

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.header("x-signalbox-strategy")).isEqualTo("manual");
        assertThat(lane.first().received()).isEmpty();
        assertThat(lane.second().received()).hasSize(1);
    }

    @Test
    void aNamedProviderMayBeFollowedByTheOthers() {
        Lane lane = LANES.next();
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        Response answer =
                GATEWAY.ask(lane.model(), "x-signalbox-provider", lane.secondName(), "x-signalbox-fallback", "true");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(lane.second().received()).hasSize(1);
    }

    @Test
    void aCallerMayRefuseFallbacks() {
        Lane lane = failing();

        Response answer = GATEWAY.ask(lane.model(), "x-signalbox-fallback", "false");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void aCallerMayNameTheModelsToFallBackTo() {
        Lane lane = failing();
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        Lane other = LANES.next();

        Response answer = GATEWAY.ask(lane.model(), "x-signalbox-fallback", other.model() + ", m1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(other.firstName());
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("3");
    }

    @Test
    void configuredFallbacksFollowTheModelsOwnDeployments() {
        Lane lane = LANES.lane(0);
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo("a1");
        lane.first().answers(OpenAiAnswers.hello());
    }

    @Test
    void aStrategyCanBeNamed() {
        Lane lane = LANES.next();

        assertThat(GATEWAY.ask(lane.model(), "x-signalbox-strategy", "priority").header("x-signalbox-strategy"))
                .isEqualTo("priority");
    }

    @Test
    void namesOfHeadersHaveNoCase() {
        Lane lane = failing();

        assertThat(GATEWAY.ask(lane.model(), "X-Signalbox-Fallback", "FALSE").statusCode())
                .isEqualTo(503);
    }
}
