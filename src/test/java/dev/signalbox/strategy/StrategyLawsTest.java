package dev.signalbox.strategy;

import static dev.signalbox.strategy.Some.some;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.strategy.Load.Headroom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What every strategy keeps to. */
class StrategyLawsTest {

    /** They look at what they remember or draw, so that equal candidates need not be in configured order. */
    private static final Set<String> CHANGING = Set.of(
            "round-robin",
            "weighted-round-robin",
            "random",
            "weighted-random",
            "dynamic",
            "hybrid",
            "client-hash",
            "prefix-affinity");

    private final Repertoire repertoire = new Repertoire(Repertoire.Settings.DEFAULT);

    @Provide
    Arbitrary<String> strategies() {
        return Arbitraries.of(repertoire.names());
    }

    @Property
    void nobodyIsLostOrDoubled(
            @ForAll("strategies") String name, @ForAll long seed, @ForAll @IntRange(max = 40) int size) {
        List<Candidate> candidates = candidates(new SplittableRandom(seed), size);
        Memory memory = new Memory(seed);
        for (int i = 0; i < 3; i++) {
            Order order = repertoire.named(name).order(ask(seed + i), candidates, memory);
            assertThat(order).containsExactlyInAnyOrderElementsOf(candidates);
        }
    }

    @Property
    void whatIsEqualKeepsItsOrder(@ForAll("strategies") String name, @ForAll @IntRange(min = 1, max = 20) int size) {
        if (CHANGING.contains(name)) {
            return;
        }
        List<Candidate> equal = IntStream.range(0, size)
                .mapToObj(i -> some("p" + i).candidate())
                .toList();
        Memory memory = new Memory(1);
        assertThat(repertoire.named(name).order(Asked.PLAIN, equal, memory)).isEqualTo(equal);
        assertThat(repertoire.named(name).order(Asked.PLAIN, equal, memory)).isEqualTo(equal);
    }

    @Property
    void theOrderOfConfigurationDecidesBetweenEqualsOnly(@ForAll("strategies") String name, @ForAll long seed) {
        if (Set.of("random", "weighted-random").contains(name)) {
            return;
        }
        List<Candidate> candidates = candidates(new SplittableRandom(seed), 12);
        List<Candidate> shuffled = new ArrayList<>(candidates);
        java.util.Collections.shuffle(shuffled, new Random(seed));
        Order one = repertoire.named(name).order(ask(seed), candidates, new Memory(seed));
        Order other = repertoire.named(name).order(ask(seed), shuffled, new Memory(seed));
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.score(i)).isEqualTo(other.score(i));
        }
    }

    @Property
    void anOrderIsTheSameHoweverItIsRead(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
        List<Candidate> candidates = candidates(new SplittableRandom(seed), size);
        Order read = Order.lowest(candidates, c -> c.load().all()).withinPriority();
        Candidate last = read.get(size - 1);
        List<Candidate> sorted = candidates.stream()
                .sorted(Comparator.comparingInt(Candidate::priority)
                        .thenComparingInt(c -> c.load().all()))
                .toList();
        assertThat(last).isEqualTo(sorted.getLast());
        assertThat(read).isEqualTo(sorted);
    }

    @Property(tries = 50)
    void whoLeavesTakesAlongOnlyItsOwnClients(@ForAll long seed, @ForAll @IntRange(min = 2, max = 12) int size) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Candidate> all = IntStream.range(0, size)
                .mapToObj(i -> some("p" + i).weight(1 + random.nextInt(5)).candidate())
                .toList();
        Candidate gone = all.get(random.nextInt(size));
        List<Candidate> left = all.stream().filter(c -> !c.equals(gone)).toList();
        Memory memory = new Memory(seed);
        Strategy hash = repertoire.named("client-hash");
        for (int i = 0; i < 200; i++) {
            Ask ask = Asked.from("session " + seed + " " + i, null, null);
            List<Candidate> before = new ArrayList<>(hash.order(ask, all, memory));
            before.remove(gone);
            assertThat(hash.order(ask, left, memory)).isEqualTo(before);
        }
    }

    private static Ask ask(long seed) {
        return switch ((int) Math.floorMod(seed, 6L)) {
            case 0 -> Asked.streaming();
            case 1 -> Asked.saying("Explain the difference between these two functions", 600);
            case 2 -> Asked.wanting(true, Aim.COST, Aim.SPEED);
            case 3 -> Asked.within(Quality.HIGH, null, 500L);
            case 4 -> Asked.goingOn(seed);
            default -> Asked.from("session " + seed, null, null);
        };
    }

    private static List<Candidate> candidates(SplittableRandom random, int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> candidate(random, "p" + i))
                .toList();
    }

    /** One that may be unknown, unpriced, broken, without weight or past its limits. */
    private static Candidate candidate(SplittableRandom random, String name) {
        Some some = some(name)
                .priority(1 + random.nextInt(3))
                .weight(random.nextInt(4))
                .quality(random.nextInt(5) / 4.0)
                .multiplier(random.nextInt(3))
                .busy(random.nextInt(5), random.nextInt(3))
                .warm(random.nextInt(3) * 500L);
        if (random.nextBoolean()) {
            some = some.cost(random.nextInt(10) * 100L);
        }
        if (random.nextBoolean()) {
            int successes = random.nextInt(3);
            some = some.calls(successes, random.nextInt(3), successes == 0 ? null : random.nextDouble(20_000))
                    .errors(random.nextInt(3));
        }
        if (random.nextBoolean()) {
            some = some.takes(random.nextDouble(1_000), random.nextDouble(5_000));
        }
        if (random.nextBoolean()) {
            some = some.left(new Headroom(random.nextInt(100) - 10, 100), null).goodAt("analysis", "code");
        }
        return some.candidate();
    }
}
