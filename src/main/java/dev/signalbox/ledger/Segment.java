package dev.signalbox.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal. It is written by the process that made it, from the front, and never again by a later one.
 * Its fields are guarded by the journal's lock, but for {@code end}, which readers follow.
 */
final class Segment {

    /** Magic, then the number of rows before this segment. */
    static final int HEADER = 24;

    private static final byte[] MAGIC = "signalbox-jrnl-1".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern NAME = Pattern.compile("(\\d{16})\\.journal");

    final long number;
    final Path file;

    /** How many rows lie in the journal before this segment. */
    long firstRow;

    /** Rows in it, as far as they were counted. */
    int rows;

    /** Intents in it that wait for their row. */
    int open;

    /** Whether the unused rest of the file was given back. */
    boolean isTrimmed;

    private final @Nullable Mapping mapping;
    private final @Nullable FileChannel channel;
    private volatile int end;

    private Segment(long number, Path file, @Nullable FileChannel channel, @Nullable Mapping mapping, int end) {
        this.number = number;
        this.file = file;
        this.channel = channel;
        this.mapping = mapping;
        this.end = end;
    }

    /** Makes disk space that is really there; fails when there is none. */
    @FunctionalInterface
    interface Allocator {

        /** Writes zeros and waits for the disk, so that no later write can find it full. */
        Allocator ZEROS = (file, size) -> {
            ByteBuffer zeros = ByteBuffer.allocateDirect(64 * 1024);
            for (int at = 0; at < size; ) {
                zeros.clear().limit(Math.min(zeros.capacity(), size - at));
                at += file.write(zeros, at);
            }
            file.force(true);
        };

        void allocate(FileChannel file, int size) throws IOException;
    }

    static Path file(Path directory, long number) {
        return directory.resolve("%016d.journal".formatted(number));
    }

    /** The number in a file's name; negative when it is no segment's. */
    static long number(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    /** A new one to write to. */
    static Segment allocate(Path directory, long number, int size, Allocator allocator) throws IOException {
        Path file = file(directory, number);
        FileChannel channel = FileChannel.open(
                file,
                EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            allocator.allocate(channel, size);
            Mapping mapping = Mapping.of(channel, size);
            mapping.bytes().put(0, MAGIC);
            return new Segment(number, file, channel, mapping, HEADER);
        } catch (IOException | RuntimeException e) {
            try (channel) {
                Files.deleteIfExists(file);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** One that an earlier process wrote. */
    static Segment existing(Path file) throws IOException {
        int size = Math.toIntExact(Files.size(file));
        Segment segment = new Segment(number(file), file, null, null, Math.max(size, HEADER));
        segment.isTrimmed = true;
        ByteBuffer head = ByteBuffer.allocate(HEADER);
        try (FileChannel channel = FileChannel.open(file)) {
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // until it is full or the file ends
            }
        }
        segment.firstRow = head.hasRemaining() ? 0 : head.getLong(MAGIC.length);
        return segment;
    }

    /** From now on this is the segment that is written to. */
    void begin(long rowsBefore) {
        firstRow = rowsBefore;
        writable().putLong(MAGIC.length, rowsBefore);
    }

    /** Where the next frame goes. */
    int end() {
        return end;
    }

    int remaining() {
        return mapping == null ? 0 : mapping.bytes().capacity() - end;
    }

    void append(byte[] frame) {
        int at = end;
        writable().put(at, frame);
        end = at + frame.length;
    }

    /** Waits for the disk. */
    void force() throws IOException {
        if (channel != null && channel.isOpen()) {
            channel.force(false);
        }
    }

    /** No more is written to it: waits for the disk and gives the unused rest of the file back. */
    void trim() throws IOException {
        if (channel != null) {
            channel.force(false);
            if (mapping != null) {
                mapping.close();
            }
            channel.truncate(end);
            channel.close();
        }
        isTrimmed = true;
    }

    /** What a process that died left behind its last whole frame is cut off. */
    void cut(int at) throws IOException {
        try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
            cut.truncate(at);
            cut.force(true);
        }
        end = at;
        isTrimmed = true;
    }

    /** Removes the file; its space is free at once. */
    void delete() throws IOException {
        if (channel != null) {
            channel.close();
        }
        try (FileChannel closing = FileChannel.open(file, StandardOpenOption.WRITE)) {
            closing.truncate(0);
        }
        Files.delete(file);
    }

    private ByteBuffer writable() {
        if (mapping == null) {
            throw new IllegalStateException("segment " + number + " belongs to an earlier process");
        }
        return mapping.bytes();
    }
}
