package dev.signalbox.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.ledger.Cursor;
import dev.signalbox.ledger.RequestLog;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of requests, by day, with their sums: written in batches, read in pages. */
@ApplicationScoped
public class RequestTable {

    private static final String INSERT = "select late from request_insert(cast(cast(:rows as text) as jsonb))";

    private static final String UPKEEP = "select request_upkeep(:since, cast(cast(:today as text) as date))";

    /** Gives back what void functions do not. */
    private static final String LIST = "select 1 from usage_list(string_to_array(:names, chr(10)), :now)";

    private final StoreCalls store;

    RequestTable(StoreCalls store) {
        this.store = store;
    }

    /**
     * Inserts a JSON array of rows, and adds them to the sums in the same transaction; those that are there already stay as
     * they are. Says how many are left out, since they are older than what is kept.
     */
    public Uni<Integer> insert(String rows) {
        return store.batch(
                sessions -> sessions.withTransaction(session -> session.createNativeQuery(INSERT, Integer.class)
                        .setParameter("rows", rows)
                        .getSingleResult()));
    }

    /** Makes partitions ahead, and drops those that end before {@code since}; says how many. */
    public Uni<Integer> upkeep(Instant since, Instant now) {
        return store.upkeep(sessions -> sessions.withTransaction(session -> session.createNativeQuery(
                        UPKEEP, Integer.class)
                .setParameter("since", OffsetDateTime.ofInstant(since, ZoneOffset.UTC))
                .setParameter(
                        "today", now.atOffset(ZoneOffset.UTC).toLocalDate().toString())
                .getSingleResult()));
    }

    /** Lets sums know these tags from now on. */
    public Uni<Integer> list(List<String> tags, Instant now) {
        return store.upkeep(sessions ->
                sessions.withTransaction(session -> session.createNativeQuery(LIST, Integer.class)
                        .setParameter("names", String.join("\n", tags))
                        .setParameter("now", OffsetDateTime.ofInstant(now, ZoneOffset.UTC))
                        .getSingleResult()));
    }

    /** Rows that fit, newest first, from behind a cursor on. */
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
        return store.page(_ -> Panache.withSession( // which finds the sessions itself
                () -> RequestRow.<RequestRow>find("from RequestRow " + where + "order by time desc, id desc", values)
                        .range(0, limit - 1)
                        .list()));
    }

    /** The row of that id, with who could have answered and who could not; null: there is none. */
    public Uni<@Nullable ObjectNode> row(String id) {
        return store.page(_ -> Panache.withSession(() -> RequestRow.<RequestRow>findById(id)))
                .<@Nullable ObjectNode>map(row -> row == null ? null : row.toWholeJson());
    }

    private static void equal(
            String column, @Nullable Object value, List<String> conditions, Map<String, Object> values) {
        if (value != null) {
            conditions.add(column + " = :" + column);
            values.put(column, value);
        }
    }
}
