package dev.signalbox.strategy;

import java.util.List;

/**
 * {@code prefix-affinity}: who has most of the prompt's prefix warm first; of those that have the same, the one that {@linkplain
 * Rendezvous rendezvous hashing} of the prefix chooses. Bounded by load: who would have more calls than
 *
 * <pre>
 * max(1, ceil(1.25 x (calls of all + 1) x weight / sum of weights))
 * </pre>
 *
 * comes after those who would not. The score is that of the hashing.
 *
 * @see <a href="https://arxiv.org/abs/1608.01350">Consistent Hashing with Bounded Loads</a>, with the same bound as Envoy's
 *     {@code hash_balance_factor} of 125
 */
final class PrefixAffinity implements Strategy {

    private static final double BALANCE = 1.25;

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        long prefix = ask.prefixHash();
        double calls = 1;
        double weights = 0;
        for (Candidate candidate : candidates) {
            calls += candidate.load().all();
            weights += candidate.profile().weight();
        }
        double each = BALANCE * calls / Math.max(1, weights);
        return Order.highest(candidates, c -> Rendezvous.score(prefix, c))
                .after(c -> -c.warmTokens())
                .after(c -> hasRoom(c, each) ? 0 : 1);
    }

    private static boolean hasRoom(Candidate candidate, double each) {
        double bound = Math.max(1, Math.ceil(each * candidate.profile().weight()));
        return candidate.load().all() + 1 <= bound;
    }

    @Override
    public boolean looksAtPrefixes() {
        return true;
    }
}
