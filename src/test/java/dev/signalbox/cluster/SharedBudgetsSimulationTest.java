package dev.signalbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.cluster.Asking.Outcome;
import dev.signalbox.cluster.SheetsModel.Sabotage;
import dev.signalbox.limits.money.Budget;
import dev.signalbox.limits.money.Purse;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Purse.Scope;
import dev.signalbox.limits.money.Reservation;
import dev.signalbox.limits.money.Verdict;
import dev.signalbox.limits.money.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/**
 * Several replicas, each with its {@link Advances}, share the sheets of a {@link SheetsModel} over a network that delays, loses,
 * repeats and reorders what they say, and falls apart for some time. Replicas crash and come back with a journal of rows;
 * Redis comes back empty. Whatever happens, no purse is overspent, and in the end what Redis has counted is what the ledger
 * says and nothing is held.
 *
 * <p>What can be owed beyond a limit is only what a replica has under way, or has settled and not told yet, when it crashes or when
 * it has been cut off for as long as its lease; and, when Redis is lost, what only the journal of a dead replica knows, and what one has
 * that others have not seen for as long as its lease, or not yet. {@code excused} adds that up. Without those it is nothing.
 */
class SharedBudgetsSimulationTest {

    private static final Instant DAY = Instant.parse("2026-03-01T10:00:00Z");
    private static final long ANSWER = 250;
    private static final long MILLION = 1_000_000;

    private record Event(long at, long order, Runnable action) {}

    private record Row(Account account, long cost) {}

    private static final class Call {
        private final Reservation reservation;
        private final long cost;

        Call(Reservation reservation, long cost) {
            this.reservation = reservation;
            this.cost = cost;
        }

        Reservation reservation() {
            return reservation;
        }

        long cost() {
            return cost;
        }
    }

    /** How rough the world is. */
    private record Weather(boolean crashes, boolean longCuts, boolean losesRedis) {}

    private final class Replica {
        private final World world;
        private final String name;
        private final Advances advances;
        private final List<Call> calls = new ArrayList<>();
        private final List<List<Row>> journal = new ArrayList<>();
        private int drained;
        private boolean isGone;
        private long cutOffUntil;
        private boolean isTelling;
        private boolean isExcused;
        private @Nullable Map<Account, Long> noticed;
        private int noticedAt;

        Replica(World world, String name) {
            this.world = world;
            this.name = name;
            this.advances = new Advances(name);
            world.in(1 + world.random.nextInt(900), this::beat);
            world.in(world.random.nextInt(50), this::work);
            world.in(world.random.nextInt(10_000), this::compare);
            world.in(50, this::drain);
        }

        private long nanos() {
            return world.now * MILLION;
        }

        private void in(long delay, Runnable action) {
            world.in(delay, () -> {
                if (!isGone) {
                    excuse();
                    action.run();
                    excuse();
                }
            });
        }

        /** When it has not been heard for long, others may get what it has under way. */
        private void excuse() {
            boolean isCutOff = advances.isCutOff(nanos());
            if (isCutOff && !isExcused) {
                for (Purse purse : world.purses) {
                    world.excuse(purse, Math.max(0, -advances.idle(purse.account(), nanos())));
                }
            }
            isExcused = isCutOff;
        }

        private boolean isCutOff() {
            return world.now < cutOffUntil || world.now < world.redisAwayUntil;
        }

        private void beat() {
            in(1_000, this::beat);
            if (world.isRough && world.random.nextInt(15) == 0 && world.now > cutOffUntil + 5_000) {
                cutOffUntil = world.now + world.random.nextInt(world.weather.longCuts() ? 40_000 : 3_000);
            }
            if (world.weather.crashes() && world.isRough && world.random.nextInt(40) == 0) {
                crash();
                return;
            }
            notice();
            tell(true);
        }

