package dev.signalbox.cluster;

import dev.signalbox.limits.money.Purse.Account;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a replica says to Redis of its money, and what it asks for: one run of {@code budgets.lua}.
 *
 * @param owner the replica
 * @param number of this statement; one that comes after a later one is not heard
 * @param nanos when it was said
 * @param retold the epoch in which it has told all it has before this; empty: it has not
 * @param isLast whether it goes
 * @param lists whether it wants to know who is there
 * @param lines what it has
 * @param asked who asks
 * @param wants what they ask for, in the same order
 * @param awaited who else was there when Redis was last heard, and for how many milliseconds it may have money of that time
 */
record Statement(
        String owner,
        long number,
        long nanos,
        String retold,
        boolean isLast,
        boolean lists,
        List<Line> lines,
        List<Asking> asked,
        List<Want> wants,
        Map<String, Long> awaited) {

    /** After its window a sheet is kept for messages that are late, and for those who look. */
    private static final Duration AFTERWARDS = Duration.ofDays(2);

    /**
     * What a replica has to do with an account, in pico-dollars since the replica's start.
     *
     * @param version how often something was taken back from it
     * @param granted what it knows to have been granted
     * @param settled what its attempts have cost
     * @param returned what it gave back
     * @param arrived what of {@code settled} is in the ledger
     * @param underWay the most that its attempts can cost that are under way
     */
    record Line(
            Account account,
            long limit,
            int version,
            long granted,
            long settled,
            long returned,
            long arrived,
            long underWay) {}

    /**
     * An amount, in all these accounts or in none.
     *
     * @param extra that is welcome beside it, where much is left
     * @param lines the indices of the accounts' lines
     */
    record Want(long amount, long extra, List<Integer> lines) {}

    /** Without the prefix of all keys. */
    List<String> keys() {
        List<String> keys = new ArrayList<>(lines.size() + 1);
        keys.add(THERE);
        lines.forEach(line -> keys.add(sheet(line.account())));
        return keys;
    }

    /** Who is there. */
    static final String THERE = "budgets";

    static String sheet(Account account) {
        return "budget:" + account;
    }

    /** When the sheet is forgotten, in milliseconds since 1970; 0: never. */
    static long expires(Account account) {
        Instant end = account.resets();
        return end == null ? 0 : end.plus(AFTERWARDS).toEpochMilli();
    }

    /**
     * As {@code budgets.lua} has them.
     *
     * @param name for the epoch, if there is none
     */
    List<String> arguments(String name, Duration unseen, Duration gone) {
        List<String> all = new ArrayList<>(12 + lines.size() * 8 + wants.size() * 5);
        all.add(owner);
        add(all, number);
        all.add(name);
        all.add(retold);
        add(all, unseen.toMillis());
        add(all, gone.toMillis());
        all.add(isLast ? "1" : "0");
        all.add(lists ? "1" : "0");
        for (Line line : lines) {
            add(all, expires(line.account()));
            add(all, line.limit());
            add(all, line.version());
            add(all, line.granted());
            add(all, line.settled());
            add(all, line.returned());
            add(all, line.arrived());
            add(all, line.underWay());
        }
        add(all, wants.size());
        for (Want want : wants) {
            add(all, want.amount());
            add(all, want.extra());
            add(all, want.lines().size());
            want.lines().forEach(line -> add(all, line + 1));
        }
        add(all, awaited.size());
        awaited.forEach((who, millis) -> {
            all.add(who);
            add(all, millis);
        });
        return all;
    }

    private static void add(List<String> all, long number) {
        all.add(Long.toString(number));
    }

    /** The line of an account; null: there is none. */
    @Nullable Line line(Account account) {
        for (Line line : lines) {
            if (line.account().equals(account)) {
                return line;
            }
        }
        return null;
    }
}
