package dev.signalbox.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Brings what was appended to the disk, in a thread of its own: many records at once, none later than 50 ms. */
final class Forcer {

    private static final Logger LOG = Logger.getLogger(Journal.class);
    private static final long GROUP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Path directory;
    private final Supplier<List<Segment>> segments;
    private final Bell bell = new Bell();
    private final Thread thread;
    private volatile boolean isDirty;
    private volatile boolean isClosed;
    private volatile @Nullable String failure;

    /**
     * @param directory for the log
     * @param segments that may hold something that is not on the disk yet
     */
    Forcer(Path directory, Supplier<List<Segment>> segments) {
        this.directory = directory;
        this.segments = segments;
        this.thread = Thread.ofPlatform().daemon().name("ledger-force").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Something was appended. */
    void appended() {
        isDirty = true;
        bell.ring();
    }

    /** Why the disk takes nothing now; null when it does. */
    @Nullable String failure() {
        return failure;
    }

    /** Waits until it has ended. */
    void close() {
        isClosed = true;
        LockSupport.unpark(thread);
        Journal.join(thread);
    }

    private void run() {
        while (!isClosed) {
            bell.await(IDLE_NANOS);
            if (!isDirty) {
                continue;
            }
            LockSupport.parkNanos(this, GROUP_NANOS);
            isDirty = false;
            try {
                for (Segment segment : segments.get()) {
                    segment.force();
                }
                if (failure != null) {
                    LOG.infof("the journal %s reaches its disk again", directory);
                }
                failure = null;
            } catch (IOException | RuntimeException e) {
                if (failure == null) {
                    LOG.errorf("the journal %s does not reach its disk; requests are refused: %s", directory, e);
                }
                failure = "its disk does not take it: " + e.getMessage();
                isDirty = true;
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
    }
}
