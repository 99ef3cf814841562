package dev.signalbox.strategy;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Candidates in order, and the score that put each where it is. It is sorted no further than it is read: the first costs a
 * pass over the candidates, each further one the logarithm of their number, since the first mostly answers. Belongs to
 * one thread.
 */
public final class Order extends AbstractList<Candidate> implements RandomAccess {

    private final List<Candidate> candidates;
    private final double[] scores;
    /** What is compared, the first first, the lowest first. */
    private final double[][] keys;
    /** A heap of positions in {@link #candidates}, and behind it what was taken from it, the last taken first. */
    private final int[] positions;

    private int waiting = -1;

    private Order(List<Candidate> candidates, double[] scores, double[]... keys) {
        this.candidates = candidates;
        this.scores = scores;
        this.keys = keys;
        this.positions = new int[candidates.size()];
    }

    /** The lowest score first. */
    static Order lowest(List<Candidate> candidates, ToDoubleFunction<Candidate> score) {
        double[] scores = each(candidates, score);
        return new Order(candidates, scores, scores);
    }

    /** The highest score first. */
    static Order highest(List<Candidate> candidates, ToDoubleFunction<Candidate> score) {
        return highest(candidates, each(candidates, score));
    }

    /** The highest score first; scores are as many as candidates. */
    static Order highest(List<Candidate> candidates, double[] scores) {
        return new Order(candidates, scores, negated(scores));
    }

    /** The same, but what is lower here goes first, whatever its score. */
    Order after(ToDoubleFunction<Candidate> key) {
        double[][] more = new double[keys.length + 1][];
        more[0] = each(candidates, key);
        System.arraycopy(keys, 0, more, 1, keys.length);
        return new Order(candidates, scores, more);
    }

    /** The same, but the lowest priority number goes first, whatever its score. */
    Order withinPriority() {
        return after(Candidate::priority);
    }

    /** Of those that are equal so far, the lowest priority number goes first. */
    Order thenPriority() {
        return then(lowest(candidates, Candidate::priority), 1);
    }

    /** Those that are equal so far are in the order of the other, which has the same candidates, in steps of so much. */
    Order then(Order other, double step) {
        double[][] more = Arrays.copyOf(keys, keys.length + 1);
        double[] coarse = other.keys[0].clone();
        for (int i = 0; i < coarse.length; i++) {
            coarse[i] = Math.rint(coarse[i] / step);
        }
        more[keys.length] = coarse;
        return new Order(candidates, scores, more);
    }

    /** One after the other. */
    static Order join(List<Order> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        int size = parts.stream().mapToInt(List::size).sum();
        int depth = 1 + parts.stream().mapToInt(part -> part.keys.length).max().orElse(0);
        List<Candidate> all = new ArrayList<>(size);
        double[] scores = new double[size];
        double[][] keys = new double[depth][size];
        for (int i = 0; i < parts.size(); i++) {
            Order part = parts.get(i);
            int at = all.size();
            all.addAll(part.candidates);
            Arrays.fill(keys[0], at, all.size(), i);
            System.arraycopy(part.scores, 0, scores, at, part.size());
            for (int level = 0; level < part.keys.length; level++) {
                System.arraycopy(part.keys[level], 0, keys[level + 1], at, part.size());
            }
        }
        return new Order(all, scores, keys);
    }

    /** The same, but the {@linkplain #best() best} are as they are there. */
    Order settled(List<Candidate> best) {
        double[][] more = Arrays.copyOf(keys, keys.length + 1);
        more[keys.length] = new double[size()];
        Map<String, Integer> ranks = HashMap.newHashMap(best.size());
        for (Candidate candidate : best) {
            ranks.put(candidate.id(), ranks.size());
        }
        for (int i = 0; i < best.size(); i++) {
            more[keys.length][position(i)] = ranks.getOrDefault(get(i).id(), i);
        }
        return new Order(candidates, scores, more);
    }

    /** Those at the beginning that nothing tells apart but the order of configuration. */
    List<Candidate> best() {
        int end = size() == 0 ? 0 : 1;
        while (end < size() && equal(position(0), position(end))) {
            end++;
        }
        return List.copyOf(subList(0, end));
    }

    /** The score of the candidate there: what it means is the strategy's; null when unknown. */
    public @Nullable Double score(int index) {
        double score = scores[position(index)];
        return Double.isFinite(score) ? score : null;
    }

    @Override
    public Candidate get(int index) {
        return candidates.get(position(index));
    }

    @Override
    public int size() {
        return candidates.size();
    }

    private int position(int index) {
        int last = positions.length - 1;
        if (waiting < 0) {
            heap();
        }
        while (last - index < waiting) {
            take();
        }
        return positions[last - index];
    }

    private void heap() {
        waiting = positions.length;
        for (int i = 0; i < waiting; i++) {
            positions[i] = i;
        }
        for (int i = waiting / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    private void take() {
        int first = positions[0];
        waiting--;
        positions[0] = positions[waiting];
        positions[waiting] = first;
        sink(0);
    }

    private void sink(int from) {
        int at = from;
        while (2 * at + 1 < waiting) {
            int child = 2 * at + 1;
            if (child + 1 < waiting && isBefore(positions[child + 1], positions[child])) {
                child++;
            }
            if (isBefore(positions[at], positions[child])) {
                return;
            }
            int moved = positions[at];
            positions[at] = positions[child];
            positions[child] = moved;
            at = child;
        }
    }

    private boolean isBefore(int one, int other) {
        for (double[] key : keys) {
            int compared = Double.compare(key[one], key[other]);
            if (compared != 0) {
                return compared < 0;
            }
        }
        return one < other;
    }

    private boolean equal(int one, int other) {
        for (double[] key : keys) {
            if (Double.compare(key[one], key[other]) != 0) {
                return false;
            }
        }
        return true;
    }

    private static double[] each(List<Candidate> candidates, ToDoubleFunction<Candidate> value) {
        double[] values = new double[candidates.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.applyAsDouble(candidates.get(i));
        }
        return values;
    }

    /** Adding zero makes a negative zero, which compares as lower, an ordinary one. */
    private static double[] negated(double[] values) {
        double[] negated = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            negated[i] = 0.0 - values[i];
        }
        return negated;
    }
}
