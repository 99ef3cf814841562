package dev.signalbox.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sums over rows, for a gateway without a store; a store computes the same itself. */
final class UsageSums {

    private final List<RequestLog.Dimension> by;

    /** As groups follow one another. */
    private final List<RequestLog.Dimension> ordered;

    private final TreeMap<List<String>, Sum> sums = new TreeMap<>(UsageSums::compare);

    UsageSums(List<RequestLog.Dimension> by) {
        this.by = by;
        ordered = RequestLog.Dimension.inOrder(by);
    }

    void add(ObjectNode row) {
        List<String> group = new ArrayList<>(by.size());
        for (RequestLog.Dimension dimension : ordered) {
            group.add(value(dimension, row));
        }
        sums.computeIfAbsent(group, _ -> new Sum()).add(row);
    }

    List<ObjectNode> rows() {
        return page(Integer.MAX_VALUE, null).rows();
    }

    /** Groups behind that one, or the first. */
    RequestLog.Page page(int limit, @Nullable GroupCursor after) {
        if (by.isEmpty() && sums.isEmpty()) {
            sums.put(List.of(), new Sum());
        }
        NavigableMap<List<String>, Sum> following = after == null ? sums : sums.tailMap(group(after), false);
        List<ObjectNode> rows = new ArrayList<>();
        for (var each : following.entrySet()) {
            if (rows.size() == limit) {
                return new RequestLog.Page(
                        rows, GroupCursor.after(rows.getLast(), by).toString());
            }
            ObjectNode row = Json.object();
            for (RequestLog.Dimension dimension : by) {
                String value = each.getKey().get(ordered.indexOf(dimension));
                row.put(dimension.label(), value.equals(NONE) ? null : value);
            }
            each.getValue().writeTo(row);
            rows.add(row);
        }
        return new RequestLog.Page(rows, null);
    }

    private static List<String> group(GroupCursor cursor) {
        List<String> group = new ArrayList<>();
        for (String value : cursor.values()) {
            group.add(value == null ? NONE : value);
        }
        return group;
    }

    /** Stands for a row that has no value there; no value can be this, since NUL is written nowhere. */
    private static final String NONE = "\0";

    private static String value(RequestLog.Dimension dimension, ObjectNode row) {
        JsonNode value = switch (dimension) {
            case RequestLog.Dimension.Tag(String name) -> row.path("tags").path(name);
            case RequestLog.Dimension.Field field ->
                switch (field) {
                    case PROVIDER, MODEL, DEPLOYMENT, TEAM, USER -> row.path(field.label());
                    case KEY -> row.path("key_id");
                    case HOUR, DAY, MONTH -> row.path("time");
                };
        };
        if (!value.isTextual()) {
            return NONE;
        }
        return dimension instanceof RequestLog.Dimension.Field field
                ? begin(field, value.textValue())
                : value.textValue();
    }

    private static String begin(RequestLog.Dimension.Field field, String value) {
        return switch (field) {
            case HOUR -> utc(value).truncatedTo(ChronoUnit.HOURS).toInstant().toString();
            case DAY -> utc(value).truncatedTo(ChronoUnit.DAYS).toInstant().toString();
            case MONTH ->
                utc(value)
                        .truncatedTo(ChronoUnit.DAYS)
                        .withDayOfMonth(1)
                        .toInstant()
                        .toString();
            case PROVIDER, MODEL, DEPLOYMENT, KEY, TEAM, USER -> value;
        };
    }

    private static ZonedDateTime utc(String time) {
        return Instant.parse(time).atZone(ZoneOffset.UTC);
    }

    private static int compare(List<String> one, List<String> other) {
        for (int i = 0; i < one.size(); i++) {
            boolean isNone = one.get(i).equals(NONE);
            boolean isOtherNone = other.get(i).equals(NONE);
            int order = isNone || isOtherNone
                    ? Boolean.compare(isNone, isOtherNone)
                    : one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** The sums of one group. */
    private static final class Sum {
        private long requests;
        private long errors;
        private long input;
        private long output;
        private long cached;
        private long reasoning;
        private long tokens;
        private @Nullable BigDecimal cost;
        private final Numbers latency = new Numbers();
        private final Numbers firstToken = new Numbers();

        void add(ObjectNode row) {
            requests++;
            if (row.path("status").asInt() >= 400) {
                errors++;
            }
            input += row.path("input_tokens").asLong();
            output += row.path("output_tokens").asLong();
            cached += row.path("cached_tokens").asLong();
            reasoning += row.path("reasoning_tokens").asLong();
            tokens += row.path("cache_write_tokens").asLong();
            JsonNode price = row.path("cost_usd");
            if (price.isNumber()) {
                cost = cost == null ? price.decimalValue() : cost.add(price.decimalValue());
            }
            latency.add(row.path("latency_ms"));
            firstToken.add(row.path("first_token_ms"));
        }

        void writeTo(ObjectNode row) {
            row.put("requests", requests);
            row.put("errors", errors);
            row.put("input_tokens", input);
            row.put("output_tokens", output);
            row.put("cached_tokens", cached);
            row.put("reasoning_tokens", reasoning);
            boolean isUsed = input + output + cached + reasoning + tokens > 0;
            row.put("cost_usd", cost == null ? (isUsed ? null : BigDecimal.ZERO) : plain(cost));
            row.put("mean_latency_ms", latency.mean());
            row.put("p50_latency_ms", latency.percentile(0.5));
            row.put("p95_latency_ms", latency.percentile(0.95));
            row.put("p99_latency_ms", latency.percentile(0.99));
            row.put("mean_first_token_ms", firstToken.mean());
        }

        private static BigDecimal plain(BigDecimal amount) {
            BigDecimal stripped = amount.stripTrailingZeros();
            return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
        }
    }

    /** Measurements, and what is said of them with three decimals; null when there are none. */
    private static final class Numbers {
        private double[] values = new double[16];
        private long micros;
        private int count;
        private boolean isSorted;

        void add(JsonNode value) {
            if (value.isNumber()) {
                if (count == values.length) {
                    values = Arrays.copyOf(values, 2 * count);
                }
                values[count++] = value.doubleValue();
                micros += Math.round(value.doubleValue() * 1000);
                isSorted = false;
            }
        }

        @Nullable Double mean() {
            return count == 0
                    ? null
                    : BigDecimal.valueOf(micros)
                            .divide(BigDecimal.valueOf(1000L * count), 3, RoundingMode.HALF_UP)
                            .doubleValue();
        }

        /** Interpolated between the two nearest, as {@code percentile_cont} does. */
        @Nullable Double percentile(double share) {
            if (count == 0) {
                return null;
            }
            if (!isSorted) {
                Arrays.sort(values, 0, count);
                isSorted = true;
            }
            double at = share * (count - 1);
            int below = (int) Math.floor(at);
            int above = (int) Math.ceil(at);
            return rounded(values[below] + (at - below) * (values[above] - values[below]));
        }

        private static double rounded(double value) {
            return Math.round(value * 1000) / 1000.0;
        }
    }
}
