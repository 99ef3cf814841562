package dev.signalbox.limits.money;

import dev.signalbox.limits.money.Purse.Account;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is spent and set aside, for all replicas that share it. Every method is one atomic operation on it, takes the time
 * from whoever calls, and may be told twice, late, or not at all.
 *
 * <p>What always holds, whatever replicas, crashes and lost or repeated messages there are: for every purse {@code spent +
 * reserved <= limit}, and {@code spent} is what was spent before plus the sum of what was settled. It rests on three things: an
 * attempt is made only after its reservation was granted; it costs no more than that; and its settlement comes no later than
 * {@code patience} after its lease has ended. What comes later still is counted, since it was spent.
 *
 * <p>A replica that dies holds nothing for ever: when the lease and the patience are over, what it had set aside comes back.
 */
public final class Book {

    private final long patience;
    private final Map<Account, Sheet> sheets = new HashMap<>();
    private final Map<String, Held> held = new HashMap<>();
    private long nextEnd = Long.MAX_VALUE;

    private static final class Sheet {
        private long spent;
        private long reserved;
        private boolean warned;
    }

    private static final class Held {
        private final Reservation reservation;
        private long deadline;
        private boolean settled;

        Held(Reservation reservation) {
            this.reservation = reservation;
            this.deadline = reservation.deadline();
        }
    }

    /**
     * Nothing is known.
     *
     * @param patience how long after the end of a lease a message may still come, in milliseconds
     */
    public Book(long patience) {
        this.patience = patience;
    }

    /**
     * Sets the whole amount aside in all purses, or in none. An amount of 0 is refused only by purses that have nothing left.
     */
    public synchronized Verdict reserve(Reservation wanted, long now) {
        reclaim(now);
        Held known = held.get(wanted.id());
        if (known != null) {
            return known.settled ? new Verdict.Void() : new Verdict.Granted();
        }
        if (wanted.deadline() < now) { // perhaps settled, and forgotten
            return new Verdict.Void();
        }
        Verdict refused = refused(wanted);
        if (refused != null) {
            return refused;
        }
        for (Purse purse : wanted.purses()) {
            Sheet sheet = sheet(purse.account());
            sheet.reserved = Math.addExact(sheet.reserved, wanted.amount());
        }
        keep(wanted);
        return new Verdict.Granted();
    }

    private Held keep(Reservation wanted) {
        Held kept = new Held(wanted);
        held.put(wanted.id(), kept);
        nextEnd = Math.min(nextEnd, end(kept));
        return kept;
    }

    private @Nullable Verdict refused(Reservation wanted) {
        List<Account> unopened = new ArrayList<>(0);
        Purse binding = null;
        long left = 0;
        for (Purse purse : wanted.purses()) {
            Sheet sheet = sheets.get(purse.account());
            if (sheet == null) {
                unopened.add(purse.account());
                continue;
            }
            long free = purse.limit() - plus(sheet.spent, sheet.reserved);
            if ((free < wanted.amount() || free <= 0) && (binding == null || resetsLater(purse, binding))) {
                binding = purse;
                left = Math.max(0, free);
            }
        }
        if (!unopened.isEmpty()) {
            return new Verdict.Unopened(unopened);
        }
        return binding == null ? null : new Verdict.Refused(binding, left);
    }

    private static boolean resetsLater(Purse one, Purse other) {
        var mine = one.account().resets();
        var its = other.account().resets();
        return its != null && (mine == null || mine.isAfter(its));
    }

    /**
     * The attempt is over and cost that much: what was set aside is free again, and what it cost is spent. Only the first
     * settlement counts. One that overtook its own reservation, or came after its lease had ended, is counted all the same.
     *
     * @param settled the reservation
     * @param actual in pico-dollars
     * @return purses of which four fifths are spent now, each told once in a window
     */
    public synchronized List<Purse> settle(Reservation settled, long actual, long now) {
        reclaim(now);
        Held known = held.get(settled.id());
        if (known != null && known.settled) {
            return List.of();
        }
        if (known != null) {
            free(known);
        }
        if (patience > 0) {
            Held kept = known == null ? keep(settled) : known;
            kept.settled = true;
            kept.deadline = Math.max(kept.deadline, now);
        } else {
            held.remove(settled.id());
        }
        List<Purse> warnings = new ArrayList<>(0);
        for (Purse purse : settled.purses()) {
            Sheet sheet = sheets.get(purse.account());
            if (sheet != null) { // what is not known is read from the ledger, when it is asked for
                sheet.spent = plus(sheet.spent, actual);
                if (!sheet.warned && sheet.spent >= purse.limit() / 5 * 4 && actual > 0) {
                    sheet.warned = true;
                    warnings.add(purse);
                }
            }
        }
        return warnings;
    }

    private void free(Held known) {
        for (Purse purse : known.reservation.purses()) {
            Sheet sheet = sheet(purse.account());
            sheet.reserved = Math.subtractExact(sheet.reserved, known.reservation.amount());
        }
    }

    private Sheet sheet(Account account) {
        Sheet sheet = sheets.get(account);
        if (sheet == null) {
            throw new IllegalStateException("not opened: " + account);
        }
        return sheet;
    }

    /** The replica is alive: it holds all that it holds until then. What has ended meanwhile does not come to life again. */
    public synchronized void renew(String owner, long deadline, long now) {
        reclaim(now);
        for (Held one : held.values()) {
            if (!one.settled && one.reservation.owner().equals(owner) && one.deadline < deadline) {
                one.deadline = deadline;
            }
        }
    }

    /** Gives back what nobody has renewed for too long, and forgets settlements of which no message can still come. */
    public synchronized void reclaim(long now) {
        if (now <= nextEnd) {
            return;
        }
        long next = Long.MAX_VALUE;
        for (Iterator<Held> all = held.values().iterator(); all.hasNext(); ) {
            Held one = all.next();
            if (end(one) >= now) {
                next = Math.min(next, end(one));
                continue;
            }
            if (!one.settled) {
                free(one);
            }
            all.remove();
        }
        nextEnd = next;
    }

    private long end(Held one) {
        return plus(one.deadline, patience);
    }

    /** What was spent before is known. Of several who find out the first counts. */
    public synchronized void open(Account account, long spent) {
        sheets.computeIfAbsent(account, _ -> {
            Sheet sheet = new Sheet();
            sheet.spent = spent;
            return sheet;
        });
    }

    /** How an account stands; null: nobody knows. */
    public synchronized @Nullable Balance balance(Account account) {
        Sheet sheet = sheets.get(account);
        return sheet == null ? null : new Balance(sheet.spent, sheet.reserved);
    }

    /** Forgets accounts whose window is over, once nothing is set aside in them. */
    public synchronized void forget(long before) {
        sheets.entrySet().removeIf(one -> {
            var resets = one.getKey().resets();
            return resets != null && resets.toEpochMilli() < before && one.getValue().reserved == 0;
        });
    }

    /** How many reservations and remembered settlements there are. */
    public synchronized int size() {
        return held.size();
    }

    /** A sum of amounts that are not below zero; more than can be said is as much as can be said. */
    static long plus(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