        private void notice() {
            Map<Account, Long> before = noticed;
            if (before == null) {
                noticed = advances.unarrived();
                noticedAt = journal.size();
            } else if (drained >= noticedAt) {
                advances.arrived(before);
                noticed = null;
            }
        }

        private void work() {
            in(world.pace(), this::work);
            if (!world.isRough) {
                return;
            }
            List<Purse> payers = world.purses.stream()
                    .filter(_ -> world.random.nextInt(3) > 0)
                    .toList();
            if (payers.isEmpty()) {
                return;
            }
            long worst = 1L + world.random.nextInt(30);
            var wanted = new Reservation(name + "/" + world.order++, name, Long.MAX_VALUE, payers, worst);
            if (advances.reserve(wanted, nanos())) {
                begin(wanted);
            } else {
                advances.ask(new Asking(wanted, nanos()));
                tell(false);
            }
        }

        private void begin(Reservation wanted) {
            world.granted++;
            var call = new Call(wanted, world.random.nextInt((int) wanted.amount() + 1));
            calls.add(call);
            wanted.purses().forEach(purse -> world.running.merge(purse.account(), wanted.amount(), Long::sum));
            world.check();
            in(
                    world.random.nextInt(10) == 0 ? world.random.nextInt(20_000) : world.random.nextInt(500),
                    () -> end(call));
        }

        private void end(Call call) {
            calls.remove(call);
            world.over(call.reservation(), call.cost());
            List<Row> rows = new ArrayList<>();
            call.reservation().purses().forEach(purse -> rows.add(new Row(purse.account(), call.cost())));
            journal.add(rows);
            advances.settle(call.reservation(), call.cost(), nanos());
            in(15 + world.random.nextInt(90), () -> tell(false));
        }

        private void drain() {
            in(20 + world.random.nextInt(1_500), this::drain);
            while (drained < journal.size() && world.random.nextInt(20) != 0) {
                journal.get(drained++).forEach(world::write);
            }
        }

        private void tell(boolean isBeat) {
            if (isTelling || (!isBeat && !advances.hasNews())) {
                return;
            }
            isTelling = true;
            Statement statement = advances.next(nanos(), isBeat, false);
            outcomes();
            boolean[] isOver = new boolean[1];
            world.ask(
                    this,
                    () -> world.sheets.tell(
                            statement,
                            world.now,
                            "e" + world.order++,
                            Advances.UNSEEN.toMillis(),
                            Advances.GONE.toMillis()),
                    told -> {
                        if (!isOver[0]) {
                            isOver[0] = true;
                            isTelling = false;
                            advances.heard(statement, told, nanos());
                            outcomes();
                            if (advances.isAsking()) {
                                tell(false);
                            }
                        }
                    });
            in(ANSWER, () -> {
                if (!isOver[0]) {
                    isOver[0] = true;
                    isTelling = false;
                    advances.unheard(statement);
                    advances.giveUp(nanos() - 1_000 * MILLION);
                }
            });
        }

        private void outcomes() {
            for (Outcome outcome : advances.outcomes()) {
                switch (outcome) {
                    case Outcome.Decided(var asking, var verdict) -> {
                        if (verdict instanceof Verdict.Granted) {
                            begin(asking.wanted());
                        }
                    }
                    case Outcome.Wanting(var asking, var _, var idle) -> {
                        if (asking.refused() <= 3) {
                            world.publish(idle);
                            in(50, () -> {
                                advances.ask(asking);
                                tell(false);
                            });
                        }
                    }
                    case Outcome.Unopened(var _, var accounts) -> accounts.forEach(this::open);
                }
            }
        }

        private void open(Account account) {
            world.ask(this, () -> world.survey(account), found -> {
                if (!found.isOpened() && found.isReady()) {
                    reconcile(account, found, 0);
                }
            });
        }

