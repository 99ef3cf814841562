import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What happened how often, and what must not have happened. */
final class Tally {

    private static final int SHOWN = 20;

    private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();
    private final LongAdder violations = new LongAdder();

    void count(String what) {
        count(what, 1);
    }

    void count(String what, long times) {
        counts.computeIfAbsent(what, _ -> new LongAdder()).add(times);
    }

    long of(String what) {
        LongAdder count = counts.get(what);
        return count == null ? 0 : count.sum();
    }

    /** Something is wrong with the gateway; the first ones are told at once. */
    void violation(String what) {
        violations.increment();
        if (violations.sum() <= SHOWN) {
            System.err.println("VIOLATION " + what);
        }
    }

    long violations() {
        return violations.sum();
    }

    /** All counts whose names begin so, without that beginning. */
    Map<String, Long> beginning(String prefix) {
        Map<String, Long> found = new TreeMap<>();
        counts.forEach((name, count) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), count.sum());
            }
        });
        return found;
    }
}
