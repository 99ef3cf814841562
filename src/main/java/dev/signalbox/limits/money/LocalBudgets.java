package dev.signalbox.limits.money;

import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.telemetry.Meters;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The book in this process's memory, for one replica. It ends with the attempts that it knows of, so that no lease needs to
 * be renewed and no message comes late.
 */
@Singleton
public class LocalBudgets implements Budgets {

    private static final Logger LOG = Logger.getLogger("signalbox.budgets");
    private static final long FOREVER = Long.MAX_VALUE;
    private static final Duration WORTH_KEEPING = Duration.ofDays(2);
    private static final Duration PATIENCE_WITH_THE_LEDGER = Duration.ofSeconds(10);

    private final Book book = new Book(0);
    private final Past past;
    private final Clock clock;
    private final Supplier<Executor> loops;
    private final ConcurrentHashMap<Account, Uni<Long>> opening = new ConcurrentHashMap<>();
    private final Overview overview;
    private volatile long tidied;

    /** Nothing is spent yet but what the ledger says. */
    @Inject
    public LocalBudgets(Past past, Clock clock, Meters meters, Vertx vertx) {
        this(past, clock, meters, () -> {
            Context context = vertx.getOrCreateContext();
            return action -> context.runOnContext(_ -> action.run());
        });
    }

    LocalBudgets(Past past, Clock clock, Meters meters, Supplier<Executor> loops) {
        this.past = past;
        this.clock = clock;
        this.loops = loops;
        this.overview = new Overview(meters, clock, this::balance);
    }

    @Override
    public String owner() {
        return "local";
    }

    @Override
    public long deadline() {
        return FOREVER;
    }

    @Override
    public Uni<Verdict> reserve(Reservation wanted) {
        long now = clock.millis();
        Verdict verdict = book.reserve(wanted, now);
        if (verdict instanceof Verdict.Unopened(List<Account> accounts)) {
            tidy(now);
            return opened(accounts).emitOn(loops.get()).map(_ -> book.reserve(wanted, clock.millis()));
        }
        return Uni.createFrom().item(verdict);
    }

    private Uni<Void> opened(List<Account> accounts) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (Account account : accounts) {
            all = all.chain(() -> opened(account));
        }
        return all;
    }

    /** However many ask at the same time, the ledger is read once. */
    private Uni<Void> opened(Account account) {
        return opening.computeIfAbsent(account, of -> read(of).memoize().indefinitely())
                .onTermination()
                .invoke(() -> opening.remove(account))
                .invoke(spent -> book.open(account, spent))
                .replaceWithVoid();
    }

    private Uni<Long> read(Account account) {
        return past.spent(account)
                .runSubscriptionOn(loops.get())
                .onFailure()
                .retry()
                .withBackOff(Duration.ofMillis(50), Duration.ofMillis(500))
                .expireIn(PATIENCE_WITH_THE_LEDGER.toMillis())
                .onFailure()
                .invoke(failure -> LOG.warnf("what %s has spent cannot be read: %s", account, failure.getMessage()));
    }

    @Override
    public void settle(Reservation settled, long actual) {
        settled.purses().forEach(overview::show);
        for (Purse purse : book.settle(settled, actual, clock.millis())) {
            overview.warn(purse);
        }
    }

    @Override
    public @Nullable Balance balance(Account account) {
        return book.balance(account);
    }

    /** Windows that are long over are forgotten now and then. */
    private void tidy(long now) {
        if (now - tidied > WORTH_KEEPING.toMillis() / 2) {
            tidied = now;
            book.forget(now - WORTH_KEEPING.toMillis());
        }
    }
}
