package dev.signalbox.store;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/**
 * How long the store may take for what, how often it is asked again, and when it is left alone: each method has a circuit of its own,
 * or none. Tables say what they want through this one bean, and have no annotations of their own: each annotated method is looked up
 * in the configuration, under several names for each setting, whenever the gateway starts.
 */
@ApplicationScoped
public class StoreCalls {

    private final Instance<Mutiny.SessionFactory> sessions;

    StoreCalls(Instance<Mutiny.SessionFactory> sessions) {
        this.sessions = sessions;
    }

    /** Whether anything has changed; asked every few moments, and given up soon. */
    @Timeout(value = 2, unit = ChronoUnit.SECONDS)
    public <T> Uni<T> glance(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    /** What operators change, and what every replica reads because of that; not tried twice, since nobody knows whether it has happened. */
    @Timeout(value = 5, unit = ChronoUnit.SECONDS)
    public <T> Uni<T> change(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    /** All of a table. */
    @Timeout(value = 10, unit = ChronoUnit.SECONDS)
    public <T> Uni<T> whole(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    /** Rows of the ledger, which know themselves when they come twice. */
    @Timeout(value = 10, unit = ChronoUnit.SECONDS)
    @Retry(maxRetries = 1, delay = 100)
    public <T> Uni<T> batch(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    /** What a caller waits for: while the store fails, nobody is kept waiting for it. */
    @Timeout(value = 5, unit = ChronoUnit.SECONDS)
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 1000)
    @Retry(maxRetries = 1, delay = 50, jitter = 25)
    public <T> Uni<T> ask(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    /** What is kept of an answer before its end is sent, or given up again: while the store fails, nobody is kept waiting for it. */
    @Timeout(value = 2, unit = ChronoUnit.SECONDS)
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 1000)
    public <T> Uni<T> keep(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    /** What an operator looks at, and will look at again: what took too long is not tried twice. */
    @Timeout(value = 5, unit = ChronoUnit.SECONDS)
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 1000)
    @Retry(maxRetries = 1, delay = 50, jitter = 25, abortOn = TimeoutException.class)
    public <T extends @Nullable Object> Uni<T> page(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    /** Sums over any time, for operators and for budgets whose past is not known yet. */
    @Timeout(value = 30, unit = ChronoUnit.SECONDS)
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 1000)
    public <T> Uni<T> sums(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    /** Tidying up. */
    @Timeout(value = 60, unit = ChronoUnit.SECONDS)
    public <T> Uni<T> upkeep(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return call(work);
    }

    private <T extends @Nullable Object> Uni<T> call(Function<Mutiny.SessionFactory, Uni<T>> work) {
        return work.apply(sessions.get());
    }
}
