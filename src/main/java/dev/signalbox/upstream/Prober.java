package dev.signalbox.upstream;

import dev.signalbox.catalogue.ProviderEntry.HealthCheck;
import dev.signalbox.upstream.Provider.Probe;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks one provider from time to time whether it is well, one question after the other: the first an interval after the
 * start, the next an interval after the last was answered, each up to a tenth later, so that many gateways do not ask at
 * once. It asks nothing when a request has just been answered, or when all credentials rest. A drill stands in front of it
 * as it does in front of everything.
 */
final class Prober {

    private static final double JITTER = 0.1;

    private final Probe probe;
    private final Credentials credentials;
    private final Health health;
    private final Drill drill;
    private final Clock clock;
    private final RandomGenerator random;
    private final Alarm alarm;
    private @Nullable Runnable callOff;
    private boolean running;

    Prober(
            Probe probe,
            Credentials credentials,
            Health health,
            Drill drill,
            Clock clock,
            RandomGenerator random,
            Alarm alarm) {
        this.probe = probe;
        this.credentials = credentials;
        this.health = health;
        this.drill = drill;
        this.clock = clock;
        this.random = random;
        this.alarm = alarm;
    }

    synchronized void start() {
        running = true;
        next();
    }

    synchronized void stop() {
        running = false;
        health.nextProbe(null);
        if (callOff != null) {
            callOff.run();
        }
    }

    private synchronized void next() {
        if (!running) {
            return;
        }
        long interval = health.check().interval().toMillis();
        Duration wait = Duration.ofMillis(interval + (long) (interval * JITTER * random.nextDouble()));
        health.nextProbe(clock.instant().plus(wait));
        callOff = alarm.after(wait, this::ask);
    }

    private void ask() {
        HealthCheck check = health.check();
        String credential = health.isProvenWithin(check.interval()) ? null : credentials.next();
        if (credential == null) {
            next();
            return;
        }
        Uni.createFrom()
                .deferred(() -> status(credential))
                .ifNoItem()
                .after(check.timeout())
                .fail()
                .onTermination()
                .invoke((_, _, _) -> next())
                .subscribe()
                .with(health::probed, failure -> health.unreachable(inWords(failure)));
    }

    private Uni<Integer> status(String credential) {
        Breakdown breakdown = drill.draw();
        return breakdown == null
                ? probe.status(credential)
                : Uni.createFrom()
                        .emitter(e -> breakdown.breakDown("drill", failure -> {
                            Integer status = failure.status();
                            if (status == null) {
                                e.fail(failure);
                            } else {
                                e.complete(status);
                            }
                        }));
    }

    /** What happened, without an exception's own words, which may hold an address and what stands in it. */
    private static String inWords(Throwable failure) {
        return failure instanceof UpstreamFailure known
                ? known.kind().code()
                : failure.getClass().getSimpleName();
    }
}
