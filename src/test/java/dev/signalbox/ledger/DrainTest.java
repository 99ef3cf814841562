package dev.signalbox.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Usage;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainTest {

    @TempDir
    Path directory;

    @Test
    void bringsEveryRowOnce() throws Exception {
        Table table = new Table();
        try (Journal journal = JournalTest.open(directory);
                Drain drain = drain(journal, table)) {
            for (int i = 0; i < 3000; i++) {
                JournalTest.exchange(journal, "r" + i);
            }
            drain.caughtUp().get(10, TimeUnit.SECONDS);
            assertThat(table.rows).hasSize(3000);
            assertThat(table.duplicates).hasValue(0);
            assertThat(drain.lag()).isZero();
        }
    }

    @Test
    void keepsRowsWhileTheSinkIsAway() throws Exception {
        Table table = new Table();
        table.failures.set(Integer.MAX_VALUE);
        try (Journal journal = JournalTest.open(directory);
                Drain drain = drain(journal, table)) {
            for (int i = 0; i < 1000; i++) {
                JournalTest.exchange(journal, "r" + i);
            }
            JournalTest.until(drain::isAway);
            assertThat(drain.lag()).isEqualTo(1000);
            assertThat(drain.caughtUp()).isDone();
            table.failures.set(0);
            drain.wake();
            JournalTest.until(() -> drain.lag() == 0);
            assertThat(table.rows).hasSize(1000);
            assertThat(drain.isAway()).isFalse();
        }
    }

    @Test
    void aRowThatIsRefusedHoldsUpNoOther() throws Exception {
        Table table = new Table();
        table.refused.add("r7");
        try (Journal journal = JournalTest.open(directory);
                Drain drain = drain(journal, table)) {
            for (int i = 0; i < 50; i++) {
                JournalTest.exchange(journal, "r" + i);
            }
            drain.caughtUp().get(10, TimeUnit.SECONDS);
            assertThat(table.rows).hasSize(49).doesNotContainKey("r7");
            assertThat(Files.readAllLines(directory.resolve("refused.jsonl")))
                    .singleElement()
                    .asString()
                    .startsWith("{\"id\":\"r7\",");
        }
    }

    @Test
    void goesOnWhereItWasAfterALostCheckpoint() throws Exception {
        Table table = new Table();
        try (Journal journal = JournalTest.open(directory);
                Drain drain = drain(journal, table)) {
            JournalTest.exchange(journal, "one");
            drain.caughtUp().get(10, TimeUnit.SECONDS);
            Path copy = directory.resolveSibling("copy-" + System.nanoTime());
            JournalTest.copy(directory, copy);
            Files.deleteIfExists(copy.resolve("checkpoint"));
            try (Journal again = JournalTest.open(copy);
                    Drain second = drain(again, table)) {
                JournalTest.exchange(again, "two");
                second.caughtUp().get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(table.rows).containsOnlyKeys("one", "two");
        assertThat(table.duplicates).hasValue(1);
    }

    /** Processes begin exchanges, settle some of them, lose their sink now and then, and are killed. */
    @Property(tries = 40)
    void theSumOfTheRowsIsTheSumOfWhatWasSettled(
            @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 0, max = 150) Integer> lives,
            @ForAll @IntRange(min = 0, max = 3) int failures,
            @ForAll @IntRange(min = 1, max = 7) int everyNthStaysOpen)
            throws Exception {
        Path home = Files.createTempDirectory("journal");
        Table table = new Table();
        Map<String, BigDecimal> expected = new TreeMap<>();
        int number = 0;
        for (int exchanges : lives) {
            table.failures.set(failures);
            Path next = Files.createTempDirectory("journal");
            try (Journal journal = JournalTest.open(home);
                    Drain drain = drain(journal, table, home)) {
                for (int i = 0; i < exchanges; i++) {
                    String id = "r%05d".formatted(number++);
                    Entry entry = Sample.entry(id, Sample.TIME, "m", 200, new Usage(number, 0, 0, 2L * number, 0));
                    JournalTest.until(() -> JournalTest.intended(journal, id));
                    if (i % everyNthStaysOpen == 0) {
                        expected.put(
                                id, Sample.PRICE.of(new Usage(1000, 0, 0, 0, 0)).usd());
                    } else {
                        journal.settle(id, RowJson.of(entry), () -> RowJson.brief(entry));
                        expected.put(id, entry.cost().usd());
                    }
                }
                if (exchanges % 2 == 0) {
                    JournalTest.until(() -> drain.lag() == 0);
                }
                killed(home, next);
            }
            home = next;
        }
        try (Journal journal = JournalTest.open(home);
                Drain drain = drain(journal, table, home)) {
            JournalTest.until(() -> drain.lag() == 0);
        }
        assertThat(table.rows.keySet()).isEqualTo(expected.keySet());
        assertThat(table.sum())
                .isEqualByComparingTo(expected.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add));
    }

    /** What a process leaves behind that is killed now: a copy, since this one goes on. */
    private static void killed(Path home, Path copy) {
        JournalTest.until(() -> {
            try {
                JournalTest.copy(home, copy);
                return true;
            } catch (java.nio.file.NoSuchFileException _) {
                return false; // a file was removed meanwhile
            }
        });
    }

    private Drain drain(Journal journal, LedgerSink sink) {
        return drain(journal, sink, directory);
    }

    private static Drain drain(Journal journal, LedgerSink sink, Path directory) {
        Drain drain = new Drain(journal, sink, directory.resolve("refused.jsonl"));
        drain.start();
        return drain;
    }

    /** A table with a primary key that can be away. */
    private static final class Table implements LedgerSink {

        final Map<String, JsonNode> rows = Collections.synchronizedMap(new TreeMap<>());
        final AtomicInteger duplicates = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();
        final Set<String> refused = Collections.synchronizedSet(new java.util.HashSet<>());

        @Override
        public String name() {
            return "test";
        }

        @Override
        public boolean isActive() {
            return true;
        }

        @Override
        public void write(Rows batch) throws IOException, RowsRefused {
            if (failures.get() > 0) {
                failures.decrementAndGet();
                throw new IOException("away");
            }
            List<JsonNode> all = new ArrayList<>();
            Json.read(batch.array()).forEach(all::add);
            assertThat(all).hasSize(batch.count());
            for (JsonNode row : all) {
                if (refused.contains(row.path("id").asText())) {
                    throw new RowsRefused("no", new IOException());
                }
            }
            for (JsonNode row : all) {
                if (rows.putIfAbsent(row.path("id").asText(), row) != null) {
                    duplicates.incrementAndGet();
                }
            }
        }

        BigDecimal sum() {
            return rows.values().stream()
                    .map(row -> row.path("cost_usd").decimalValue())
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }
    }
}
