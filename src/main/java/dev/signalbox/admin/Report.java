package dev.signalbox.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a window of time, in figures for reports. Shares are from 0 to 1; what cannot be known, such as a mean of
 * nothing, is null.
 *
 * @param all usage in one row
 * @param byProvider usage with one row for each provider that answered or was asked last
 */
record Report(Instant from, Instant to, ObjectNode all, List<ObjectNode> byProvider) {

    /** A provider as it is now.
     *
     * @param quality how good its answers are expected to be, from 0 to 1
     */
    record Provider(String health, String reason, double quality) {}

    /** How all went, and each provider, configured or remembered. */
    ObjectNode health(Map<String, Provider> providers) {
        long requests = requests(all);
        long errors = errors(all);
        BigDecimal cost = cost(all);
        ObjectNode report = Json.object()
                .put("total_requests", requests)
                .put("error_rate", share(errors, requests))
                .put("avg_latency_ms", number(all, "mean_latency_ms"))
                .put("total_cost_usd", cost)
                .put("cost_per_success_usd", each(cost, requests - errors));
        BigDecimal minutes = BigDecimal.valueOf(Duration.between(from, to).toMillis())
                .divide(BigDecimal.valueOf(60_000), 6, RoundingMode.HALF_UP);
        report.put(
                "requests_per_minute",
                minutes.signum() == 0
                        ? null
                        : plain(BigDecimal.valueOf(requests).divide(minutes, 3, RoundingMode.HALF_UP)));
        Map<String, ObjectNode> rows = new TreeMap<>();
        providers.forEach((name, provider) -> rows.put(name, described(null, provider)));
        for (ObjectNode row : byProvider) {
            String name = name(row);
            if (name != null) {
                rows.put(name, described(row, providers.get(name)));
            }
        }
        report.putObject("providers").setAll(rows);
        window(report);
        return report;
    }

    /** Where requests went, and how that went. */
    ObjectNode routing() {
        long requests = requests(all);
        ObjectNode report = Json.object()
                .put("total_requests", requests)
                .put("success_rate", share(requests - errors(all), requests))
                .put("average_response_time_ms", number(all, "mean_latency_ms"))
                .put("average_cost_usd", each(cost(all), requests));
        ObjectNode utilization = report.putObject("provider_utilization");
        for (ObjectNode row : byProvider) {
            String name = name(row);
            if (name != null) {
                utilization.put(name, share(requests(row), requests));
            }
        }
        window(report);
        return report;
    }

    private void window(ObjectNode report) {
        report.put("from", from.toString()).put("to", to.toString()).put("timestamp", to.toString());
    }

    private static ObjectNode described(@Nullable ObjectNode row, @Nullable Provider provider) {
        long requests = row == null ? 0 : requests(row);
        long errors = row == null ? 0 : errors(row);
        return Json.object()
                .put("health", provider == null ? null : provider.health())
                .put("health_reason", provider == null ? null : provider.reason())
                .put("quality", provider == null ? null : (Double) provider.quality())
                .put("requests", requests)
                .put("errors", errors)
                .put("success_rate", share(requests - errors, requests))
                .put("mean_latency_ms", row == null ? null : number(row, "mean_latency_ms"))
                .put("p95_latency_ms", row == null ? null : number(row, "p95_latency_ms"))
                .put("cost_usd", row == null ? BigDecimal.ZERO : cost(row));
    }

    private static @Nullable String name(ObjectNode row) {
        return row.path("provider").textValue();
    }

    private static long requests(ObjectNode row) {
        return row.path("requests").asLong();
    }

    private static long errors(ObjectNode row) {
        return row.path("errors").asLong();
    }

    private static @Nullable BigDecimal cost(ObjectNode row) {
        return number(row, "cost_usd");
    }

    private static @Nullable BigDecimal number(ObjectNode row, String name) {
        JsonNode value = row.path(name);
        return value.isNumber() ? value.decimalValue() : null;
    }

    private static @Nullable BigDecimal share(long part, long whole) {
        return whole == 0
                ? null
                : plain(BigDecimal.valueOf(part).divide(BigDecimal.valueOf(whole), 6, RoundingMode.HALF_UP));
    }

    /** Of what was spent, to a pico-dollar. */
    private static @Nullable BigDecimal each(@Nullable BigDecimal amount, long count) {
        return amount == null || count == 0
                ? null
                : plain(amount.divide(BigDecimal.valueOf(count), 12, RoundingMode.HALF_UP));
    }

    private static BigDecimal plain(BigDecimal amount) {
        BigDecimal stripped = amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
