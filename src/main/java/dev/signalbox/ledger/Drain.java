package dev.signalbox.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Brings rows from the journal to one sink, in order and in batches, on a thread of its own. While the sink is away the
 * journal is the queue: nothing but one batch is in memory.
 */
final class Drain implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Drain.class);
    private static final int MOST_ROWS = 1000;
    private static final int MOST_BYTES = 1024 * 1024;
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STARTING_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Someone who waits until the sink has what lies before a position. */
    private record Waiter(Position until, CompletableFuture<Void> done) {}

    private final Journal journal;
    private final LedgerSink sink;
    private final Path refused;
    private final Bell bell = new Bell();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Thread thread;
    private volatile Position position;
    private volatile boolean isAway;
    private boolean isReportedAway;
    private volatile boolean isAwaited;
    private volatile boolean isClosed;

    /**
     * @param refused a file for rows that the sink will never take
     */
    Drain(Journal journal, LedgerSink sink, Path refused) {
        this.journal = journal;
        this.sink = sink;
        this.refused = refused;
        position = journal.position(sink.name());
        journal.onAppend(bell::ring);
        thread = Thread.ofPlatform().daemon().name("ledger-" + sink.name()).unstarted(this::drainUntilClosed);
    }

    void start() {
        thread.start();
    }

    /** How many rows the sink does not have yet. */
    long lag() {
        return Math.max(0, journal.rows() - position.rows());
    }

    /** Whether the sink could not be reached the last time. */
    boolean isAway() {
        return isAway;
    }

    /** Completes when the sink has everything that is settled now; at once when the sink is away. */
    CompletableFuture<Void> caughtUp() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Position until = journal.end();
        if (isAway || !position.isBefore(until)) {
            done.complete(null);
            return done;
        }
        synchronized (waiters) {
            waiters.add(new Waiter(until, done));
        }
        isAwaited = true;
        bell.ring();
        return done;
    }

    /** Says whether the sink has everything that is settled now. */
    BooleanSupplier arrival() {
        Position until = journal.end();
        return () -> !position.isBefore(until);
    }

    /** Tries again now. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Stops after the batch that is under way; what is left waits in the journal. */
    @Override
    public void close() {
        isClosed = true;
        wake();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(5));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        release();
    }

    private void drainUntilClosed() {
        long savedAt = System.nanoTime();
        boolean isSaved = true;
        while (!isClosed) {
            try {
                Journal.Chunk chunk = journal.read(position, MOST_ROWS, MOST_BYTES);
                if (chunk.rows().count() > 0 && !deliver(chunk.rows())) {
                    break;
                }
                if (!chunk.next().equals(position)) {
                    position = chunk.next();
                    journal.passed(sink.name(), position);
                    isSaved = false;
                }
                release();
                if (!isSaved && System.nanoTime() - savedAt > SAVE_NANOS) {
                    journal.saveCheckpoint();
                    savedAt = System.nanoTime();
                    isSaved = true;
                }
                if (chunk.rows().count() == 0) {
                    bell.await(isSaved ? IDLE_NANOS : SAVE_NANOS);
                    if (!isAwaited && !isClosed) {
                        LockSupport.parkNanos(this, GATHER_NANOS);
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.errorf(e, "the journal cannot be read for %s", sink.name());
                pause(LONGEST_PAUSE_NANOS);
            }
        }
    }

    /** Tries until the sink has them; false when this drain is closed before. */
    private boolean deliver(Rows rows) {
        long pause = FIRST_PAUSE_NANOS;
        while (!isClosed) {
            if (!sink.isReady()) {
                isAway = true;
                release();
                pause(STARTING_PAUSE_NANOS);
                continue;
            }
            try {
                sink.write(rows);
                if (isReportedAway) {
                    LOG.infof("%s is back; %d rows wait", sink.name(), lag());
                }
                isReportedAway = false;
                isAway = false;
                return true;
            } catch (RowsRefused e) {
                if (rows.count() > 1) {
                    return deliver(rows.firstHalf()) && deliver(rows.secondHalf());
                }
                return setAside(rows, e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            } catch (Exception e) {
                if (!isReportedAway && !isClosed) {
                    isReportedAway = true;
                    LOG.warnf("%s cannot be reached; rows wait in the journal: %s", sink.name(), e);
                }
                isAway = true;
                release();
                pause(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
        }
        return false;
    }

    /** Keeps a row that the sink will never take in a file beside the journal. */
    private boolean setAside(Rows rows, RowsRefused why) {
        try {
            for (byte[] line : rows.lines()) {
                byte[] ended = Arrays.copyOf(line, line.length + 1);
                ended[line.length] = '\n';
                Files.write(
                        refused, ended, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
                LOG.errorf(
                        "%s refused the row %s, now in %s: %s", sink.name(), Row.id(line), refused, why.getMessage());
            }
            return true;
        } catch (IOException e) {
            LOG.errorf("%s refused a row and %s cannot be written: %s", sink.name(), refused, e);
            pause(LONGEST_PAUSE_NANOS);
            return deliver(rows);
        }
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
    }

    private void release() {
        List<Waiter> released = new ArrayList<>();
        synchronized (waiters) {
            waiters.removeIf(waiter -> {
                boolean isReleased = waiter.done().isDone() || isAway || isClosed || !position.isBefore(waiter.until());
                if (isReleased) {
                    released.add(waiter);
                }
                return isReleased;
            });
            isAwaited = !waiters.isEmpty();
        }
        released.forEach(waiter -> waiter.done().complete(null));
    }
}
