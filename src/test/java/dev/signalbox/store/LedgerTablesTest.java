package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Usage;
import dev.signalbox.ledger.Entry;
import dev.signalbox.ledger.RequestLog;
import dev.signalbox.ledger.RequestLog.Dimension;
import dev.signalbox.ledger.Sample;
import dev.signalbox.ledger.Sums;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger's tables: exactly once, by day, and in sums that are those of the rows. */
class LedgerTablesTest {

    private static final String NOW = "8";
    private static final List<String> GROUPS = List.of(
            "",
            "model",
            "hour",
            "day",
            "month",
            "provider,deployment",
            "day,model",
            "key,team",
            "hour,key",
            "user",
            "day,user,model,tag:env",
            "tag:env",
            "tag:env,hour",
            "month,key",
            "user,month",
            "user,hour",
            "model,tag:env",
            "team,day,hour");

    /** Percentiles of sums are that close to those of rows. */
    private static final double ERROR = 0.02;

    private static LedgerTables tables;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        tables = new LedgerTables(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        tables.close();
    }

    @Test
    void rowsOfEarlierVersionsStayAndAreSummed() throws Exception {
        LedgerTables.Database database = tables.database("3");
        database.query("""
            insert into request (id, time, model, tags, strategy, stream, cache, status, estimated, input_tokens,
                output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost_usd, latency_ms, attempts)
            select 'old' || i, timestamptz '2026-03-01 22:00:00.5+00' + i * interval '1 minute', 'm', '{"env": "x"}',
                'priority', true, 'off', 200, false, i, 1, 0, 0, 0, 0.00001, i + 0.5, '[]'
            from generate_series(1, 300) as i
            """);

        database.migrate(NOW);

        assertThat(database.query("select count(*) from request where tags ->> 'env' = 'x'"))
                .containsExactly("300");
        assertThat(database.query("select count(*) from request_20260301")).containsExactly("119");
        ObjectNode sum = database.usage(null, null, List.of()).getFirst();
        assertThat(sum.path("requests").asInt()).isEqualTo(300);
        assertThat(sum.path("input_tokens").asInt()).isEqualTo(45150);
        assertThat(sum.path("cost_usd").decimalValue()).isEqualByComparingTo("0.003");
        Entry again = Sample.entry("old1", Instant.parse("2026-03-01T22:01:00.5Z"), "m", 200, new Usage(1, 0, 0, 1, 0));
        assertThat(database.insert(List.of(again))).isZero();
    }

    @Test
    void aJournalThatIsReplayedChangesNothing() throws Exception {
        LedgerTables.Database database = tables.database(NOW);
        List<Entry> entries = new RandomEntries(7).some(300);
        assertThat(database.insert(entries)).isEqualTo(300);
        List<ObjectNode> before = database.usage(null, null, Sums.dimensions("hour,model,user"));

        assertThat(database.insert(entries)).isZero();
        assertThat(database.insert(entries.subList(100, 200))).isZero();
        List<Entry> half = new ArrayList<>(entries.subList(250, 300));
        Entry twice = Sample.entry("new", Sample.TIME, "m", 200, Usage.NONE);
        half.addAll(List.of(twice, twice));
        assertThat(database.insert(half)).isEqualTo(1);

        assertThat(database.query("select count(*) from request")).containsExactly("301");
        List<ObjectNode> after = database.usage(null, null, Sums.dimensions("hour,model,user"));
        after = after.stream()
                .filter(row -> !row.path("model").asText().equals("m"))
                .toList();
        assertThat(after).isEqualTo(before);
    }

