package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What operators are told of the last day. */
class ReportsIT {

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.bare()
            .and("signalbox.providers.good.kind", "simulator")
            .and("signalbox.providers.good.quality", "0.9")
            .and("signalbox.providers.bad.kind", "simulator")
            .and("signalbox.providers.bad.failure-rate", "1")
            .and("signalbox.providers.bad.failure", "500")
            .and("signalbox.providers.bad.max-retries", "0")
            .and("signalbox.providers.idle.kind", "simulator")
            .and("signalbox.models.good.deployments[0].provider", "good")
            .and("signalbox.models.good.pricing.input", "1")
            .and("signalbox.models.good.pricing.output", "1")
            .and("signalbox.models.bad.deployments[0].provider", "bad");

    @Test
    void reportsSayWhatCallersSaw() {
        for (int i = 0; i < 3; i++) {
            assertThat(GATEWAY.ask("good").statusCode()).isEqualTo(200);
        }
        assertThat(GATEWAY.ask("bad").statusCode()).isEqualTo(503);

        JsonNode health = report("health");
        assertThat(health.path("total_requests").asInt()).isEqualTo(4);
        assertThat(health.path("error_rate").asDouble()).isEqualTo(0.25);
        assertThat(health.path("avg_latency_ms").isNumber()).isTrue();
        assertThat(health.path("total_cost_usd").decimalValue()).isPositive();
        assertThat(health.path("cost_per_success_usd")
                        .decimalValue()
                        .movePointRight(12)
                        .multiply(java.math.BigDecimal.valueOf(3)))
                .isEqualByComparingTo(
                        health.path("total_cost_usd").decimalValue().movePointRight(12));
        assertThat(health.path("requests_per_minute").asDouble()).isPositive();
        assertThat(health.path("timestamp").asText()).endsWith("Z");
        JsonNode good = health.path("providers").path("good");
        assertThat(good.path("quality").asDouble()).isEqualTo(0.9);
        assertThat(good.path("requests").asInt()).isEqualTo(3);
        assertThat(good.path("success_rate").asDouble()).isEqualTo(1);
        assertThat(good.path("health").asText()).isEqualTo("healthy");
        assertThat(health.path("providers").path("bad").path("errors").asInt()).isEqualTo(1);
        assertThat(health.path("providers").path("idle").path("requests").asInt())
                .isZero();

        JsonNode routing = report("routing");
        assertThat(routing.path("total_requests").asInt()).isEqualTo(4);
        assertThat(routing.path("success_rate").asDouble()).isEqualTo(0.75);
        assertThat(routing.path("average_response_time_ms").isNumber()).isTrue();
        assertThat(routing.path("average_cost_usd").isNumber()).isTrue();
        assertThat(routing.path("provider_utilization").path("good").asDouble()).isEqualTo(0.75);
        assertThat(routing.path("provider_utilization").path("bad").asDouble()).isEqualTo(0.25);

        JsonNode longAgo = Shapes.json(GATEWAY.request()
                .get("/admin/v1/reports/routing?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z")
                .asString());
        assertThat(longAgo.path("total_requests").asInt()).isZero();
        assertThat(longAgo.path("success_rate").isNull()).isTrue();
        assertThat(GATEWAY.request().get("/admin/v1/reports/health?from=soon").statusCode())
                .isEqualTo(400);
    }

    private static JsonNode report(String name) {
        JsonNode[] last = new JsonNode[1];
        Await.until("all rows are counted", java.time.Duration.ofSeconds(10), () -> {
            last[0] = Shapes.json(
                    GATEWAY.request().get("/admin/v1/reports/" + name).asString());
            return last[0].path("total_requests").asInt() == 4;
        });
        return last[0];
    }
}
