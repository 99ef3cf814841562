package dev.signalbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.limits.Untold;
import dev.signalbox.limits.Who;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * What Redis counts is what a model counts, whatever replicas do in whatever order, and never more than the limits. Time is the
 * tests' own.
 */
class RatesScriptsTest {

    private static final Script ADMIT = Script.named("minute", "admit");
    private static final Script OPEN = Script.named("open");
    private static final Script REPORT = Script.named("minute", "report");
    private static final Script LOOK =
            Script.of("return {redis.call('HGET', KEYS[1], 'r') or '0', redis.call('HGET', KEYS[1], 't') or '0'}");
    private static final Script BEAT = Script.of("return redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])");
    private static final Script CLEAR = Script.of("return redis.call('FLUSHALL')");
    private static final long BEGIN = 1_772_366_400_000L;
    private static final long MINUTE = 60_000;
    private static final String[] REPLICAS = {"a", "b", "c"};
    private static final Who KEY = new Who(Who.Kind.KEY, "k");
    private static final Who TEAM = new Who(Who.Kind.TEAM, "t");

    private static OwnRedis redis;
    private static Vertx vertx;
    private static Link link;

    @BeforeContainer
    static void start() throws InterruptedException {
        redis = OwnRedis.started();
        vertx = Vertx.vertx();
        link = new Link(() -> Optional.of(redis.address()), vertx);
        var there = new CountDownLatch(1);
        link.onArrival(there::countDown);
        link.start(new StartupEvent());
        there.await();
    }

