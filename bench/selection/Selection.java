import dev.signalbox.catalogue.Capabilities;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.strategy.Aim;
import dev.signalbox.strategy.Ask;
import dev.signalbox.strategy.Candidate;
import dev.signalbox.strategy.Load;
import dev.signalbox.strategy.Memory;
import dev.signalbox.strategy.Order;
import dev.signalbox.strategy.Profile;
import dev.signalbox.strategy.Quality;
import dev.signalbox.strategy.Repertoire;
import dev.signalbox.strategy.Statistics;
import dev.signalbox.strategy.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/**
 * What it costs to choose a deployment: each strategy, over 10, 100 and 1,000 candidates with a hundred remembered calls each.
 * A choice is the first of the order; {@code of 1,000, then 4 more} goes on as after failures. Microseconds, median and 99th
 * percentile.
 */
class Selection {

    private static final int ROUNDS = 3_000;
    private static final int WARM_UP = 6_000;

    /** Keeps the compiler from leaving out what nobody looks at. */
    private static int seen;

    private record Request(int number) implements Ask {
        public boolean stream() {
            return (number & 1) == 0;
        }

        public long promptTokens() {
            return 800;
        }

        public long expectedOutput() {
            return 200;
        }

        public String lastUserMessage() {
            return "Please write a function that reverses the words of a sentence and keeps its punctuation.";
        }

        public long contextLength() {
            return 3_200;
        }

        public String session() {
            return "session-" + number % 1_000;
        }

        public String user() {
            return null;
        }

        public String key() {
            return "key";
        }

        public String address() {
            return "127.0.0.1";
        }

        public long prefixHash() {
            return number * 31L;
        }

        public Set<Aim> optimize() {
            return Set.of(Aim.COST, Aim.SPEED);
        }

        public Quality minimum() {
            return null;
        }

        public Long maxCost() {
            return null;
        }

        public Long targetCost() {
            return null;
        }

        public String provider() {
            return null;
        }
    }

    public static void main(String[] args) {
        Repertoire repertoire = new Repertoire(Repertoire.Settings.DEFAULT);
        List<Statistics> statistics = statistics(1_000);
        List<Profile> profiles = profiles(1_000);
        List<Candidate> thousand = candidates(profiles, statistics);
        List<Candidate> hundred = List.copyOf(thousand.subList(0, 100));
        List<Candidate> ten = List.copyOf(thousand.subList(0, 10));
        System.out.printf("| %-20s | of 10 | of 100 | of 1,000 | p99 | of 1,000, then 4 more |%n", "µs");
        System.out.println("|---|--:|--:|--:|--:|--:|");
        for (String name : repertoire.names()) {
            Strategy strategy = repertoire.named(name);
            double[] few = micros(choosing(strategy, ten, 1));
            double[] some = micros(choosing(strategy, hundred, 1));
            double[] many = micros(choosing(strategy, thousand, 1));
            double[] more = micros(choosing(strategy, thousand, 5));
            System.out.printf(
                    "| %-20s | %.1f | %.1f | %.1f | %.1f | %.1f |%n", name, few[0], some[0], many[0], many[1], more[0]);
        }
        double[] views = micros(() -> candidates(profiles, statistics).size());
        System.out.printf("%n1,000 candidates made from their statistics: %.1f µs, p99 %.1f%n", views[0], views[1]);
        double[] record = micros(() -> {
            statistics.get(7).succeeded(Duration.ofMillis(100), Duration.ofMillis(900));
            return 1;
        });
        System.out.printf("one call recorded: %.2f µs, p99 %.2f%n", record[0], record[1]);
        if (seen == 42) {
            System.out.println();
        }
    }

    private static IntSupplier choosing(Strategy strategy, List<Candidate> candidates, int read) {
        Memory memory = new Memory(1);
        int[] number = {0};
        return () -> {
            Order order = strategy.order(new Request(number[0]++), candidates, memory);
            int sum = 0;
            for (int i = 0; i < read; i++) {
                sum += order.get(i).priority();
            }
            return sum;
        };
    }

    /** Median and 99th percentile. */
    private static double[] micros(IntSupplier task) {
        for (int i = 0; i < WARM_UP; i++) {
            seen += task.getAsInt();
        }
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long begin = System.nanoTime();
            seen += task.getAsInt();
            nanos[i] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        return new double[] {nanos[ROUNDS / 2] / 1e3, nanos[ROUNDS * 99 / 100] / 1e3};
    }

    private static List<Profile> profiles(int size) {
        SplittableRandom random = new SplittableRandom(1);
        List<Profile> profiles = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            DeploymentEntry entry = new DeploymentEntry(
                    "provider-" + i, "some-model-2026-01-01", 1, 1, null, null, null, Capabilities.UNKNOWN, Set.of());
            profiles.add(Profile.of(entry, 1 + random.nextInt(5), random.nextDouble(), 1, 0, Set.of("code")));
        }
        return profiles;
    }

    private static List<Statistics> statistics(int size) {
        SplittableRandom random = new SplittableRandom(2);
        List<Statistics> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Statistics statistics = new Statistics(100, System::nanoTime);
            for (int call = 0; call < 100; call++) {
                if (random.nextInt(20) == 0) {
                    statistics.failed();
                } else {
                    statistics.succeeded(
                            Duration.ofMillis(100 + random.nextInt(400)), Duration.ofMillis(500 + random.nextInt(3_000)));
                }
            }
            all.add(statistics);
        }
        return all;
    }

    private static List<Candidate> candidates(List<Profile> profiles, List<Statistics> statistics) {
        List<Candidate> candidates = new ArrayList<>(profiles.size());
        for (int i = 0; i < profiles.size(); i++) {
            candidates.add(new Candidate(
                    profiles.get(i),
                    statistics.get(i).view(),
                    new Load(i % 7, i % 3, new Load.Headroom(i % 100, 100), null),
                    1_000_000L * (i % 50),
                    0));
        }
        return candidates;
    }
}
