package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators take providers out and in again, and let them fail on purpose. */
@Timeout(90)
class DrillsIT {

    private static final int HEALTHY_ONLY = 0;
    private static final int LAST = 14;

    private static final Lanes LANES = Lanes.of(16)
            .each("signalbox.providers.a%d.timeout", "2s")
            .each("signalbox.providers.a%d.circuit.volume", "1000")
            .each("signalbox.providers.a%d.health.failure-threshold", "1000")
            .set("signalbox.providers.a14.health.failure-threshold", "3")
            .set("signalbox.providers.a14.circuit.volume", "3")
            .set("signalbox.providers.a15.headers.x-team", "not-to-be-shown");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        LANES.next();
    }

    private static JsonNode provider(String name) {
        return Shapes.json(GATEWAY.request().get("/admin/v1/providers/" + name).asString());
    }

    private static JsonNode fault(String provider, String body) {
        Response answer = GATEWAY.post("/admin/v1/providers/" + provider + "/fault", body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Shapes.json(answer.asString());
    }

    private static void order(String provider, String what) {
        assertThat(GATEWAY.post("/admin/v1/providers/" + provider + "/" + what, "")
                        .statusCode())
                .isEqualTo(200);
    }

    private static String servedBy(Lane lane) {
        return GATEWAY.ask(lane.model()).header("x-signalbox-provider");
    }

    @Test
    void whoIsDrainedFinishesWhatRunsAndGetsNothingNew() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events().send(OpenAiAnswers.delta("half "));
            Gateway.pause(Duration.ofSeconds(1));
            wire.send(OpenAiAnswers.delta("whole"))
                    .send(OpenAiAnswers.finish("stop"))
                    .send(OpenAiAnswers.DONE);
        });
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            listener.next();
            order(lane.firstName(), "drain");
            assertThat(provider(lane.firstName()).path("health").asText()).isEqualTo("draining");
            assertThat(provider(lane.firstName()).path("health_reason").asText())
                    .contains("1 still running");
            assertThat(servedBy(lane)).isEqualTo(lane.secondName());
            assertThat(String.join("", listener.rest()))
                    .contains("whole", "[DONE]")
                    .doesNotContain("{\"error\"");
        }
        Await.until(
                "nothing runs", () -> provider(lane.firstName()).path("active").asInt() == 0);
        lane.first().answers(OpenAiAnswers.hello());
        order(lane.firstName(), "drain");
        order(lane.firstName(), "resume");

        assertThat(provider(lane.firstName()).path("health").asText()).isEqualTo("healthy");
        assertThat(servedBy(lane)).isEqualTo(lane.firstName());
    }

    @Test
    void whoIsDrainedIsNotAskedEvenWhenNobodyElseIsWell() {
        Lane lane = LANES.next();
        order(lane.firstName(), "drain");
        order(lane.secondName(), "drain");

        assertThat(GATEWAY.ask(lane.model()).statusCode()).isEqualTo(503);
        assertThat(GATEWAY.ask(lane.firstName() + "/" + Lanes.FIRST_MODEL).statusCode())
                .isEqualTo(503);
        assertThat(lane.first().received()).isEmpty();
        assertThat(lane.second().received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "429, rate_limited, 429",
        "500, server_error, 500",
        "timeout, first_event_timeout,",
        "disconnect, connect_failed,",
        "malformed, invalid_answer,"
    })
    void everyFailureIsAsRealAndEndsByItself(String failure, String error, Integer status) {
        Lane lane = LANES.next();
        JsonNode drilled = fault(lane.firstName(), """
                {"failure": "%s", "for": "4s"}""".formatted(failure));
        assertThat(drilled.path("health").asText()).isEqualTo("drilled");
        assertThat(drilled.path("health_reason").asText()).contains("fault drill: " + failure + " at rate 1.0, until ");

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).isEmpty();
        JsonNode attempt = GATEWAY.row(answer.header("x-signalbox-request-id"))
                .path("attempts")
                .path(0);
        assertThat(attempt.path("provider").asText()).isEqualTo(lane.firstName());
        assertThat(attempt.path("error").asText()).isEqualTo(error);
        assertThat(
                        attempt.path("status").isNull()
                                ? null
                                : (Integer) attempt.path("status").asInt())
                .isEqualTo(status);
        Await.until(
                "the drill ends", Duration.ofSeconds(20), () -> servedBy(lane).equals(lane.firstName()));
        assertThat(provider(lane.firstName()).path("fault").isNull()).isTrue();
    }

    @Test
    void aDrillCountsEverywhereAndCanBeEnded() {
        Lane lane = LANES.lane(LAST);
        fault(lane.firstName(), """
                {"failure": "500", "for": "1h"}""");
        for (int i = 0; i < 3; i++) {
            GATEWAY.ask(lane.model());
        }

        JsonNode broken = provider(lane.firstName());
        assertThat(broken.path("health").asText()).isEqualTo("unhealthy");
        assertThat(broken.path("health_reason").asText()).contains("server_error (HTTP 500)", "fault drill");
        assertThat(broken.path("circuit").asText()).isEqualTo("open");
        assertThat(GATEWAY.metrics())
                .contains("signalbox_attempts_total{deployment=\"" + lane.firstName() + "/" + Lanes.FIRST_MODEL
                        + "\",outcome=\"server_error\"");
        assertThat(GATEWAY.request().get("/q/health/group/providers").asString())
                .contains("fault drill");
        Response ended = GATEWAY.request()
                .header("content-type", "application/json")
                .delete("/admin/v1/providers/" + lane.firstName() + "/fault");
        assertThat(Shapes.json(ended.asString()).path("fault").isNull()).isTrue();
        assertThat(lane.first().received()).isEmpty();
    }

    @Test
    void aDrillCanOnlyDelay() {
        Lane lane = LANES.next();
        fault(lane.firstName(), """
                {"failure": "500", "rate": 0, "latency": "300ms", "for": "1h"}""");

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(GATEWAY.row(answer.header("x-signalbox-request-id"))
                        .path("latency_ms")
                        .asInt())
                .isGreaterThanOrEqualTo(300);
    }

    @Test
    void streamsCanBreakMidway() {
        Lane lane = LANES.next();
        fault(lane.firstName(), """
                {"failure": "disconnect", "for": "1h"}""");

        Await.until("one breaks after its first token", Duration.ofSeconds(30), () -> {
            try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
                List<String> blocks = listener.rest();
                return GATEWAY.row(listener.id()).path("status").asInt() == 502
                        && blocks.stream().anyMatch(block -> block.contains("\"error\""))
                        && !blocks.contains("data: [DONE]");
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "failure | {\"for\": \"10s\"}",
                "failure | {\"failure\": \"404\", \"for\": \"10s\"}",
                "for     | {\"failure\": \"500\"}",
                "for     | {\"failure\": \"500\", \"for\": \"0s\"}",
                "for     | {\"failure\": \"500\", \"for\": \"25h\"}",
                "for     | {\"failure\": \"500\", \"for\": \"soon\"}",
                "rate    | {\"failure\": \"500\", \"for\": \"1m\", \"rate\": 1.5}",
                "rate    | {\"failure\": \"500\", \"for\": \"1m\", \"rate\": \"often\"}",
                "latency | {\"failure\": \"500\", \"for\": \"1m\", \"latency\": \"-1s\"}",
                "until   | {\"failure\": \"500\", \"for\": \"1m\", \"until\": 3}"
            })
    void nonsenseIsRefusedAndNamed(String field, String body) {
        Response answer = GATEWAY.post("/admin/v1/providers/a" + HEALTHY_ONLY + "/fault", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_request");
        assertThat(error.path("field").asText()).isEqualTo(field);
        assertThat(provider("a" + HEALTHY_ONLY).path("fault").isNull()).isTrue();
    }

    @Test
    void aDrillThatNamesNoFailureOnlyDelays() {
        Lane lane = LANES.next();
        JsonNode drilled = fault(lane.firstName(), "{\"latency\": \"300ms\", \"for\": \"1m\"}");
        assertThat(drilled.at("/fault/rate").asDouble()).isZero();
        assertThat(drilled.at("/fault/latency").asText()).isEqualTo("300ms");

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(Double.parseDouble(answer.header("x-signalbox-latency-ms"))).isGreaterThanOrEqualTo(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "\"500\""})
    void whatIsNoObjectIsRefused(String body) {
        assertThat(GATEWAY.post("/admin/v1/providers/a" + HEALTHY_ONLY + "/fault", body)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void unknownProvidersAreNotFound() {
        for (Response answer : List.of(
                GATEWAY.request().get("/admin/v1/providers/nobody"),
                GATEWAY.post("/admin/v1/providers/nobody/drain", ""),
                GATEWAY.post("/admin/v1/providers/nobody/resume", ""),
                GATEWAY.post("/admin/v1/providers/nobody/fault", "{\"failure\": \"500\", \"for\": \"1m\"}"))) {
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                    .isEqualTo("not_found");
        }
    }

    @Test
    void providersAreListedWithoutSecrets() {
        Lane lane = LANES.lane(LAST + 1);
        String all = GATEWAY.request().get("/admin/v1/providers?limit=1000").asString();
        JsonNode row = provider(lane.firstName());

        assertThat(Shapes.json(all).path("data")).hasSize(32);
        assertThat(Shapes.json(all).path("next_cursor").isNull()).isTrue();
        assertThat(all).doesNotContain(lane.firstKey(), "not-to-be-shown");
        assertThat(row.path("api-keys").asInt()).isEqualTo(1);
        assertThat(row.path("headers").path(0).asText()).isEqualTo("x-team");
        assertThat(row.path("timeout").asText()).isEqualTo("2s");
        for (String spend : List.of("spend_today_usd", "spend_total_usd")) {
            assertThat(row.path(spend).isNumber()).isTrue();
        }
        JsonNode page = Shapes.json(
                GATEWAY.request().get("/admin/v1/providers?limit=30").asString());
        assertThat(page.path("data")).hasSize(30);
        JsonNode rest = Shapes.json(GATEWAY.request()
                .get("/admin/v1/providers?cursor=" + page.path("next_cursor").asText())
                .asString());
        assertThat(rest.path("data")).hasSize(2);
    }
}
