package dev.signalbox.limits.money;

import dev.signalbox.chat.Cost;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Purse.Scope;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What operators see of budgets: a metric of what is left, and a warning when most of it is spent. */
public final class Overview {

    private static final Logger LOG = Logger.getLogger("signalbox.budgets");

    private final Meters meters;
    private final Clock clock;
    private final Function<Account, @Nullable Balance> balances;
    private final ConcurrentHashMap<String, Purse> shown = new ConcurrentHashMap<>();

    /**
     * Nothing is shown yet.
     *
     * @param balances how an account stands; null: nobody asked for it yet
     */
    public Overview(Meters meters, Clock clock, Function<Account, @Nullable Balance> balances) {
        this.meters = meters;
        this.clock = clock;
        this.balances = balances;
    }

    /** What teams and providers have left is a metric from when they first spend, in whatever window is now. */
    public void show(Purse purse) {
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

    /** The accounts of which the metric tells now. */
    public List<Account> shown() {
        return shown.values().stream().map(this::current).toList();
    }

    private Account current(Purse purse) {
        Account account = purse.account();
        return new Account(
                account.scope(),
                account.who(),
                account.window(),
                account.window().begin(clock.instant()));
    }

    private double left(String name) {
        Purse last = shown.get(name);
        if (last == null) {
            return 0;
        }
        Balance now = balances.apply(current(last));
        return (now == null ? last.limit() : now.left(last.limit())) / 1e12;
    }

    /** Says that four fifths of it are spent. */
    public void warn(Purse purse) {
        Account account = purse.account();
        Balance now = balances.apply(account);
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
}
