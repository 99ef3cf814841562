package dev.signalbox.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.ledger.Cursor;
import dev.signalbox.ledger.RequestLog;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** The table of requests: written in batches, read in pages and in sums. */
@ApplicationScoped
public class RequestTable {

    private static final String INSERT = """
            insert into request (id, time, model, provider, deployment, key_id, key_name, team, user_name, tags, strategy,
                stream, cache, status, error, estimated, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
                reasoning_tokens, cost_usd, latency_ms, first_token_ms, price_input, price_output, price_cached_input,
                price_cache_write, attempts, candidates, excluded)
            select r.id, r.time, r.model, r.provider, r.deployment, r.key_id, r.key_name, r.team, r."user", r.tags,
                r.strategy, r.stream, r.cache, r.status, r.error, r.estimated, r.input_tokens, r.output_tokens,
                r.cached_tokens, r.cache_write_tokens, r.reasoning_tokens, r.cost_usd, r.latency_ms, r.first_token_ms,
                cast(r.price ->> 'input' as numeric), cast(r.price ->> 'output' as numeric),
                cast(r.price ->> 'cached_input' as numeric), cast(r.price ->> 'cache_write' as numeric), r.attempts,
                r.candidates, r.excluded
            from jsonb_to_recordset(cast(cast(:rows as text) as jsonb)) as r(id text, time timestamptz, model text,
                provider text, deployment text, key_id text, key_name text, team text, "user" text, tags jsonb,
                strategy text, stream boolean, cache text, status integer, error text, estimated boolean,
                input_tokens bigint, output_tokens bigint, cached_tokens bigint, cache_write_tokens bigint,
                reasoning_tokens bigint, cost_usd numeric, latency_ms double precision,
                first_token_ms double precision, price jsonb, attempts jsonb, candidates jsonb, excluded jsonb)
            on conflict (id) do nothing
            """;

    private static final String SUMS = """
            count(*) as requests,
            count(*) filter (where status >= 400) as errors,
            coalesce(sum(input_tokens), 0) as input_tokens,
            coalesce(sum(output_tokens), 0) as output_tokens,
            coalesce(sum(cached_tokens), 0) as cached_tokens,
            coalesce(sum(reasoning_tokens), 0) as reasoning_tokens,
            case when count(cost_usd) = 0 and sum(input_tokens + output_tokens + cached_tokens + cache_write_tokens
                + reasoning_tokens) > 0 then null else trim_scale(coalesce(sum(cost_usd), 0)) end as cost_usd,
            round(cast(avg(latency_ms) as numeric), 3) as mean_latency_ms,
            round(cast(percentile_cont(0.5) within group (order by latency_ms) as numeric), 3) as p50_latency_ms,
            round(cast(percentile_cont(0.95) within group (order by latency_ms) as numeric), 3) as p95_latency_ms,
            round(cast(percentile_cont(0.99) within group (order by latency_ms) as numeric), 3) as p99_latency_ms,
            round(cast(avg(first_token_ms) as numeric), 3) as mean_first_token_ms
            """;

    private final Instance<Mutiny.SessionFactory> sessions;

    RequestTable(Instance<Mutiny.SessionFactory> sessions) {
        this.sessions = sessions;
    }

    /** Inserts a JSON array of rows; those that are there already stay as they are. */
    @Timeout(value = 10, unit = ChronoUnit.SECONDS)
    @Retry(maxRetries = 1, delay = 100)
    public Uni<Integer> insert(String rows) {
        return sessions.get()
                .withTransaction(session -> session.createNativeQuery(INSERT)
                        .setParameter("rows", rows)
                        .executeUpdate());
    }

