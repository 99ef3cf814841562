package dev.signalbox.routing;

import dev.signalbox.upstream.ProviderFigures;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** What strategies remember of deployments, summed up for each provider. */
@Singleton
public class Figures implements ProviderFigures {

    private final Roster roster;

    /** For CDI. */
    public Figures(Roster roster) {
        this.roster = roster;
    }

    @Override
    public ProviderFigures.@Nullable Figures of(String provider) {
        List<Standing> standings = roster.at(provider);
        if (standings.isEmpty()) {
            return null;
        }
        long requests = 0;
        long errors = 0;
        DoubleStream times = DoubleStream.empty();
        for (Standing standing : standings) {
            requests += standing.statistics().view().total();
            errors += standing.statistics().failures();
            times = DoubleStream.concat(
                    times, Arrays.stream(standing.statistics().responseMillis()));
        }
        double[] sorted = times.sorted().toArray();
        Instant last = standings.stream()
                .map(Standing::lastUsed)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
        return new ProviderFigures.Figures(
                requests,
                errors,
                requests == 0 ? null : (double) (requests - errors) / requests,
                sorted.length == 0 ? null : Arrays.stream(sorted).average().orElse(0),
                sorted.length == 0 ? null : sorted[(int) Math.ceil(sorted.length * 0.95) - 1],
                last);
    }
}
