package dev.signalbox.limits.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Several replicas share one {@link Book} over a network that delays, loses, repeats and reorders their messages, and that
 * falls apart for some time; replicas crash in the middle of attempts, come back, or do not. Whatever happens: no purse is
 * overspent, what is spent is the sum of what was settled, and nothing is held for ever.
 */
class BookSimulationTest {

    private static final long LEASE = 30;
    private static final long PATIENCE = 160;
    private static final Instant DAY = Instant.parse("2026-03-01T10:00:00Z");

    private enum Stage {
        ASKED,
        RUNNING,
        /** It is over, and the book is told until it says that it has heard. */
        OVER,
        DONE
    }

    /** One attempt as its replica knows it. */
    private static final class Try {
        private final Reservation reservation;
        private final long asked;
        private final long ends;
        private final long actual;
        private Stage stage = Stage.ASKED;
        private long holdsUntil;
        private long cost;

        Try(Reservation reservation, long asked, long ends, long actual) {
            this.reservation = reservation;
            this.asked = asked;
            this.ends = ends;
            this.actual = actual;
            this.holdsUntil = reservation.deadline();
        }
    }

    private static final class Replica {
        private final String name;
        private final List<Try> tries = new ArrayList<>();
        private boolean isGone;
        private long cutOffUntil;

        Replica(String name) {
            this.name = name;
        }
    }

    /** Something that happens then, unless it was lost. */
    private record Message(long at, Runnable arrives) {}

    private static final class World {
        private final Random random;
        private final Book book = new Book(PATIENCE);
        private final Map<Purse, Long> opening = new HashMap<>();
        private final Map<String, Long> heard = new HashMap<>();
        private final Map<Purse, Long> settled = new HashMap<>();
        private final List<Replica> replicas = new ArrayList<>();
        private final List<Purse> purses = new ArrayList<>();
        private List<Message> network = new ArrayList<>();
        private long now = 1_000;
        private int count;
        private int granted;

        World(long seed, int replicaCount) {
            random = new Random(seed);
            for (int i = 0; i < 3; i++) {
                var purse = Purse.of(
                        Purse.Scope.values()[i], "p" + i, new Budget(40 + random.nextInt(200), Window.DAY), DAY);
                long before = random.nextInt(30);
                purses.add(purse);
                opening.put(purse, before);
                book.open(purse.account(), before);
            }
            for (int i = 0; i < replicaCount; i++) {
                replicas.add(new Replica("r" + i));
            }
        }

        void step() {
            now += 1 + random.nextInt(4);
            List<Message> due = new ArrayList<>();
            List<Message> later = new ArrayList<>();
            network.forEach(message -> (message.at() <= now ? due : later).add(message));
            network = later;
            while (!due.isEmpty()) {
                due.remove(random.nextInt(due.size())).arrives().run();
                check();
            }
            for (Replica replica : List.copyOf(replicas)) {
                if (!replica.isGone) {
                    live(replica);
                    check();
                }
            }
        }

        private void live(Replica replica) {
            if (random.nextInt(80) == 0 && now > replica.cutOffUntil + 60) {
                replica.cutOffUntil = now + random.nextInt(60);
            }
            if (random.nextInt(200) == 0) {
                crash(replica);
                return;
            }
            if (random.nextInt(3) == 0 && replica.tries.size() < 8) {
                ask(replica);
            }
            if (random.nextInt(5) == 0) {
                renew(replica);
            }
            for (Try one : replica.tries) {
                switch (one.stage) {
                    case ASKED -> {
                        if (now > one.asked + 12) {
                            over(one, 0); // nobody answers: whatever became of it is taken back
                        }
                    }
                    case RUNNING -> {
                        if (now >= one.ends || now >= one.holdsUntil - 4) {
                            over(one, one.actual); // a call is ended before its lease does
                        }
                    }
                    case OVER -> settle(replica, one);
                    case DONE -> {}
                }
            }
            replica.tries.removeIf(one -> one.stage == Stage.DONE);
        }

        private void over(Try one, long cost) {
            one.stage = Stage.OVER;
            one.cost = cost;
        }

        private void ask(Replica replica) {
            List<Purse> payers =
                    purses.stream().filter(_ -> random.nextInt(3) > 0).toList();
            if (payers.isEmpty()) {
                return;
            }
            long worst = 1L + random.nextInt(30);
            var reservation = new Reservation("a" + count++, replica.name, now + LEASE, payers, worst);
            var one = new Try(reservation, now, now + random.nextInt(120), random.nextInt((int) worst + 1));
            replica.tries.add(one);
            send(replica, () -> {
                Verdict verdict = book.reserve(reservation, now);
                send(replica, () -> {
                    if (replica.isGone || one.stage != Stage.ASKED) {
                        return;
                    }
                    if (verdict instanceof Verdict.Granted && now < one.holdsUntil - 4) {
                        one.stage = Stage.RUNNING;
                        granted++;
                    } else {
                        over(one, 0);
                    }
                });
            });
        }

        private void renew(Replica replica) {
            long deadline = now + LEASE;
            List<Try> running = replica.tries.stream()
                    .filter(one -> one.stage == Stage.RUNNING)
                    .toList();
            send(replica, () -> {
                boolean inTime = now < deadline;
                book.renew(replica.name, deadline, now);
                send(replica, () -> {
                    if (inTime) {
                        running.forEach(one -> one.holdsUntil = Math.max(one.holdsUntil, deadline));
                    }
                });
            });
        }

        private void settle(Replica replica, Try one) {
            send(replica, () -> {
                tell(one.reservation, one.cost);
                send(replica, () -> one.stage = Stage.DONE);
            });
        }