    @Test
    void rowsAroundMidnightAreOfTheirDays() throws Exception {
        LedgerTables.Database database = tables.database(NOW);
        List<Entry> entries = List.of(
                at("last", "2026-02-28T23:59:59.999999Z"),
                at("first", "2026-03-01T00:00:00Z"),
                at("late", "2024-02-29T12:00:00Z"));
        for (int i = 0; i < 2; i++) {
            database.insert(entries);
        }
        assertThat(database.query("select id from request_20260228")).containsExactly("last");
        assertThat(database.query("select id from request_20260301")).containsExactly("first");
        assertThat(database.query("select id from request_20240229")).containsExactly("late");
        assertThat(database.usage(null, null, Sums.dimensions("day")))
                .extracting(
                        row -> row.path("day").asText(),
                        row -> row.path("requests").asInt())
                .containsExactly(
                        tuple("2024-02-29T00:00:00Z", 1),
                        tuple("2026-02-28T00:00:00Z", 1),
                        tuple("2026-03-01T00:00:00Z", 1));
        assertThat(requests(database, "2026-02-28T23:59:59.999999Z", "2026-03-01T00:00:00Z"))
                .isEqualTo(1);
        assertThat(requests(database, "2026-03-01T00:00:00Z", "2026-03-01T00:00:00.000001Z"))
                .isEqualTo(1);
        assertThat(requests(database, "2026-02-28T23:00:00Z", "2026-03-01T00:00:00Z"))
                .isEqualTo(1);
    }

    @Test
    void whatIsDroppedStaysAwayAndStaysSummed() throws Exception {
        LedgerTables.Database database = tables.database(NOW);
        List<Entry> entries = List.of(
                at("a", "2026-03-01T23:00:00Z"), at("b", "2026-03-02T00:00:00Z"), at("c", "2026-03-03T12:00:00Z"));
        database.insert(entries);

        assertThat(database.upkeep(Instant.parse("2026-03-01T23:59:59Z"), "2026-03-03"))
                .isZero();
        assertThat(database.upkeep(Instant.parse("2026-03-02T00:00:00Z"), "2026-03-03"))
                .isEqualTo(1);
        assertThat(database.query("select id from request order by id")).containsExactly("b", "c");
        assertThat(database.query("select to_regclass('request_20260305') is not null"))
                .containsExactly("t");

        assertThat(database.insert(entries)).isZero();
        assertThat(database.insertLate(entries)).isEqualTo(1);
        assertThat(database.usage(null, null, List.of())
                        .getFirst()
                        .path("requests")
                        .asInt())
                .isEqualTo(3);
        assertThat(database.query("select id from request order by id")).containsExactly("b", "c");
    }

