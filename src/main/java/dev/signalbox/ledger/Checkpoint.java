package dev.signalbox.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * How far each reader of the journal has come, in a small file that is replaced whole. It may be behind and it may be
 * lost: then rows are brought to their sinks again, which know them by id.
 */
final class Checkpoint {

    /** The reader that pairs intents with rows when the journal is opened. */
    static final String RECOVERY = "recovery";

    private static final Logger LOG = Logger.getLogger(Checkpoint.class);

    private final Path file;
    private final Map<String, Position> positions = new TreeMap<>();
    private boolean isSaved = true;

    Checkpoint(Path directory) throws IOException {
        file = directory.resolve("checkpoint");
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                String[] words = line.split(" ", -1);
                positions.put(
                        words[0],
                        new Position(Long.parseLong(words[1]), Integer.parseInt(words[2]), Long.parseLong(words[3])));
            }
        } catch (NoSuchFileException _) {
            LOG.debugf("%s is not there; every row of the journal is brought to its sinks again", file);
        } catch (IOException | RuntimeException e) {
            positions.clear();
            LOG.warnf("%s cannot be read (%s); every row of the journal is brought to its sinks again", file, e);
        }
    }

    synchronized @Nullable Position get(String reader) {
        return positions.get(reader);
    }

    /** The highest number of a segment that is named. */
    synchronized long lastSegment() {
        return positions.values().stream().mapToLong(Position::segment).max().orElse(0);
    }

    /** Remembers a position; {@link #save} makes it last. */
    synchronized void put(String reader, Position position) {
        isSaved &= position.equals(positions.put(reader, position));
    }

    synchronized void save() throws IOException {
        if (isSaved) {
            return;
        }
        StringBuilder text = new StringBuilder();
        positions.forEach((reader, at) -> text.append(reader)
                .append(' ')
                .append(at.segment())
                .append(' ')
                .append(at.offset())
                .append(' ')
                .append(at.rows())
                .append('\n'));
        Path next = file.resolveSibling("checkpoint.next");
        Files.deleteIfExists(next);
        try (FileChannel channel = FileChannel.open(
                next,
                EnumSet.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        isSaved = true;
    }
}
