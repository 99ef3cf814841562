package dev.signalbox.limits.money;

import dev.signalbox.limits.money.Purse.Account;
import java.util.List;

/** What becomes of a {@link Reservation}: all of its purses hold it, or nothing is set aside in any. */
public sealed interface Verdict {

    /** It is set aside. */
    record Granted() implements Verdict {}

    /**
     * A purse does not hold it.
     *
     * @param purse the one that binds: of several, the one that begins anew last
     * @param left what it has left, in pico-dollars; never below zero
     */
    record Refused(Purse purse, long left) implements Verdict {}

    /** What was spent before is not known for these; ask again after {@link Book#open}. */
    record Unopened(List<Account> accounts) implements Verdict {
        public Unopened {
            accounts = List.copyOf(accounts);
        }
    }

    /** It was settled before, or its lease is over: a message that came too late. */
    record Void() implements Verdict {}
}
