package dev.signalbox.cluster;

import dev.signalbox.limits.money.Balance;
import dev.signalbox.limits.money.Purse.Account;

/**
 * What this replica has been granted of one account, in pico-dollars, and what became of it. Whoever touches it holds the lock
 * of {@link Advances}.
 *
 * <p>{@code granted}, {@code settled} and {@code returned} only grow, so that statement them again or late does no harm; what is
 * held is their difference. Only Redis grants, and only this replica settles and returns.
 */
final class Advance {

    /** How much of what was granted may still be spent, by how long ago this replica was heard. */
    enum Lease {
        /** All. */
        FULL,
        /** What was idle when it was last heard; what was under way then may have come back to others. */
        IDLE,
        /** Nothing. */
        OVER
    }

    private static final int WELCOME = 32;
    private static final int SHARE = 16;
    private static final long ACTIVE_NANOS = 60_000_000_000L;

    private final Account account;
    private long limit;
    private int version;
    private long granted;
    private long settled;
    private long returned;
    private long arrived;
    private long underWay;
    private int waiting;
    private boolean wasSettled;
    private long settledAt;
    private long need;
    private long keep;

    /** What was settled and idle together when Redis last heard of it; what it would leave to this replica comes of that. */
    private long anchor;

    /** The least that Redis may have heard since, in messages that were not answered. */
    private long floor = Long.MAX_VALUE;

    private boolean isOpened;
    private long spentByAll;
    private long underWayByAll;
    private long settledAsTold;
    private long settledAsHeard;
    private long underWayAsTold;

    Advance(Account account) {
        this.account = account;
    }

    Account account() {
        return account;
    }

    /** What may be spent by that lease, with what is under way. */
    private long held(Lease lease) {
        return switch (lease) {
            case FULL -> granted - settled - returned;
            case IDLE -> Math.min(granted - returned, Math.min(anchor, floor)) - settled;
            case OVER -> 0;
        };
    }

    /** What no attempt has; below zero when attempts have more than is held. */
    long idle(Lease lease) {
        return held(lease) - underWay;
    }

    /** Whether an attempt can be paid for without asking. */
    boolean covers(long amount, long ofLimit, Lease lease) {
        if (ofLimit < limit) {
            return false; // what was granted may be more than that
        }
        return covers(amount, lease);
    }

    /** Whether there is enough for it, whatever the limit. */
    boolean covers(long amount, Lease lease) {
        long idle = idle(lease);
        return idle >= amount && idle > 0;
    }

    void take(long amount) {
        underWay += amount;
    }

    void settle(long amount, long actual, long nanos) {
        wasSettled = true;
        settledAt = nanos;
        underWay -= amount;
        settled += actual;
    }

    /** Somebody waits for more than there is, and goes before whoever comes now. */
    void waits(long amount, long ofLimit) {
        limit = waiting == 0 ? ofLimit : Math.min(limit, ofLimit);
        need = amount;
        waiting++;
    }

    void waitsNoMore() {
        waiting--;
    }

    boolean isWaitedFor() {
        return waiting > 0;
    }

    /** So much more is welcome, so that it need not be asked for each time. */
    static long welcome(long amount) {
        return amount > Long.MAX_VALUE / WELCOME ? Long.MAX_VALUE : amount * WELCOME;
    }

    /** What is idle is wanted elsewhere. */
    void recall() {
        keep = 0;
    }

    /** Whether others wait for what comes back here. */
    boolean isTight() {
        return keep == 0;
    }

    /** Whether anybody would miss it if it were not told to a Redis that has lost everything. */
    boolean counts() {
        return granted != returned || settled != 0 || underWay != 0;
    }

    /** What is told now; what is too much goes back. */
    Statement.Line line(Lease lease) {
        long idle = idle(lease);
        if (lease == Lease.FULL && waiting == 0 && idle > 0 && (keep == 0 || idle / 2 > keep)) {
            returned += idle - keep;
        }
        long mine = settled + returned + Math.max(held(lease), underWay);
        return new Statement.Line(account, limit, version, mine, settled, returned, arrived, underWay);
    }

    /**
     * Nobody knows whether that was heard.
     *
     * @param asked what Redis may have given to attempts with it, out of what was idle; it counts as under way there
     */
    void unheard(Statement.Line line, long asked) {
        floor = Math.min(floor, line.granted() - line.returned() - line.underWay() - asked);
    }

    /**
     * What Redis says to that.
     *
     * @param taken what it has given to attempts with it
     * @return whether there is more than is needed here
     */
    boolean heard(Statement.Line line, Told.Standing now, long taken) {
        version = now.version();
        granted = now.granted();
        anchor = now.granted() - line.returned() - line.underWay() - taken;
        floor = Long.MAX_VALUE;
        if (now.isOpened()) { // until then what was known before is the best that is known
            isOpened = true;
            spentByAll = now.spent();
            underWayByAll = now.underWay();
            settledAsTold = line.settled();
            underWayAsTold = line.underWay() + taken;
        }
        settledAsHeard = line.settled();
        long share = now.free() / SHARE;
        keep = share >= need ? Math.min(welcome(need), share) : 0;
        return idle(Lease.FULL) / 2 > keep;
    }

    long settled() {
        return settled;
    }

    long untold() {
        return settled - settledAsHeard;
    }

    long arrived() {
        return arrived;
    }

    /** So much of what was settled is in the ledger. */
    void arrived(long amount) {
        if (amount > arrived) {
            arrived = amount;
        }
    }

    boolean isIdle() {
        return underWay == 0 && waiting == 0;
    }

    /** Whether something was settled of late, of which rows may be on their way. */
    boolean isActive(long nanos) {
        return wasSettled && nanos - settledAt < ACTIVE_NANOS;
    }

    boolean isOpened() {
        return isOpened;
    }

    /** By all replicas, as far as it was heard. */
    Balance balance() {
        return new Balance(
                spentByAll + settled - settledAsTold, Math.max(0, underWayByAll + underWay - underWayAsTold));
    }
}
