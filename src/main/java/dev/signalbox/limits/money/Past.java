package dev.signalbox.limits.money;

import dev.signalbox.limits.money.Purse.Account;
import io.smallrye.mutiny.Uni;

/** What was spent before this process knew of an account: the sum of its rows in the ledger. */
@FunctionalInterface
public interface Past {

    /**
     * In pico-dollars, with all that was settled before this call. The Uni fails when the ledger cannot be read now, or lacks
     * some of that, and can be subscribed to again.
     */
    Uni<Long> spent(Account account);

    /** Whether it has what all replicas have settled, and not only this one, some of the newest. */
    default boolean isShared() {
        return true;
    }
}