        private void reconcile(Account account, SheetsModel.Survey found, long later) {
            in(world.random.nextInt(20), () -> {
                long sum = world.ledger.getOrDefault(account, 0L);
                in(
                        later + world.random.nextInt(20),
                        () -> world.ask(
                                this,
                                () -> world.sheets.reconcile(
                                        account,
                                        found.round(),
                                        found.arrived(),
                                        sum,
                                        account.scope() != Scope.PROVIDER,
                                        1_000_000,
                                        world.now),
                                _ -> {}));
            });
        }

        private void compare() {
            in(10_000, this::compare);
            for (Purse purse : world.purses) {
                world.ask(this, () -> world.survey(purse.account()), found -> {
                    if (found.isOpened() && world.now - found.at() >= 8_000) {
                        reconcile(purse.account(), found, 2_000);
                    }
                });
            }
        }

        /** What was under way costs something all the same, and has rows once the journal is read again. */
        private void crash() {
            isGone = true;
            for (Purse purse : world.purses) {
                world.excuse(purse, advances.untold(purse.account()));
            }
            for (Call call : calls) {
                call.reservation()
                        .purses()
                        .forEach(purse -> world.excuse(purse, call.reservation().amount()));
                world.over(call.reservation(), call.cost());
                List<Row> rows = new ArrayList<>();
                call.reservation().purses().forEach(purse -> rows.add(new Row(purse.account(), call.cost())));
                journal.add(rows);
            }
            world.replicas.forEach(world::excuseLost);
            world.in(1_000 + world.random.nextInt(30_000), () -> {
                while (drained < journal.size()) {
                    journal.get(drained++).forEach(world::write);
                }
                world.replicas.add(new Replica(world, name + "'"));
                world.replicas.forEach(world::excuseLost);
            });
        }
    }

    private final class World {
        private final Random random;
        private final Weather weather;
        private final SheetsModel sheets = new SheetsModel();
        private final List<Purse> purses = new ArrayList<>();
        private final List<Replica> replicas = new ArrayList<>();
        private final PriorityQueue<Event> events = new PriorityQueue<>((one, other) ->
                one.at() == other.at() ? Long.compare(one.order(), other.order()) : Long.compare(one.at(), other.at()));
        private final Map<Account, Long> ledger = new HashMap<>();
        private final Map<Account, Long> owed = new HashMap<>();
        private final Map<Account, Long> running = new HashMap<>();
        private final Map<Account, Long> excused = new HashMap<>();
        private final Set<Replica> excusedSinceLost = new HashSet<>();
        private final int busy;
        private long now = 1_000_000;
        private long order;
        private long redisAwayUntil;
        private boolean isRough = true;
        private int granted;

        World(long seed, int replicaCount, Weather weather, Sabotage... sabotages) {
            this.random = new Random(seed);
            this.weather = weather;
            this.busy = 10 + random.nextInt(200);
            sheets.sabotages.addAll(List.of(sabotages));
            for (int i = 0; i < 3; i++) {
                long limit = random.nextBoolean() ? 60 + random.nextInt(400) : 3_000 + random.nextInt(20_000);
                var purse = Purse.of(Scope.values()[i], "p" + i, new Budget(limit, Window.DAY), DAY);
                purses.add(purse);
                long before = random.nextInt(30);
                ledger.put(purse.account(), before);
                owed.put(purse.account(), before);
            }
            for (int i = 0; i < replicaCount; i++) {
                replicas.add(new Replica(this, "r" + i));
            }
            if (weather.losesRedis()) {
                in(5_000 + random.nextInt(60_000), this::loseRedis);
            }
        }

        private int pace() {
            return 1 + random.nextInt(busy);
        }

        private void in(long delay, Runnable action) {
            events.add(new Event(now + Math.max(0, delay), random.nextInt(), action));
        }

        private void loseRedis() {
            if (isRough) {
                redisAwayUntil = now + random.nextInt(weather.longCuts() ? 30_000 : 3_000);
                sheets.clear();
                excusedSinceLost.clear();
                replicas.forEach(this::excuseLost);
                in(5_000 + random.nextInt(60_000), this::loseRedis);
            }
        }

