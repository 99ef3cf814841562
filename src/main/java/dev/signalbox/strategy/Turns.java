package dev.signalbox.strategy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Smooth weighted round-robin, as nginx does it. Each candidate has a credit, at first 0. With every request each gets its
 * weight {@code w} added, the one with the most credit is next, and pays the sum of all weights:
 *
 * <pre>
 * weights 5:1:1   a(5 1 1)  a(3 2 2)  b(1 3 3)  a(6 -3 4)  c(4 -2 5)  a(9 -1 -1)  a(7 0 0)
 * </pre>
 *
 * So in every {@code sum(w)} requests each is first {@code w} times, and spread out. The rest is in the order of credit. Who is
 * no candidate now keeps its credit. Each priority takes turns of its own. Any thread may ask; each sees the turns of the others.
 *
 * @see <a href="https://github.com/nginx/nginx/commit/52327e0627f49dbda1e8db695e63a4b0af4448b1">nginx: smooth weighted
 *     round-robin balancing</a>
 */
final class Turns {

    /** More than anybody configures; wildcard models have as many deployments as callers can think of. */
    private static final int MOST = 10_000;

    private final Map<String, Credit> credits = new HashMap<>();

    private static final class Credit {
        private double amount;
    }

    /** The next turn within each priority, the lowest number first. */
    Order next(List<Candidate> candidates, ToDoubleFunction<Candidate> weight) {
        List<Order> parts = new ArrayList<>(1);
        for (List<Candidate> tier : tiers(candidates)) {
            parts.add(Order.highest(tier, turn(tier, weight)));
        }
        return Order.join(parts);
    }

    /** The next turn, whatever the priorities. */
    Order nextOfAll(List<Candidate> candidates, ToDoubleFunction<Candidate> weight) {
        return Order.highest(candidates, turn(candidates, weight));
    }

    /** The credit of each before the first has paid; those without weight come last. */
    private synchronized double[] turn(List<Candidate> candidates, ToDoubleFunction<Candidate> weight) {
        double[] standing = new double[candidates.size()];
        double sum = 0;
        double most = Double.NEGATIVE_INFINITY;
        Credit next = null;
        for (int i = 0; i < standing.length; i++) {
            Candidate candidate = candidates.get(i);
            double share = weight.applyAsDouble(candidate);
            if (share <= 0) {
                standing[i] = Double.NEGATIVE_INFINITY;
                continue;
            }
            Credit credit = credit(candidate);
            credit.amount += share;
            standing[i] = credit.amount;
            sum += share;
            if (next == null || credit.amount > most) {
                most = credit.amount;
                next = credit;
            }
        }
        if (next != null) {
            next.amount -= sum;
        }
        if (credits.size() > Math.max(MOST, 2 * candidates.size())) {
            credits.keySet().retainAll(candidates.stream().map(Candidate::id).collect(Collectors.toSet()));
        }
        return standing;
    }

    private Credit credit(Candidate candidate) {
        Credit known = credits.get(candidate.id());
        if (known == null) {
            known = new Credit();
            credits.put(candidate.id(), known);
        }
        return known;
    }

    private static Collection<List<Candidate>> tiers(List<Candidate> candidates) {
        TreeMap<Integer, List<Candidate>> tiers = new TreeMap<>();
        Candidate before = null;
        List<Candidate> tier = List.of();
        for (Candidate candidate : candidates) {
            if (before == null || before.priority() != candidate.priority()) {
                tier = tiers.computeIfAbsent(candidate.priority(), _ -> new ArrayList<>());
            }
            tier.add(candidate);
            before = candidate;
        }
        return tiers.values();
    }

    synchronized Turns copy() {
        Turns copy = new Turns();
        credits.forEach((id, credit) -> {
            Credit same = new Credit();
            same.amount = credit.amount;
            copy.credits.put(id, same);
        });
        return copy;
    }
}
