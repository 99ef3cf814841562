package dev.signalbox.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.ledger.Entry;
import dev.signalbox.ledger.GroupCursor;
import dev.signalbox.ledger.RequestLog;
import dev.signalbox.ledger.RequestLog.Dimension;
import dev.signalbox.ledger.Rows;
import dev.signalbox.ledger.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** The schema in a PostgreSQL of its own, spoken to without Hibernate; each database begins empty. */
final class LedgerTables implements AutoCloseable {

    private static final Pattern PARAMETER = Pattern.compile("'[^']*'|:(\\w+)");

    private final EmbeddedPostgres postgres;
    private final EmbeddedPostgres.Address address;
    private int databases;

    LedgerTables(Path directory) throws IOException {
        address = EmbeddedPostgres.address(directory);
        postgres = EmbeddedPostgres.take(directory, Command.unprivileged());
        postgres.start();
    }

    /** A new database with the schema as it was in that version. */
    Database database(String version) throws SQLException {
        String name = "ledger" + databases++;
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        Database database = new Database(name);
        database.migrate(version);
        return database;
    }

    private String url(String database) {
        return "jdbc:postgresql://"
                + address.hostAndDatabase().replaceFirst("/.*", "/").concat(database);
    }

    private Connection connect(String database) throws SQLException {
        Properties login = new Properties();
        login.put("user", EmbeddedPostgres.USER);
        login.put("password", address.password());
        return DriverManager.getConnection(url(database), login);
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }

    /** One database, asked on a connection of its own each time. */
    final class Database {
        private final String name;

        private Database(String name) {
            this.name = name;
        }

        void migrate(String version) {
            Flyway.configure()
                    .dataSource(url(name), EmbeddedPostgres.USER, address.password())
                    .locations("classpath:db/migration")
                    .target(version)
                    .load()
                    .migrate();
        }

        Connection connect() throws SQLException {
            return LedgerTables.this.connect(name);
        }

        /** How many were new. */
        int insert(List<Entry> entries) {
            return insert(entries, "inserted");
        }

        /** How many were older than what is kept. */
        int insertLate(List<Entry> entries) {
            return insert(entries, "late");
        }

        private int insert(List<Entry> entries, String which) {
            byte[] array = new Rows(entries.stream().map(Sample::json).toList()).array();
            String sql = "select %s from request_insert(cast(:rows as jsonb))".formatted(which);
            return Integer.parseInt(query(sql, Map.of("rows", new String(array, StandardCharsets.UTF_8)))
                    .getFirst());
        }

        int upkeep(Instant since, String today) {
            return Integer.parseInt(query(
                            "select request_upkeep(:since, cast(:today as date))",
                            Map.of("since", OffsetDateTime.ofInstant(since, ZoneOffset.UTC), "today", today))
                    .getFirst());
        }

        List<ObjectNode> usage(@Nullable Instant from, @Nullable Instant to, List<Dimension> by) {
            return usage(from, to, by, UsageQuery.Known.ALWAYS);
        }

        List<ObjectNode> usage(
                @Nullable Instant from, @Nullable Instant to, List<Dimension> by, UsageQuery.Known known) {
            return usage(from, to, by, known, Integer.MAX_VALUE, null).rows();
        }

        /** A page, as the store's reader asks for it. */
        RequestLog.Page usage(
                @Nullable Instant from,
                @Nullable Instant to,
                List<Dimension> by,
                UsageQuery.Known known,
                int limit,
                @Nullable String cursor) {
            try (Connection connection = connect()) {
                var edges = UsageTable.edges(
                        query(connection, UsageTable.EDGES, Map.of()).getFirst());
                var paging = new UsagePaging(from, to, by, known, edges, limit, GroupCursor.parse(cursor, by));
                for (UsageQuery usage = paging.next(); usage != null; usage = paging.next()) {
                    paging.add(query(connection, usage.sql(), usage.values()).stream()
                            .map(usage::read)
                            .toList());
                }
                return paging.page();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        Map<String, RequestLog.Spent> spent(Dimension.Field by, List<String> names, LocalDate today) {
            return UsageTable.spent(query(
                    UsageTable.spending(by),
                    Map.of(
                            "names",
                            String.join("\n", names),
                            "today",
                            today.atStartOfDay().atOffset(ZoneOffset.UTC))));
        }

        /** The first column, as text. */
        List<String> query(String sql) {
            return query(sql, Map.of());
        }

        List<String> query(String sql, Map<String, Object> values) {
            try (Connection connection = connect()) {
                return query(connection, sql, values);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static List<String> query(Connection connection, String sql, Map<String, Object> values)
                throws SQLException {
            List<Object> ordered = new ArrayList<>();
            StringBuilder plain = new StringBuilder();
            Matcher matcher = PARAMETER.matcher(sql);
            while (matcher.find()) {
                String parameter = matcher.group(1);
                if (parameter != null) {
                    ordered.add(values.get(parameter));
                }
                matcher.appendReplacement(plain, parameter == null ? Matcher.quoteReplacement(matcher.group()) : "?");
            }
            matcher.appendTail(plain);
            try (PreparedStatement statement = connection.prepareStatement(plain.toString())) {
                for (int i = 0; i < ordered.size(); i++) {
                    statement.setObject(i + 1, ordered.get(i));
                }
                List<String> lines = new ArrayList<>();
                if (statement.execute()) {
                    try (ResultSet rows = statement.getResultSet()) {
                        while (rows.next()) {
                            lines.add(rows.getString(1));
                        }
                    }
                }
                return lines;
            }
        }
    }

    static JsonNode tree(Entry entry) {
        try {
            return Json.read(Sample.json(entry));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
