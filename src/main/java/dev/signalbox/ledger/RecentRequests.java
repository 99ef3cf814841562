package dev.signalbox.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The newest rows in memory, for a gateway without a store. */
@Singleton
@Typed(RecentRequests.class)
public class RecentRequests implements RequestLog {

    /** How many are kept. */
    static final int MOST = 10_000;

    private static final Comparator<Row> NEWEST_FIRST =
            Comparator.comparing(Row::time).thenComparing(Row::id).reversed();

    private final ArrayDeque<Row> rows = new ArrayDeque<>();

    void add(Row row) {
        synchronized (rows) {
            if (rows.size() == MOST) {
                rows.removeFirst();
            }
            rows.addLast(row);
        }
    }

    @Override
    public Uni<Page> page(Filter filter, int limit, @Nullable String cursor) {
        Cursor after = Cursor.parse(cursor);
        return offTheEventLoop(() -> {
            List<Row> fitting = snapshot().stream()
                    .filter(row -> row.fits(filter) && (after == null || after.isBefore(row.time(), row.id())))
                    .sorted(NEWEST_FIRST)
                    .limit(limit + 1L)
                    .toList();
            List<Row> shown = fitting.subList(0, Math.min(limit, fitting.size()));
            String next = fitting.size() > limit
                    ? new Cursor(shown.getLast().time(), shown.getLast().id()).toString()
                    : null;
            return new Page(shown.stream().map(Row::listed).toList(), next);
        });
    }

    @Override
    public Uni<@Nullable ObjectNode> find(String id) {
        return offTheEventLoop(() -> {
            for (Row row : snapshot()) {
                if (row.id().equals(id)) {
                    return row.whole();
                }
            }
            return null;
        });
    }

    @Override
    public Uni<Page> usage(
            @Nullable Instant from, @Nullable Instant to, List<Dimension> by, int limit, @Nullable String cursor) {
        GroupCursor after = GroupCursor.parse(cursor, by);
        return offTheEventLoop(() -> {
            UsageSums sums = new UsageSums(by);
            snapshot().stream().filter(row -> row.isWithin(from, to)).forEach(row -> sums.add(row.tree()));
            return sums.page(limit, after);
        });
    }

    @Override
    public Uni<Map<String, Spent>> spent(Dimension.Field by, Collection<String> names, LocalDate today) {
        return offTheEventLoop(() -> {
            Instant midnight = today.atStartOfDay().toInstant(ZoneOffset.UTC);
            UsageSums all = new UsageSums(List.of(by));
            UsageSums since = new UsageSums(List.of(by));
            Map<String, Instant> newest = new HashMap<>();
            for (Row row : snapshot()) {
                ObjectNode tree = row.tree();
                String name = tree.path(by.label()).textValue();
                if (name == null || !names.contains(name)) {
                    continue;
                }
                all.add(tree);
                if (!row.time().isBefore(midnight)) {
                    since.add(tree);
                }
                newest.merge(name, row.time(), (one, other) -> one.isBefore(other) ? other : one);
            }
            Map<String, @Nullable BigDecimal> costs = costs(since, by);
            Map<String, Spent> spent = new HashMap<>();
            costs(all, by)
                    .forEach((name, cost) -> spent.put(
                            name, new Spent(costs.getOrDefault(name, BigDecimal.ZERO), cost, newest.get(name))));
            return spent;
        });
    }

    private static Map<String, @Nullable BigDecimal> costs(UsageSums sums, Dimension.Field by) {
        Map<String, @Nullable BigDecimal> costs = new HashMap<>();
        for (ObjectNode row : sums.rows()) {
            JsonNode cost = row.path("cost_usd");
            costs.put(row.path(by.label()).asText(), cost.isNumber() ? cost.decimalValue() : null);
        }
        return costs;
    }

    private List<Row> snapshot() {
        synchronized (rows) {
            return List.copyOf(rows);
        }
    }

    private static <T extends @Nullable Object> Uni<T> offTheEventLoop(Supplier<T> work) {
        return Uni.createFrom().item(work).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }
}
