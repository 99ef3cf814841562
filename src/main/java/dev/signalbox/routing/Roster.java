package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.catalogue.ProviderEntry.Ranking;
import dev.signalbox.limits.LimitsByProvider;
import dev.signalbox.strategy.Memory;
import dev.signalbox.strategy.Profile;
import dev.signalbox.strategy.Statistics;
import dev.signalbox.strategy.WarmPrefixes;
import dev.signalbox.tokens.Tokenizer;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.Fleet;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What routing remembers of deployments and of models. */
@Singleton
public class Roster {

    /** How many names of callers' own making are remembered: a bound on memory. */
    private static final int MOST = 1_000;

    private static final int MOST_PREFIXES = 50_000;

    private final Fleet fleet;
    private final LimitsByProvider limits;
    private final int historySize;
    private final WarmPrefixes prefixes = new WarmPrefixes(MOST_PREFIXES, System::nanoTime);
    private final ConcurrentHashMap<DeploymentEntry, Standing> standings = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Tokenizer> tokenizers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Experience> experiences = new ConcurrentHashMap<>();

    /** For CDI. */
    public Roster(Fleet fleet, LimitsByProvider limits, StrategyConfig config) {
        this.fleet = fleet;
        this.limits = limits;
        this.historySize = config.historySize();
        if (historySize < 1) {
            throw new InvalidConfig("signalbox.history-size", "must be at least 1, but is " + historySize);
        }
    }

    /** What is known of a deployment. */
    Standing of(DeploymentEntry entry) {
        Standing known = standings.get(entry);
        if (known != null) {
            return known;
        }
        return standings.size() >= MOST ? make(entry) : standings.computeIfAbsent(entry, this::make);
    }

    private Standing make(DeploymentEntry entry) {
        Deployment deployment = fleet.deployment(entry);
        Ranking ranking = deployment.provider().ranking();
        Profile profile = Profile.of(
                entry,
                entry.weight(),
                ranking.quality(),
                ranking.costMultiplier(),
                ranking.performanceBonus(),
                ranking.capabilities());
        return new Standing(
                deployment,
                profile,
                new Statistics(historySize, System::nanoTime),
                limits.of(deployment.provider()),
                new AtomicLong());
    }

    /** What is remembered of a public model. */
    Experience of(String model) {
        Experience known = experiences.get(model);
        if (known != null) {
            return known;
        }
        return experiences.size() >= MOST ? begin() : experiences.computeIfAbsent(model, _ -> begin());
    }

    private static Experience begin() {
        return new Experience(new Memory(ThreadLocalRandom.current().nextLong()), new HedgeBudget(System::nanoTime));
    }

    /** What is known of the deployments of a provider that were candidates so far. */
    List<Standing> at(String provider) {
        return standings.values().stream()
                .filter(standing -> standing.profile().entry().provider().equals(provider))
                .toList();
    }

    /** The tokenizer of an upstream model, or the closest to it. */
    Tokenizer tokenizer(String model) {
        Tokenizer known = tokenizers.get(model);
        if (known == null) {
            Tokenizer own = Tokenizer.of(model);
            known = own == null ? Tokenizer.usual() : own;
            if (tokenizers.size() < MOST) {
                tokenizers.put(model, known);
            }
        }
        return known;
    }

    /** Which beginnings of prompts were sent where. */
    WarmPrefixes prefixes() {
        return prefixes;
    }
}
