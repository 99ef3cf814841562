package dev.signalbox.strategy;

import dev.signalbox.classify.Complexity;
import dev.signalbox.classify.Tasks;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The strategies by name. */
public final class Repertoire {

    private final Map<String, Strategy> strategies = new TreeMap<>();
    private final Strategy auto;

    /**
     * What can be configured of them.
     *
     * @param balancing the strategy that {@code hybrid} ends with
     * @param adaptationRate of {@code dynamic}
     * @param complexity of {@code complexity}
     * @param tasks of {@code task}
     */
    public record Settings(String balancing, double adaptationRate, Complexity.Rules complexity, Tasks tasks) {

        /** Nothing is configured. */
        public static final Settings DEFAULT =
                new Settings("weighted-round-robin", 0.1, Complexity.Rules.DEFAULT, new Tasks(Tasks.TERMS));
    }

    /** @throws IllegalArgumentException when there is no such strategy to balance with, or a rate is none */
    public Repertoire(Settings settings) {
        Strategy cost = new LowestCost();
        Strategy latency = new LowestLatency();
        Strategy quality = new HighestQuality();
        Strategy performance = new BestPerformance();
        add("priority", new Priority());
        add("cost", cost);
        add("latency", latency);
        add("quality", quality);
        add("performance", performance);
        add("requirements", new Requirements());
        add("round-robin", RoundRobin.equal());
        add("weighted-round-robin", RoundRobin.weighted());
        add("random", Chance.equal());
        add("weighted-random", Chance.weighted());
        add("least-connections", new LeastConnections());
        add("least-response-time", new LeastResponseTime());
        add("least-errors", new LeastErrors());
        add("usage", new MostHeadroom());
        add("client-hash", new ClientHash());
        add("prefix-affinity", new PrefixAffinity());
        Strategy complexity = new ByComplexity(settings.complexity(), cost, latency, quality);
        add("complexity", complexity);
        this.auto = new TargetCost(new Auto(settings.tasks(), complexity));
        add("task", new ByTask(settings.tasks()));
        add("dynamic", new Dynamic(settings.adaptationRate()));
        Strategy balancing = strategies.get(settings.balancing());
        if (balancing == null) {
            throw new IllegalArgumentException("there is no strategy '" + settings.balancing() + "' to balance with");
        }
        add("hybrid", new Hybrid(cost, performance, balancing));
        strategies.put("manual", new Manual());
    }

    private void add(String name, Strategy strategy) {
        strategies.put(name, new TargetCost(strategy));
    }

    /** The strategy of that name; null when there is none. */
    public @Nullable Strategy named(String name) {
        return strategies.get(name);
    }

    /** How the model is chosen of callers who leave the choice to the gateway; it has no name of its own. */
    public Strategy auto() {
        return auto;
    }

    /** All names, in alphabetical order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(strategies.keySet());
    }
}
