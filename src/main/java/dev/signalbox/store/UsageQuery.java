package dev.signalbox.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.ledger.RequestLog.Dimension;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A question for usage: whole days and hours are answered from the sums, what is left at both ends from the rows, so that the
 * answer is exact. Whole days count as such unless the answer is by hour.
 *
 * @param sql one column: a line of JSON for each group
 * @param values of its parameters
 */
record UsageQuery(String sql, Map<String, Object> values, List<Dimension> by) {

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    /** What all parts have in common behind their dimensions. */
    private static final List<String> SUMMED = List.of(
            "requests",
            "errors",
            "input_tokens",
            "output_tokens",
            "cached_tokens",
            "cache_write_tokens",
            "reasoning_tokens",
            "priced",
            "cost_usd",
            "timed",
            "latency_us",
            "first_tokens",
            "first_token_us");

    private static final String FROM_SUMS = String.join(", ", SUMMED) + ", least_us, most_us, latency from usage_sum";

    /** In rows that are grouped by the bucket of their latency as well. */
    private static final String FROM_ROWS = """
        count(*) as requests, count(*) filter (where status >= 400) as errors, sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens, sum(cached_tokens) as cached_tokens,
        sum(cache_write_tokens) as cache_write_tokens, sum(reasoning_tokens) as reasoning_tokens,
        count(cost_usd) as priced, coalesce(sum(cost_usd), 0) as cost_usd, count(latency_ms) as timed,
        coalesce(sum(cast(round(latency_ms * 1000) as bigint)), 0) as latency_us,
        count(first_token_ms) as first_tokens,
        coalesce(sum(cast(round(first_token_ms * 1000) as bigint)), 0) as first_token_us,
        min(cast(round(latency_ms * 1000) as bigint)) as least_us,
        max(cast(round(latency_ms * 1000) as bigint)) as most_us,
        case when count(latency_ms) = 0 then cast(array[] as bigint[])
            else array[cast(usage_bucket(latency_ms) as bigint) << 40 | count(*)] end as latency
        from request\
        """;

    /** From when on sums can answer; rows before that are asked themselves. */
    record Known(@Nullable Instant since, boolean isEver) {

        /** They always could. */
        static final Known ALWAYS = new Known(null, true);

        /** They cannot. */
        static final Known NEVER = new Known(null, false);
    }

    static UsageQuery of(@Nullable Instant from, @Nullable Instant to, List<Dimension> by, Known known) {
        var parts = new Parts(by);
        Instant firstHour =
                known.since() != null && (from == null || known.since().isAfter(from))
                        ? known.since()
                        : from == null ? null : ceiling(from, ChronoUnit.HOURS);
        Instant endHour = to == null ? null : to.truncatedTo(ChronoUnit.HOURS);
        if (!known.isEver() || isEmpty(firstHour, endHour)) {
            parts.rows(from, to);
            return parts.query();
        }
        if (firstHour != null && !firstHour.equals(from)) {
            parts.rows(from, firstHour);
        }
        if (endHour != null && !endHour.equals(to)) {
            parts.rows(endHour, to);
        }
        Instant firstDay = firstHour == null ? null : ceiling(firstHour, ChronoUnit.DAYS);
        Instant endDay = endHour == null ? null : endHour.truncatedTo(ChronoUnit.DAYS);
        if (by.contains(Dimension.Field.HOUR) || isEmpty(firstDay, endDay)) {
            parts.sums(0, firstHour, endHour);
            return parts.query();
        }
        if (firstHour != null && !firstHour.equals(firstDay)) {
            parts.sums(0, firstHour, firstDay);
        }
        if (endHour != null && !endHour.equals(endDay)) {
            parts.sums(0, endDay, endHour);
        }
        parts.sums(Parts.DAYS, firstDay, endDay);
        return parts.query();
    }

    private static Instant ceiling(Instant time, ChronoUnit unit) {
        Instant floor = time.truncatedTo(unit);
        return floor.equals(time) ? time : floor.plus(1, unit);
    }

