package dev.signalbox.cluster;

import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Reservation;
import dev.signalbox.limits.money.Verdict;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An attempt that waits until it can be paid for. */
final class Asking {

    private final Reservation wanted;
    private final long since;
    private final CompletableFuture<Verdict> answer = new CompletableFuture<>();
    private int refusals;
    private boolean isGone;

    /**
     * An attempt.
     *
     * @param since when it began to wait, in nanoseconds
     */
    Asking(Reservation wanted, long since) {
        this.wanted = wanted;
        this.since = since;
    }

    Reservation wanted() {
        return wanted;
    }

    long since() {
        return since;
    }

    /** What it will be told. */
    CompletableFuture<Verdict> answer() {
        return answer;
    }

    /** How often it was refused, this time included. */
    int refused() {
        return ++refusals;
    }

    /** Nobody waits for it any more. */
    void go() {
        isGone = true;
    }

    boolean isGone() {
        return isGone;
    }

    /** What came of it. */
    sealed interface Outcome {

        Asking asking();

        /** That is all. */
        record Decided(Asking asking, Verdict verdict) implements Outcome {}

        /**
         * It cannot be paid for now, but might be when others give back what they do not need.
         *
         * @param idle of which accounts others have something idle
         */
        record Wanting(Asking asking, Verdict verdict, List<Account> idle) implements Outcome {}

        /** It has to be found out what was spent before. */
        record Unopened(Asking asking, List<Account> accounts) implements Outcome {}
    }
}
