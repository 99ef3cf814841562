package dev.signalbox.cluster;

import dev.signalbox.cluster.Advance.Lease;
import dev.signalbox.cluster.Asking.Outcome;
import dev.signalbox.limits.money.Balance;
import dev.signalbox.limits.money.Purse;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Reservation;
import dev.signalbox.limits.money.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this replica has been granted of all accounts. It says nothing by itself: whoever runs it carries {@link Statement}s to
 * Redis, one after the other, and brings back what Redis {@linkplain Told told}, or that nothing came.
 *
 * <p>What holds: what attempts have at most and what they have cost stays within what was granted; and this replica considers
 * a lease to be over before Redis does.
 */
final class Advances {

    /** When what is under way at a replica that is not heard comes back to others, and when all it has. */
    static final Duration UNSEEN = Duration.ofSeconds(12);

    static final Duration GONE = Duration.ofSeconds(310);

    /** When a replica that is not heard reckons with that; earlier, since clocks differ. */
    static final Duration CUT_OFF = Duration.ofSeconds(10);

    static final Duration OVER = Duration.ofSeconds(300);

    private static final int MOST_LINES = 200;
    private static final int MOST_WANTS = 64;

    private final String owner;
    private final Map<Account, Advance> all = new HashMap<>();
    private final Map<String, Advance> byName = new HashMap<>();
    private final Set<String> underWay = new HashSet<>();
    private final Deque<Asking> asking = new ArrayDeque<>();
    private final Set<Advance> dirty = new HashSet<>();
    private final Deque<Advance> retelling = new ArrayDeque<>();
    private final Map<String, Long> others = new HashMap<>();
    private List<Outcome> outcomes = new ArrayList<>();
    private String epoch = "";
    private boolean isRetold;
    private long number;
    private boolean wasHeard;
    private long heardAt;

    /** Nothing is granted yet. */
    Advances(String owner) {
        this.owner = owner;
    }

    String owner() {
        return owner;
    }

    private Lease lease(long nanos) {
        if (!wasHeard || nanos - heardAt >= OVER.toNanos()) {
            return Lease.OVER;
        }
        return nanos - heardAt >= CUT_OFF.toNanos() ? Lease.IDLE : Lease.FULL;
    }

    /** Takes the amount out of what is idle in all purses, or nothing; no message is needed for that. */
    synchronized boolean reserve(Reservation wanted, long nanos) {
        Lease lease = lease(nanos);
        for (Purse purse : wanted.purses()) {
            Advance advance = all.get(purse.account());
            if (advance == null || advance.isWaitedFor() || !advance.covers(wanted.amount(), purse.limit(), lease)) {
                return false;
            }
        }
        take(wanted);
        wanted.purses().forEach(purse -> dirty.add(advance(purse.account())));
        return true;
    }

    private void take(Reservation wanted) {
        wanted.purses().forEach(purse -> advance(purse.account()).take(wanted.amount()));
        underWay.add(wanted.id());
    }

    private Advance advance(Account account) {
        return all.computeIfAbsent(account, of -> {
            var made = new Advance(of);
            byName.put(of.toString(), made);
            return made;
        });
    }

    /** It is asked for with the next statement. */
    synchronized void ask(Asking one) {
        asking.add(one);
        for (Purse purse : one.wanted().purses()) {
            advance(purse.account()).waits(one.wanted().amount(), purse.limit());
        }
    }

    /** Nobody waits for its outcome any more; what it gets all the same goes back. */
    synchronized void forget(Asking one) {
        one.go();
    }

    /**
     * An attempt has cost that much. The first settlement of an attempt counts, and all of what nothing was set aside for.
     *
     * @return whether others may wait for what comes back
     */
    synchronized boolean settle(Reservation settled, long actual, long nanos) {
        if (!underWay.remove(settled.id()) && settled.amount() > 0) {
            return false;
        }
        boolean isTight = false;
        for (Purse purse : settled.purses()) {
            Advance advance = advance(purse.account());
            advance.settle(settled.amount(), actual, nanos);
            dirty.add(advance);
            isTight |= advance.isTight();
        }
        return isTight;
    }

