package dev.signalbox.ledger;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's journal: a directory of preallocated, memory-mapped segments that records are appended to. An append is a
 * copy into memory that belongs to the operating system, so it survives the death of this process; one thread brings it
 * to the disk at most 50 ms later, another makes room ahead of need and removes what is no longer needed.
 *
 * <p>The room for the row of every open intent stays reserved: with {@code remaining(s)} bytes left in segment s, the sum
 * of {@code max(0, remaining(s) - RESERVE)} is never below {@code RESERVE} times the number of open intents, so that a
 * brief row fits for each, wherever segments end.
 */
final class Journal implements AutoCloseable {

    /** The room that an open intent keeps for its row. */
    static final int RESERVE = 2048;

    private static final Logger LOG = Logger.getLogger(Journal.class);
    private static final long FORCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
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

    /** Where an intent that waits for its row lies. */
    private record Open(Segment segment, int offset, int next) {}

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
    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private final ArrayDeque<Segment> spares = new ArrayDeque<>();
    private final Map<String, Open> open = new HashMap<>();
    private final Map<String, Open> orphans = new LinkedHashMap<>();
    private final Map<String, Position> readers = new HashMap<>();
    private @Nullable Segment current;
    private long nextNumber;
    private long reserved;

    private final Bell force = new Bell();
    private final Bell upkeep = new Bell();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private long rows;
    private volatile boolean isDirty;
    private volatile boolean isClosed;
    private volatile @Nullable String allocationFailure;
    private volatile @Nullable String forceFailure;
    private final Thread forcer;
    private final Thread keeper;