        /**
         * When Redis is lost nobody waits for who is not known to those who are there, and they may die and come back before
         * they tell; and what a dead one had told waits in its journal. Who has told all again is known.
         */
        private void excuseLost(Replica one) {
            if (sheets.wasToldAllBy(one.name) || (!one.isGone && isKnown(one)) || !excusedSinceLost.add(one)) {
                return;
            }
            one.journal.stream()
                    .skip(one.drained)
                    .flatMap(List::stream)
                    .forEach(row -> excused.merge(row.account(), row.cost(), Long::sum));
            for (Purse purse : purses) {
                long underWay = one.calls.stream()
                        .filter(call -> call.reservation().purses().contains(purse))
                        .mapToLong(call -> call.reservation().amount())
                        .sum();
                long idle = one.advances.idle(purse.account(), one.nanos());
                excuse(purse, one.isGone ? 0 : underWay + Math.max(0, idle));
            }
        }

        private boolean isKnown(Replica one) {
            List<Replica> others = replicas.stream()
                    .filter(other -> other != one && !other.isGone)
                    .toList();
            return (!others.isEmpty() || replicas.size() == 1)
                    && others.stream().allMatch(other -> other.advances.awaits(one.name));
        }

        /** A question that may be lost, come twice or late, and its answer likewise. */
        private <T> void ask(Replica from, Supplier<T> question, Consumer<T> ear) {
            if (from.isCutOff() || (isRough && random.nextInt(20) == 0)) {
                return;
            }
            int copies = isRough && random.nextInt(20) == 0 ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                boolean isLate = isRough && random.nextInt(30) == 0;
                in(random.nextInt(isLate ? 4_000 : 3), () -> {
                    if (now < redisAwayUntil) {
                        return;
                    }
                    T answer = question.get();
                    check();
                    if (isRough && random.nextInt(20) == 0) {
                        return;
                    }
                    from.in(random.nextInt(isLate ? 400 : 3), () -> ear.accept(answer));
                });
            }
        }

        private SheetsModel.Survey survey(Account account) {
            return sheets.survey(account, now, 3_000, Advances.UNSEEN.toMillis());
        }

        private void publish(List<Account> accounts) {
            List<String> names = accounts.stream().map(Account::toString).toList();
            for (Replica replica : replicas) {
                if (!replica.isCutOff() && random.nextInt(20) != 0) {
                    replica.in(random.nextInt(3), () -> {
                        replica.advances.recall(names);
                        replica.tell(false);
                    });
                }
            }
        }

        private void write(Row row) {
            ledger.merge(row.account(), row.cost(), Long::sum);
        }

        private void over(Reservation reservation, long cost) {
            reservation.purses().forEach(purse -> {
                running.merge(purse.account(), -reservation.amount(), Long::sum);
                owed.merge(purse.account(), cost, Long::sum);
            });
        }

        private void excuse(Purse purse, long amount) {
            excused.merge(purse.account(), amount, Long::sum);
        }

        private void check() {
            for (Purse purse : purses) {
                Account account = purse.account();
                long most = owed.getOrDefault(account, 0L) + running.getOrDefault(account, 0L);
                if (most > purse.limit() + excused.getOrDefault(account, 0L)) {
                    throw new AssertionError(account + ": " + most + " of " + purse.limit() + " can be owed at " + now);
                }
            }
        }

        private void run(long until) {
            while (!events.isEmpty() && events.peek().at() <= until) {
                Event event = events.remove();
                now = event.at();
                event.action().run();
            }
            now = until;
        }

        /** No call begins any more, and everything that was said arrives. */
        private void calm() {
            isRough = false;
            replicas.forEach(replica -> replica.cutOffUntil = 0);
            redisAwayUntil = 0;
            run(now + 60_000);
            replicas.forEach(replica -> replica.advances.recallAll());
            run(now + 400_000);
            replicas.forEach(replica ->
                    replica.advances.look(purses.stream().map(Purse::account).toList()));
            run(now + 30_000);
        }

