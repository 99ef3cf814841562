package dev.signalbox.routing;

import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.catalogue.ProviderEntry.Ranking;
import dev.signalbox.limits.LimitsByProvider;
import dev.signalbox.routing.Standing.Past;
import dev.signalbox.strategy.Memory;
import dev.signalbox.strategy.Profile;
import dev.signalbox.strategy.Statistics;
import dev.signalbox.strategy.WarmPrefixes;
import dev.signalbox.tokens.Tokenizer;
import dev.signalbox.upstream.Deployment;
import dev.signalbox.upstream.Fleet;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
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
    private final ConcurrentHashMap<String, Past> pasts = new ConcurrentHashMap<>();
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
        if (known != null && !known.deployment().isReplaced()) {
            return known;
        }
        if (known != null) {
            return standings.compute(
                    entry, (e, now) -> now == null || now.deployment().isReplaced() ? make(fleet.deployment(e)) : now);
        }
        if (standings.size() >= MOST) {
            standings.values().removeIf(standing -> standing.deployment().isReplaced());
        }
        Deployment deployment = fleet.deployment(entry);
        return standings.size() >= MOST && !deployment.isConfigured()
                ? make(deployment)
                : standings.computeIfAbsent(entry, _ -> make(deployment));
    }

    /** By its id, so that all its descriptions share it, and it outlives a change of them. */
    private Past past(Deployment deployment) {
        Past known = pasts.get(deployment.id());
        if (known != null) {
            return known;
        }
        return pasts.size() >= MOST && !deployment.isConfigured()
                ? begun()
                : pasts.computeIfAbsent(deployment.id(), _ -> begun());
    }

    private Past begun() {
        return new Past(new Statistics(historySize, System::nanoTime), new AtomicLong());
    }

    private Standing make(Deployment deployment) {
        DeploymentEntry entry = deployment.entry();
        Ranking ranking = deployment.provider().ranking();
        Profile profile = Profile.of(
                entry,
                entry.weight(),
                ranking.quality(),
                ranking.costMultiplier(),
                ranking.performanceBonus(),
                ranking.capabilities());
        return new Standing(deployment, profile, past(deployment), limits.of(deployment.provider()));
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

    /** How the deployments of a provider did that were candidates so far. */
    List<Past> at(String provider) {
        return standings.values().stream()
                .filter(standing -> standing.profile().entry().provider().equals(provider))
                .map(Standing::past)
                .distinct()
                .toList();
    }

    /** How those deployments did of which anything is known. */
    List<Past> of(Collection<String> ids) {
        return ids.stream().distinct().map(pasts::get).filter(Objects::nonNull).toList();
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
