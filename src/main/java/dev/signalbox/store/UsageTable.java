package dev.signalbox.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import dev.signalbox.ledger.GroupCursor;
import dev.signalbox.ledger.RequestLog.Dimension;
import dev.signalbox.ledger.RequestLog.Dimension.Field;
import dev.signalbox.ledger.RequestLog.Page;
import dev.signalbox.ledger.RequestLog.Spent;
import dev.signalbox.store.UsagePaging.Edges;
import dev.signalbox.store.UsageQuery.Known;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** The sums of the table of requests, read by group. */
@ApplicationScoped
public class UsageTable {

    /**
     * Groups are some kilobytes each while they are added up, to compile takes longer than to answer, and sums of a few days are
     * found by their index: workers and whole tables would cost three times as much.
     */
    static final String TUNED = """
        select concat(set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
            set_config('max_parallel_workers_per_gather', '0', true), set_config('random_page_cost', '1.1', true))
        """;

    /** The first and the last hour with rows, in seconds. */
    static final String EDGES = """
        select concat(cast(extract(epoch from min(time)) as bigint), ' ', cast(extract(epoch from max(time)) as bigint))
        from usage_sum where grain = 0
        """;

    /** How many of these tags are known to sums, and from which second on all are; null: they always were. */
    private static final String KNOWN = """
        select concat(count(*), ' ', cast(extract(epoch from max(since)) as bigint))
        from usage_tag where name = any (string_to_array(:names, chr(10)))
        """;

    private static final String COST = """
        select %1$s as name, case when sum(priced) > 0 or sum(input_tokens + output_tokens + cached_tokens
            + cache_write_tokens + reasoning_tokens) = 0 then sum(cost_usd) end as cost
        from usage_sum where grain = %2$d and %1$s = any (string_to_array(:names, chr(10)))\
        """;

    private static final String NEWEST =
            "(select time from request where %s = total.name order by time desc, id desc limit 1)";

    private final StoreCalls store;

    UsageTable(StoreCalls store) {
        this.store = store;
    }

    /** Sums by group, in their order, behind that one. */
    public Uni<Page> page(
            @Nullable Instant from, @Nullable Instant to, List<Dimension> by, int limit, @Nullable GroupCursor after) {
        return store.sums(sessions -> sessions.withTransaction(session -> text(session, TUNED)
                .chain(() -> known(session, by))
                .chain(known -> edges(session, by)
                        .chain(edges ->
                                rest(session, new UsagePaging(from, to, by, known, edges.orNull(), limit, after))))));
    }

    /** What these have cost; who has no row is left out. */
    public Uni<Map<String, Spent>> spent(Field by, Collection<String> names, LocalDate today) {
        return store.page(sessions ->
                sessions.withSession(session -> session.createNativeQuery(spending(by), String.class)
                        .setParameter("names", String.join("\n", names))
                        .setParameter("today", today.atStartOfDay().atOffset(ZoneOffset.UTC))
                        .getResultList()
                        .map(UsageTable::spent)));
    }

    /** The question for what was spent: a line of JSON for each name. */
    static String spending(Field by) {
        String name = by.label();
        return "select cast(row_to_json(s) as text) from (select total.name, total.cost as total,"
                + " case when today.name is null then 0 else today.cost end as today, cast(extract(epoch from "
                + (by == Field.DEPLOYMENT ? "cast(null as timestamptz)" : NEWEST.formatted(name))
                + ") * 1000000 as bigint) as newest from ("
                + COST.formatted(name, UsageGroups.Level.MODELS.grain(UsageSpan.WEEK))
                + " group by 1) total left join ("
                + COST.formatted(name, UsageGroups.Level.MODELS.grain(UsageSpan.DAY))
                + " and time >= :today group by 1) today on today.name = total.name) s";
    }

    /** Read from its answer. */
    static Map<String, Spent> spent(List<String> lines) {
        Map<String, Spent> spent = new HashMap<>();
        for (String line : lines) {
            JsonNode row;
            try {
                row = Json.read(line);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("PostgreSQL wrote no JSON", e);
            }
            JsonNode newest = row.path("newest");
            spent.put(
                    row.path("name").asText(),
                    new Spent(
                            cost(row.path("today")),
                            cost(row.path("total")),
                            newest.isNumber() ? Instant.EPOCH.plus(newest.asLong(), ChronoUnit.MICROS) : null));
        }
        return spent;
    }

    private static @Nullable BigDecimal cost(JsonNode cost) {
        return cost.isNumber() ? UsageQuery.plain(cost.decimalValue()) : null;
    }

    private static Uni<Page> rest(Mutiny.Session session, UsagePaging paging) {
        UsageQuery usage = paging.next();
        if (usage == null) {
            return Uni.createFrom().item(paging.page());
        }
        Mutiny.SelectionQuery<String> query = session.createNativeQuery(usage.sql(), String.class);
        usage.values().forEach(query::setParameter);
        return query.getResultList().chain(lines -> {
            paging.add(lines.stream().map(usage::read).toList());
            return rest(session, paging);
        });
    }

    /** What there may not be. */
    private record Perhaps(@Nullable Edges orNull) {}

    private static Uni<Perhaps> edges(Mutiny.Session session, List<Dimension> by) {
        return UsagePaging.hasTime(by)
                ? text(session, EDGES).map(line -> new Perhaps(edges(line)))
                : Uni.createFrom().item(new Perhaps(null));
    }

    /** Read from what {@link #EDGES} says. */
    static @Nullable Edges edges(String line) {
        String[] firstAndLast = line.split(" ", -1);
        return firstAndLast[0].isEmpty()
                ? null
                : new Edges(
                        Instant.ofEpochSecond(Long.parseLong(firstAndLast[0])),
                        Instant.ofEpochSecond(Long.parseLong(firstAndLast[1])));
    }

    private static Uni<Known> known(Mutiny.Session session, List<Dimension> by) {
        List<String> tags = by.stream()
                .<String>mapMulti((dimension, into) -> {
                    if (dimension instanceof Dimension.Tag(String name)) {
                        into.accept(name);
                    }
                })
                .toList();
        if (tags.isEmpty()) {
            return Uni.createFrom().item(Known.ALWAYS);
        }
        return session.createNativeQuery(KNOWN, String.class)
                .setParameter("names", String.join("\n", tags))
                .getSingleResult()
                .map(line -> {
                    String[] countAndSince = line.split(" ", -1);
                    if (Integer.parseInt(countAndSince[0]) < tags.size()) {
                        return Known.NEVER;
                    }
                    return countAndSince[1].isEmpty()
                            ? Known.ALWAYS
                            : new Known(Instant.ofEpochSecond(Long.parseLong(countAndSince[1])), true);
                });
    }

    private static Uni<String> text(Mutiny.Session session, String sql) {
        return session.createNativeQuery(sql, String.class).getSingleResult();
    }
}
