package dev.signalbox.telemetry;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;

/** The wall clock that everyone is given, so that tests can give another. */
@ApplicationScoped
public class SystemClock {

    /** The time in UTC. */
    @Produces
    @ApplicationScoped
    Clock clock() {
        return Clock.systemUTC();
    }
}
