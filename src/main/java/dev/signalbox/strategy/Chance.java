package dev.signalbox.strategy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * {@code random} and {@code weighted-random}: drawn without putting back within the best priority, each with the chance {@code
 * weight / sum of the weights that are left}. For that each draws {@code -ln(u) / weight}, the time to its next event when it
 * has {@code weight} events in a unit of time; the lowest goes first. The score is that time.
 *
 * @see <a href="https://en.wikipedia.org/wiki/Reservoir_sampling#Algorithm_A-Res">Efraimidis and Spirakis</a>
 */
final class Chance implements Strategy {

    private final ToDoubleFunction<Candidate> weight;

    private Chance(ToDoubleFunction<Candidate> weight) {
        this.weight = weight;
    }

    static Strategy equal() {
        return new Chance(_ -> 1);
    }

    static Strategy weighted() {
        return new Chance(c -> c.profile().weight());
    }

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        SplittableRandom dice = new SplittableRandom(memory.draw());
        return Order.lowest(candidates, c -> -Math.log(1 - dice.nextDouble()) / weight.applyAsDouble(c))
                .withinPriority();
    }
}