    /** Rows that fit, newest first, from behind a cursor on. */
    @Timeout(value = 5, unit = ChronoUnit.SECONDS)
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 1000)
    @Retry(maxRetries = 1, delay = 50, jitter = 25)
    public Uni<List<RequestRow>> page(RequestLog.Filter filter, int limit, @Nullable Cursor after) {
        List<String> conditions = new ArrayList<>();
        Map<String, Object> values = new LinkedHashMap<>();
        equal("model", filter.model(), conditions, values);
        equal("provider", filter.provider(), conditions, values);
        equal("keyId", filter.key(), conditions, values);
        equal("status", filter.status(), conditions, values);
        if (filter.from() != null) {
            conditions.add("time >= :from");
            values.put("from", filter.from());
        }
        if (filter.to() != null) {
            conditions.add("time < :to");
            values.put("to", filter.to());
        }
        if (after != null) {
            conditions.add("time <= :lastTime and (time < :lastTime or id < :lastId)");
            values.put("lastTime", after.time());
            values.put("lastId", after.id());
        }
        String where = conditions.isEmpty() ? "" : "where " + String.join(" and ", conditions) + " ";
        return Panache.withSession(
                () -> RequestRow.<RequestRow>find("from RequestRow " + where + "order by time desc, id desc", values)
                        .range(0, limit - 1)
                        .list());
    }

    /** The row of that id, with who could have answered and who could not; null: there is none. */
    @Timeout(value = 5, unit = ChronoUnit.SECONDS)
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 1000)
    @Retry(maxRetries = 1, delay = 50, jitter = 25)
    public Uni<@Nullable ObjectNode> row(String id) {
        return Panache.withSession(() -> RequestRow.<RequestRow>findById(id))
                .<@Nullable ObjectNode>map(row -> row == null ? null : row.toWholeJson());
    }

    /** Sums by group, in the order of the dimensions. */
    @Timeout(value = 30, unit = ChronoUnit.SECONDS)
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 1000)
    public Uni<List<ObjectNode>> usage(@Nullable Instant from, @Nullable Instant to, List<RequestLog.Dimension> by) {
        Map<String, Object> values = new LinkedHashMap<>();
        StringBuilder columns = new StringBuilder();
        List<String> numbers = new ArrayList<>();
        for (RequestLog.Dimension dimension : by) {
            columns.append(column(dimension, numbers.size(), values))
                    .append(" as d")
                    .append(numbers.size())
                    .append(", ");
            numbers.add(String.valueOf(numbers.size() + 1));
        }
        List<String> conditions = new ArrayList<>();
        if (from != null) {
            conditions.add("time >= :begin");
            values.put("begin", OffsetDateTime.ofInstant(from, ZoneOffset.UTC));
        }
        if (to != null) {
            conditions.add("time < :end");
            values.put("end", OffsetDateTime.ofInstant(to, ZoneOffset.UTC));
        }
        String groups = String.join(", ", numbers);
        String sql = "select cast(row_to_json(u) as text) from (select " + columns + SUMS + " from request"
                + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
                + (groups.isEmpty() ? "" : " group by " + groups + " order by " + groups)
                + ") u";
        return sessions.get().withSession(session -> {
            Mutiny.SelectionQuery<String> query = session.createNativeQuery(sql, String.class);
            values.forEach(query::setParameter);
            return query.getResultList()
                    .map(lines -> lines.stream().map(line -> named(line, by)).toList());
        });
    }

    private static void equal(
            String column, @Nullable Object value, List<String> conditions, Map<String, Object> values) {
        if (value != null) {
            conditions.add(column + " = :" + column);
            values.put(column, value);
        }
    }

    private static String column(RequestLog.Dimension dimension, int number, Map<String, Object> values) {
        return switch (dimension) {
            case RequestLog.Dimension.Tag(String name) -> {
                values.put("tag" + number, name);
                yield "tags ->> cast(:tag" + number + " as text)";
            }
            case RequestLog.Dimension.Field field -> column(field);
        };
    }

    private static String column(RequestLog.Dimension.Field field) {
        return switch (field) {
            case PROVIDER, MODEL, DEPLOYMENT, TEAM -> field.label() + " collate \"C\"";
            case KEY -> "key_id collate \"C\"";
            case USER -> "user_name collate \"C\"";
            case HOUR, DAY, MONTH ->
                "to_char(date_trunc('" + field.label()
                        + "', time at time zone 'UTC'), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
        };
    }

    /** The row with its dimensions under their own names, which need not be names of columns. */
    private static ObjectNode named(String line, List<RequestLog.Dimension> by) {
        try {
            ObjectNode sums = (ObjectNode) Json.read(line);
            ObjectNode row = Json.object();
            for (int i = 0; i < by.size(); i++) {
                row.set(by.get(i).label(), sums.remove("d" + i));
            }
            row.setAll(sums);
            return row;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL wrote no JSON", e);
        }
    }
}
