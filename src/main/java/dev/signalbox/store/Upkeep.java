package dev.signalbox.store;

import dev.signalbox.ledger.JournalLedger;
import dev.signalbox.ledger.LedgerConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.VertxContextSupport;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Looks after the table of requests once an hour: days to come have their partitions, days of long ago are dropped. */
@ApplicationScoped
class Upkeep {

    private static final Logger LOG = Logger.getLogger(Upkeep.class);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
    private static final Duration UNTIL_READY = Duration.ofMillis(200);

    private final RequestTable table;
    private final Store store;
    private final LedgerConfig config;
    private final List<String> tags;
    private final Clock clock;
    private @Nullable Thread thread;
    private volatile boolean isEnding;

    Upkeep(
            RequestTable table,
            Store store,
            LedgerConfig config,
            @ConfigProperty(name = "signalbox.tags") Optional<List<String>> tags,
            Clock clock) {
        this.table = table;
        this.store = store;
        this.config = config;
        this.tags = List.copyOf(tags.orElse(List.of()));
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        if (store.isConfigured()) {
            thread = Thread.ofPlatform().daemon().name("store-upkeep").start(this::run);
        }
    }

    void stop(@Observes @Priority(JournalLedger.STOP - 100) ShutdownEvent event) {
        isEnding = true;
        Thread running = thread;
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        try {
            running.join(Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!isEnding) {
            Duration pause = EVERY;
            if (!store.isReady()) {
                pause = UNTIL_READY;
            } else {
                try {
                    once(clock.instant());
                } catch (Error e) {
                    throw e;
                } catch (Throwable e) {
                    LOG.warnf("the ledger's days are not looked after, which is tried again in a minute: %s", e);
                    pause = AFTER_FAILURE;
                }
            }
            LockSupport.parkNanos(this, pause.toNanos());
        }
    }

    /** Does it now; says how many days were dropped. */
    int once(Instant now) throws Throwable {
        if (!tags.isEmpty()) {
            VertxContextSupport.subscribeAndAwait(() -> table.list(tags, now));
        }
        Instant since = now.minus(Duration.ofDays(config.retentionDays()));
        Integer dropped = VertxContextSupport.subscribeAndAwait(() -> table.upkeep(since, now));
        if (dropped != null && dropped > 0) {
            LOG.infof("%d days before %s were dropped from the ledger", dropped, since);
        }
        return dropped == null ? 0 : dropped;
    }
}
