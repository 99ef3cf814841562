package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Usage is the sum of the ledger's rows, however it is grouped, also after the process was killed and started again. */
@Timeout(180)
class UsageIT {

    private static final int REQUESTS = 30;

    private static Gateway simulated() {
        return Gateway.bare()
                .and("signalbox.tags", "env,feature")
                .and("signalbox.providers.one.kind", "simulator")
                .and("signalbox.providers.two.kind", "simulator")
                .and("signalbox.providers.three.kind", "simulator")
                .and("signalbox.models.first.deployments[0].provider", "one")
                .and("signalbox.models.first.pricing.input", "2.5")
                .and("signalbox.models.first.pricing.output", "10")
                .and("signalbox.models.idle.deployments[0].provider", "three")
                .and("signalbox.models.second.deployments[0].provider", "two")
                .and("signalbox.models.second.pricing.input", "0.15")
                .and("signalbox.models.second.pricing.output", "0.6");
    }

    @Test
    void usageIsTheSumOfTheRowsInMemory() {
        try (Gateway gateway = simulated().start()) {
            ask(gateway);
            List<JsonNode> rows = rows(gateway);
            verify(gateway, rows);
            verifySpending(gateway, rows);
        }
    }

    @Test
    @DisabledIfSystemProperty(
            named = "signalbox.executable",
            matches = ".+",
            disabledReason = "the embedded store needs the JVM")
    void usageIsTheSumOfTheRowsInTheStore() {
        try (Gateway gateway = simulated().and("signalbox.store.kind", "embedded")) {
            gateway.and(
                    "signalbox.store.directory",
                    gateway.directory().resolve("data").toString());
            gateway.start();
            ask(gateway);
            List<JsonNode> before = rows(gateway);
            verify(gateway, before);
            verifySpending(gateway, before);

            gateway.kill();
            gateway.start();
            List<JsonNode> after = rows(gateway);
            assertThat(after).isEqualTo(before);
            verify(gateway, after);
            verifySpending(gateway, after);
        }
    }

    private static void ask(Gateway gateway) {
        for (int i = 0; i < REQUESTS; i++) {
            String model = i % 3 == 0 ? "first" : i % 3 == 1 ? "second" : "none-such";
            String user = ",\"user\":\"user-" + i % 4 + "\"";
            String tags = i % 5 == 0 ? "env=live" : "env=test,feature=f" + i % 2;
            gateway.chat(Shapes.with(model, "\"stream\":" + (i % 2 == 0) + user), "x-signalbox-tags", tags);
        }
    }

    /** All that are there, once all are. */
    private static List<JsonNode> rows(Gateway gateway) {
        List<JsonNode> rows = new ArrayList<>();
        Await.until("all rows are there", Duration.ofSeconds(30), () -> {
            rows.clear();
            String cursor = "";
            do {
                var response = gateway.request().get("/admin/v1/requests?limit=7&cursor=" + cursor);
                if (response.statusCode() != 200) {
                    return false;
                }
                JsonNode page = Shapes.json(response.asString());
                page.path("data").forEach(rows::add);
                cursor = page.path("next_cursor").asText("");
            } while (!cursor.isEmpty() && !cursor.equals("null"));
            return rows.size() == REQUESTS;
        });
        return rows;
    }

    private static void verify(Gateway gateway, List<JsonNode> rows) {
        Map<String, Function<JsonNode, String>> groups = new HashMap<>();
        groups.put("", _ -> "");
        groups.put("model", row -> row.path("model").asText());
        groups.put("provider", row -> row.path("provider").asText());
        groups.put("user", row -> row.path("user").asText());
        groups.put("tag:env", row -> row.path("tags").path("env").asText("null"));
        groups.put(
                "tag:feature,model",
                row -> row.path("tags").path("feature").asText("null") + " "
                        + row.path("model").asText());
        groups.put(
                "user,hour",
                row -> row.path("user").asText() + " "
                        + row.path("time").asText().substring(0, 13) + ":00:00Z");
        groups.put("day", row -> row.path("time").asText().substring(0, 10) + "T00:00:00Z");
        groups.put("hour", row -> row.path("time").asText().substring(0, 13) + ":00:00Z");
        groups.put("month", row -> row.path("time").asText().substring(0, 7) + "-01T00:00:00Z");
        Instant middle = Instant.parse(rows.get(REQUESTS / 2).path("time").asText());
        for (var group : groups.entrySet()) {
            verify(gateway, rows, group.getKey(), group.getValue(), "");
            List<JsonNode> since = rows.stream()
                    .filter(row -> !Instant.parse(row.path("time").asText()).isBefore(middle))
                    .toList();
            verify(gateway, since, group.getKey(), group.getValue(), "&from=" + middle);
            List<JsonNode> until = rows.stream()
                    .filter(row -> Instant.parse(row.path("time").asText()).isBefore(middle))
                    .toList();
            verify(gateway, until, group.getKey(), group.getValue(), "&to=" + middle);
        }
    }

