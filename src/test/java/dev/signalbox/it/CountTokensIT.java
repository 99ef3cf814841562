package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens are counted by the vendor where it counts, exactly where the encoding is known, and otherwise about. */
@Timeout(60)
class CountTokensIT {

    private static final Lanes LANES = Lanes.anthropicFirst(12)
            .each("signalbox.models.m%d.deployments[1].model", "gpt-4o-mini")
            .each("signalbox.models.m%d.pricing.input", "3")
            .each("signalbox.models.m%d.pricing.output", "15");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static Response count(String model, String more, String... headers) {
        RequestSpecification request = GATEWAY.request().header("content-type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.body("{\"model\":\"%s\",%s}".formatted(model, more)).post("/v1/messages/count_tokens");
    }

    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"hello world\"}]";

    @Test
    void theVendorCounts() {
        Lane lane = LANES.next();
        lane.first().answers(AnthropicAnswers.json(200, "{\"input_tokens\":2095}"));

        Response answer = count(lane.model(), "\"thinking\":{\"type\":\"adaptive\"}," + HELLO, "x-api-key", "k");

        assertThat(answer.asString()).isEqualTo("{\"input_tokens\":2095}");
        assertThat(answer.header("x-signalbox-emulated")).isNull();
        assertThat(lane.first().only().path()).isEqualTo("/v1/messages/count_tokens");
        assertThat(lane.first().only().body())
                .isEqualTo("{\"model\":\"up-a\",\"thinking\":{\"type\":\"adaptive\"}," + HELLO + "}");
        assertIsFree(answer);
    }

    private static void assertIsFree(Response answer) {
        assertThat(answer.header("x-signalbox-cost-usd")).isEqualTo("0");
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("status").asInt()).isEqualTo(200);
        for (String tokens : new String[] {"input_tokens", "output_tokens", "cached_tokens", "cost_usd"}) {
            assertThat(row.path(tokens).isNumber()).as(tokens).isTrue();
            assertThat(row.path(tokens).asDouble()).as(tokens).isZero();
        }
        assertThat(row.path("estimated").asBoolean(true)).isFalse();
    }

    @Test
    void wordsAreCountedExactlyWhereTheEncodingIsKnown() {
        Lane lane = LANES.next();

        Response answer = count(lane.model(), HELLO, "x-signalbox-provider", lane.secondName());

        assertThat(answer.asString()).isEqualTo("{\"input_tokens\":9}");
        assertThat(answer.header("x-signalbox-emulated")).isNull();
        assertThat(lane.second().received()).isEmpty();
        assertIsFree(answer);
    }

    @Test
    void anEstimateIsMarkedAndNothingForTheStrict() {
        Lane lane = LANES.next();
        String tools = "\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}]," + HELLO;

        Response answer = count(lane.model(), tools, "x-signalbox-provider", lane.secondName());
        assertThat(Shapes.json(answer.asString()).path("input_tokens").asInt()).isPositive();
        assertThat(answer.header("x-signalbox-emulated")).isEqualTo("input_tokens");
        assertIsFree(answer);

        Response strict = count(
                lane.model(), tools, "x-signalbox-provider", lane.secondName(), "x-signalbox-translation", "strict");
        assertThat(strict.statusCode()).isEqualTo(400);
        assertThat(strict.asString()).contains("unsupported_parameter");
    }

    @Test
    void aVendorThatCannotCountMakesRoomForTheNext() {
        Lane lane = LANES.next();
        lane.first().answers(AnthropicAnswers.error(529, "overloaded_error", "Overloaded"));

        Response answer = count(lane.model(), HELLO);

        assertThat(answer.asString()).isEqualTo("{\"input_tokens\":9}");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
    }

    @Test
    void longTextsAreCountedWhileOthersAreServed() {
        Lane lane = LANES.next();
        String words = "ab ".repeat(400_000);

        Response answer = count(
                lane.model(),
                "\"messages\":[{\"role\":\"user\",\"content\":\"" + words + "\"}]",
                "x-signalbox-provider",
                lane.secondName());

        assertThat(Shapes.json(answer.asString()).path("input_tokens").asInt()).isBetween(400_000, 400_100);
    }

    @Test
    void refusalsAreInAnthropicsShape() {
        Response answer = count("m0", "\"messages\":[]");

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString());
        assertThat(error.at("/error/type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("request_id").asText()).isEqualTo(answer.header("request-id"));
    }
}
