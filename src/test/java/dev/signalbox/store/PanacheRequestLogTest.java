package dev.signalbox.store;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import dev.signalbox.ledger.Backlog;
import dev.signalbox.ledger.Entry;
import dev.signalbox.ledger.Ledger;
import dev.signalbox.ledger.RequestLog.Dimension;
import dev.signalbox.ledger.Rows;
import dev.signalbox.ledger.RowsRefused;
import dev.signalbox.ledger.Sample;
import dev.signalbox.ledger.Sums;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(PanacheRequestLogTest.Embedded.class)
class PanacheRequestLogTest {

    /** A store of its own. */
    public static class Embedded implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path directory = Files.createTempDirectory("store");
                return Map.of(
                        "signalbox.store.kind",
                        "embedded",
                        "signalbox.store.directory",
                        directory.toString(),
                        "signalbox.ledger.journal",
                        directory.resolve("journal").toString(),
                        "signalbox.ledger.retention-days",
                        "36500",
                        "signalbox.tags",
                        "env");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Inject
    Ledger ledger;

    @Inject
    Backlog backlog;

    @Inject
    Store store;

    @Inject
    StoreSink sink;

    @Inject
    Upkeep upkeep;

    @BeforeEach
    void waitForTheStore() {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!store.isReady()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void readsWhatWasJustSettledAsItWasWritten() throws IOException {
        ledger.intend(Sample.intent("written"));
        ledger.settle(Sample.entry("written"));

        assertThat(get("/requests/written")).isEqualTo(Json.read("""
            {"id": "written", "time": "2026-03-01T12:00:00.123456Z", "model": "gpt-4o", "provider": "openai",
             "deployment": "openai/gpt-4o-2024-08-06", "key_id": "key_1", "key_name": "ci", "team": "search", "user": null,
             "tags": {"env": "test"}, "strategy": "priority", "stream": true, "cache": "miss", "status": 200, "error": null,
             "estimated": false, "input_tokens": 1000, "output_tokens": 300, "cached_tokens": 200, "cache_write_tokens": 0,
             "reasoning_tokens": 20, "cost_usd": 0.00595, "latency_ms": 1234.568, "first_token_ms": 250,
             "price": {"input": 2.50, "output": 10.00, "cached_input": 1.25, "cache_write": null},
             "attempts": [
               {"provider": "openai", "model": "gpt-4o-2024-08-06", "status": 429, "error": "rate_limited", "duration_ms": 12},
               {"provider": "openai", "model": "gpt-4o-2024-08-06", "status": 200, "error": null, "duration_ms": 1200}],
             "candidates": [], "excluded": []}
            """));
        assertThat(backlog.lag()).isZero();
    }

    @Test
    void oneRequestSaysWhoCouldHaveAnswered() throws IOException {
        ledger.settle(Sample.selected("selected", Sample.SELECTION));

        JsonNode row = get("/requests/selected");

        assertThat(row.path("candidates")).isEqualTo(Json.read("""
            [{"deployment": "openai/gpt-4o", "provider": "openai", "model": "gpt-4o", "score": 0.0000123,
              "predicted_cost_usd": 0.0000123, "predicted_latency_ms": 812.346, "predicted_quality": 0.9},
             {"deployment": "local/meta/llama", "provider": "local", "model": "meta/llama", "score": null,
              "predicted_cost_usd": null, "predicted_latency_ms": null, "predicted_quality": null}]
            """));
        assertThat(row.path("excluded")).isEqualTo(Json.read("""
            [{"deployment": "claude/sonnet", "provider": "claude", "model": "sonnet", "reason": "resting: for 12 s"}]
            """));
        for (JsonNode listed : get("/requests?limit=1000").path("data")) {
            assertThat(listed.has("candidates") || listed.has("excluded")).isFalse();
        }
    }

    @Test
    void aRowThatIsSettledTwiceIsThereOnce() throws IOException {
        ledger.settle(Sample.entry("twice", Sample.TIME, "twice", 200, Usage.NONE));
        ledger.settle(Sample.entry("twice", Sample.TIME, "twice", 503, Usage.NONE));

        JsonNode rows = get("/requests?model=twice").path("data");
        assertThat(rows).hasSize(1);
        assertThat(rows.path(0).path("status").asInt()).isEqualTo(200);
    }

    @Test
    void pagesCoverEveryRowOnceNewestFirst() throws IOException {
        for (int i = 0; i < 25; i++) {
            ledger.settle(Sample.entry("p%02d".formatted(i), Sample.TIME.plusSeconds(i / 3), "paged", 200, Usage.NONE));
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get("/requests?model=paged&limit=7&cursor=" + cursor);
            page.path("data").forEach(row -> seen.add(row.path("id").asText()));
            cursor = page.path("next_cursor").asText("");
        } while (!cursor.isEmpty() && !cursor.equals("null"));
        assertThat(seen)
                .hasSize(25)
                .startsWith("p24", "p23")
                .endsWith("p01", "p00")
                .doesNotHaveDuplicates();
        assertThat(get("/requests?model=paged&status=200&provider=openai&key=key_1"
                                + "&from=2026-03-01T12:00:00.123456Z&to=2026-03-01T13:00:01.123456%2B01:00")
                        .path("data"))
                .hasSize(3);
        assertThat(get("/requests?model=paged&key=other").path("data")).isEmpty();
    }

    @Test
    void sumsLikeTheMemoryDoes() throws IOException {
        List<ObjectNode> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            var entry = Sample.entry(
                    "s%02d".formatted(i),
                    Sample.TIME.plus(Duration.ofDays(400)).plus(Duration.ofHours(i)),
                    i % 3 == 0 ? null : "sum" + i % 2,
                    i % 7 == 0 ? 503 : 200,
                    new Usage(i * 1_000_003L, i, 0, i, 0));
            ledger.settle(entry);
            rows.add((ObjectNode) get("/requests/" + entry.id()));
        }
        for (String groups :
                List.of("", "model", "hour", "day,model", "month", "key,team,user,provider,deployment", "tag:env")) {
            List<Dimension> by = Sums.dimensions(groups);
            assertThat(get("/usage?from=2027-01-01T00:00:00Z&group_by=" + groups)
                            .path("data"))
                    .describedAs(groups)
                    .usingElementComparator(PanacheRequestLogTest::compareJson)
                    .containsExactlyElementsOf(List.<JsonNode>copyOf(Sums.of(rows, by)));
        }
    }