    private static List<JsonNode> pages(Gateway gateway, String query) {
        List<JsonNode> rows = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = Shapes.json(gateway.request()
                    .get("/admin/v1/usage?limit=2&cursor=" + cursor + "&" + query)
                    .asString());
            page.path("data").forEach(rows::add);
            assertThat(page.path("data")).hasSizeBetween(1, 2);
            cursor = page.path("next_cursor").textValue();
        } while (cursor != null);
        return rows;
    }

    /** Providers, models and their deployments say what their rows cost, and when the newest of them began. */
    private static void verifySpending(Gateway gateway, List<JsonNode> rows) {
        for (String name : List.of("one", "two")) {
            JsonNode provider = Shapes.json(
                    gateway.request().get("/admin/v1/providers/" + name).asString());
            verifySpending(provider, rows, row -> row.path("provider").asText().equals(name));
        }
        JsonNode models = Shapes.json(gateway.request().get("/admin/v1/models").asString());
        assertThat(models.path("data")).hasSize(3);
        for (JsonNode model : models.path("data")) {
            String name = model.path("name").asText();
            verifySpending(model, rows, row -> row.path("model").asText().equals(name));
            for (JsonNode deployment : model.path("deployments")) {
                String provider = deployment.path("provider").asText();
                BigDecimal cost =
                        cost(rows, row -> row.path("provider").asText().equals(provider));
                assertThat(deployment.path("spend_total_usd").decimalValue()).isEqualByComparingTo(cost);
            }
        }
    }

    private static void verifySpending(JsonNode shown, List<JsonNode> rows, Predicate<JsonNode> isItsOwn) {
        BigDecimal cost = cost(rows, isItsOwn);
        assertThat(shown.path("spend_total_usd").isNumber()).isTrue();
        assertThat(shown.path("spend_total_usd").decimalValue()).isEqualByComparingTo(cost);
        // Midnight may have passed since.
        assertThat(shown.path("spend_today_usd").decimalValue()).isBetween(BigDecimal.ZERO, cost);
        List<Instant> times = rows.stream()
                .filter(isItsOwn)
                .map(row -> Instant.parse(row.path("time").asText()))
                .toList();
        if (times.isEmpty()) {
            assertThat(shown.path("last_used").isNull()).isTrue();
        } else {
            assertThat(Instant.parse(shown.path("last_used").asText())).isAfterOrEqualTo(times.getFirst());
        }
    }

    private static BigDecimal cost(List<JsonNode> rows, Predicate<JsonNode> isItsOwn) {
        return rows.stream()
                .filter(isItsOwn)
                .filter(row -> row.path("cost_usd").isNumber())
                .map(row -> row.path("cost_usd").decimalValue())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static void verify(
            Gateway gateway, List<JsonNode> rows, String by, Function<JsonNode, String> group, String times) {
        Map<String, long[]> counts = new HashMap<>();
        Map<String, BigDecimal> costs = new HashMap<>();
        for (JsonNode row : rows) {
            long[] count = counts.computeIfAbsent(group.apply(row), _ -> new long[4]);
            count[0]++;
            count[1] += row.path("status").asInt() >= 400 ? 1 : 0;
            count[2] += row.path("input_tokens").asLong();
            count[3] += row.path("output_tokens").asLong();
            if (row.path("cost_usd").isNumber()) {
                costs.merge(group.apply(row), row.path("cost_usd").decimalValue(), BigDecimal::add);
            }
        }
        JsonNode usage = Shapes.json(
                gateway.request().get("/admin/v1/usage?group_by=" + by + times).asString());
        assertThat(usage.path("data")).describedAs(by + times).hasSize(counts.size());
        assertThat(usage.path("next_cursor").isNull()).isTrue();
        assertThat(pages(gateway, "group_by=" + by + times))
                .describedAs(by + times)
                .containsExactlyElementsOf(usage.path("data"));
        for (JsonNode sum : usage.path("data")) {
            List<String> names = new ArrayList<>();
            for (String name : by.isEmpty() ? new String[0] : by.split(",")) {
                names.add(sum.path(name).asText("null"));
            }
            String key = String.join(" ", names);
            long[] count = counts.get(key);
            assertThat(count).describedAs(key + " of " + usage).isNotNull();
            assertThat(new long[] {
                        sum.path("requests").asLong(),
                        sum.path("errors").asLong(),
                        sum.path("input_tokens").asLong(),
                        sum.path("output_tokens").asLong()
                    })
                    .describedAs(by + times + " " + key)
                    .isEqualTo(count);
            assertThat(sum.path("cost_usd").decimalValue())
                    .describedAs(by + times + " " + key)
                    .isEqualByComparingTo(costs.getOrDefault(key, BigDecimal.ZERO));
            for (String name : List.of("mean_latency_ms", "p50_latency_ms", "p95_latency_ms", "p99_latency_ms")) {
                assertThat(sum.path(name).isNumber()).describedAs(name).isTrue();
            }
            assertThat(sum.has("mean_first_token_ms")).isTrue();
        }
    }
}
