package dev.signalbox.cluster;

import dev.signalbox.limits.money.Purse.Account;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the scripts about money do in Redis, said once more in Java, for simulations and to compare the scripts with. */
final class SheetsModel {

    /** What can be done wrong on purpose, to see that it is noticed. */
    enum Sabotage {
        /** What others hold is not looked at. */
        FORGETS_OTHERS,
        /** Each purse pays by itself. */
        PAYS_IN_PARTS,
        /** A statement counts whenever it comes. */
        HEARS_THE_OLD,
        /** What is under way comes back before the replica reckons with it. */
        TAKES_BACK_EARLY,
        /** Accounts are opened before all have told what they have. */
        OPENS_AT_ONCE,
        /** The ledger's sum is believed without regard to rows on their way. */
        BELIEVES_THE_LEDGER,
        /** What was counted twice stays counted. */
        NEVER_CORRECTS
    }

    static final class Record {
        int version;
        long granted;
        long settled;
        long returned;
        long arrived;
        long underWay;

        long held() {
            return Math.max(0, granted - settled - returned);
        }

        long idle() {
            return Math.max(0, held() - underWay);
        }

        @Override
        public String toString() {
            return version + " " + granted + " " + settled + " " + returned + " " + arrived + " " + underWay;
        }
    }

    static final class Sheet {
        final Map<String, Record> owners = new TreeMap<>();

        @Nullable Long base;

        long missing;
        long top;
        long at;
        int round;
        boolean isWarned;

        long spent() {
            return (base == null ? 0 : base)
                    + owners.values().stream().mapToLong(one -> one.settled).sum();
        }

        long held() {
            return owners.values().stream().mapToLong(Record::held).sum();
        }
    }

    private record Seen(long at, long number) {}

    final Set<Sabotage> sabotages = EnumSet.noneOf(Sabotage.class);
    final Map<Account, Sheet> sheets = new HashMap<>();
    private final Map<String, Seen> seen = new TreeMap<>();
    private final Map<String, Long> awaited = new TreeMap<>();
    private final Set<String> told = new HashSet<>();
    private String epoch = "";
    private long born;
    private long since;
    private long last;

    /** Everything is lost. */
    void clear() {
        sheets.clear();
        seen.clear();
        awaited.clear();
        told.clear();
        epoch = "";
    }

    /** Whether that replica has told all it has since everything was lost. */
    boolean wasToldAllBy(String owner) {
        return told.contains(owner);
    }

    private long age(String owner, long now) {
        Seen one = seen.get(owner);
        return now - Math.max(since, one == null ? 0 : one.at());
    }