    private Journal(Path directory, Options options, Checkpoint checkpoint, FileChannel lockFile, FileLock fileLock) {
        this.directory = directory;
        this.options = options;
        this.checkpoint = checkpoint;
        this.lockFile = lockFile;
        this.fileLock = fileLock;
        forcer = Thread.ofPlatform().daemon().name("ledger-force").unstarted(this::forceUntilClosed);
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
            journal.recover();
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
            if (needsRoom()) {
                upkeep.ring();
            }
            if (!hasRoom(frame.length, reserved + RESERVE)) {
                String why = allocationFailure;
                throw new LedgerUnavailable(why == null ? "its room is used up faster than it is made" : why);
            }
            int at = append(frame);
            Segment home = current();
            home.open++;
            open.put(id, new Open(home, at, home.end()));
            reserved += RESERVE;
        } finally {
            lock.unlock();
        }
        appended();
    }

    /**
     * Appends a row; when that of an open intent, it has its room.
     *
     * @param brief the same in at most {@link #RESERVE} bytes, for when there is no more than that
     * @throws LedgerUnavailable when there was no intent and there is no room
     */
    void settle(String id, byte[] row, Supplier<byte[]> brief) {
        byte[] frame = Frame.of(Frame.ROW, row);
        lock.lock();
        try {
            boolean hadIntent = open.containsKey(id);
            long reservedAfter = hadIntent ? reserved - RESERVE : reserved;
            if (row.length > Frame.LONGEST || !hasRoom(frame.length, reservedAfter)) {
                frame = Frame.of(Frame.ROW, brief.get());
                if (frame.length > RESERVE || (!hadIntent && !hasRoom(frame.length, reservedAfter))) {
                    String why = failure();
                    throw new LedgerUnavailable(why == null ? "its room is used up" : why);
                }
            }
            append(frame);
            current().rows++;
            rows++;
            Open intent = open.remove(id);
            if (intent != null) {
                intent.segment().open--;
                reserved -= RESERVE;
            }
        } finally {
            lock.unlock();
        }
        appended();
    }

    private void appended() {
        isDirty = true;
        force.ring();
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).run();
        }
    }

    /** Whether there is room for one more exchange. */
    boolean isWritable() {
        lock.lock();
        try {
            return failure() == null && hasRoom(RESERVE, reserved + RESERVE);
        } finally {
            lock.unlock();
        }
    }

    /** How many rows were ever appended. */
    long rows() {
        lock.lock();
        try {
            return rows;
        } finally {
            lock.unlock();
        }
    }

    /** Where the next record goes. */
    Position end() {
        lock.lock();
        try {
            Segment last = current;
            return last == null
                    ? new Position(nextNumber, Segment.HEADER, rows)
                    : new Position(last.number, last.end(), rows);
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
                Map.Entry<Long, Segment> found = segments.ceilingEntry(at.segment());
                if (found == null) {
                    return new Chunk(new Rows(List.of()), at);
                }
                segment = found.getValue();
                end = segment.end();
                isLast = segment.number == segments.lastKey();
            } finally {
                lock.unlock();
            }
            int offset = segment.number == at.segment() ? Math.max(at.offset(), Segment.HEADER) : Segment.HEADER;
            long before = offset == Segment.HEADER ? segment.firstRow : at.rows();
            List<byte[]> lines = new ArrayList<>();
            int[] bytes = new int[1];
            int next = offset;
            if (offset < end) {
                try (FileChannel file = FileChannel.open(segment.file)) {
                    next = Frame.read(file, offset, end, (type, json, _, _) -> {
                        if (type == Frame.ROW) {
                            lines.add(json);
                            bytes[0] += json.length;
                        }
                        return lines.size() < most && bytes[0] < mostBytes;
                    });
                }
            }
            at = new Position(segment.number, next, before + lines.size());
            if (!lines.isEmpty() || isLast) {
                return new Chunk(new Rows(lines), at);
            }
            if (next >= end) {
                at = new Position(segment.number + 1, Segment.HEADER, at.rows());
            }
        }
    }

    /** The newest rows, oldest first. */
    List<byte[]> newest(int most) throws IOException {
        List<Segment> newestFirst;
        lock.lock();
        try {
            newestFirst = List.copyOf(segments.descendingMap().values());
        } finally {
            lock.unlock();
        }
        ArrayDeque<byte[]> newest = new ArrayDeque<>();
        for (Segment segment : newestFirst) {
            if (newest.size() >= most) {
                break;
            }
            List<byte[]> lines = new ArrayList<>();
            try (FileChannel file = FileChannel.open(segment.file)) {
                Frame.read(file, Segment.HEADER, segment.end(), (type, json, _, _) -> {
                    if (type == Frame.ROW) {
                        lines.add(json);
                    }
                    return true;
                });
            } catch (NoSuchFileException _) {
                break; // its time was over; so is that of those before it
            }
            for (int i = lines.size() - 1; i >= 0 && newest.size() < most; i--) {
                newest.addFirst(lines.get(i));
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
            long first = nextNumber;
            for (Segment segment : segments.values()) {
                if (segment.open > 0 || segment == current) {
                    first = segment.number;
                    break;
                }
            }
            checkpoint.put(Checkpoint.RECOVERY, new Position(first, Segment.HEADER, 0));
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
        LockSupport.unpark(forcer);
        LockSupport.unpark(keeper);
        join(forcer);
        join(keeper);
        lock.lock();
        try (lockFile;
                fileLock) {
            Segment last = current;
            current = null;
            for (Segment spare : spares) {
                spare.delete();
            }
            spares.clear();
            for (Segment segment : segments.values()) {
                if (!segment.isTrimmed) {
                    segment.trim();
                }
            }
            if (last != null && last.end() == Segment.HEADER) {
                segments.remove(last.number);
                last.delete();
            }
            removeUnneeded();
            saveCheckpoint();
        } finally {
            lock.unlock();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- Room. Everything here holds the lock.

    private @Nullable String failure() {
        String failure = forceFailure;
        return isClosed ? "it is closed" : failure;
    }

    private Segment current() {
        Segment last = current;
        if (last == null) {
            throw new LedgerUnavailable("there is no room on its disk");
        }
        return last;
    }

    /** What a fresh segment counts for in the sum of the class's promise. */
    private long whole() {
        return (long) options.segmentSize() - Segment.HEADER - RESERVE;
    }

    /** Whether a frame can be appended and the promise holds with that many bytes reserved. */
    private boolean hasRoom(int length, long reservedAfter) {
        long here = current == null ? 0 : current.remaining();
        long spare = spares.size() * whole();
        if (here >= length) {
            return Math.max(0, here - length - RESERVE) + spare >= reservedAfter;
        }
        return !spares.isEmpty() && whole() >= length && spare - length >= reservedAfter;
    }

    private int append(byte[] frame) {
        Segment last = current;
        if (last == null || last.remaining() < frame.length) {
            last = roll();
        }
        int at = last.end();
        last.append(frame);
        return at;
    }

    private Segment roll() {
        Segment next = spares.poll();
        if (next == null) {
            throw new LedgerUnavailable("there is no room on its disk");
        }
        next.begin(rows);
        segments.put(next.number, next);
        current = next;
        upkeep.ring();
        return next;
    }

    /** Whether a whole segment should be made ready: two more than the open intents need. */
    private boolean needsRoom() {
        long here = current == null ? 0 : Math.max(0, current.remaining() - RESERVE);
        return current == null || spares.size() * whole() + here < reserved + 2 * whole();
    }

    // ---- Recovery.

    /** Finds where a reader goes on; behind its checkpoint when that is lost or its segment is gone. */
    private void resume(String reader) {
        Position known = checkpoint.get(reader);
        Position from = known == null ? Position.START : known;
        Map.Entry<Long, Segment> segment = segments.ceilingEntry(from.segment());
        if (segment == null) {
            from = new Position(nextNumber, Segment.HEADER, rows);
        } else if (segment.getKey() != from.segment()) {
            from = new Position(segment.getKey(), Segment.HEADER, segment.getValue().firstRow);
        }
        readers.put(reader, from);
    }

    private void recover() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.filter(file -> Segment.number(file) >= 0).toList();
        }
        for (Path file : files) {
            Segment segment = Segment.existing(file);
            segments.put(segment.number, segment);
        }
        long lastNumber = segments.isEmpty() ? 0 : segments.lastKey();
        nextNumber = Math.max(lastNumber, checkpoint.lastSegment()) + 1;
        Position known = checkpoint.get(Checkpoint.RECOVERY);
        long from = known == null ? 0 : Math.min(known.segment(), lastNumber);
        for (Segment segment : List.copyOf(segments.tailMap(from).values())) {
            pair(segment);
        }
        if (!orphans.isEmpty()) {
            LOG.warnf(
                    "%d requests were open when the last process that wrote to %s ended; they become rows with the error %s",
                    orphans.size(), directory, RowJson.ABORTED);
        }
    }

    /** Pairs the intents and rows of a segment that an earlier process wrote, and cuts off what is no frame. */
    private void pair(Segment segment) throws IOException {
        int[] whole = {Segment.HEADER, Segment.HEADER, 0};
        try (FileChannel file = FileChannel.open(segment.file)) {
            Frame.read(file, Segment.HEADER, segment.end(), (type, json, offset, next) -> {
                whole[2] += offset - whole[1];
                whole[0] = next;
                whole[1] = next;
                String id = Row.id(json);
                if (type == Frame.ROW) {
                    segment.rows++;
                    Open intent = orphans.remove(id);
                    if (intent != null) {
                        intent.segment().open--;
                    }
                } else {
                    Open before = orphans.put(id, new Open(segment, offset, next));
                    if (before != null) {
                        before.segment().open--;
                    }
                    segment.open++;
                }
                return true;
            });
        }
        if (whole[2] > 0) {
            LOG.errorf("%s is damaged: %d bytes between whole records were passed over", segment.file, whole[2]);
        }
        rows = Math.max(rows, segment.firstRow + segment.rows);
        if (whole[0] == Segment.HEADER) {
            segments.remove(segment.number);
            segment.delete();
        } else if (whole[0] < segment.end()) {
            segment.cut(whole[0]);
        }
    }

    /** Gives the intents of earlier processes their rows, as far as there is room. */
    private void settleOrphans() throws IOException {
        for (Map.Entry<String, Open> orphan : List.copyOf(orphans.entrySet())) {
            Open intent = orphan.getValue();
            byte[] frame = Frame.of(Frame.ROW, reread(intent));
            lock.lock();
            try {
                if (!hasRoom(frame.length, reserved)) {
                    return;
                }
                append(frame);
                current().rows++;
                rows++;
                intent.segment().open--;
                orphans.remove(orphan.getKey());
            } finally {
                lock.unlock();
            }
            appended();
        }
    }

    private static byte[] reread(Open intent) throws IOException {
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

    // ---- The two threads.

    private void forceUntilClosed() {
        while (!isClosed) {
            force.await(IDLE_NANOS);
            if (!isDirty) {
                continue;
            }
            LockSupport.parkNanos(this, FORCE_NANOS);
            isDirty = false;
            try {
                for (Segment segment : untrimmed()) {
                    segment.force();
                }
                if (forceFailure != null) {
                    LOG.infof("the journal %s reaches its disk again", directory);
                }
                forceFailure = null;
            } catch (IOException | RuntimeException e) {
                if (forceFailure == null) {
                    LOG.errorf("the journal %s does not reach its disk; requests are refused: %s", directory, e);
                }
                forceFailure = "its disk does not take it: " + e.getMessage();
                isDirty = true;
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
    }

    private List<Segment> untrimmed() {
        lock.lock();
        try {
            return segments.values().stream()
                    .filter(segment -> !segment.isTrimmed)
                    .toList();
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
                    if (isClosed || !needsRoom()) {
                        break;
                    }
                    number = nextNumber++;
                } finally {
                    lock.unlock();
                }
                Segment spare = Segment.allocate(directory, number, options.segmentSize(), options.allocator());
                lock.lock();
                try {
                    spares.add(spare);
                    if (current == null) {
                        roll();
                    }
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
        for (Segment segment : untrimmed()) {
            if (segment != current) {
                segment.trim();
            }
        }
    }

    /** Copies intents that are still open out of segments that nothing else needs, so that a long stream keeps no file. */
    private void carryOver() throws IOException {
        List<Map.Entry<String, Open>> old = new ArrayList<>();
        lock.lock();
        try {
            Segment last = current;
            if (last == null || segments.size() < 3) {
                return;
            }
            long needed = neededFrom();
            open.entrySet().stream()
                    .filter(intent -> intent.getValue().segment().number < Math.min(needed, last.number - 1))
                    .forEach(intent -> old.add(Map.entry(intent.getKey(), intent.getValue())));
        } finally {
            lock.unlock();
        }
        for (Map.Entry<String, Open> intent : old) {
            byte[] frame = Frame.of(Frame.INTENT, reread(intent.getValue()));
            lock.lock();
            try {
                if (intent.getValue().equals(open.get(intent.getKey())) && hasRoom(frame.length, reserved)) {
                    int at = append(frame);
                    Segment home = current();
                    home.open++;
                    intent.getValue().segment().open--;
                    open.put(intent.getKey(), new Open(home, at, home.end()));
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
                oldest = segments.isEmpty() ? null : segments.firstEntry().getValue();
                if (oldest == null
                        || oldest == current
                        || oldest.open > 0
                        || oldest.number >= neededFrom()
                        || !oldest.isTrimmed
                        || (options.keep().isPositive()
                                && Files.getLastModifiedTime(oldest.file)
                                        .toInstant()
                                        .isAfter(keptFrom))) {
                    return;
                }
                segments.remove(oldest.number);
            } finally {
                lock.unlock();
            }
            oldest.delete();
        }
    }
}