    /** Others want what is idle of these accounts, by name. */
    synchronized void recall(Iterable<String> names) {
        for (String name : names) {
            Advance advance = byName.get(name);
            if (advance != null) {
                advance.recall();
                dirty.add(advance);
            }
        }
    }

    /** All that is idle goes back with the next statement. */
    synchronized void recallAll() {
        recall(List.copyOf(byName.keySet()));
    }

    /** A replica has gone, as announced: nobody needs to wait for what it has. */
    synchronized void gone(String replica) {
        others.remove(replica);
    }

    /** Whether Redis ever answered. */
    synchronized boolean wasHeard() {
        return wasHeard;
    }

    /** Whether there is anything to tell. */
    synchronized boolean hasNews() {
        return !asking.isEmpty() || !dirty.isEmpty() || (wasHeard && !isRetold);
    }

    /** Whether anybody waits for an answer. */
    synchronized boolean isAsking() {
        return !asking.isEmpty();
    }

    /**
     * What is to be told now. It is told before the next one is made, and {@link #heard} or {@link #unheard} afterwards.
     *
     * @param isBeat whether who is there is to be listed
     */
    synchronized Statement next(long nanos, boolean isBeat, boolean isLast) {
        Lease lease = lease(nanos);
        Map<Account, Integer> places = new LinkedHashMap<>();
        List<Advance> lines = new ArrayList<>();
        List<Asking> asked = new ArrayList<>();
        List<Statement.Want> wants = new ArrayList<>();
        while (!asking.isEmpty() && wants.size() < MOST_WANTS && lines.size() < MOST_LINES) {
            Asking one = asking.remove();
            Reservation wanted = one.wanted();
            if (one.isGone()) {
                waitsNoMore(one);
            } else if (covers(wanted, lease)) {
                take(wanted);
                wanted.purses().forEach(purse -> dirty.add(advance(purse.account())));
                decided(one, new Verdict.Granted());
            } else {
                List<Integer> payers = new ArrayList<>();
                wanted.purses().forEach(purse -> payers.add(place(advance(purse.account()), places, lines)));
                asked.add(one);
                wants.add(new Statement.Want(wanted.amount(), Advance.welcome(wanted.amount()), payers));
            }
        }
        boolean isWhole = retelling.isEmpty();
        while (!retelling.isEmpty() && lines.size() < MOST_LINES) {
            place(retelling.remove(), places, lines);
        }
        for (Iterator<Advance> news = dirty.iterator(); news.hasNext() && lines.size() < MOST_LINES; ) {
            place(news.next(), places, lines);
        }
        lines.forEach(dirty::remove);
        List<Statement.Line> told = new ArrayList<>(lines.size());
        lines.forEach(advance -> told.add(advance.line(lease)));
        return new Statement(
                owner,
                ++number,
                nanos,
                isWhole && !isRetold ? epoch : "",
                isLast,
                isBeat,
                told,
                asked,
                wants,
                isRetold || !wasHeard ? Map.of() : awaited(nanos));
    }

    private boolean covers(Reservation wanted, Lease lease) {
        for (Purse purse : wanted.purses()) {
            if (!advance(purse.account()).covers(wanted.amount(), purse.limit(), lease)) {
                return false;
            }
        }
        return true;
    }

    private static int place(Advance advance, Map<Account, Integer> places, List<Advance> lines) {
        return places.computeIfAbsent(advance.account(), _ -> {
            lines.add(advance);
            return lines.size() - 1;
        });
    }

    private Map<String, Long> awaited(long nanos) {
        Map<String, Long> awaited = new HashMap<>();
        others.values().removeIf(seen -> nanos - seen > GONE.toNanos());
        others.forEach((who, seen) -> awaited.put(who, (GONE.toNanos() - (nanos - seen)) / 1_000_000));
        return awaited;
    }

    /** Redis did not answer; it may have heard, or not. Who asked asks again. */
    synchronized void unheard(Statement statement) {
        long[] given = new long[statement.lines().size()];
        for (Statement.Want want : statement.wants()) {
            want.lines().forEach(line -> given[line] += Math.min(want.amount(), Long.MAX_VALUE - given[line]));
        }
        for (int i = 0; i < given.length; i++) {
            Statement.Line line = statement.lines().get(i);
            Advance advance = advance(line.account());
            advance.unheard(line, given[i]);
            dirty.add(advance);
        }
        for (int i = statement.asked().size() - 1; i >= 0; i--) {
            asking.addFirst(statement.asked().get(i));
        }
        if (!isRetold) {
            retellAll();
        }
    }