    @AfterContainer
    static void stop() {
        link.stop(new ShutdownEvent());
        redis.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static Response run(Script script, List<String> keys, Object... arguments) {
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        return link.unguarded(script, keys, texts).await().atMost(Duration.ofSeconds(10));
    }

    private static List<String> keys(String replica, Who... whom) {
        List<String> keys = new ArrayList<>(List.of("replicas", "desk:" + replica));
        for (Who who : whom) {
            keys.add(Report.key(who));
        }
        return keys;
    }

    /** One request that was let in, as its replica knows it. */
    private record In(String name, String replica, long at, long expected, long keySlice, long teamSlice) {}

    /** A replica that tells reports in their order, some of them twice. */
    private static final class Teller {
        private final String replica;
        private long number;

        Teller(String replica) {
            this.replica = replica;
        }

        void open(int generation) {
            number = Math.max(
                    0,
                    run(OPEN, List.of("desk:" + replica), generation, number, number)
                            .toLong());
        }

        void tell(long now, Report.Draft draft, boolean twice) {
            Report report = draft.numbered(++number, "desk:" + replica, "desks", replica, false);
            List<String> arguments = new ArrayList<>(report.arguments());
            arguments.set(0, Long.toString(now));
            for (int i = 0; i < (twice ? 2 : 1); i++) {
                assertThat(link.unguarded(REPORT, report.keys(), arguments)
                                .await()
                                .atMost(Duration.ofSeconds(10))
                                .toLong())
                        .isNotNegative();
            }
        }
    }

    /** What is used by somebody, by slice. */
    private static final class Model {
        private final TreeMap<Long, long[]> slices = new TreeMap<>();
        private long newest;

        void add(long slice, long requests, long tokens) {
            newest = Math.max(newest, slice);
            long[] sums = slices.computeIfAbsent(slice, _ -> new long[2]);
            sums[0] += requests;
            sums[1] += tokens;
        }

        long sum(int what) {
            return slices.tailMap(newest - 121, false).values().stream()
                    .mapToLong(sums -> sums[what])
                    .sum();
        }

        void at(long slice) {
            newest = Math.max(newest, slice);
        }
    }

    @Property(tries = 60)
    void inNoMinuteIsMoreLetInThanAnyLimitWhateverReplicasDo(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 12) int ofKey,
            @ForAll @IntRange(min = 1, max = 20) int ofTeam,
            @ForAll @IntRange(min = 1, max = 5) int atOnce,
            @ForAll @IntRange(min = 20, max = 500) int tokens) {
        run(CLEAR, List.of("x"));
        var random = new SplittableRandom(seed);
        var key = new Model();
        var team = new Model();
        Map<String, Teller> tellers = new HashMap<>();
        for (String replica : REPLICAS) {
            Teller teller = new Teller(replica);
            teller.open(1);
            tellers.put(replica, teller);
        }
        List<In> all = new ArrayList<>();
        List<In> open = new ArrayList<>();
        long now = BEGIN;
        for (int i = 0; i < 300; i++) {
            now += random.nextInt(8) == 0 ? random.nextLong(MINUTE) : random.nextLong(1_500);
            beat(now, tellers);
            Teller teller = tellers.get(REPLICAS[random.nextInt(REPLICAS.length)]);
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> {
                    if (!open.isEmpty()) {
                        end(random, now, tellers, open.remove(random.nextInt(open.size())), key, team);
                    }
                }
                case 4 -> {
                    if (!open.isEmpty()) {
                        In undone = open.removeLast();
                        undo(random, now, tellers, undone, key, team);
                        all.remove(undone);
                    }
                }
                case 5 -> {
                    // what it asks in an older generation is void
                    assertThat(admit(now, teller.replica, "0", "void", 1, ofKey, tokens, atOnce, ofTeam)
                                    .get(0)
                                    .toLong())
                            .isEqualTo(-1);
                }
                default -> {
                    long expected = random.nextLong(tokens + 5L);
                    String name = "r" + i;
                    Response answer = admit(now, teller.replica, "1", name, expected, ofKey, tokens, atOnce, ofTeam);
                    if (answer.get(0).toLong() == 0) {
                        In in = new In(
                                name,
                                teller.replica,
                                now,
                                expected,
                                answer.get(4).toLong(),
                                answer.get(9).toLong());
                        key.add(in.keySlice(), 1, expected);
                        team.add(in.teamSlice(), 1, expected);
                        open.add(in);
                        all.add(in);
                        assertThat(open).hasSizeLessThanOrEqualTo(atOnce);
                    } else {
                        key.at(now / 500);
                        team.at(now / 500);
                        assertRefusal(answer, open.size(), atOnce);
                    }
                    assertThat(answer.get(5).toLong()).isEqualTo(key.sum(0));
                    assertThat(answer.get(6).toLong()).isEqualTo(key.sum(1));
                    assertThat(answer.get(10).toLong()).isEqualTo(team.sum(0));
                }
            }
            assertSums(KEY, key, now);
            assertSums(TEAM, team, now);
        }
        for (In first : all) {
            List<In> minute = all.stream()
                    .filter(each -> each.at() >= first.at() && each.at() < first.at() + MINUTE)
                    .toList();
            assertThat(minute).hasSizeLessThanOrEqualTo(Math.min(ofKey, ofTeam));
        }
    }

    @Example
    void whoIsUnseenForFiveSecondsHoldsNothingAndIsHeldToItAgainWhenItIsSeen() {
        run(CLEAR, List.of("x"));
        Map<String, Teller> tellers = new HashMap<>();
        for (String replica : REPLICAS) {
            tellers.put(replica, new Teller(replica));
            tellers.get(replica).open(1);
        }
        beat(BEGIN, tellers);
        assertThat(one(BEGIN, "a")).isZero();
        assertThat(one(BEGIN + 1, "b")).isEqualTo(1);

        long later = BEGIN + 5_001;
        run(BEAT, List.of("replicas"), later - 100, "b");
        assertThat(one(later - 2, "b")).isEqualTo(1);
        assertThat(one(later, "b")).isZero();

        run(BEAT, List.of("replicas"), later, "a");
        run(BEAT, List.of("replicas"), later, "c");
        assertThat(one(later, "c")).isEqualTo(1);
    }

    /** What becomes of a request of somebody who may have one at the same time. */
    private static int one(long now, String replica) {
        return run(ADMIT, keys(replica, KEY), now, replica, "1", "r" + now, 0, 5_000, 1, -1, -1, 1)
                .get(0)
                .toInteger();
    }

    @Example
    void aReportThatIsMissingStopsThoseAfterIt() {
        run(CLEAR, List.of("x"));
        var teller = new Teller("a");
        teller.open(1);
        teller.tell(System.currentTimeMillis(), used(7), false);
        Report lost = used(5).numbered(2, "desk:a", "desks", "a", false);
        Report next = used(3).numbered(3, "desk:a", "desks", "a", false);

        assertThat(run(REPORT, next.keys(), next.arguments().toArray()).toLong())
                .isEqualTo(-1);
        run(REPORT, lost.keys(), lost.arguments().toArray());
        run(REPORT, next.keys(), next.arguments().toArray());
        run(REPORT, lost.keys(), lost.arguments().toArray());

        assertThat(run(LOOK, List.of(Report.key(KEY))).get(0).toLong()).isEqualTo(15);
    }

    private static Report.Draft used(long requests) {
        var draft = new Report.Draft();
        var untold = new Untold();
        untold.add(System.currentTimeMillis() / 500, requests, 0);
        draft.tell(KEY, untold);
        return draft;
    }

    private static void assertRefusal(Response answer, int open, int atOnce) {
        switch (answer.get(0).toInteger()) {
            case 1 -> assertThat(open).isEqualTo(atOnce);
            case 2, 3 -> assertThat(answer.get(3).toLong()).isBetween(1L, 60_500L);
            default -> throw new AssertionError(answer.toString());
        }
    }

    private static void beat(long now, Map<String, Teller> tellers) {
        tellers.keySet().forEach(replica -> run(BEAT, List.of("replicas"), now, replica));
    }

    private static Response admit(
            long now,
            String replica,
            String generation,
            String name,
            long expected,
            int ofKey,
            int tokens,
            int atOnce,
            int ofTeam) {
        return run(
                ADMIT,
                keys(replica, KEY, TEAM),
                now,
                replica,
                generation,
                name,
                expected,
                5_000,
                1,
                ofKey,
                tokens,
                -1,
                ofTeam,
                -1,
                atOnce);
    }

    private static void end(
            SplittableRandom random, long now, Map<String, Teller> tellers, In in, Model key, Model team) {
        long actual = random.nextLong(2 * in.expected() + 2);
        long more = actual - in.expected();
        long keySlice = more > 0 ? now / 500 : in.keySlice();
        long teamSlice = more > 0 ? now / 500 : in.teamSlice();
        var draft = new Report.Draft();
        draft.answered(in.name());
        draft.tell(KEY, ended(keySlice, more));
        draft.tell(TEAM, ended(teamSlice, more));
        tellers.get(in.replica()).tell(now, draft, random.nextBoolean());
        key.at(now / 500);
        team.at(now / 500);
        key.add(keySlice, 0, more);
        team.add(teamSlice, 0, more);
    }

    private static Untold ended(long slice, long more) {
        var untold = new Untold();
        untold.places(-1);
        untold.add(slice, 0, more);
        return untold;
    }

    private static void undo(
            SplittableRandom random, long now, Map<String, Teller> tellers, In in, Model key, Model team) {
        var draft = new Report.Draft();
        draft.undo(new Report.Undone(in.name(), List.of(KEY, TEAM)));
        draft.undo(new Report.Undone("never let in", List.of(KEY, TEAM)));
        tellers.get(in.replica()).tell(now, draft, random.nextBoolean());
        key.at(now / 500);
        team.at(now / 500);
        key.add(in.keySlice(), -1, -in.expected());
        team.add(in.teamSlice(), -1, -in.expected());
    }

    private static void assertSums(Who who, Model model, long now) {
        Response sums = run(LOOK, List.of(Report.key(who)));
        // what nobody asks for is not let go yet
        if (model.newest >= now / 500) {
            assertThat(sums.get(0).toLong()).isEqualTo(model.sum(0));
            assertThat(sums.get(1).toLong()).isEqualTo(model.sum(1));
        }
    }
}
