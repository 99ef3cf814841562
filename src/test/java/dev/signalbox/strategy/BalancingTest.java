package dev.signalbox.strategy;

import static dev.signalbox.strategy.Some.list;
import static dev.signalbox.strategy.Some.names;
import static dev.signalbox.strategy.Some.some;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.signalbox.strategy.Load.Headroom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the strategies that spread requests over candidates do, worked out by hand. */
class BalancingTest {

    private final Repertoire repertoire = new Repertoire(Repertoire.Settings.DEFAULT);
    private final Memory memory = new Memory(42);

    private Order order(String strategy, Ask ask, Some... candidates) {
        return repertoire.named(strategy).order(ask, list(candidates), memory);
    }

    private String firsts(String strategy, int requests, Some... candidates) {
        StringBuilder firsts = new StringBuilder();
        for (int i = 0; i < requests; i++) {
            firsts.append(order(strategy, Asked.PLAIN, candidates).getFirst().provider());
        }
        return firsts.toString();
    }

    private Map<String, Integer> counts(String strategy, int requests, Some... candidates) {
        Map<String, Integer> counts = new HashMap<>();
        List<Candidate> all = list(candidates);
        for (int i = 0; i < requests; i++) {
            counts.merge(
                    repertoire
                            .named(strategy)
                            .order(Asked.PLAIN, all, memory)
                            .getFirst()
                            .provider(),
                    1,
                    Integer::sum);
        }
        return counts;
    }

    @Test
    void roundRobinGoesAroundAndSoDoesTheRest() {
        Some[] all = {some("a").weight(5), some("b"), some("c")};
        assertThat(names(order("round-robin", Asked.PLAIN, all))).containsExactly("a", "b", "c");
        assertThat(names(order("round-robin", Asked.PLAIN, all))).containsExactly("b", "c", "a");
        assertThat(names(order("round-robin", Asked.PLAIN, all))).containsExactly("c", "a", "b");
        assertThat(firsts("round-robin", 6, all)).isEqualTo("abcabc");
    }

    @Test
    void weightedRoundRobinIsSmooth() {
        Some[] all = {some("a").weight(5), some("b").weight(1), some("c").weight(1)};
        assertThat(firsts("weighted-round-robin", 14, all))
                .isEqualTo("aabacaa" + "aabacaa")
                .doesNotContain("aaaaa");
        Order next = order("weighted-round-robin", Asked.PLAIN, all);
        assertThat(next.score(0)).isEqualTo(5);
        assertThat(next.score(1)).isEqualTo(1);
    }