    private void retellAll() {
        retelling.clear();
        all.values().stream().filter(Advance::counts).forEach(retelling::add);
    }

    /**
     * What Redis said.
     *
     * @return accounts of which four fifths are spent now
     */
    synchronized List<Statement.Line> heard(Statement statement, Told told, long nanos) {
        if (told.epoch().isEmpty()) {
            unheard(statement);
            return List.of();
        }
        if (!told.epoch().equals(epoch)) {
            others.values().removeIf(seen -> heardAt - seen >= UNSEEN.toNanos()); // gone before Redis was
            epoch = told.epoch();
            isRetold = false;
            retellAll();
        } else if (statement.retold().equals(epoch)) {
            isRetold = true;
        }
        wasHeard = true;
        heardAt = statement.nanos();
        told.there().forEach((who, unseen) -> {
            if (!who.equals(owner) && unseen < GONE.toMillis()) {
                others.merge(who, nanos - unseen * 1_000_000, Math::max);
            }
        });
        long[] taken = new long[statement.lines().size()];
        for (int i = 0; i < statement.wants().size(); i++) {
            if (told.verdicts().get(i) instanceof Told.Grant.Given) {
                Statement.Want want = statement.wants().get(i);
                want.lines().forEach(line -> taken[line] += want.amount());
            }
        }
        List<Statement.Line> warnings = new ArrayList<>(0);
        for (int i = 0; i < taken.length; i++) {
            Statement.Line line = statement.lines().get(i);
            Told.Standing standing = told.standings().get(i);
            Advance advance = advance(line.account());
            if (advance.heard(line, standing, taken[i])) {
                dirty.add(advance);
            }
            if (standing.warns()) {
                warnings.add(line);
            }
        }
        List<Asking> again = new ArrayList<>(0);
        Lease lease = lease(nanos);
        for (int i = 0; i < statement.asked().size(); i++) {
            decide(statement, i, told.verdicts().get(i), lease, again);
        }
        for (int i = again.size() - 1; i >= 0; i--) {
            asking.addFirst(again.get(i));
        }
        return warnings;
    }

    private void decide(Statement statement, int index, Told.Grant grant, Lease lease, List<Asking> again) {
        Asking one = statement.asked().get(index);
        switch (grant) {
            case Told.Grant.Given _ -> {
                if (one.isGone()) {
                    waitsNoMore(one);
                    one.wanted().purses().forEach(purse -> dirty.add(advance(purse.account())));
                } else if (one.wanted().purses().stream()
                        .allMatch(purse ->
                                advance(purse.account()).covers(one.wanted().amount(), lease))) {
                    take(one.wanted());
                    decided(one, new Verdict.Granted());
                } else {
                    again.add(one); // meanwhile something cost more than it can
                }
            }
            case Told.Grant.Denied(var by) -> {
                waitsNoMore(one);
                outcomes.add(denied(statement, one, by));
            }
            case Told.Grant.Unopened(var lines) -> {
                waitsNoMore(one);
                outcomes.add(new Outcome.Unopened(
                        one,
                        lines.stream()
                                .map(line -> statement.lines().get(line).account())
                                .toList()));
            }
        }
    }

    private static Outcome denied(Statement statement, Asking one, List<Told.Short> by) {
        Purse binding = null;
        long left = 0;
        List<Account> idle = new ArrayList<>();
        boolean isHopeless = false;
        for (Told.Short account : by) {
            Account whose = statement.lines().get(account.line()).account();
            Purse purse = one.wanted().purses().stream()
                    .filter(each -> each.account().equals(whose))
                    .findFirst()
                    .orElseThrow();
            if (binding == null || resetsLater(purse, binding)) {
                binding = purse;
                left = account.left();
            }
            long more = account.idle() + account.underWay();
            isHopeless |= more <= 0 || account.left() + more < one.wanted().amount();
            if (account.idle() > 0) {
                idle.add(whose);
            }
        }
        var verdict = new Verdict.Refused(Objects.requireNonNull(binding), left);
        return isHopeless ? new Outcome.Decided(one, verdict) : new Outcome.Wanting(one, verdict, idle);
    }

