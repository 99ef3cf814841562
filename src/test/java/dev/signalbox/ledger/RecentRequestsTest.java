package dev.signalbox.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Usage;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentRequestsTest {

    private static final RequestLog.Filter ALL = new RequestLog.Filter(null, null, null, null, null, null);
    private final RecentRequests recent = new RecentRequests();

    @Test
    void pagesCoverEveryRowOnceNewestFirst() {
        for (int i = 0; i < 25; i++) {
            add("r%02d".formatted(i), Sample.TIME.plusSeconds(i / 3), "m", 200);
        }
        List<String> seen = new ArrayList<>();
        String cursor = null;
        do {
            RequestLog.Page page = recent.page(ALL, 7, cursor).await().indefinitely();
            page.rows().forEach(row -> seen.add(row.path("id").asText()));
            cursor = page.nextCursor();
        } while (cursor != null);
        assertThat(seen)
                .hasSize(25)
                .startsWith("r24", "r23")
                .endsWith("r01", "r00")
                .doesNotHaveDuplicates();
    }

    @Test
    void filtersByEveryColumn() {
        add("a", Sample.TIME, "m1", 200);
        add("b", Sample.TIME.plusSeconds(1), "m2", 503);
        assertThat(ids(new RequestLog.Filter("m1", null, null, null, null, null)))
                .containsExactly("a");
        assertThat(ids(new RequestLog.Filter(null, "openai", null, null, null, null)))
                .containsExactly("b", "a");
        assertThat(ids(new RequestLog.Filter(null, "claude", null, null, null, null)))
                .isEmpty();
        assertThat(ids(new RequestLog.Filter(null, null, "key_1", 503, null, null)))
                .containsExactly("b");
        assertThat(ids(new RequestLog.Filter(null, null, null, null, Sample.TIME, Sample.TIME.plusSeconds(1))))
                .containsExactly("a");
    }

    @Test
    void aCursorThatWasNeverGivenIsRefused() {
        assertThatThrownBy(() -> recent.page(ALL, 7, "nonsense"))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isEqualTo("cursor"));
    }

    @Test
    void usageIsSummedByGroup() {
        add("a", Instant.parse("2026-03-01T12:10:00Z"), "m1", 200);
        add("b", Instant.parse("2026-03-01T12:50:00Z"), "m1", 503);
        add("c", Instant.parse("2026-03-01T13:00:00Z"), "m1", 200);
        add("d", Instant.parse("2026-03-01T13:00:00Z"), "m2", 200);

        List<ObjectNode> rows = recent.usage(
                        null,
                        null,
                        List.of(
                                RequestLog.Dimension.Field.MODEL,
                                RequestLog.Dimension.Field.HOUR,
                                new RequestLog.Dimension.Tag("env")))
                .await()
                .indefinitely();

        assertThat(rows).hasSize(3);
        assertThat(rows.getFirst().toString())
                .isEqualTo("{\"model\":\"m1\",\"hour\":\"2026-03-01T12:00:00Z\",\"tag:env\":\"test\",\"requests\":2,"
                        + "\"errors\":1,\"input_tokens\":20,\"output_tokens\":10,\"cached_tokens\":0,"
                        + "\"reasoning_tokens\":0,\"cost_usd\":0.00015,\"mean_latency_ms\":1234.568,"
                        + "\"p50_latency_ms\":1234.568,\"p95_latency_ms\":1234.568,\"p99_latency_ms\":1234.568,"
                        + "\"mean_first_token_ms\":250.0}");
    }

    @Test
    void pagesOfUsageGoOnWhereTheOneBeforeEnded() {
        for (int i = 0; i < 5; i++) {
            add("r" + i, Sample.TIME.plusSeconds(3600L * (i % 2)), "m" + i, 200);
        }
        List<RequestLog.Dimension> by = List.of(RequestLog.Dimension.Field.MODEL, RequestLog.Dimension.Field.HOUR);
        RequestLog.Page first = recent.usage(null, null, by, 3, null).await().indefinitely();
        assertThat(first.rows()).extracting(row -> row.path("model").asText()).containsExactly("m0", "m2", "m4");

        add("late", Sample.TIME, "m3", 200);
        RequestLog.Page second =
                recent.usage(null, null, by, 3, first.nextCursor()).await().indefinitely();
        assertThat(second.rows())
                .extracting(row ->
                        row.path("hour").asText() + " " + row.path("model").asText())
                .containsExactly("2026-03-01T13:00:00Z m1", "2026-03-01T13:00:00Z m3");
        assertThat(second.nextCursor()).isNull();
        assertThatThrownBy(() ->
                        recent.usage(null, null, List.of(RequestLog.Dimension.Field.MODEL), 3, first.nextCursor()))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isEqualTo("cursor"));
    }

    @Test
    void whatWasSpentIsNotKnownWithoutAPrice() {
        add("a", Sample.TIME, "m1", 200);
        add("b", Sample.TIME.plusSeconds(86_400), "m1", 200);
        Entry unpriced = Sample.unpriced("c", Sample.TIME, "m2");
        recent.add(Row.of(unpriced, RowJson.of(unpriced)));

        Map<String, RequestLog.Spent> spent = recent.spent(
                        RequestLog.Dimension.Field.MODEL, List.of("m1", "m2", "m3"), LocalDate.parse("2026-03-02"))
                .await()
                .indefinitely();

        assertThat(spent.get("m1"))
                .isEqualTo(new RequestLog.Spent(
                        new BigDecimal("0.000075"), new BigDecimal("0.00015"), Sample.TIME.plusSeconds(86_400)));
        assertThat(spent.get("m2")).isEqualTo(new RequestLog.Spent(BigDecimal.ZERO, null, Sample.TIME));
        assertThat(spent).doesNotContainKey("m3");
    }

    @Test
    void oneRequestSaysWhoCouldHaveAnsweredAndAListDoesNot() {
        Entry entry = Sample.selected("a", Sample.SELECTION);
        recent.add(Row.of(entry, RowJson.of(entry)));
        add("b", Sample.TIME, "m", 200);

        ObjectNode row = recent.find("a").await().indefinitely();
        assertThat(row.path("candidates")).hasSize(2);
        assertThat(row.path("candidates").path(0).path("deployment").asText()).isEqualTo("openai/gpt-4o");
        assertThat(row.path("excluded").path(0).path("reason").asText()).isEqualTo("resting: for 12 s");
        assertThat(recent.find("b").await().indefinitely().path("candidates").isArray())
                .isTrue();
        assertThat(recent.page(ALL, 7, null).await().indefinitely().rows())
                .hasSize(2)
                .noneMatch(listed -> listed.has("candidates") || listed.has("excluded"));
    }

    @Test
    void keepsTheNewestOnly() {
        for (int i = 0; i < RecentRequests.MOST + 5; i++) {
            add("r" + i, Sample.TIME.plusMillis(i), "m", 200);
        }
        assertThat(recent.find("r4").await().indefinitely()).isNull();
        assertThat(recent.find("r5").await().indefinitely()).isNotNull();
        ObjectNode sum =
                recent.usage(null, null, List.of()).await().indefinitely().getFirst();
        assertThat(sum.path("requests").asInt()).isEqualTo(RecentRequests.MOST);
    }

    private List<String> ids(RequestLog.Filter filter) {
        return recent.page(filter, 50, null).await().indefinitely().rows().stream()
                .map(row -> row.path("id").asText())
                .toList();
    }

    private void add(String id, Instant time, String model, int status) {
        Entry entry = Sample.entry(id, time, model, status, new Usage(10, 0, 0, 5, 0));
        recent.add(Row.of(entry, RowJson.of(entry)));
    }
}
