package dev.signalbox.limits.money;

import dev.signalbox.chat.Cost;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Purse.Scope;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.Tags;
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
    private final Meters meters;
    private final Supplier<Executor> loops;
    private final ConcurrentHashMap<Account, Uni<Long>> opening = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Purse> shown = new ConcurrentHashMap<>();
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
        this.meters = meters;
        this.loops = loops;
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
        settled.purses().forEach(this::show);
        for (Purse purse : book.settle(settled, actual, clock.millis())) {
            warn(purse);
        }
    }

    private void warn(Purse purse) {
        Account account = purse.account();
        Balance now = book.balance(account);
        LOG.warnf(
                "budget of %s %s: %s of %s USD are spent this %s, 80 percent or more",
                account.scope().code(),
                account.who(),
                now == null ? "?" : new Cost(now.spent()),
                new Cost(purse.limit()),
                account.window() == Window.TOTAL
                        ? "time, once and for all"
                        : account.window().code());
    }

    @Override
    public @Nullable Balance balance(Account account) {
        return book.balance(account);
    }

    /** What teams and providers have left is a metric from when they first spend, in whatever window is now. */
    private void show(Purse purse) {
        Account account = purse.account();
        if (account.scope() == Scope.KEY) {
            return;
        }
        String name = account.scope().code() + ":" + account.who();
        Purse before = shown.put(name, purse);
        if (before == null) {
            meters.gauge(
                    "signalbox_budget_remaining_usd",
                    Tags.of("scope", account.scope().code(), "name", account.who()),
                    () -> left(name));
        }
    }

    private double left(String name) {
        Purse last = shown.get(name);
        if (last == null) {
            return 0;
        }
        Account account = last.account();
        Account current = new Account(
                account.scope(),
                account.who(),
                account.window(),
                account.window().begin(clock.instant()));
        Balance now = book.balance(current);
        return (now == null ? last.limit() : now.left(last.limit())) / 1e12;
    }

    /** Windows that are long over are forgotten now and then. */
    private void tidy(long now) {
        if (now - tidied > WORTH_KEEPING.toMillis() / 2) {
            tidied = now;
            book.forget(now - WORTH_KEEPING.toMillis());
        }
    }
}
