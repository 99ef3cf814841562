package dev.signalbox.gateway;

import dev.signalbox.ledger.Backlog;
import dev.signalbox.ledger.RecentRequests;
import dev.signalbox.ledger.RequestLog;
import dev.signalbox.ledger.RequestLog.Dimension.Field;
import dev.signalbox.limits.money.Budget;
import dev.signalbox.limits.money.Past;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Window;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What was spent before a start, as the ledger's rows say it, those of requests that were cut off by the end of a process
 * included. Without a store the rows are the newest that are kept in memory.
 */
@Singleton
public class LedgerPast implements Past {

    private final Instance<RequestLog> log;
    private final Backlog backlog;

    /** For CDI. */
    public LedgerPast(Instance<RequestLog> log, Backlog backlog) {
        this.log = log;
        this.backlog = backlog;
    }

    @Override
    public Uni<Long> spent(Account account) {
        BooleanSupplier isThere = backlog.arrival();
        return Uni.createFrom()
                .deferred(() -> isThere.getAsBoolean()
                        ? sum(account)
                        : Uni.createFrom().failure(new IllegalStateException("rows are on their way to the store")));
    }

    @Override
    public boolean isShared() {
        return !(log.get() instanceof RecentRequests);
    }

    private Uni<Long> sum(Account account) {
        Field by = switch (account.scope()) {
            case KEY -> Field.KEY;
            case TEAM -> Field.TEAM;
            case PROVIDER -> Field.PROVIDER;
        };
        var from = account.window() == Window.TOTAL ? null : account.begin();
        return log.get()
                .usage(from, account.resets(), List.of(by))
                .map(rows -> rows.stream()
                        .filter(row -> account.who().equals(row.path(by.label()).textValue()))
                        .map(row -> row.path("cost_usd"))
                        .mapToLong(cost -> cost.isNumber() ? Budget.picos(cost.decimalValue()) : 0)
                        .sum());
    }
}
