package dev.signalbox.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.ledger.GroupCursor;
import dev.signalbox.ledger.RequestLog.Dimension;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question for usage: whole weeks, days and hours are answered from the sums, what is left at both ends from the rows, so that
 * the answer is exact.
 *
 * @param sql one column: a line of JSON for each group, in the order of {@link Dimension#inOrder}
 * @param values of its parameters
 */
record UsageQuery(String sql, Map<String, Object> values, List<Dimension> by) {

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    /** From when on sums can answer; rows before that are asked themselves. */
    record Known(@Nullable Instant since, boolean isEver) {

        /** They always could. */
        static final Known ALWAYS = new Known(null, true);

        /** They cannot. */
        static final Known NEVER = new Known(null, false);
    }

    /**
     * @param limit how many groups
     * @param after the group that they follow; null begins with the first
     */
    static UsageQuery of(
            @Nullable Instant from,
            @Nullable Instant to,
            List<Dimension> by,
            Known known,
            int limit,
            @Nullable GroupCursor after) {
        Map<String, Object> values = new LinkedHashMap<>();
        UsageGroups groups = new UsageGroups(Dimension.inOrder(by), values);
        UsageParts parts = new UsageParts(groups, values);
        Instant since = known.since();
        if (!known.isEver() || (since != null && to != null && !to.isAfter(since))) {
            parts.rows(from, to);
        } else if (since != null && (from == null || from.isBefore(since))) {
            parts.rows(from, since);
            parts.cover(since, to);
        } else {
            parts.cover(from, to);
        }
        String names = groups.names();
        String sums = "select " + names + UsageParts.ADDED + " from (" + parts.sql() + ") p" + groups.after(after)
                + (by.isEmpty() ? "" : " group by " + groups.list() + " order by " + groups.list()) + " limit " + limit;
        String sql = "select cast(row_to_json(u) as text) from (select " + groups.written() + UsageParts.WRITTEN
                + " from (" + sums + ") s) u";
        return new UsageQuery(sql, values, by);
    }

    /** A line as it stands in the admin API. */
    ObjectNode read(String line) {
        JsonNode sum;
        try {
            sum = Json.read(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL wrote no JSON", e);
        }
        ObjectNode row = Json.object();
        List<Dimension> ordered = Dimension.inOrder(by);
        for (Dimension dimension : by) {
            row.set(dimension.label(), sum.get("d" + ordered.indexOf(dimension)));
        }
        for (String name :
                List.of("requests", "errors", "input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")) {
            row.put(name, sum.path(name).asLong());
        }
        row.put("cost_usd", cost(sum));
        var latencies = new Latencies(
                sum.path("least_us").asLong(),
                sum.path("most_us").asLong(),
                sum.path("latency").asText("0"));
        row.put("mean_latency_ms", mean(sum, "latency_us", "timed"));
        row.put("p50_latency_ms", latencies.percentile(0.5));
        row.put("p95_latency_ms", latencies.percentile(0.95));
        row.put("p99_latency_ms", latencies.percentile(0.99));
        row.put("mean_first_token_ms", mean(sum, "first_token_us", "first_tokens"));
        return row;
    }

    /** Of those whose price is known; null when it is known of none, and tokens were used. */
    private static @Nullable BigDecimal cost(JsonNode sum) {
        boolean isUsed = sum.path("input_tokens").asLong()
                        + sum.path("output_tokens").asLong()
                        + sum.path("cached_tokens").asLong()
                        + sum.path("cache_write_tokens").asLong()
                        + sum.path("reasoning_tokens").asLong()
                > 0;
        return sum.path("priced").asLong() == 0 && isUsed
                ? null
                : plain(sum.path("cost_usd").decimalValue());
    }

    private static @Nullable BigDecimal mean(JsonNode sum, String micros, String count) {
        long of = sum.path(count).asLong();
        return of == 0
                ? null
                : plain(sum.path(micros)
                        .decimalValue()
                        .divide(THOUSAND.multiply(BigDecimal.valueOf(of)), 3, RoundingMode.HALF_UP));
    }

    /** Without zeros at the end. */
    static BigDecimal plain(BigDecimal amount) {
        BigDecimal stripped = amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
