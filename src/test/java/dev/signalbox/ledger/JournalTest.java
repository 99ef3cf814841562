package dev.signalbox.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final int SMALL = 64 * 1024;
    private static final Segment.Allocator QUICK = (file, size) -> {
        ByteBuffer zeros = ByteBuffer.allocate(size);
        file.write(zeros, 0);
    };

    @TempDir
    Path directory;

    @Test
    void isThereAgainAfterACleanEnd() throws IOException {
        try (Journal journal = open(directory)) {
            for (int i = 0; i < 500; i++) {
                exchange(journal, "r" + i);
            }
        }
        try (Journal journal = open(directory)) {
            assertThat(ids(journal)).hasSize(500).containsKeys("r0", "r499");
            assertThat(journal.rows()).isEqualTo(500);
        }
    }

    @Test
    void isForItsOwnerOnly() throws IOException {
        Path own = directory.resolve("a/b");
        try (Journal journal = open(own)) {
            exchange(journal, "one");
        }
        assertThat(Files.getPosixFilePermissions(own)).hasSize(3);
        assertThat(list(own))
                .hasSize(3)
                .allSatisfy(
                        file -> assertThat(Files.getPosixFilePermissions(file)).hasSize(2));
    }

    @Test
    void isOpenInOneProcessOnly() throws IOException {
        try (Journal _ = open(directory)) {
            assertThatThrownBy(() -> open(directory))
                    .isInstanceOf(Journal.JournalInUse.class)
                    .hasMessageContaining(directory.toString());
        }
        open(directory).close();
    }

    @Test
    void aProcessThatDiesAnywhereInARecordLosesThatRecordOnly() throws IOException {
        Path dead = directory.resolve("dead");
        List<Integer> ends = new ArrayList<>();
        try (Journal journal = open(dead)) {
            exchange(journal, "before");
            ends.add(journal.end().offset());
            journal.intend("open", RowJson.of(Sample.intent("open")));
            ends.add(journal.end().offset());
            journal.intend("last", RowJson.of(Sample.intent("last")));
            ends.add(journal.end().offset());
            journal.settle("last", RowJson.of(Sample.entry("last")), () -> RowJson.brief(Sample.entry("last")));
            ends.add(journal.end().offset());
            Path copy = directory.resolve("copy");
            for (int cut = ends.getFirst(); cut <= ends.getLast(); cut++) {
                copy(dead, copy);
                zeroFrom(onlySegment(copy), cut, ends.getLast());
                Map<String, Integer> expected = new LinkedHashMap<>();
                expected.put("before", 200);
                if (cut >= ends.get(1)) {
                    expected.put("open", 500);
                }
                if (cut >= ends.get(2)) {
                    expected.put("last", cut >= ends.get(3) ? 200 : 500);
                }
                assertThat(recovered(copy, cut)).describedAs("cut at %d", cut).isEqualTo(expected);
            }
        }
    }

    @Test
    void aFileThatEndsAnywhereIsRead() throws IOException {
        Path dead = directory.resolve("dead");
        try (Journal journal = open(dead)) {
            journal.intend("one", RowJson.of(Sample.intent("one")));
            int intended = journal.end().offset();
            journal.settle("one", RowJson.of(Sample.entry("one")), () -> RowJson.brief(Sample.entry("one")));
            int settled = journal.end().offset();
            Path copy = directory.resolve("copy");
            for (int cut = 0; cut <= settled; cut++) {
                copy(dead, copy);
                try (FileChannel file = FileChannel.open(onlySegment(copy), StandardOpenOption.WRITE)) {
                    file.truncate(cut);
                }
                assertThat(recovered(copy, cut))
                        .describedAs("cut at %d", cut)
                        .isEqualTo(cut < intended ? Map.of() : Map.of("one", cut < settled ? 500 : 200));
            }
        }
    }

    @Test
    void aFlippedByteCostsNoOtherRecord() throws IOException {
        Path dead = directory.resolve("dead");
        try (Journal journal = open(dead)) {
            exchange(journal, "one");
            int from = journal.end().offset();
            exchange(journal, "two");
            int to = journal.end().offset();
            exchange(journal, "three");
            Path copy = directory.resolve("copy");
            for (int at = from; at < to; at += at < from + 20 ? 1 : 5) {
                copy(dead, copy);
                flip(onlySegment(copy), at);
                assertThat(recovered(copy, at))
                        .describedAs("byte %d", at)
                        .containsEntry("one", 200)
                        .containsEntry("three", 200)
                        .containsKey("two");
            }
        }
    }

    @Test
    void severalThreadsAppendAtOnce() throws Exception {
        try (Journal journal = open(directory);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int number = thread;
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        String id = number + "-" + i;
                        until(() -> intended(journal, id));
                        journal.settle(id, RowJson.of(Sample.entry(id)), () -> RowJson.brief(Sample.entry(id)));
                    }
                }));
            }
            for (Future<?> thread : all) {
                thread.get();
            }
            assertThat(ids(journal)).hasSize(4000);
            assertThat(journal.rows()).isEqualTo(4000);
        }
        try (Journal journal = open(directory)) {
            assertThat(ids(journal)).hasSize(4000);
        }
    }

    @Test
    void aFullDiskRefusesBeforeItLosesAnything() throws IOException {
        AtomicBoolean isFull = new AtomicBoolean();
        Segment.Allocator disk = (file, size) -> {
            if (isFull.get()) {
                throw new IOException("No space left on device");
            }
            QUICK.allocate(file, size);
        };
        List<String> admitted = new ArrayList<>();
        try (Journal journal = open(directory, disk, Set.of("test"))) {
            isFull.set(true);
            boolean isRefused = false;
            for (int i = 0; !isRefused; i++) {
                try {
                    journal.intend("r" + i, RowJson.of(Sample.intent("r" + i)));
                    admitted.add("r" + i);
                } catch (LedgerUnavailable refused) {
                    assertThat(refused.code()).isEqualTo("ledger_unavailable");
                    isRefused = true;
                }
            }
            assertThat(admitted).hasSizeGreaterThan(20);
            assertThat(journal.isWritable()).isFalse();
            for (String id : admitted) {
                journal.settle(id, longRow(id), () -> RowJson.brief(Sample.entry(id)));
            }
            assertThat(ids(journal).keySet()).containsExactlyElementsOf(admitted);
            isFull.set(false);
            until(() -> intended(journal, "after"));
            assertThat(journal.isWritable()).isTrue();
        }
        try (Journal journal = open(directory, disk, Set.of("test"))) {
            assertThat(ids(journal)).hasSize(admitted.size() + 1).containsEntry("after", 500);
        }
    }

    @Test
    void openIntentsGetTheirRowsWhenThereIsRoomAgain() throws IOException {
        Path dead = directory.resolve("dead");
        Path copy = directory.resolve("copy");
        try (Journal journal = open(dead)) {
            journal.intend("open", RowJson.of(Sample.intent("open")));
            copy(dead, copy);
        }
        AtomicBoolean isFull = new AtomicBoolean(true);
        Segment.Allocator disk = (file, size) -> {
            if (isFull.get()) {
                throw new IOException("No space left on device");
            }
            QUICK.allocate(file, size);
        };
        try (Journal journal = open(copy, disk, Set.of("test"))) {
            assertThat(journal.isWritable()).isFalse();
            assertThatThrownBy(() -> journal.intend("new", RowJson.of(Sample.intent("new"))))
                    .isInstanceOf(LedgerUnavailable.class);
            assertThat(ids(journal)).isEmpty();
            isFull.set(false);
            until(() -> ids(journal).containsKey("open"));
        }
    }

    @Test
    void whatEveryReaderHasReadIsRemovedAndOpenIntentsAreCarriedAlong() throws IOException {
        try (Journal journal = open(directory)) {
            journal.intend("long", RowJson.of(Sample.intent("long")));
            Position at = journal.position("test");
            for (int i = 0; i < 2000; i++) {
                String id = "r" + i;
                until(() -> intended(journal, id));
                journal.settle(id, RowJson.of(Sample.entry(id)), () -> RowJson.brief(Sample.entry(id)));
                at = journal.read(at, 100, SMALL).next();
                journal.passed("test", at);
            }
            until(() -> segments(directory) < 6);
            assertThat(journal.rows()).isEqualTo(2000);
        }
        try (Journal journal = open(directory)) {
            assertThat(ids(journal)).containsEntry("long", 500).hasSizeLessThan(400);
            assertThat(journal.rows()).isEqualTo(2001);
        }
    }

    @Test
    void withoutReadersItIsKeptForAWhile() throws IOException {
        try (Journal journal = open(directory, QUICK, Set.of())) {
            for (int i = 0; i < 300; i++) {
                String id = "r" + i;
                until(() -> intended(journal, id));
                journal.settle(id, RowJson.of(Sample.entry(id)), () -> RowJson.brief(Sample.entry(id)));
            }
        }
        Clock soon = Clock.fixed(Instant.now().plus(Duration.ofDays(29)), ZoneOffset.UTC);
        try (Journal journal = Journal.open(directory, keeping(soon))) {
            assertThat(journal.newest(1000)).hasSize(300);
            assertThat(journal.newest(10).stream().map(Row::id))
                    .startsWith("r290")
                    .endsWith("r299");
        }
        Clock late = Clock.fixed(Instant.now().plus(Duration.ofDays(31)), ZoneOffset.UTC);
        try (Journal journal = Journal.open(directory, keeping(late))) {
            until(() -> journal.newest(1000).isEmpty());
        }
    }

    @Test
    void aLostCheckpointMeansThatRowsAreReadAgain() throws IOException {
        try (Journal journal = open(directory)) {
            exchange(journal, "one");
            Position read = journal.read(journal.position("test"), 10, SMALL).next();
            journal.passed("test", read);
        }
        Files.writeString(directory.resolve("checkpoint"), "test what");
        try (Journal journal = open(directory)) {
            exchange(journal, "two");
            assertThat(ids(journal)).hasSizeBetween(1, 2).containsKey("two");
            assertThat(journal.rows()).isGreaterThanOrEqualTo(1);
        }
    }

    private static Journal.Options keeping(Clock clock) {
        return new Journal.Options(SMALL, QUICK, Set.of(), Duration.ofDays(30), clock);
    }

    private static byte[] longRow(String id) {
        byte[] row = RowJson.of(Sample.entry(id));
        byte[] longer = java.util.Arrays.copyOf(row, row.length + 3000);
        java.util.Arrays.fill(longer, row.length, longer.length, (byte) ' ');
        return longer;
    }

    static boolean intended(Journal journal, String id) {
        try {
            journal.intend(id, RowJson.of(Sample.intent(id)));
            return true;
        } catch (LedgerUnavailable _) {
            return false;
        }
    }

    /** What a process finds that opens the journal and, now and then, another one after it. */
    private static Map<String, Integer> recovered(Path directory, int round) throws IOException {
        Map<String, Integer> first;
        try (Journal journal = open(directory)) {
            first = ids(journal);
        }
        if (round % 16 == 0) {
            try (Journal journal = open(directory)) {
                assertThat(ids(journal)).isEqualTo(first);
            }
        }
        return first;
    }

    static Map<String, Integer> ids(Journal journal) throws IOException {
        Map<String, Integer> ids = new LinkedHashMap<>();
        Position at = journal.position("test");
        while (true) {
            Journal.Chunk chunk = journal.read(at, 7, SMALL);
            for (byte[] line : chunk.rows().lines()) {
                assertThat(ids.put(Row.id(line), Json.read(line).path("status").asInt()))
                        .isNull();
            }
            if (chunk.next().equals(at)) {
                return ids;
            }
            at = chunk.next();
        }
    }

    static void exchange(Journal journal, String id) {
        until(() -> intended(journal, id));
        journal.settle(id, RowJson.of(Sample.entry(id)), () -> RowJson.brief(Sample.entry(id)));
    }

    static Journal open(Path directory) throws IOException {
        return open(directory, QUICK, Set.of("test"));
    }

    static Journal open(Path directory, Segment.Allocator allocator, Set<String> readers) throws IOException {
        return Journal.open(
                directory,
                new Journal.Options(
                        SMALL,
                        allocator,
                        readers,
                        Duration.ofDays(30).minusDays(readers.isEmpty() ? 0 : 30),
                        Clock.systemUTC()));
    }

    /** A copy takes a while, unlike a kill: the checkpoint goes first, so that it knows nothing that is not in the copy. */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path old : list(to)) {
            Files.delete(old);
        }
        List<Path> checkpointFirst = new ArrayList<>(list(from));
        checkpointFirst.sort(Comparator.comparing(file -> Segment.number(file) > 0)); // stable: segments stay in order
        for (Path file : checkpointFirst) {
            try {
                Files.copy(file, to.resolve(file.getFileName()));
            } catch (NoSuchFileException replaced) {
                // a checkpoint that is being written takes its final name while it is looked at
                if (!file.getFileName().toString().endsWith(".next")) {
                    throw replaced;
                }
            }
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static long segments(Path directory) throws IOException {
        return list(directory).stream().filter(file -> Segment.number(file) > 0).count();
    }

    private static Path onlySegment(Path directory) throws IOException {
        return list(directory).stream()
                .filter(file -> Segment.number(file) > 0)
                .findFirst()
                .orElseThrow();
    }

    private static void zeroFrom(Path file, int from, int to) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(to - from), from);
        }
    }

    private static void flip(Path file, int at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) ~one.get(0)).flip();
            channel.write(one, at);
        }
    }

    /** Something that may fail to be looked at. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException;
    }

    static void until(Condition condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        BooleanSupplier holds = () -> {
            try {
                return condition.holds();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        };
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).describedAs("in time").isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }
}