    private static boolean resetsLater(Purse one, Purse other) {
        Instant mine = one.account().resets();
        Instant its = other.account().resets();
        return its != null && (mine == null || mine.isAfter(its));
    }

    private void waitsNoMore(Asking one) {
        one.wanted().purses().forEach(purse -> advance(purse.account()).waitsNoMore());
    }

    private void decided(Asking one, Verdict verdict) {
        waitsNoMore(one);
        outcomes.add(new Outcome.Decided(one, verdict));
    }

    /** All who ask since before then, and ask no more. */
    synchronized List<Asking> giveUp(long before) {
        List<Asking> gone = new ArrayList<>();
        asking.removeIf(one -> {
            boolean isOld = one.since() - before <= 0;
            if (isOld) {
                gone.add(one);
                waitsNoMore(one);
            }
            return isOld;
        });
        return gone;
    }

    /** What has been decided since this was last asked. */
    synchronized List<Outcome> outcomes() {
        List<Outcome> decided = outcomes;
        outcomes = new ArrayList<>();
        return decided;
    }

    /** What this replica has settled in each account and nobody said to be in the ledger. */
    synchronized Map<Account, Long> unarrived() {
        Map<Account, Long> amounts = new HashMap<>();
        all.forEach((account, advance) -> {
            if (advance.settled() > advance.arrived()) {
                amounts.put(account, advance.settled());
            }
        });
        return amounts;
    }

    /** These amounts are in the ledger. */
    synchronized void arrived(Map<Account, Long> amounts) {
        amounts.forEach((account, amount) -> {
            Advance advance = advance(account);
            advance.arrived(amount);
            dirty.add(advance);
        });
    }

    /** What of one account this replica knows to be in the ledger. */
    synchronized long arrived(Account account) {
        Advance advance = all.get(account);
        return advance == null ? 0 : advance.arrived();
    }

    /** Accounts of which something was settled of late, or all. */
    synchronized List<Account> active(boolean isAll, long nanos) {
        return all.values().stream()
                .filter(advance -> isAll || advance.isActive(nanos))
                .map(Advance::account)
                .toList();
    }

    /** With the next statement it is heard how these stand now. */
    synchronized void look(List<Account> accounts) {
        for (Account account : accounts) {
            Advance advance = all.get(account);
            if (advance != null) {
                dirty.add(advance);
            }
        }
    }

    /** How an account stands, as far as it was heard; null: it was not. */
    synchronized @Nullable Balance balance(Account account) {
        Advance advance = all.get(account);
        return advance == null || !advance.isOpened() ? null : advance.balance();
    }

    /** Forgets accounts whose windows were over before then. */
    synchronized void forget(Instant before) {
        all.values().removeIf(advance -> {
            Instant end = advance.account().resets();
            boolean isOver = end != null && end.isBefore(before) && advance.isIdle();
            if (isOver) {
                byName.remove(advance.account().toString());
                dirty.remove(advance);
                retelling.remove(advance);
            }
            return isOver;
        });
    }

    /** Whether that replica is waited for when Redis is lost now. */
    synchronized boolean awaits(String replica) {
        Long seen = others.get(replica);
        return seen != null && heardAt - seen < UNSEEN.toNanos();
    }

    /** Whether others may have got by now what is under way here. */
    synchronized boolean isCutOff(long nanos) {
        return lease(nanos) != Lease.FULL;
    }

    /** What no attempt has of an account; below zero when attempts have more than is held. */
    synchronized long idle(Account account, long nanos) {
        return advance(account).idle(lease(nanos));
    }

    /** What was settled in an account since it was last heard. */
    synchronized long untold(Account account) {
        return advance(account).untold();
    }

    /** Who else is there. */
    synchronized Set<String> others(long nanos) {
        Set<String> there = new HashSet<>();
        others.forEach((who, at) -> {
            if (nanos - at < UNSEEN.toNanos()) {
                there.add(who);
            }
        });
        return there;
    }
}