    Told tell(Statement statement, long now, String name, long unseen, long gone) {
        String self = statement.owner();
        Seen before = seen.get(self);
        if (before != null && statement.number() <= before.number() && !sabotages.contains(Sabotage.HEARS_THE_OLD)) {
            return Told.OLD;
        }
        if (epoch.isEmpty()) {
            epoch = name;
            born = now;
            since = now;
        } else if (now - last > 5_000) {
            since = now;
        }
        last = now;
        seen.put(self, new Seen(now, statement.number()));
        if (statement.retold().equals(epoch)) {
            told.add(self);
            awaited.remove(self);
        }
        List<Sheet> lines = new ArrayList<>();
        List<Boolean> warnings = new ArrayList<>();
        for (Statement.Line line : statement.lines()) {
            Sheet sheet = sheets.computeIfAbsent(line.account(), _ -> new Sheet());
            lines.add(sheet);
            warnings.add(line(self, line, sheet, now, unseen, gone));
        }
        List<Told.Grant> grants = new ArrayList<>();
        for (Statement.Want want : statement.wants()) {
            grants.add(want(self, statement, want, lines));
        }
        List<Told.Standing> standings = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Sheet sheet = lines.get(i);
            Record mine = sheet.owners.get(self);
            standings.add(new Told.Standing(
                    sheet.base != null,
                    mine.version,
                    mine.granted,
                    sheet.spent(),
                    sheet.owners.values().stream()
                            .mapToLong(one -> one.underWay)
                            .sum(),
                    Math.max(0, free(sheet, statement.lines().get(i).limit())),
                    warnings.get(i)));
        }
        statement.awaited().forEach((who, wait) -> {
            if (!told.contains(who)) {
                awaited.put(who, now + wait);
            }
        });
        Map<String, Long> there = new HashMap<>();
        if (statement.lists()) {
            seen.forEach((who, when) -> there.put(who, now - when.at()));
        }
        if (statement.isLast()) {
            forget(self);
        }
        return new Told(epoch, standings, grants, there);
    }

    private void forget(String owner) {
        seen.remove(owner);
        told.remove(owner);
        awaited.remove(owner);
    }

    private boolean line(String self, Statement.Line line, Sheet sheet, long now, long unseen, long gone) {
        long shortly = sabotages.contains(Sabotage.TAKES_BACK_EARLY) ? unseen / 6 : unseen;
        sheet.owners.forEach((owner, one) -> {
            if (!owner.equals(self)) {
                long age = age(owner, now);
                long back = age > gone ? one.held() : age > shortly ? Math.min(one.underWay, one.held()) : 0;
                if (back > 0 || (age > shortly && one.underWay > 0)) {
                    one.granted -= back;
                    one.version++;
                    one.underWay = 0;
                }
            }
        });
        Record mine = sheet.owners.get(self);
        long before = mine == null ? line.settled() : mine.settled;
        if (mine == null) {
            mine = new Record();
            sheet.owners.put(self, mine);
            mine.version = line.version();
            mine.granted = line.granted();
        } else if (line.version() > mine.version || (line.version() == mine.version && line.granted() > mine.granted)) {
            mine.version = line.version();
            mine.granted = line.granted();
        }
        mine.settled = Math.max(mine.settled, line.settled());
        mine.returned = Math.max(mine.returned, line.returned());
        mine.arrived = Math.max(mine.arrived, line.arrived());
        mine.underWay = line.underWay();
        if (mine.granted - mine.settled - mine.returned < mine.underWay) {
            mine.granted = mine.settled + mine.returned + mine.underWay;
        }
        boolean warns = sheet.base != null
                && !sheet.isWarned
                && mine.settled > before
                && fourFifths(sheet.spent(), line.limit());
        sheet.isWarned |= warns;
        return warns;
    }

    private static boolean fourFifths(long spent, long limit) {
        return BigInteger.valueOf(spent)
                        .multiply(BigInteger.valueOf(5))
                        .compareTo(BigInteger.valueOf(limit).multiply(BigInteger.valueOf(4)))
                >= 0;
    }

    private long free(Sheet sheet, long limit) {
        return limit - sheet.spent() - (sabotages.contains(Sabotage.FORGETS_OTHERS) ? 0 : sheet.held());
    }

    private Told.Grant want(String self, Statement statement, Statement.Want want, List<Sheet> lines) {
        List<Integer> unopened = new ArrayList<>();
        List<Told.Short> denied = new ArrayList<>();
        for (int i : want.lines()) {
            Sheet sheet = lines.get(i);
            if (sheet.base == null) {
                unopened.add(i);
                continue;
            }
            long free = free(sheet, statement.lines().get(i).limit());
            long left = free + sheet.owners.get(self).idle();
            if (left < want.amount() || free < 0 || left <= 0) {
                long idle = 0;
                long underWay = 0;
                for (var other : sheet.owners.entrySet()) {
                    if (!other.getKey().equals(self)) {
                        idle += other.getValue().idle();
                        underWay += other.getValue().underWay;
                    }
                }
                denied.add(new Told.Short(i, Math.max(0, left), idle, underWay));
            }
        }
        if (!unopened.isEmpty()) {
            return new Told.Grant.Unopened(unopened);
        }
        boolean isPartial = sabotages.contains(Sabotage.PAYS_IN_PARTS)
                && denied.size() < want.lines().size();
        if (!denied.isEmpty() && !isPartial) {
            return new Told.Grant.Denied(denied);
        }
        for (int i : want.lines()) {
            Sheet sheet = lines.get(i);
            Record mine = sheet.owners.get(self);
            mine.granted += Math.max(0, want.amount() - mine.idle());
            mine.underWay += want.amount();
            long room = Math.floorDiv(free(sheet, statement.lines().get(i).limit()), 16);
            if (room >= want.amount()) {
                mine.granted += Math.max(0, Math.min(want.extra(), room) - mine.idle());
            }
        }
        return new Told.Grant.Given();
    }

    private boolean isLate(String owner, long now) {
        Seen one = seen.get(owner);
        return one != null && now - one.at() > 1_500 && now - one.at() <= 12_000;
    }

    record Survey(boolean isReady, boolean isOpened, String round, long arrived, long at) {}

    Survey survey(Account account, long now, long young, long unseen) {
        boolean isReady = !epoch.isEmpty() && now - born >= young;
        for (var one : seen.entrySet()) {
            isReady &= told.contains(one.getKey()) || now - one.getValue().at() > unseen;
        }
        for (var one : awaited.entrySet()) {
            isReady &= told.contains(one.getKey()) || now >= one.getValue();
        }
        Sheet sheet = sheets.getOrDefault(account, new Sheet());
        return new Survey(
                isReady || sabotages.contains(Sabotage.OPENS_AT_ONCE),
                sheet.base != null,
                epoch + ' ' + sheet.round,
                sheet.owners.values().stream().mapToLong(one -> one.arrived).sum(),
                sheet.at);
    }

    boolean reconcile(
            Account account, String round, long arrived, long ledger, boolean isExact, long forgotten, long now) {
        Sheet sheet = sheets.computeIfAbsent(account, _ -> new Sheet());
        if (!round.equals(epoch + ' ' + sheet.round)
                || (sheet.base != null && sheet.owners.keySet().stream().anyMatch(owner -> isLate(owner, now)))) {
            return false;
        }
        long settled =
                sheet.owners.values().stream().mapToLong(one -> one.settled).sum();
        long upper = ledger - arrived + sheet.missing;
        long base = sheet.base == null ? upper : sheet.base;
        if (sabotages.contains(Sabotage.BELIEVES_THE_LEDGER)) {
            base = ledger - settled;
        } else {
            if (isExact && ledger >= sheet.top && !sabotages.contains(Sabotage.NEVER_CORRECTS)) {
                base = Math.min(base, upper);
            }
            base = Math.max(base, ledger - settled);
        }
        for (String owner : List.copyOf(sheet.owners.keySet())) {
            Record one = sheet.owners.get(owner);
            Seen when = seen.get(owner);
            if ((when == null || now - when.at() > forgotten) && one.held() == 0) {
                base += one.settled;
                sheet.missing += Math.max(0, one.settled - one.arrived);
                sheet.owners.remove(owner);
                forget(owner);
            }
        }
        sheet.base = base;
        sheet.top = Math.max(sheet.top, ledger);
        sheet.round++;
        sheet.at = now;
        return true;
    }
}