    private static boolean isEmpty(@Nullable Instant from, @Nullable Instant to) {
        return from != null && to != null && !from.isBefore(to);
    }

    /** Collects what is to be added up. */
    private static final class Parts {
        static final int DAYS = 3;

        private final List<Dimension> by;
        private final Map<String, Object> values = new LinkedHashMap<>();
        private final List<String> parts = new ArrayList<>();
        private final StringBuilder columns = new StringBuilder();
        private final String groups;
        private final int level;

        Parts(List<Dimension> by) {
            this.by = by;
            int most = 0;
            for (int i = 0; i < by.size(); i++) {
                most = Math.max(most, level(by.get(i)));
                columns.append(column(by.get(i), i)).append(" as d").append(i).append(", ");
            }
            level = most;
            groups = IntStream.range(0, by.size()).mapToObj(i -> "d" + i).collect(Collectors.joining(", "));
        }

        void sums(int grain, @Nullable Instant from, @Nullable Instant to) {
            parts.add("select " + columns + FROM_SUMS + " where grain = " + (grain + level) + within(from, to));
        }

        void rows(@Nullable Instant from, @Nullable Instant to) {
            parts.add("select " + columns + FROM_ROWS + " where true" + within(from, to) + " group by "
                    + (groups.isEmpty() ? "" : groups + ", ") + "usage_bucket(latency_ms)");
        }

        private String within(@Nullable Instant from, @Nullable Instant to) {
            return bound(">=", from) + bound("<", to);
        }

        private String bound(String comparison, @Nullable Instant time) {
            if (time == null) {
                return "";
            }
            String name = "time" + values.size();
            values.put(name, OffsetDateTime.ofInstant(time, ZoneOffset.UTC));
            return " and time " + comparison + " :" + name;
        }

        private String column(Dimension dimension, int number) {
            return switch (dimension) {
                case Dimension.Tag(String name) -> {
                    values.put("tag" + number, name);
                    yield "tags ->> cast(:tag" + number + " as text) collate \"C\"";
                }
                case Dimension.Field field -> column(field);
            };
        }

        private static String column(Dimension.Field field) {
            return switch (field) {
                case PROVIDER, MODEL, DEPLOYMENT, TEAM -> field.label() + " collate \"C\"";
                case KEY -> "key_id collate \"C\"";
                case USER -> "user_name collate \"C\"";
                case HOUR, DAY, MONTH ->
                    "to_char(date_trunc('" + field.label()
                            + "', time at time zone 'UTC'), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
            };
        }

        private static int level(Dimension dimension) {
            return switch (dimension) {
                case Dimension.Tag _ -> 2;
                case Dimension.Field field ->
                    switch (field) {
                        case PROVIDER, MODEL, DEPLOYMENT, HOUR, DAY, MONTH -> 0;
                        case KEY, TEAM -> 1;
                        case USER -> 2;
                    };
            };
        }

        UsageQuery query() {
            String sums = SUMMED.stream()
                    .map(name -> "coalesce(sum(%s), 0) as %s".formatted(name, name))
                    .collect(Collectors.joining(", "));
            String sql = "select cast(row_to_json(u) as text) from (select " + (groups.isEmpty() ? "" : groups + ", ")
                    + sums + ", min(least_us) as least_us, max(most_us) as most_us,"
                    + " encode(string_agg(array_send(latency), ''), 'base64') as latency from ("
                    + String.join(" union all ", parts) + ") p"
                    + (groups.isEmpty() ? "" : " group by " + groups + " order by " + groups) + ") u";
            return new UsageQuery(sql, values, by);
        }
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
        for (int i = 0; i < by.size(); i++) {
            row.set(by.get(i).label(), sum.get("d" + i));
        }
        for (String name :
                List.of("requests", "errors", "input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")) {
            row.put(name, sum.path(name).asLong());
        }
        row.put("cost_usd", cost(sum));
        var latencies = new Latencies(
                sum.path("least_us").asLong(),
                sum.path("most_us").asLong(),
                sum.path("latency").asText(""));
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

    private static BigDecimal plain(BigDecimal amount) {
        BigDecimal stripped = amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