        private void tell(Reservation reservation, long cost) {
            book.settle(reservation, cost, now);
            if (heard.putIfAbsent(reservation.id(), cost) == null) {
                reservation.purses().forEach(purse -> settled.merge(purse, cost, Long::sum));
            }
        }

        /** What it was doing is in its journal; who comes back tells, and who does not is forgotten. */
        private void crash(Replica replica) {
            replica.isGone = true;
            boolean comesBack = random.nextBoolean();
            var next = new Replica(replica.name + "'");
            replicas.add(next);
            for (Try one : replica.tries) {
                if (comesBack && one.stage != Stage.DONE) {
                    if (one.stage != Stage.OVER) {
                        over(one, one.stage == Stage.RUNNING ? one.actual : 0);
                    }
                    next.tries.add(one);
                }
            }
        }

        /** Late, twice, or not at all; a network that is apart comes together again before the patience is over. */
        private void send(Replica replica, Runnable message) {
            if (now < replica.cutOffUntil || random.nextInt(6) == 0) {
                return;
            }
            network.add(new Message(now + random.nextInt(12), message));
            if (random.nextInt(6) == 0) {
                network.add(new Message(now + random.nextInt(25), message));
            }
        }

        void check() {
            for (Purse purse : purses) {
                Balance balance = book.balance(purse.account());
                long settled = this.settled.getOrDefault(purse, 0L);
                long running = replicas.stream()
                        .filter(replica -> !replica.isGone)
                        .flatMap(replica -> replica.tries.stream())
                        .filter(one -> one.stage == Stage.RUNNING || one.stage == Stage.OVER)
                        .filter(one -> !heard.containsKey(one.reservation.id()))
                        .filter(one -> one.reservation.purses().contains(purse))
                        .mapToLong(one -> one.stage == Stage.OVER ? one.cost : one.actual)
                        .sum();
                assertThat(balance.spent()).as("spent is what was settled").isEqualTo(opening.get(purse) + settled);
                assertThat(balance.reserved()).isNotNegative();
                assertThat(balance.spent() + balance.reserved())
                        .as("nothing is set aside beyond the limit")
                        .isLessThanOrEqualTo(purse.limit());
                assertThat(opening.get(purse) + settled + running)
                        .as("what vendors are owed stays within the limit")
                        .isLessThanOrEqualTo(purse.limit());
            }
        }

        void calm() {
            for (Replica replica : replicas) {
                replica.isGone = true;
            }
            List.copyOf(network).forEach(message -> message.arrives().run());
            check();
            now += LEASE + 25 + PATIENCE + LEASE + 1;
            book.reclaim(now);
        }
    }

    @Property(tries = 200)
    void nothingIsOverspentAndNothingLeaks(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int replicas) {
        var world = new World(seed, replicas);
        for (int i = 0; i < 400; i++) {
            world.step();
        }
        assertThat(world.granted).isPositive();
        world.calm();
        for (Purse purse : world.purses) {
            assertThat(world.book.balance(purse.account()).reserved())
                    .as("what was set aside comes back")
                    .isZero();
        }
        assertThat(world.book.size()).as("nothing is remembered for ever").isZero();
    }

    /** Every order in which the messages of three attempts of 4 can come, each at most twice, at a limit of 10. */
    @Example
    void everyOrderOfMessages() {
        List<int[]> events = new ArrayList<>();
        for (int attempt = 0; attempt < 3; attempt++) {
            events.add(new int[] {attempt, 0});
            events.add(new int[] {attempt, 0});
            events.add(new int[] {attempt, 1});
            if (attempt < 2) {
                events.add(new int[] {attempt, 1});
            }
        }
        int[] orders = {0};
        permute(events, new ArrayList<>(), new boolean[events.size()], orders);
        assertThat(orders[0]).isGreaterThan(100_000);
    }

    private static void permute(List<int[]> events, List<int[]> order, boolean[] used, int[] orders) {
        if (order.size() == events.size()) {
            orders[0]++;
            play(order);
            return;
        }
        long tried = 0;
        for (int i = 0; i < events.size(); i++) {
            int kind = events.get(i)[0] * 2 + events.get(i)[1];
            if (used[i] || (tried & 1L << kind) != 0) {
                continue;
            }
            tried |= 1L << kind;
            used[i] = true;
            order.add(events.get(i));
            permute(events, order, used, orders);
            order.removeLast();
            used[i] = false;
        }
    }

    private static void play(List<int[]> order) {
        var book = new Book(PATIENCE);
        Purse purse = Purse.of(Purse.Scope.KEY, "k", new Budget(10, Window.DAY), DAY);
        book.open(purse.account(), 0);
        boolean[] granted = new boolean[3];
        boolean[] settled = new boolean[3];
        long owed = 0;
        for (int[] event : order) {
            int attempt = event[0];
            var reservation = new Reservation("a" + attempt, "r", 1_000, List.of(purse), 4);
            if (event[1] == 0) {
                Verdict verdict = book.reserve(reservation, 1);
                boolean yes = verdict instanceof Verdict.Granted;
                if (settled[attempt] && yes) {
                    throw new AssertionError("granted after it was settled");
                }
                granted[attempt] |= yes;
            } else {
                // who was not granted anything has done nothing
                long cost = granted[attempt] ? 3 : 0;
                book.settle(reservation, cost, 2);
                owed += settled[attempt] ? 0 : cost;
                settled[attempt] = true;
            }
            Balance balance = book.balance(purse.account());
            if (balance.spent() + balance.reserved() > 10 || balance.spent() != owed) {
                throw new AssertionError(
                        "order " + order.stream().map(e -> e[0] + ":" + e[1]).toList() + " " + balance);
            }
        }
    }
}
