package dev.signalbox.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.ledger.Backlog;
import dev.signalbox.ledger.Cursor;
import dev.signalbox.ledger.GroupCursor;
import dev.signalbox.ledger.RequestLog;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The ledger as it lies in the store; a reader sees what was settled before it asked. */
@ApplicationScoped
@Typed(PanacheRequestLog.class)
public class PanacheRequestLog implements RequestLog {

    private static final Logger LOG = Logger.getLogger(PanacheRequestLog.class);

    private final RequestTable table;
    private final UsageTable usage;
    private final Store store;
    private final Backlog backlog;

    PanacheRequestLog(RequestTable table, UsageTable usage, Store store, Backlog backlog) {
        this.table = table;
        this.usage = usage;
        this.store = store;
        this.backlog = backlog;
    }

    @Override
    public Uni<Page> page(Filter filter, int limit, @Nullable String cursor) {
        Cursor after = Cursor.parse(cursor);
        if (!Texts.canBe(filter.model()) || !Texts.canBe(filter.provider()) || !Texts.canBe(filter.key())) {
            return Uni.createFrom().item(new Page(List.of(), null));
        }
        return reading(() -> table.page(filter, limit + 1, after).map(rows -> {
            List<RequestRow> shown = rows.subList(0, Math.min(limit, rows.size()));
            String next = rows.size() > limit ? new Cursor(shown.getLast().time, shown.getLast().id).toString() : null;
            return new Page(shown.stream().map(RequestRow::toJson).toList(), next);
        }));
    }

    @Override
    public Uni<@Nullable ObjectNode> find(String id) {
        return Texts.canBe(id) ? reading(() -> table.row(id)) : Uni.createFrom().nullItem();
    }

    @Override
    public Uni<Page> usage(
            @Nullable Instant from, @Nullable Instant to, List<Dimension> by, int limit, @Nullable String cursor) {
        GroupCursor after = GroupCursor.parse(cursor, by);
        return reading(() -> usage.page(from, to, by, limit, after));
    }

    @Override
    public Uni<Map<String, Spent>> spent(Dimension.Field by, Collection<String> names, LocalDate today) {
        return reading(() -> usage.spent(by, names, today));
    }

    private <T extends @Nullable Object> Uni<T> reading(Supplier<Uni<T>> read) {
        if (!store.isReady()) {
            return Uni.createFrom().failure(unavailable("it is being started"));
        }
        Context context = Vertx.currentContext();
        Uni<Void> caughtUp = backlog.caughtUp();
        Uni<Void> here = context == null ? caughtUp : caughtUp.emitOn(work -> context.runOnContext(_ -> work.run()));
        return here.chain(() -> read.get())
                .onFailure(failure -> !(failure instanceof SignalboxException))
                .transform(failure -> {
                    if (!(failure instanceof CircuitBreakerOpenException)) {
                        LOG.warnf("the store cannot be read: %s", failure);
                    }
                    return unavailable("it cannot be reached");
                });
    }

    private static SignalboxException unavailable(String why) {
        return new SignalboxException(
                503, "store_unavailable", "the store does not answer: " + why, null, List.of(), Duration.ofSeconds(1));
    }
}
