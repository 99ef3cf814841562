package dev.signalbox.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Instant FROM = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-03-01T01:00:00Z");

    private final Map<String, Report.Provider> providers = Map.of(
            "openai", new Report.Provider("healthy", "healthy since then", 0.75),
            "quiet", new Report.Provider("unhealthy", "no answer", 0.5));

    @Test
    void healthIsWhatTheFiguresSay() throws IOException {
        assertThat(report().health(providers)).hasToString(plain("""
            {"total_requests": 120, "error_rate": 0.25, "avg_latency_ms": 812.5, "total_cost_usd": 1.8,
             "cost_per_success_usd": 0.02, "requests_per_minute": 2,
             "providers": {
               "gone": {"health": null, "health_reason": null, "quality": null, "requests": 20, "errors": 20,
                 "success_rate": 0, "mean_latency_ms": null, "p95_latency_ms": null, "cost_usd": null},
               "openai": {"health": "healthy", "health_reason": "healthy since then", "quality": 0.75, "requests": 90,
                 "errors": 0, "success_rate": 1, "mean_latency_ms": 700, "p95_latency_ms": 900.5, "cost_usd": 1.8},
               "quiet": {"health": "unhealthy", "health_reason": "no answer", "quality": 0.5, "requests": 0,
                 "errors": 0, "success_rate": null, "mean_latency_ms": null, "p95_latency_ms": null, "cost_usd": 0}},
             "from": "2026-03-01T00:00:00Z", "to": "2026-03-01T01:00:00Z", "timestamp": "2026-03-01T01:00:00Z"}
            """));
    }

    @Test
    void routingIsWhatTheFiguresSay() throws IOException {
        assertThat(report().routing()).hasToString(plain("""
            {"total_requests": 120, "success_rate": 0.75, "average_response_time_ms": 812.5, "average_cost_usd": 0.015,
             "provider_utilization": {"gone": 0.166667, "openai": 0.75},
             "from": "2026-03-01T00:00:00Z", "to": "2026-03-01T01:00:00Z", "timestamp": "2026-03-01T01:00:00Z"}
            """));
    }

    @Test
    void nothingIsNoNumber() throws IOException {
        ObjectNode none = (ObjectNode) Json.read("{\"requests\": 0, \"errors\": 0, \"cost_usd\": 0}");
        Report report = new Report(FROM, FROM, none, List.of());
        assertThat(report.routing().path("success_rate").isNull()).isTrue();
        assertThat(report.routing().path("average_cost_usd").isNull()).isTrue();
        assertThat(report.health(Map.of()).path("requests_per_minute").isNull()).isTrue();
        assertThat(report.health(Map.of()).path("total_cost_usd").intValue()).isZero();
    }

    private static String plain(String json) throws IOException {
        return Json.read(json).toString();
    }

    private static Report report() throws IOException {
        return new Report(
                FROM,
                TO,
                (ObjectNode)
                        Json.read("{\"requests\": 120, \"errors\": 30, \"cost_usd\": 1.8, \"mean_latency_ms\": 812.5}"),
                List.of((ObjectNode) Json.read("""
                    {"provider": "gone", "requests": 20, "errors": 20, "cost_usd": null, "mean_latency_ms": null}
                    """), (ObjectNode) Json.read("""
                                    {"provider": "openai", "requests": 90, "errors": 0, "cost_usd": 1.8, "mean_latency_ms": 700,
                                     "p95_latency_ms": 900.5}
                                    """), (ObjectNode)
                        Json.read("{\"provider\": null, \"requests\": 10, \"errors\": 10}")));
    }
}
