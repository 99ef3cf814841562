package dev.signalbox.strategy;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Weights that follow what is observed. With every call that has ended, a weight goes a part {@code rate} of the way to its
 * target: {@code n} calls later it is {@code target + (weight - target) (1 - rate)^n}. Between calls nothing moves, however
 * often it is looked at. At first a weight is 1.
 */
final class Trends {

    private static final int MOST = 10_000;

    private final Map<String, Trend> trends = new ConcurrentHashMap<>();

    private record Trend(double weight, long total) {

        static final Trend FIRST = new Trend(1, 0);

        Trend follow(double target, long now, double rate) {
            return new Trend(target + (weight - target) * Math.pow(1 - rate, now - total), now);
        }

        static Trend newer(Trend one, Trend other) {
            return one.total() < other.total() ? other : one;
        }
    }

    /** The weight of a candidate, after all calls that are seen of it. */
    double follow(Candidate candidate, double target, double rate) {
        long total = candidate.observed().total();
        if (total == 0) {
            trends.remove(candidate.id());
            return Trend.FIRST.weight();
        }
        Trend before = trends.getOrDefault(candidate.id(), Trend.FIRST);
        if (total <= before.total()) {
            return before.weight();
        }
        if (trends.size() > MOST) {
            trends.clear();
        }
        return Objects.requireNonNull(trends.merge(candidate.id(), before.follow(target, total, rate), Trend::newer))
                .weight();
    }

    Trends copy() {
        Trends copy = new Trends();
        copy.trends.putAll(trends);
        return copy;
    }
}
