import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the vendors did for each story, which is what the ledger is held against. */
final class Legs {

    private final Map<Long, List<Leg>> legs = new ConcurrentHashMap<>();

    /** One attempt as its vendor saw it. */
    static final class Leg {
        final String vendor;
        final Fault fault;
        final long promptTokens;
        final boolean continuation;
        /** How many tokens it said that it had made; -1 before it did. */
        volatile long reported = -1;

        Leg(String vendor, Fault fault, long promptTokens, boolean continuation) {
            this.vendor = vendor;
            this.fault = fault;
            this.promptTokens = promptTokens;
            this.continuation = continuation;
        }

        @Override
        public String toString() {
            return vendor + " " + fault + (continuation ? " continuing" : "") + (reported < 0 ? "" : " whole");
        }
    }

    /** Nobody else may ask for a story of that seed. */
    void expect(long seed) {
        legs.put(seed, new ArrayList<>());
    }

    /** How many attempts there were so far; -1 when nobody waits for that story any more. */
    int count(long seed) {
        List<Leg> known = legs.get(seed);
        if (known == null) {
            return -1;
        }
        synchronized (known) {
            return known.size();
        }
    }

    void add(long seed, Leg leg) {
        List<Leg> known = legs.get(seed);
        if (known != null) {
            synchronized (known) {
                known.add(leg);
            }
        }
    }

    /** What was done for a story, which is forgotten. */
    List<Leg> take(long seed) {
        List<Leg> known = legs.remove(seed);
        synchronized (known) {
            return List.copyOf(known);
        }
    }
}
