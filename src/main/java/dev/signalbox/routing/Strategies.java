package dev.signalbox.routing;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.catalogue.ModelEntry;
import dev.signalbox.catalogue.Snapshot;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.classify.Complexity;
import dev.signalbox.classify.Tasks;
import dev.signalbox.classify.Terms;
import dev.signalbox.routing.StrategyConfig.ComplexityConfig;
import dev.signalbox.strategy.Repertoire;
import dev.signalbox.strategy.Strategy;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The strategies by name, as they are configured. */
@Singleton
@Startup
public class Strategies implements Catalogue.Follower {

    /** The caller names the provider. */
    static final String MANUAL = "manual";

    /** The configuration names who goes first. */
    static final String PRIORITY = "priority";

    /** The caller names what matters. */
    static final String REQUIREMENTS = "requirements";

    private final Repertoire repertoire;

    /** Refuses configurations that name a strategy that does not exist. */
    public Strategies(Catalogue catalogue, StrategyConfig config) {
        this.repertoire = repertoire(config);
        check(catalogue.current());
        catalogue.followedBy(this);
    }

    @Override
    public void check(Snapshot next) {
        for (ModelEntry model : next.models().values()) {
            String at = "signalbox.models." + model.name();
            require(at + ".strategy (or signalbox.strategy)", model.strategy());
            String rest = model.fallbacks().strategy();
            if (rest != null) {
                require(at + ".fallback-strategy", rest);
            }
        }
    }

    /** The strategies are the same for all models. */
    @Override
    public void follow(Snapshot next) {}

    private void require(String key, String name) {
        if (repertoire.named(name) == null) {
            throw new InvalidConfig(key, unknown(name));
        }
    }

    private String unknown(String name) {
        return "there is no strategy '" + name + "'; there are " + String.join(", ", repertoire.names());
    }

    private static Repertoire repertoire(StrategyConfig config) {
        double rate = config.adaptationRate();
        if (!(rate > 0 && rate <= 1)) {
            throw new InvalidConfig("signalbox.adaptation-rate", "must be above 0 and at most 1, but is " + rate);
        }
        Map<String, List<String>> tasks = new LinkedHashMap<>(config.tasks()); // who configures terms means them first
        Tasks.TERMS.forEach(tasks::putIfAbsent);
        try {
            return new Repertoire(
                    new Repertoire.Settings(config.balancing(), rate, rules(config.complexity()), new Tasks(tasks)));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfig("signalbox.balancing", String.valueOf(e.getMessage()));
        }
    }

    private static Complexity.Rules rules(ComplexityConfig given) {
        Complexity.Rules usual = Complexity.Rules.DEFAULT;
        return new Complexity.Rules(
                bound("simple-words", given.simpleWords().orElse(usual.simpleWords())),
                bound("complex-words", given.complexWords().orElse(usual.complexWords())),
                bound("simple-context", given.simpleContext().orElse(usual.simpleContext())),
                bound("complex-context", given.complexContext().orElse(usual.complexContext())),
                given.terms().map(Terms::of).orElse(usual.terms()));
    }

    private static int bound(String name, int value) {
        return (int) bound(name, (long) value);
    }

    private static long bound(String name, long value) {
        if (value < 0) {
            throw new InvalidConfig("signalbox.complexity." + name, "must not be below zero, but is " + value);
        }
        return value;
    }

    /**
     * The name of the strategy that a caller asked for, or else the model's own.
     *
     * @throws InvalidRequest when the caller asked for one that does not exist
     */
    String choose(Controls asked, ModelEntry model) {
        String name = asked.strategy();
        if (name != null && repertoire.named(name) == null) {
            throw new InvalidRequest("x-signalbox-strategy: " + unknown(name), "x-signalbox-strategy");
        }
        if (asked.provider() != null) {
            return MANUAL;
        }
        if (name != null && !name.equals(MANUAL)) {
            return name;
        }
        return asked.wishes().optimize().isEmpty() ? model.strategy() : REQUIREMENTS;
    }

    /** The strategy of that name; the one for callers who leave the choice to the gateway when there is none. */
    Strategy named(String name) {
        @Nullable Strategy strategy = repertoire.named(name);
        return strategy == null ? repertoire.auto() : strategy;
    }
}