    @Test
    void daysThatAreOverAreDroppedAndDoNotComeBack() throws Throwable {
        Entry old = Sample.entry("dropped", Instant.parse("1870-03-01T12:00:00Z"), "dropped", 200, Usage.NONE);
        ledger.settle(old);
        assertThat(get("/requests?model=dropped").path("data")).hasSize(1);

        assertThat(upkeep.once(Instant.parse("2026-11-21T12:00:00Z"))).isEqualTo(1);
        assertThat(get("/requests?model=dropped").path("data")).isEmpty();
        sink.write(new Rows(List.of(Sample.json(old))));
        assertThat(get("/requests?model=dropped").path("data")).isEmpty();
        assertThat(get("/usage?to=1900-01-01T00:00:00Z")
                        .path("data")
                        .path(0)
                        .path("requests")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void reportsAreMadeOfTheSameSums() throws IOException {
        ledger.settle(
                Sample.entry("good", Instant.parse("2025-03-01T12:00:00Z"), "m", 200, new Usage(0, 0, 0, 100, 0)));
        ledger.settle(Sample.entry("bad", Instant.parse("2025-03-01T12:59:00Z"), "m", 503, Usage.NONE));

        JsonNode health = get("/reports/health?from=2025-03-01T12:00:00Z&to=2025-03-01T13:00:00Z");
        assertThat(health.path("total_requests").asInt()).isEqualTo(2);
        assertThat(health.path("error_rate").asDouble()).isEqualTo(0.5);
        assertThat(health.path("cost_per_success_usd").decimalValue()).isEqualByComparingTo("0.001");
        assertThat(health.path("providers").path("openai").path("requests").asInt())
                .isEqualTo(2);
        JsonNode routing = get("/reports/routing?from=2025-03-01T12:00:00Z&to=2025-03-01T13:00:00Z");
        assertThat(routing.path("provider_utilization").path("openai").asDouble())
                .isEqualTo(1);
    }

    @Test
    void aRowThatIsNoRowIsRefusedRatherThanTriedForEver() {
        Rows rows = new Rows(List.of("{\"id\":\"bad\",\"time\":\"nonsense\"}".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> sink.write(rows)).isInstanceOf(RowsRefused.class);
    }

    /** 12.500 and 12.5 are one number. */
    private static int compareJson(JsonNode one, JsonNode other) {
        return one.equals(
                        (a, b) -> a.isNumber() && b.isNumber()
                                ? a.decimalValue().compareTo(b.decimalValue())
                                : a.equals(b) ? 0 : 1,
                        other)
                ? 0
                : 1;
    }

    private static JsonNode get(String path) throws IOException {
        return Json.read(given().urlEncodingEnabled(false)
                .get("/admin/v1" + path)
                .then()
                .statusCode(200)
                .extract()
                .asByteArray());
    }
}
