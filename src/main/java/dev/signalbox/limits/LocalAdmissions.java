package dev.signalbox.limits;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.function.LongSupplier;

/** Counts what callers of this process use. */
@Singleton
public class LocalAdmissions implements Admissions {

    private final Tallies tallies;

    /** Nobody has asked yet. */
    @Inject
    public LocalAdmissions(Clock clock) {
        this(System::nanoTime, clock);
    }

    LocalAdmissions(LongSupplier nanos, Clock clock) {
        long origin = nanos.getAsLong();
        this.tallies = new Tallies(() -> nanos.getAsLong() - origin, clock, null);
    }

    @Override
    public Uni<Admission> admit(Exchange exchange) {
        Entry entry = tallies.entry(exchange);
        try {
            return Uni.createFrom().item(entry == null ? Admission.FREE : entry.alone(1));
        } catch (SignalboxException e) {
            return Uni.createFrom().failure(e);
        }
    }

    /** How many are counted. */
    int size() {
        return tallies.size();
    }
}
