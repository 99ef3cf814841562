package dev.signalbox.limits.money;

import dev.signalbox.limits.money.Purse.Account;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** Where it is known what is spent and set aside: the {@link Book}, wherever it is kept. Each call is one operation on it. */
public interface Budgets {

    /** Who makes the attempts that are made here. */
    String owner();

    /** Until when a reservation that is made now is held, in milliseconds since 1970. */
    long deadline();

    /**
     * Sets the amount aside, or nothing; on the caller's own event loop. It is never {@link Verdict.Unopened}: what was spent
     * before is found out. The Uni fails when that cannot be.
     */
    Uni<Verdict> reserve(Reservation wanted);

    /** The attempt cost that much, in pico-dollars. The first settlement of a reservation counts. */
    void settle(Reservation settled, long actual);

    /** How an account stands; null: nobody asked for it yet. */
    @Nullable Balance balance(Account account);
}
