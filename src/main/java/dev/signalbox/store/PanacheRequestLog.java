package dev.signalbox.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.ledger.Backlog;
import dev.signalbox.ledger.Cursor;
import dev.signalbox.ledger.RequestLog;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    private final Store store;
    private final Backlog backlog;

    PanacheRequestLog(RequestTable table, Store store, Backlog backlog) {
        this.table = table;
        this.store = store;
        this.backlog = backlog;
    }

    @Override
    public Uni<Page> page(Filter filter, int limit, @Nullable String cursor) {
        Cursor after = Cursor.parse(cursor);
        return reading(() -> table.page(filter, limit + 1, after).map(rows -> {
            List<RequestRow> shown = rows.subList(0, Math.min(limit, rows.size()));
            String next = rows.size() > limit ? new Cursor(shown.getLast().time, shown.getLast().id).toString() : null;
            return new Page(shown.stream().map(RequestRow::toJson).toList(), next);
        }));
    }

    @Override
    public Uni<@Nullable ObjectNode> find(String id) {
        return reading(() -> table.row(id));
    }

    @Override
    public Uni<List<ObjectNode>> usage(@Nullable Instant from, @Nullable Instant to, List<Dimension> by) {
        return reading(() -> table.usage(from, to, by));
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