        /** Of what replicas have settled that never came back it is not known whether its rows have come; it is counted. */
        private long uncertain(SheetsModel.Sheet sheet) {
            if (!weather.losesRedis()) {
                return 0;
            }
            List<String> live = replicas.stream()
                    .filter(one -> !one.isGone)
                    .map(one -> one.name)
                    .toList();
            return sheet.missing
                    + sheet.owners.entrySet().stream()
                            .filter(one -> !live.contains(one.getKey()))
                            .mapToLong(one -> one.getValue().settled - one.getValue().arrived)
                            .sum();
        }

        private void converges() {
            for (Purse purse : purses) {
                Account account = purse.account();
                assertThat(ledger.get(account)).as("rows").isEqualTo(owed.get(account));
                SheetsModel.Sheet sheet = sheets.sheets.get(account);
                if (sheet == null || sheet.base == null) {
                    continue; // nobody asked since Redis was lost
                }
                assertThat(sheet.held()).as("nothing is held").isZero();
                if (account.scope() == Scope.PROVIDER) {
                    assertThat(sheet.spent()).isGreaterThanOrEqualTo(ledger.get(account));
                } else {
                    assertThat(sheet.spent())
                            .as("spent is what the ledger says")
                            .isBetween(ledger.get(account), ledger.get(account) + uncertain(sheet));
                }
            }
        }

        private World play(long seconds) {
            run(now + seconds * 1_000);
            check();
            calm();
            return this;
        }
    }

    @Property(tries = 150)
    void whileAllLiveNothingIsOverspentThoughRedisIsLost(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int replicas) {
        var world = new World(seed, replicas, new Weather(false, false, true)).play(60);
        // now and then misfortunes add up to ten seconds
        Assume.that(world.excused.values().stream().allMatch(amount -> amount == 0));
        world.converges();
    }

    @Property(tries = 150)
    void crashesCostNoMoreThanWhatWasUnderWay(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int replicas) {
        new World(seed, replicas, new Weather(true, false, false)).play(90).converges();
    }

    @Property(tries = 150)
    void whateverHappensItComesToAnEnd(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int replicas) {
        new World(seed, replicas, new Weather(true, true, true)).play(120).converges();
    }

    /** When the world is calm, what fits is granted, to the last digit. */
    @Example
    void nothingIsLost() {
        int granted = 0;
        for (long seed = 0; seed < 40; seed++) {
            var world = new World(seed, 3, new Weather(false, false, false)).play(30);
            granted += world.granted;
            for (Purse purse : world.purses) {
                SheetsModel.Sheet sheet = world.sheets.sheets.get(purse.account());
                assertThat(sheet.held()).as(sheet.owners.toString()).isZero();
                assertThat(sheet.spent()).isEqualTo(world.owed.get(purse.account()));
            }
        }
        assertThat(granted).isGreaterThan(10_000);
    }

    /** What is done wrong on purpose is noticed. */
    @Example
    void everySabotageIsNoticed() {
        Function<Sabotage, Weather> weather = sabotage -> switch (sabotage) {
            case FORGETS_OTHERS, PAYS_IN_PARTS, HEARS_THE_OLD -> new Weather(false, false, false);
            case TAKES_BACK_EARLY -> new Weather(false, false, false);
            case OPENS_AT_ONCE, BELIEVES_THE_LEDGER -> new Weather(false, false, true);
            case NEVER_CORRECTS -> new Weather(false, true, true);
        };
        for (Sabotage sabotage : Sabotage.values()) {
            assertThatThrownBy(() -> {
                        for (long seed = 0; seed < 150; seed++) {
                            new World(seed, 3, weather.apply(sabotage), sabotage)
                                    .play(60)
                                    .converges();
                        }
                    })
                    .as(sabotage.name())
                    .isInstanceOf(AssertionError.class);
        }
    }
}
