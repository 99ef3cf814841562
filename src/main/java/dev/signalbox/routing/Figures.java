package dev.signalbox.routing;

import dev.signalbox.routing.Standing.Past;
import dev.signalbox.upstream.ProviderFigures;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
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
        return of(roster.at(provider));
    }

    @Override
    public ProviderFigures.@Nullable Figures ofDeployments(Collection<String> ids) {
        return of(roster.of(ids));
    }

    private static ProviderFigures.@Nullable Figures of(List<Past> pasts) {
        if (pasts.isEmpty()) {
            return null;
        }
        long requests = 0;
        long errors = 0;
        DoubleStream times = DoubleStream.empty();
        for (Past past : pasts) {
            requests += past.statistics().view().total();
            errors += past.statistics().failures();
            times = DoubleStream.concat(times, Arrays.stream(past.statistics().responseMillis()));
        }
        double[] sorted = times.sorted().toArray();
        Instant last = pasts.stream()
                .map(Past::lastUsed)
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
