package dev.signalbox.ledger;

import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The ledger in a local journal, from which rows are brought to the sinks that are configured. */
@Singleton
public class JournalLedger implements Ledger, Backlog {

    /** Before anything that writes to the ledger. */
    public static final int START = 500;

    /** After everything that writes to the ledger, and before the store ends. */
    public static final int STOP = 5000;

    private static final Logger LOG = Logger.getLogger(JournalLedger.class);
    private static final Duration READ_YOUR_WRITES = Duration.ofSeconds(2);
    private static final Duration LAST_ROWS = Duration.ofSeconds(5);

    private final LedgerConfig config;
    private final Clock clock;
    private final Instance<LedgerSink> sinks;
    private final RecentRequests recent;
    private final List<Drain> drains = new ArrayList<>();
    private @Nullable Journal journal;
    private @Nullable Drain toStore;
    private boolean isRemembered;

    JournalLedger(
            LedgerConfig config, Clock clock, @Any Instance<LedgerSink> sinks, RecentRequests recent, Meters meters) {
        this.config = config;
        this.clock = clock;
        this.sinks = sinks;
        this.recent = recent;
        meters.gauge("signalbox_ledger_lag", Tags.empty(), this::lag);
    }

    void start(@Observes @Priority(START) StartupEvent event) {
        if (config.retentionDays() < 0) {
            throw new ConfigurationException(
                    "signalbox.ledger.retention-days is below zero: " + config.retentionDays(),
                    Set.of("signalbox.ledger.retention-days"));
        }
        List<LedgerSink> active = sinks.stream().filter(LedgerSink::isActive).toList();
        isRemembered = active.stream().noneMatch(LedgerSink::isStore);
        if (!config.durable()) {
            if (!active.isEmpty()) {
                throw new ConfigurationException(
                        "signalbox.ledger.durable: false goes with signalbox.store.kind none and no other sink",
                        Set.of("signalbox.ledger.durable"));
            }
            return;
        }
        Duration keep = isRemembered ? Duration.ofDays(config.retentionDays()) : Duration.ZERO;
        try {
            Set<String> readers = active.stream().map(LedgerSink::name).collect(Collectors.toSet());
            Journal opened = Journal.open(config.journal(), new Journal.Options(readers, keep, clock));
            journal = opened;
            if (isRemembered) {
                Map<String, Row> rows = new LinkedHashMap<>(); // a journal may have a row twice
                for (byte[] line : opened.newest(RecentRequests.MOST)) {
                    Row row = Row.of(line);
                    rows.putIfAbsent(row.id(), row);
                }
                rows.values().forEach(recent::add);
            }
            for (LedgerSink sink : active) {
                Drain drain = new Drain(opened, sink, config.journal().resolve("refused-by-" + sink.name() + ".jsonl"));
                drains.add(drain);
                if (sink.isStore()) {
                    toStore = drain;
                }
            }
            drains.forEach(Drain::start);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "signalbox.ledger.journal cannot be used: " + e.getMessage(),
                    e,
                    Set.of("signalbox.ledger.journal"));
        }
    }

    void stop(@Observes @Priority(STOP) ShutdownEvent event) {
        Journal open = journal;
        if (open == null) {
            return;
        }
        for (Drain drain : drains) {
            try {
                drain.caughtUp().get(LAST_ROWS.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException _) {
                LOG.infof("%d rows wait in the journal for the next start", drain.lag());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            drain.close();
        }
        try {
            open.close();
        } catch (IOException e) {
            LOG.errorf("the journal cannot be closed: %s", e);
        }
    }

    @Override
    public void intend(Intent intent) {
        if (config.durable()) {
            opened().intend(intent.id(), RowJson.of(intent));
        }
    }

    @Override
    public void settle(Entry entry) {
        if (!config.durable()) {
            recent.add(Row.of(entry));
            return;
        }
        byte[] json = RowJson.of(entry);
        opened().settle(entry.id(), json, () -> RowJson.brief(entry));
        if (isRemembered) {
            recent.add(Row.of(entry, json));
        }
    }

    @Override
    public boolean isWritable() {
        Journal open = journal;
        return !config.durable() || (open != null && open.isWritable());
    }

    @Override
    public long lag() {
        Drain drain = toStore;
        return drain == null ? 0 : drain.lag();
    }

    @Override
    public Uni<Void> caughtUp() {
        Drain drain = toStore;
        if (drain == null) {
            return Uni.createFrom().voidItem();
        }
        CompletableFuture<Void> done = drain.caughtUp();
        return done.isDone()
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .completionStage(
                                done.completeOnTimeout(null, READ_YOUR_WRITES.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override
    public BooleanSupplier arrival() {
        Drain drain = toStore;
        return drain == null ? () -> true : drain.arrival();
    }

    private Journal opened() {
        Journal open = journal;
        if (open == null) {
            throw new LedgerUnavailable("it is not open yet");
        }
        return open;
    }
}
