package dev.signalbox.store;

import dev.signalbox.ledger.RequestLog.Dimension.Field;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is to be added up for an answer: rows, and sums of hours, days and weeks. */
final class UsageParts {

    /** What all parts have in common behind their groups. */
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
            "first_token_us",
            "latency");

    /** All parts together, by group. */
    static final String ADDED = SUMMED.stream()
                    .map(name -> "coalesce(sum(%s), 0) as %s".formatted(name, name))
                    .collect(Collectors.joining(", "))
            + ", min(least_us) as least_us, max(most_us) as most_us";

    /** That, as it is written. */
    static final String WRITTEN = SUMMED.stream()
                    .map(name -> name.equals("latency") ? "cast(latency as text) as latency" : name)
                    .collect(Collectors.joining(", "))
            + ", least_us, most_us";

    private static final String FROM_SUMS = String.join(", ", SUMMED) + ", least_us, most_us from usage_sum";

    /** In rows that are grouped by the bucket of their latency as well. */
    private static final String FROM_ROWS = """
        count(*) as requests, count(*) filter (where status >= 400) as errors,
        cast(sum(input_tokens) as bigint) as input_tokens, cast(sum(output_tokens) as bigint) as output_tokens,
        cast(sum(cached_tokens) as bigint) as cached_tokens,
        cast(sum(cache_write_tokens) as bigint) as cache_write_tokens,
        cast(sum(reasoning_tokens) as bigint) as reasoning_tokens,
        count(cost_usd) as priced, coalesce(sum(cost_usd), 0) as cost_usd, count(latency_ms) as timed,
        cast(coalesce(sum(cast(round(latency_ms * 1000) as bigint)), 0) as bigint) as latency_us,
        count(first_token_ms) as first_tokens,
        cast(coalesce(sum(cast(round(first_token_ms * 1000) as bigint)), 0) as bigint) as first_token_us,
        count(latency_ms) * cast('1e' || 12 * (usage_bucket(latency_ms) - 350) as numeric) as latency,
        min(cast(round(latency_ms * 1000) as bigint)) as least_us,
        max(cast(round(latency_ms * 1000) as bigint)) as most_us
        from request\
        """;

    private final UsageGroups groups;
    private final String columns;
    private final Map<String, Object> values;
    private final List<String> parts = new ArrayList<>();

    /**
     * @param values where values of parameters are put
     */
    UsageParts(UsageGroups groups, Map<String, Object> values) {
        this.groups = groups;
        this.columns = groups.found();
        this.values = values;
    }

    /** Adds all that is between two times, from the longest sums that can tell groups apart. */
    void cover(@Nullable Instant from, @Nullable Instant to) {
        Instant first = UsageSpan.HOUR.ceiling(from);
        Instant end = UsageSpan.HOUR.floor(to);
        if (isEmpty(first, end)) {
            rows(from, to);
            return;
        }
        if (!Objects.equals(from, first)) {
            rows(from, first);
        }
        if (!Objects.equals(end, to)) {
            rows(end, to);
        }
        if (!groups.contains(Field.MONTH) || first == null || end == null) {
            sums(UsageSpan.HOUR, longest(), first, end);
            return;
        }
        // Months do not end with weeks.
        while (first.isBefore(end)) {
            Instant next = first.atZone(ZoneOffset.UTC)
                    .truncatedTo(ChronoUnit.DAYS)
                    .withDayOfMonth(1)
                    .plusMonths(1)
                    .toInstant();
            Instant until = next.isBefore(end) ? next : end;
            sums(UsageSpan.HOUR, longest(), first, until);
            first = until;
        }
    }

    /** Adds rows themselves. */
    void rows(@Nullable Instant from, @Nullable Instant to) {
        String by = groups.list();
        parts.add("select " + columns + FROM_ROWS + " where true" + within(from, to) + " group by "
                + (by.isEmpty() ? "" : by + ", ") + "usage_bucket(latency_ms)");
    }

    String sql() {
        return String.join(" union all ", parts);
    }

    private UsageSpan longest() {
        if (groups.contains(Field.HOUR)) {
            return UsageSpan.HOUR;
        }
        return groups.contains(Field.DAY) ? UsageSpan.DAY : UsageSpan.WEEK;
    }

    /** Both times are where such a span begins. */
    private void sums(UsageSpan span, UsageSpan longest, @Nullable Instant from, @Nullable Instant to) {
        if (span != longest) {
            UsageSpan longer = UsageSpan.values()[span.ordinal() + 1];
            Instant first = longer.ceiling(from);
            Instant end = longer.floor(to);
            boolean isBounded = from != null && to != null;
            if (!isEmpty(first, end) && (isBounded || !groups.contains(Field.MONTH) || longer != UsageSpan.WEEK)) {
                if (!Objects.equals(from, first)) {
                    one(span, from, first);
                }
                if (!Objects.equals(end, to)) {
                    one(span, end, to);
                }
                sums(longer, longest, first, end);
                return;
            }
        }
        one(span, from, to);
    }

    private void one(UsageSpan span, @Nullable Instant from, @Nullable Instant to) {
        parts.add("select " + columns + FROM_SUMS + " where grain = "
                + groups.level().grain(span) + within(from, to));
    }

    private static boolean isEmpty(@Nullable Instant from, @Nullable Instant to) {
        return from != null && to != null && !from.isBefore(to);
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
}