    @Test
    void whoIsAwayForAWhileIsNotForgotten() {
        Some[] all = {some("a"), some("b"), some("c")};
        Some[] without = {some("a"), some("b")};
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            counts.merge(
                    order("round-robin", Asked.PLAIN, i % 2 == 0 ? all : without)
                            .getFirst()
                            .provider(),
                    1,
                    Integer::sum);
        }
        assertThat(counts.get("c")).as("a third of 30").isBetween(9, 11);
    }

    @Test
    void theTurnsOfAPriorityAreItsOwn() {
        Some[] all = {some("x").priority(2), some("a"), some("y").priority(2), some("b")};
        assertThat(names(order("round-robin", Asked.PLAIN, all))).containsExactly("a", "b", "x", "y");
        assertThat(names(order("round-robin", Asked.PLAIN, all))).containsExactly("b", "a", "y", "x");
        assertThat(names(order("round-robin", Asked.PLAIN, all))).containsExactly("a", "b", "x", "y");
    }

    @Test
    void whoHasNoWeightIsLast() {
        Some[] all = {some("off").weight(0), some("a"), some("b")};
        for (String strategy : List.of("weighted-round-robin", "weighted-random", "client-hash")) {
            for (int i = 0; i < 10; i++) {
                assertThat(names(order(strategy, Asked.PLAIN, all)).getLast())
                        .as(strategy)
                        .isEqualTo("off");
            }
        }
        assertThat(names(order("weighted-round-robin", Asked.PLAIN, some("off").weight(0))))
                .containsExactly("off");
    }

    @Test
    void everyTurnIsTakenOnceHoweverManyThreadsAsk() {
        List<Candidate> all =
                list(some("a").weight(5), some("b").weight(1), some("c").weight(1));
        Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        IntStream.range(0, 7_000)
                .parallel()
                .forEach(_ -> counts.computeIfAbsent(
                                repertoire
                                        .named("weighted-round-robin")
                                        .order(Asked.PLAIN, all, memory)
                                        .getFirst()
                                        .provider(),
                                _ -> new AtomicInteger())
                        .incrementAndGet());
        assertThat(counts.get("a")).hasValue(5_000);
        assertThat(counts.get("b")).hasValue(1_000);
        assertThat(counts.get("c")).hasValue(1_000);
    }

    @Test
    void aCopyOfTheMemorySaysWhatWillBeDoneAndChangesNothing() {
        List<Candidate> all =
                list(some("a").weight(3), some("b").weight(2), some("c").calls(1, 1, 2_000.0));
        for (String strategy : repertoire.names()) {
            for (int i = 0; i < 20; i++) {
                Memory copy = memory.copy();
                List<String> said = names(repertoire.named(strategy).order(Asked.PLAIN, all, copy));
                repertoire.named(strategy).order(Asked.PLAIN, all, copy);
                assertThat(names(repertoire.named(strategy).order(Asked.PLAIN, all, memory)))
                        .as(strategy)
                        .isEqualTo(said);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameChances() {
        Some[] all = {some("a"), some("b"), some("c"), some("d")};
        Memory one = new Memory(7);
        Memory other = new Memory(7);
        for (int i = 0; i < 50; i++) {
            assertThat(names(repertoire.named("random").order(Asked.PLAIN, list(all), one)))
                    .isEqualTo(names(repertoire.named("random").order(Asked.PLAIN, list(all), other)));
        }
    }

    @Test
    void randomIsFair() {
        Map<String, Integer> counts = counts(
                "random",
                30_000,
                some("a").weight(9),
                some("b"),
                some("c"),
                some("x").priority(2));
        assertThat(counts).containsOnlyKeys("a", "b", "c");
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isCloseTo(10_000, within(400)));
    }

    @Test
    void weightedRandomIsByWeightAlsoInSecondPlace() {
        List<Candidate> all =
                list(some("a").weight(5), some("b").weight(3), some("c").weight(2));
        Map<String, Integer> firsts = new HashMap<>();
        Map<String, Integer> seconds = new HashMap<>();
        for (int i = 0; i < 40_000; i++) {
            Order order = repertoire.named("weighted-random").order(Asked.PLAIN, all, memory);
            firsts.merge(order.getFirst().provider(), 1, Integer::sum);
            if (order.getFirst().provider().equals("a")) {
                seconds.merge(order.get(1).provider(), 1, Integer::sum);
            }
        }
        assertThat(firsts.get("a")).isCloseTo(20_000, within(500));
        assertThat(firsts.get("b")).isCloseTo(12_000, within(500));
        assertThat(firsts.get("c")).isCloseTo(8_000, within(500));
        assertThat(seconds.get("b")).as("3 of the 5 that are left").isCloseTo(12_000, within(500));
    }

    @Test
    void leastConnectionsCountsTheWaitingToo() {
        Order order = order(
                "least-connections",
                Asked.PLAIN,
                some("a").busy(2, 3),
                some("b").busy(4, 0),
                some("c").busy(4, 0),
                some("idle").priority(2));
        assertThat(names(order)).containsExactly("b", "c", "a", "idle");
        assertThat(order.score(2)).isEqualTo(5);
    }

    @Test
    void leastResponseTimeIsTheMeanOfTheLastFifty() {
        assertThat(names(order(
                        "least-response-time",
                        Asked.PLAIN,
                        some("a").calls(50, 0, 800.0),
                        some("b").calls(50, 0, 300.0),
                        some("broken").calls(0, 5, null).errors(5),
                        some("new"))))
                .containsExactly("new", "b", "a", "broken");
    }

    @Test
    void leastErrorsCountsRecentOnes() {
        assertThat(names(order(
                        "least-errors",
                        Asked.PLAIN,
                        some("a").errors(3),
                        some("b").errors(1),
                        some("c").errors(1),
                        some("x").priority(2))))
                .containsExactly("b", "c", "a", "x");
    }

    @Test
    void usageIsTheScarcerOfRequestsAndTokens() {
        // a: min(49/100, (900 - 150)/1000) = 0.49; b: min(89/100, (400 - 150)/1000) = 0.25; c: (61 - 1)/100 = 0.6
        Order order = order(
                "usage",
                Asked.PLAIN,
                some("a").left(new Headroom(50, 100), new Headroom(900, 1_000)),
                some("b").left(new Headroom(90, 100), new Headroom(400, 1_000)),
                some("c").left(new Headroom(61, 100), null),
                some("free"));
        assertThat(names(order)).containsExactly("free", "c", "a", "b");
        assertThat(List.of(order.score(0), order.score(1), order.score(2), order.score(3)))
                .containsExactly(1.0, 0.6, 0.49, 0.25);
    }

    @Test
    void clientHashKeepsAClientWhereItIsAndKnowsItByWhatIsClosest() {
        Some[] all = {some("a"), some("b"), some("c"), some("d"), some("e")};
        List<String> first = names(order("client-hash", Asked.from("s", "u", "k"), all));
        assertThat(names(order("client-hash", Asked.from("s", "v", "l"), all))).isEqualTo(first);
        assertThat(Asked.from("s", "u", "k").client()).isEqualTo("s");
        assertThat(Asked.from(null, "u", "k").client()).isEqualTo("u");
        assertThat(Asked.from(null, null, "k").client()).isEqualTo("k");
        assertThat(Asked.PLAIN.client()).isEqualTo("192.0.2.1");
    }

    @Test
    void clientHashIsByWeight() {
        List<Candidate> all = list(some("a").weight(3), some("b").weight(1));
        int a = 0;
        for (int i = 0; i < 20_000; i++) {
            Order order = repertoire.named("client-hash").order(Asked.from("session-" + i, null, null), all, memory);
            a += order.getFirst().provider().equals("a") ? 1 : 0;
        }
        assertThat(a).isCloseTo(15_000, within(400));
    }

    @Test
    void prefixAffinityFollowsTheWarmPrefixUntilThatIsTooBusy() {
        // of 9 + 1 calls on three: at most ceil(1.25 x 10 / 3) = 5 each
        assertThat(names(order(
                                "prefix-affinity",
                                Asked.goingOn(7),
                                some("a").busy(4, 0),
                                some("warm").warm(2_000).busy(4, 0),
                                some("warmer").warm(3_000).busy(1, 0)))
                        .subList(0, 2))
                .containsExactly("warmer", "warm");
        assertThat(names(order(
                                "prefix-affinity",
                                Asked.goingOn(7),
                                some("a").busy(2, 0),
                                some("warm").warm(2_000).busy(4, 1),
                                some("b").busy(2, 0)))
                        .getLast())
                .as("5 + 1 calls are too many")
                .isEqualTo("warm");
    }

    @Test
    void prefixAffinityBringsTheSamePrefixToTheSameAndBoundsItsLoad() {
        int[] calls = new int[10];
        for (int request = 0; request < 200; request++) {
            Some[] all = new Some[10];
            for (int i = 0; i < all.length; i++) {
                all[i] = some("p" + i).busy(calls[i], 0);
            }
            String first =
                    order("prefix-affinity", Asked.goingOn(1), all).getFirst().provider();
            calls[first.charAt(1) - '0']++;
            int most = IntStream.of(calls).max().orElseThrow();
            assertThat((double) most).isLessThanOrEqualTo(Math.max(1, Math.ceil(1.25 * (request + 1) / 10)));
        }
    }

    @Test
    void dynamicFollowsWhatIsObserved() {
        // target of b: 0.5 / (1 + 4) = 0.1; after 2 calls 0.1 + 0.9 x 0.9^2 = 0.829; a has never been asked: 1
        List<Candidate> all = list(some("a"), some("b").calls(1, 1, 4_000.0));
        Strategy dynamic = repertoire.named("dynamic");
        Order order = dynamic.order(Asked.PLAIN, all, memory);
        assertThat(names(order)).containsExactly("a", "b");
        assertThat(order.score(0)).isEqualTo(1);
        assertThat(order.score(1)).isCloseTo(0.829, within(1e-12));
        Order again = dynamic.order(Asked.PLAIN, all, memory);
        assertThat(names(again)).containsExactly("b", "a");
        assertThat(again.score(0))
                .as("no call has ended: the weight is the same")
                .isCloseTo(1.658, within(1e-12));
    }

    @Test
    void dynamicSpreadsByWeightAndForgetsNobody() {
        List<Candidate> all = list(some("a").calls(1_000, 0, 0.0), some("b").calls(0, 1_000, null));
        List<String> firsts = new ArrayList<>();
        for (int i = 0; i < 1_010; i++) {
            firsts.add(repertoire
                    .named("dynamic")
                    .order(Asked.PLAIN, all, memory)
                    .getFirst()
                    .provider());
        }
        assertThat(firsts.stream().filter("b"::equals).count()).isBetween(9L, 11L);
    }
}
