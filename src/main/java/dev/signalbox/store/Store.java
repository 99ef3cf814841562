package dev.signalbox.store;

import dev.signalbox.history.History;
import dev.signalbox.history.RecentHistory;
import dev.signalbox.keys.KeyStore;
import dev.signalbox.keys.NoKeyStore;
import dev.signalbox.ledger.JournalLedger;
import dev.signalbox.ledger.RecentRequests;
import dev.signalbox.ledger.RequestLog;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.Config;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Starts the store beside the gateway, which serves at once: the embedded PostgreSQL if that is configured, then the
 * schema, again and again until it is there.
 */
@ApplicationScoped
public class Store {

    private static final Logger LOG = Logger.getLogger(Store.class);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StoreConfig config;
    private final Config all;
    private final Instance<Flyway> flyway;
    private @Nullable EmbeddedPostgres embedded;
    private @Nullable Thread thread;
    private volatile boolean isReady;
    private volatile boolean isEnding;

    Store(StoreConfig config, Config all, Instance<Flyway> flyway) {
        this.config = config;
        this.all = all;
        this.flyway = flyway;
    }

    /** Whether there is to be one. */
    public boolean isConfigured() {
        return config.kind() != StoreConfig.Kind.NONE;
    }

    /** Whether it was reached and has its schema; it may be away again since. */
    public boolean isReady() {
        return isReady;
    }

    @Produces
    @Singleton
    static RequestLog requestLog(
            StoreConfig config, Instance<RecentRequests> recent, Instance<PanacheRequestLog> stored) {
        return config.kind() == StoreConfig.Kind.NONE ? recent.get() : stored.get();
    }

    @Produces
    @Singleton
    static History history(StoreConfig config, Instance<RecentHistory> recent, Instance<PanacheHistory> stored) {
        return config.kind() == StoreConfig.Kind.NONE ? recent.get() : stored.get();
    }

    @Produces
    @Singleton
    static KeyStore keyStore(StoreConfig config, Instance<NoKeyStore> none, Instance<PanacheKeyStore> stored) {
        return config.kind() == StoreConfig.Kind.NONE ? none.get() : stored.get();
    }

    void start(@Observes @Priority(JournalLedger.START - 100) StartupEvent event) {
        switch (config.kind()) {
            case NONE -> {
                return;
            }
            case POSTGRES -> requireAddress();
            case EMBEDDED -> takeEmbedded();
        }
        thread = Thread.ofPlatform().daemon().name("store-start").start(this::run);
    }

    void stop(@Observes @Priority(JournalLedger.STOP + 100) ShutdownEvent event) {
        isEnding = true;
        Thread starting = thread;
        if (starting != null) {
            LockSupport.unpark(starting);
            try {
                starting.join(Duration.ofSeconds(60));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        EmbeddedPostgres postgres = embedded;
        if (postgres != null) {
            try {
                postgres.close();
            } catch (IOException e) {
                LOG.errorf("the embedded PostgreSQL cannot be stopped: %s", e.getMessage());
            }
        }
    }

    private void requireAddress() {
        if (all.getOptionalValue(DatasourceSettings.JDBC_URL, String.class).isEmpty()) {
            throw new ConfigurationException(
                    "%s is postgres, but neither %s nor %s says where it is"
                            .formatted(
                                    DatasourceSettings.KIND,
                                    DatasourceSettings.JDBC_URL,
                                    DatasourceSettings.REACTIVE_URL),
                    Set.of(DatasourceSettings.JDBC_URL));
        }
    }

    private void takeEmbedded() {
        if (DatasourceSettings.isNative()) {
            throw new ConfigurationException(
                    DatasourceSettings.KIND
                            + ": the native executable has no embedded store; use postgres or none, or the JVM",
                    Set.of(DatasourceSettings.KIND));
        }
        try {
            embedded = EmbeddedPostgres.take(config.directory(), Command.unprivileged());
        } catch (IOException e) {
            throw new ConfigurationException(
                    "%s cannot be used: %s".formatted(DatasourceSettings.DIRECTORY, e.getMessage()),
                    e,
                    Set.of(DatasourceSettings.DIRECTORY));
        }
    }

    private void run() {
        long pause = FIRST_PAUSE_NANOS;
        boolean isReported = false;
        while (!isEnding) {
            try {
                EmbeddedPostgres postgres = embedded;
                if (postgres != null && !(isReady && postgres.isRunning())) {
                    postgres.start();
                }
                if (!isReady) {
                    flyway.get().migrate();
                    isReady = true;
                    LOG.info("the store is there");
                }
                if (postgres == null) {
                    return;
                }
                isReported = false;
                pause = FIRST_PAUSE_NANOS;
                LockSupport.parkNanos(this, WATCH_NANOS);
            } catch (IOException | RuntimeException e) {
                if (!isReported) {
                    LOG.warnf(
                            "the store is not there yet; the gateway serves without it meanwhile: %s", e.getMessage());
                    LOG.debug("why the store is not there", e);
                    isReported = true;
                }
                LockSupport.parkNanos(this, pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
        }
    }
}
