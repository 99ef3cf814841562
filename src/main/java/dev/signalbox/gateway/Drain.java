package dev.signalbox.gateway;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.SignalboxException;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/**
 * How the gateway stops: readiness fails at once, new requests are answered a little longer and then refused, running ones
 * finish, and what is still running after that is ended with the dialect's error event.
 */
@Singleton
public class Drain {

    private static final Logger LOG = Logger.getLogger(Drain.class);

    /** How long the last answers may take to be written once everything was told to end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private enum Phase {
        OPEN,
        DRAINING,
        REFUSING,
        ENDING
    }

    private final DrainConfig config;
    private final Map<Exchange, Executor> running = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private volatile Phase phase = Phase.OPEN;

    /** For CDI. */
    public Drain(DrainConfig config) {
        this.config = config;
        requireNotNegative("signalbox.drain-delay", config.drainDelay());
        requireNotNegative("signalbox.drain-timeout", config.drainTimeout());
    }

    private static void requireNotNegative(String key, Duration value) {
        if (value.isNegative()) {
            throw new ConfigurationException(key + ": must not be below zero, but is " + value, Set.of(key));
        }
    }

    /** A request that must be told when it ends. */
    @FunctionalInterface
    public interface Running {
        /** It has ended. */
        void ended();
    }

    /**
     * @param loop runs things on the request's own event loop
     */
    Running begun(Exchange exchange, Executor loop) {
        running.put(exchange, loop);
        return () -> {
            running.remove(exchange);
            if (phase != Phase.OPEN && running.isEmpty()) {
                lock.lock();
                try {
                    quiet.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        };
    }

    /** Whether the gateway wants no new traffic, for readiness. */
    public boolean isDraining() {
        return phase != Phase.OPEN;
    }

    boolean isEnding() {
        return phase == Phase.ENDING;
    }

    void requireOpen() {
        if (phase == Phase.REFUSING || phase == Phase.ENDING) {
            throw refusal();
        }
    }

    SignalboxException refusal() {
        return new SignalboxException(503, "shutting_down", "the gateway is shutting down; ask another replica", null);
    }

    /** Blocks the stop until everything has ended, while the gateway goes on answering. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        phase = Phase.DRAINING;
        LOG.infof(
                "stopping: new requests are answered for %d ms more",
                config.drainDelay().toMillis());
        await(config.drainDelay(), false);
        phase = Phase.REFUSING;
        await(config.drainTimeout(), true);
        phase = Phase.ENDING;
        if (!running.isEmpty()) {
            LOG.warnf("ending %d requests that are still running", running.size());
            running.forEach((exchange, loop) -> loop.execute(exchange.cancellation()::cancel));
            await(LAST_WORDS, true);
        }
    }

    private void await(Duration most, boolean onlyUntilQuiet) {
        long left = most.toNanos();
        lock.lock();
        try {
            while (left > 0 && !(onlyUntilQuiet && running.isEmpty())) {
                left = quiet.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
