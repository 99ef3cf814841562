package dev.signalbox.strategy;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * {@code round-robin} and {@code weighted-round-robin}: each in turn within the best priority, as often as its weight says,
 * and spread out: 5:1:1 is a a b a c a a. The score is the credit that {@link Turns} describes.
 */
final class RoundRobin implements Strategy {

    private final String name;
    private final ToDoubleFunction<Candidate> weight;

    private RoundRobin(String name, ToDoubleFunction<Candidate> weight) {
        this.name = name;
        this.weight = weight;
    }

    static Strategy equal() {
        return new RoundRobin("round-robin", _ -> 1);
    }

    static Strategy weighted() {
        return new RoundRobin("weighted-round-robin", c -> c.profile().weight());
    }

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        return memory.turns(name).next(candidates, weight);
    }
}