    @Test
    void onlyOneReplicaLooksAfterDays() throws Exception {
        LedgerTables.Database database = tables.database(NOW);
        database.insert(List.of(at("a", "2026-03-01T23:00:00Z")));
        Instant since = Instant.parse("2026-04-01T00:00:00Z");
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select request_upkeep('2026-01-01 00:00+00', date '2026-03-01')");
            assertThat(database.upkeep(since, "2026-05-01")).isZero();
            other.commit();
        }
        assertThat(database.upkeep(since, "2026-05-01")).isGreaterThanOrEqualTo(1);
    }

    @Test
    void sumsOfUsageAreThoseOfRowsForAnyTimesAndGroups() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            LedgerTables.Database database = tables.database(NOW);
            database.query("select 1 from usage_list(array['env'], now())");
            RandomEntries random = new RandomEntries(seed);
            List<Entry> entries = random.some(400);
            for (int i = 0; i < entries.size(); i += 40) {
                database.insert(entries.subList(i, i + 40));
            }
            List<ObjectNode> rows = entries.stream()
                    .map(entry -> (ObjectNode) LedgerTables.tree(entry))
                    .toList();
            for (int i = 0; i < 60; i++) {
                Instant one = random.time();
                Instant other = random.time();
                Instant from = i % 5 == 0 ? null : one.isBefore(other) ? one : other;
                Instant to = i % 7 == 0 ? null : one.isBefore(other) ? other : one;
                List<Dimension> by = Sums.dimensions(GROUPS.get(i % GROUPS.size()));
                UsageQuery.Known known = i % 3 == 0
                        ? UsageQuery.Known.NEVER
                        : i % 3 == 1
                                ? UsageQuery.Known.ALWAYS
                                : new UsageQuery.Known(Instant.parse("2026-02-28T05:00:00Z"), true);
                List<ObjectNode> expected = Sums.of(
                        rows.stream()
                                .filter(row -> {
                                    Instant time =
                                            Instant.parse(row.path("time").asText());
                                    return (from == null || !time.isBefore(from)) && (to == null || time.isBefore(to));
                                })
                                .toList(),
                        by);
                same(
                        database.usage(from, to, by, known),
                        expected,
                        "seed %d: %s to %s by %s".formatted(seed, from, to, by));
            }
        }
    }

    @Test
    void pagesOfUsageAreTogetherTheWholeOfIt() throws Exception {
        LedgerTables.Database database = tables.database(NOW);
        database.query("select 1 from usage_list(array['env'], now())");
        RandomEntries random = new RandomEntries(11);
        database.insert(random.some(120));
        for (String groups : GROUPS) {
            List<Dimension> by = Sums.dimensions(groups);
            Instant one = random.time();
            Instant other = random.time();
            Instant from = one.isBefore(other) ? one : other;
            Instant to = one.isBefore(other) ? other : one;
            List<ObjectNode> whole = database.usage(from, to, by);
            for (int limit : List.of(6, 1000)) {
                List<ObjectNode> pages = new ArrayList<>();
                String cursor = null;
                do {
                    RequestLog.Page page = database.usage(from, to, by, UsageQuery.Known.ALWAYS, limit, cursor);
                    assertThat(page.rows()).hasSizeBetween(cursor == null ? 0 : 1, limit);
                    pages.addAll(page.rows());
                    cursor = page.nextCursor();
                } while (cursor != null);
                assertThat(pages).describedAs("by %s, %d a page", groups, limit).isEqualTo(whole);
            }
        }
    }

    @Test
    void whatWasSpentIsTheSumOfTheRows() throws Exception {
        LedgerTables.Database database = tables.database(NOW);
        List<Entry> entries = new RandomEntries(13).some(200);
        database.insert(entries);
        LocalDate today = LocalDate.parse("2026-03-11");
        Instant midnight = Instant.parse("2026-03-11T00:00:00Z");
        for (Dimension.Field by :
                List.of(Dimension.Field.PROVIDER, Dimension.Field.MODEL, Dimension.Field.DEPLOYMENT)) {
            List<ObjectNode> total = database.usage(null, null, List.of(by));
            List<ObjectNode> since = database.usage(midnight, null, List.of(by));
            Map<String, RequestLog.Spent> spent =
                    database.spent(by, List.of("gpt-4o", "openai", "openai/gpt-4o"), today);
            assertThat(spent).hasSize(1);
            spent.forEach((name, what) -> {
                assertThat(what.total()).isEqualByComparingTo(cost(total, by, name));
                assertThat(what.today()).isEqualByComparingTo(cost(since, by, name));
                if (by == Dimension.Field.DEPLOYMENT) {
                    assertThat(what.newest()).isNull();
                } else {
                    assertThat(database.query("select max(time) = timestamptz '%s' from request where %s = '%s'"
                                    .formatted(what.newest(), by.label(), name)))
                            .containsExactly("t");
                }
            });
        }
        assertThat(database.spent(Dimension.Field.PROVIDER, List.of("nobody"), today))
                .isEmpty();
        database.insert(List.of(Sample.unpriced("new", midnight.minusSeconds(1), "new")));
        assertThat(database.spent(Dimension.Field.MODEL, List.of("new"), today).get("new"))
                .isEqualTo(new RequestLog.Spent(BigDecimal.ZERO, null, midnight.minusSeconds(1)));
        assertThat(database.spent(Dimension.Field.PROVIDER, List.of("openai"), LocalDate.parse("2027-01-01"))
                        .get("openai")
                        .today())
                .isEqualByComparingTo("0");
    }

    private static BigDecimal cost(List<ObjectNode> rows, Dimension.Field by, String name) {
        return rows.stream()
                .filter(row -> row.path(by.label()).asText().equals(name))
                .findFirst()
                .orElseThrow()
                .path("cost_usd")
                .decimalValue();
    }

    @Test
    void sumsOfTheVersionBeforeAreKeptAndGoOn() throws Exception {
        LedgerTables.Database database = tables.database("7");
        database.query("select 1 from usage_list(array['env'], now())");
        List<Entry> entries = new RandomEntries(5).some(400);
        database.insert(entries.subList(0, 300));

        database.migrate(NOW);
        assertThat(database.insert(entries)).isEqualTo(100);

        List<ObjectNode> rows = entries.stream()
                .map(entry -> (ObjectNode) LedgerTables.tree(entry))
                .toList();
        for (String groups : GROUPS) {
            List<Dimension> by = Sums.dimensions(groups);
            same(database.usage(null, null, by), Sums.of(rows, by), "by " + groups);
        }
    }

    @Test
    void replicasThatWriteTheSameHoursDoNotStopEachOther() throws Exception {
        LedgerTables.Database database = tables.database(NOW);
        List<Entry> entries = new RandomEntries(3).some(600);
        try (ExecutorService replicas = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> inserted = new ArrayList<>();
            for (int replica = 0; replica < 4; replica++) {
                List<Entry> own = new ArrayList<>(entries);
                Collections.shuffle(own, new Random(replica));
                Callable<Integer> work = () -> {
                    int count = 0;
                    for (int i = 0; i < own.size(); i += 60) {
                        count += database.insert(own.subList(i, i + 60));
                    }
                    return count;
                };
                inserted.add(replicas.submit(work));
            }
            int sum = 0;
            for (Future<Integer> each : inserted) {
                sum += each.get();
            }
            assertThat(sum).isEqualTo(600);
        }
        List<Dimension> by = Sums.dimensions("day,model,user");
        same(
                database.usage(null, null, by),
                Sums.of(
                        entries.stream()
                                .map(e -> (ObjectNode) LedgerTables.tree(e))
                                .toList(),
                        by),
                "after all replicas");
    }

    @Test
    void tagsThatAreListedLaterAreKnownFromThenOn() throws Exception {
        LedgerTables.Database database = tables.database(NOW);
        database.insert(List.of(at("a", "2026-03-01T10:00:00Z")));
        database.query("select 1 from usage_list(array['env'], timestamptz '2026-03-01 10:30+00')");
        database.query("select 1 from usage_list(array['env', 'team'], timestamptz '2026-03-02 10:30+00')");

        assertThat(database.query("select name || ' ' || (since at time zone 'UTC') from usage_tag order by name"))
                .containsExactly("env 2026-03-01 12:00:00", "team 2026-03-02 12:00:00");
        database.insert(List.of(at("b", "2026-03-01T12:00:00Z")));
        var known = new UsageQuery.Known(Instant.parse("2026-03-01T12:00:00Z"), true);
        List<ObjectNode> rows = database.usage(null, null, Sums.dimensions("tag:env"), known);
        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().path("tag:env").asText()).isEqualTo("test");
        assertThat(rows.getFirst().path("requests").asInt()).isEqualTo(2);
    }

    private static int requests(LedgerTables.Database database, String from, String to) {
        return database.usage(Instant.parse(from), Instant.parse(to), List.of())
                .getFirst()
                .path("requests")
                .asInt();
    }

    private static Entry at(String id, String time) {
        return Sample.entry(id, Instant.parse(time), "m", 200, Usage.NONE);
    }

    /** The same keys with the same values; percentiles as close as promised. */
    private static void same(List<ObjectNode> actual, List<ObjectNode> expected, String when) {
        assertThat(actual).describedAs(when).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            ObjectNode row = actual.get(i);
            Set<String> names = new HashSet<>();
            expected.get(i).fieldNames().forEachRemaining(names::add);
            Set<String> found = new HashSet<>();
            row.fieldNames().forEachRemaining(found::add);
            assertThat(found).isEqualTo(names);
            for (String name : names) {
                JsonNode value = row.get(name);
                JsonNode wanted = expected.get(i).get(name);
                String what = "%s: row %d, %s of %s".formatted(when, i, name, expected.get(i));
                if (!wanted.isNumber()) {
                    assertThat(value).describedAs(what).isEqualTo(wanted);
                } else if (name.matches("p\\d+_latency_ms")) {
                    assertThat(value.asDouble())
                            .describedAs(what)
                            .isCloseTo(wanted.asDouble(), within(ERROR * wanted.asDouble() + 0.001));
                } else {
                    assertThat(value.decimalValue()).describedAs(what).isEqualByComparingTo(wanted.decimalValue());
                }
            }
        }
    }
}
