package dev.signalbox.ledger;

import dev.signalbox.ledger.Segments.Place;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's journal: a directory of preallocated, memory-mapped segments that records are appended to. An append is a
 * copy into memory that belongs to the operating system, so it survives the death of this process; one thread brings it
 * to the disk at most 50 ms later, another makes room ahead of need and removes what is no longer needed.
 */
final class Journal implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Journal.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * How a journal is kept.
     *
     * @param segmentSize the size of a file
     * @param allocator makes disk space
     * @param readers who reads it; what one of them has not read is kept
     * @param keep how long what no reader needs any more is kept
     */
    record Options(int segmentSize, Segment.Allocator allocator, Set<String> readers, Duration keep, Clock clock) {
        static final int SEGMENT_SIZE = 8 * 1024 * 1024;

        Options(Set<String> readers, Duration keep, Clock clock) {
            this(SEGMENT_SIZE, Segment.Allocator.ZEROS, readers, keep, clock);
        }
    }

    /**
     * What was read.
     *
     * @param next where to go on
     */
    record Chunk(Rows rows, Position next) {}

    private final Path directory;
    private final Options options;
    private final Checkpoint checkpoint;
    private final FileChannel lockFile;
    private final FileLock fileLock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Segments segments;
    private final Map<String, Place> open = new HashMap<>();
    private final Map<String, Place> orphans;
    private final Map<String, Position> readers = new HashMap<>();

    private final Forcer forcer;
    private final Bell upkeep = new Bell();
    private final Thread keeper;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean isClosed;
    private volatile @Nullable String allocationFailure;

    private Journal(Path directory, Options options, Checkpoint checkpoint, FileChannel lockFile, FileLock fileLock)
            throws IOException {
        this.directory = directory;
        this.options = options;
        this.checkpoint = checkpoint;
        this.lockFile = lockFile;
        this.fileLock = fileLock;
        segments = new Segments(options.segmentSize());
        orphans = Recovery.of(directory, segments, checkpoint);
        forcer = new Forcer(directory, this::untrimmed);
        keeper = Thread.ofPlatform().daemon().name("ledger-upkeep").unstarted(this::upkeepUntilClosed);
    }

    /**
     * Opens the journal in that directory, which is made when it is not there; intents that an earlier process left
     * without a row get theirs.
     *
     * @throws JournalInUse when another process has it open
     */
    static Journal open(Path directory, Options options) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        FileChannel lockFile = FileChannel.open(
                directory.resolve("lock"),
                EnumSet.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            FileLock fileLock = lockFile.tryLock();
            if (fileLock == null) {
                throw new JournalInUse(directory);
            }
            Journal journal = new Journal(directory, options, new Checkpoint(directory), lockFile, fileLock);
            options.readers().forEach(journal::resume);
            journal.makeRoom();
            journal.forcer.start();
            journal.keeper.start();
            return journal;
        } catch (OverlappingFileLockException e) {
            lockFile.close();
            throw new JournalInUse(directory, e);
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    /** Another process has the journal open. */
    static final class JournalInUse extends IOException {

        private static final long serialVersionUID = 1;

        JournalInUse(Path directory) {
            super("another process has the journal "
                    + directory.toAbsolutePath().normalize() + " open");
        }

        JournalInUse(Path directory, Throwable cause) {
            this(directory);
            initCause(cause);
        }
    }

    /** Has that called whenever something was appended; before anything is. */
    void onAppend(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Appends an intent and reserves room for its row.
     *
     * @param row the row that stands if no other follows
     * @throws LedgerUnavailable when there is no room for both
     */
    void intend(String id, byte[] row) {
        byte[] frame = Frame.of(Frame.INTENT, row);
        lock.lock();
        try {
            String failure = failure();
            if (failure != null) {
                throw new LedgerUnavailable(failure);
            }
            if (open.containsKey(id)) {
                return;
            }
            if (segments.needsRoom()) {
                upkeep.ring();
            }
            if (!segments.holdsIntent(frame.length)) {
                String why = allocationFailure;
                throw new LedgerUnavailable(why == null ? "its room is used up faster than it is made" : why);
            }
            open.put(id, segments.appendIntent(frame));
            segments.reserve();
        } finally {
            lock.unlock();
        }
        appended();
    }

    /**
     * Appends a row; when that of an open intent, it has its room.
     *
     * @param brief the same in at most {@link Segments#RESERVE} bytes, for when there is no more than that
     * @throws LedgerUnavailable when there was no intent and there is no room
     */
    void settle(String id, byte[] row, Supplier<byte[]> brief) {
        byte[] frame = Frame.of(Frame.ROW, row);
        lock.lock();
        try {
            boolean hasIntent = open.containsKey(id);
            if (row.length > Frame.LONGEST || !segments.holdsRow(frame.length, hasIntent)) {
                frame = Frame.of(Frame.ROW, brief.get());
                if (frame.length > Segments.RESERVE || (!hasIntent && !segments.holdsRow(frame.length, false))) {
                    String why = failure();
                    throw new LedgerUnavailable(why == null ? "its room is used up" : why);
                }
            }
            segments.appendRow(frame);
            Place intent = open.remove(id);
            if (intent != null) {
                segments.release(intent);
            }
            if (segments.needsRoom()) {
                upkeep.ring();
            }
        } finally {
            lock.unlock();
        }
        appended();
    }

    private void appended() {
        forcer.appended();
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).run();
        }
    }

    /** Whether there is room for one more exchange. */
    boolean isWritable() {
        lock.lock();
        try {
            return failure() == null && segments.holdsIntent(Segments.RESERVE);
        } finally {
            lock.unlock();
        }
    }

    /** How many rows were ever appended. */
    long rows() {
        lock.lock();
        try {
            return segments.rows();
        } finally {
            lock.unlock();
        }
    }

    /** Where the next record goes. */
    Position end() {
        lock.lock();
        try {
            return segments.end();
        } finally {
            lock.unlock();
        }
    }

    /** Where a reader of that name goes on. */
    Position position(String reader) {
        lock.lock();
        try {
            return Objects.requireNonNull(readers.get(reader), reader);
        } finally {
            lock.unlock();
        }
    }

    /** The rows from a position on; none when there are none yet. */
    Chunk read(Position from, int most, int mostBytes) throws IOException {
        Position at = from;
        while (true) {
            int end;
            boolean isLast;
            Segment segment;
            lock.lock();
            try {
                segment = segments.from(at.segment());
                if (segment == null) {
                    return new Chunk(new Rows(List.of()), at);
                }
                end = segment.end();
                isLast = segment.number == segments.lastWritten();
            } finally {
                lock.unlock();
            }
            Position start = segment.number == at.segment() && at.offset() > Segment.HEADER
                    ? at
                    : new Position(segment.number, Segment.HEADER, segment.firstRow);
            Chunk chunk = read(segment, start, end, most, mostBytes);
            if (!chunk.rows().lines().isEmpty() || isLast) {
                return chunk;
            }
            at = chunk.next().offset() < end
                    ? chunk.next()
                    : new Position(
                            segment.number + 1, Segment.HEADER, chunk.next().rows());
        }
    }

    private static Chunk read(Segment segment, Position from, int end, int most, int mostBytes) throws IOException {
        List<byte[]> lines = new ArrayList<>();
        int[] bytes = new int[1];
        int next = from.offset();
        if (from.offset() < end) {
            try (FileChannel file = FileChannel.open(segment.file)) {
                next = Frame.read(file, from.offset(), end, (type, json, _, _) -> {
                    if (type == Frame.ROW) {
                        lines.add(json);
                        bytes[0] += json.length;
                    }
                    return lines.size() < most && bytes[0] < mostBytes;
                });
            }
        }
        return new Chunk(new Rows(lines), new Position(segment.number, next, from.rows() + lines.size()));
    }

    /** The newest rows, oldest first. */
    List<byte[]> newest(int most) throws IOException {
        List<Segment> newestFirst;
        lock.lock();
        try {
            newestFirst = segments.newestFirst();
        } finally {
            lock.unlock();
        }
        ArrayDeque<byte[]> newest = new ArrayDeque<>();
        for (Segment segment : newestFirst) {
            if (newest.size() >= most) {
                break;
            }
            var start = new Position(segment.number, Segment.HEADER, segment.firstRow);
            try {
                List<byte[]> lines = read(segment, start, segment.end(), Integer.MAX_VALUE, Integer.MAX_VALUE)
                        .rows()
                        .lines();
                for (int i = lines.size() - 1; i >= 0 && newest.size() < most; i--) {
                    newest.addFirst(lines.get(i));
                }
            } catch (NoSuchFileException _) {
                break; // its time was over; so is that of those before it
            }
        }
        return List.copyOf(newest);
    }

    /** A reader needs nothing before that position any more. */
    void passed(String reader, Position position) {
        boolean isElsewhere;
        lock.lock();
        try {
            Position before = readers.put(reader, position);
            isElsewhere = before == null || before.segment() != position.segment();
        } finally {
            lock.unlock();
        }
        checkpoint.put(reader, position);
        if (isElsewhere) {
            upkeep.ring();
        }
    }

    /** Makes the readers' positions last; a failure means no more than that some rows are read again. */
    void saveCheckpoint() {
        lock.lock();
        try {
            checkpoint.put(Checkpoint.RECOVERY, new Position(segments.firstWithIntents(), Segment.HEADER, 0));
        } finally {
            lock.unlock();
        }
        try {
            checkpoint.save();
        } catch (IOException e) {
            LOG.warnf("the checkpoint in %s cannot be written: %s", directory, e);
        }
    }

    /** Stops writing; what is there stays. */
    @Override
    public void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        forcer.close();
        LockSupport.unpark(keeper);
        join(keeper);
        lock.lock();
        try (lockFile;
                fileLock) {
            for (Segment segment : segments.untrimmed()) {
                segment.trim();
            }
            for (Segment unused : segments.finish()) {
                unused.delete();
            }
            removeUnneeded();
            saveCheckpoint();
        } finally {
            lock.unlock();
        }
    }

    static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why nothing can be appended; null when it can. Whoever asks holds the lock. */
    private @Nullable String failure() {
        return isClosed ? "it is closed" : forcer.failure();
    }

    /** Finds where a reader goes on; behind its checkpoint when that is lost or its segment is gone. */
    private void resume(String reader) {
        Position known = checkpoint.get(reader);
        Position from = known == null ? Position.START : known;
        Segment segment = segments.from(from.segment());
        if (segment == null) {
            from = segments.end();
        } else if (segment.number != from.segment()) {
            from = new Position(segment.number, Segment.HEADER, segment.firstRow);
        }
        readers.put(reader, from);
    }

    /** Gives the intents of earlier processes their rows, as far as there is room. */
    private void settleOrphans() throws IOException {
        for (Map.Entry<String, Place> orphan : List.copyOf(orphans.entrySet())) {
            Place intent = orphan.getValue();
            byte[] frame = Frame.of(Frame.ROW, reread(intent));
            lock.lock();
            try {
                if (!segments.holdsRow(frame.length, false)) {
                    return;
                }
                segments.appendRow(frame);
                intent.segment().open--;
                orphans.remove(orphan.getKey());
            } finally {
                lock.unlock();
            }
            appended();
        }
    }

    private static byte[] reread(Place intent) throws IOException {
        List<byte[]> found = new ArrayList<>(1);
        try (FileChannel file = FileChannel.open(intent.segment().file)) {
            Frame.read(file, intent.offset(), intent.next(), (_, json, _, _) -> {
                found.add(json);
                return false;
            });
        }
        if (found.isEmpty()) {
            throw new NoSuchFileException(intent.segment().file.toString(), null, "an intent can no longer be read");
        }
        return found.getFirst();
    }

    private List<Segment> untrimmed() {
        lock.lock();
        try {
            return segments.untrimmed();
        } finally {
            lock.unlock();
        }
    }

    private void upkeepUntilClosed() {
        while (!isClosed) {
            boolean isDone = makeRoom();
            try {
                trimFinished();
                carryOver();
                removeUnneeded();
            } catch (IOException | RuntimeException e) {
                isDone = false;
                LOG.warnf("the journal %s cannot be tidied up: %s", directory, e);
            }
            saveCheckpoint();
            if (isDone) {
                upkeep.await(IDLE_NANOS);
            } else {
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
    }

    /** Makes segments ready ahead of need, and settles what waits for room. */
    private boolean makeRoom() {
        try {
            while (true) {
                long number;
                lock.lock();
                try {
                    if (isClosed || !segments.needsRoom()) {
                        break;
                    }
                    number = segments.takeNumber();
                } finally {
                    lock.unlock();
                }
                Segment spare = Segment.allocate(directory, number, options.segmentSize(), options.allocator());
                lock.lock();
                try {
                    segments.add(spare);
                } finally {
                    lock.unlock();
                }
            }
            settleOrphans();
            if (allocationFailure != null) {
                LOG.infof("the journal %s has room again", directory);
            }
            allocationFailure = null;
            return true;
        } catch (IOException | RuntimeException e) {
            if (allocationFailure == null) {
                LOG.errorf("the journal %s gets no more room; requests will be refused: %s", directory, e);
            }
            allocationFailure = "there is no room on its disk: " + e.getMessage();
            return false;
        }
    }

    private void trimFinished() throws IOException {
        Segment writtenTo;
        lock.lock();
        try {
            writtenTo = segments.current();
        } finally {
            lock.unlock();
        }
        for (Segment segment : untrimmed()) {
            if (writtenTo != null && segment.number < writtenTo.number) {
                segment.trim();
            }
        }
    }

    /** Copies intents that are still open out of segments that nothing else needs, so that a long stream keeps no file. */
    private void carryOver() throws IOException {
        List<Map.Entry<String, Place>> old = new ArrayList<>();
        lock.lock();
        try {
            Segment last = segments.current();
            if (last == null || segments.count() < 3) {
                return;
            }
            long needed = neededFrom();
            open.entrySet().stream()
                    .filter(intent -> intent.getValue().segment().number < Math.min(needed, last.number - 1))
                    .forEach(intent -> old.add(Map.entry(intent.getKey(), intent.getValue())));
        } finally {
            lock.unlock();
        }
        for (Map.Entry<String, Place> intent : old) {
            byte[] frame = Frame.of(Frame.INTENT, reread(intent.getValue()));
            lock.lock();
            try {
                if (intent.getValue().equals(open.get(intent.getKey())) && segments.holdsRow(frame.length, false)) {
                    intent.getValue().segment().open--;
                    open.put(intent.getKey(), segments.appendIntent(frame));
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** The first segment that a reader has still to read. */
    private long neededFrom() {
        return readers.values().stream().mapToLong(Position::segment).min().orElse(Long.MAX_VALUE);
    }

    /** Removes segments from the oldest on: read by every reader, without open intents and old enough. */
    private void removeUnneeded() throws IOException {
        Instant keptFrom = options.clock().instant().minus(options.keep());
        while (true) {
            Segment oldest;
            lock.lock();
            try {
                oldest = segments.oldest();
                if (oldest == null
                        || oldest.equals(segments.current())
                        || oldest.open > 0
                        || oldest.number >= neededFrom()
                        || !oldest.isTrimmed
                        || (options.keep().isPositive()
                                && Files.getLastModifiedTime(oldest.file)
                                        .toInstant()
                                        .isAfter(keptFrom))) {
                    return;
                }
                segments.remove(oldest);
            } finally {
                lock.unlock();
            }
            oldest.delete();
        }
    }
}
