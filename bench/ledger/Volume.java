package dev.signalbox.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.ledger.RequestLog;
import dev.signalbox.ledger.RequestLog.Dimension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;

/**
 * The ledger with many rows: fills PostgreSQL, then asks what operators ask, and prints how long each answer took.
 * {@code bench/ledger/README.md} says what is real about it.
 */
final class Volume {

    private static final Pattern PARAMETER = Pattern.compile("'[^']*'|:(\\w+)");
    private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
    private static final int ASKED = 9;
    private static final int PAGE = 1000;

    /** Rows as a gateway writes them: 8 models of 5 providers, 40 keys of 10 teams, 500 users, three environments. */
    private static final String ROWS = """
            select 'req_' || md5(i || :day) as id, cast(:day as timestamptz) + i * (interval '1 day' / :perDay) as time,
                'model-' || u.m as model, 'provider-' || u.m % 5 as provider,
                'provider-' || u.m % 5 || '/upstream-' || u.m as deployment,
                'key_' || u.n % 40 as key_id, 'key ' || u.n % 40 as key_name, 'team-' || u.n % 10 as team,
                'user-' || u.n as user_name, jsonb_build_object('env', (array['live', 'test', 'dev'])[1 + u.n % 40 % 3],
                    'build', 'b' || i % 97) as tags, 'cost' as strategy, i % 3 = 0 as stream, 'off' as cache,
                case when i % 67 = 0 then 503 when i % 113 = 0 then 499 else 200 end as status, null as error,
                false as estimated, 500 + i % 3001 as input_tokens, 20 + i % 701 as output_tokens, i % 257 as cached_tokens,
                0 as cache_write_tokens, 0 as reasoning_tokens, cast((500 + i % 3001) * 2.5 / 1000000 as numeric(20, 12)) as cost_usd,
                round(cast(exp(6 + 0.7 * sqrt(-2 * ln(1 - u.r)) * cos(6.2831853 * random())) as numeric), 3) as latency_ms,
                round(cast(120 + 300 * u.r as numeric), 3) as first_token_ms, 2.5 as price_input, 10 as price_output,
                null as price_cached_input, null as price_cache_write,
                jsonb_build_array(jsonb_build_object('provider', 'provider-' || u.m % 5, 'model', 'upstream-' || u.m,
                    'status', 200, 'error', null, 'duration_ms', 512)) as attempts
            from generate_series(0, :perDay - 1) as i
            cross join lateral (select random() as r, (i * 2654435761 # 12345) % 500 as n,
                ((i * 2654435761 # 12345) % 500 * 7 + i % 3) % 8 as m) as u
            """;

    private static final String COLUMNS = "id, time, model, provider, deployment, key_id, key_name, team, user_name, tags,"
            + " strategy, stream, cache, status, error, estimated, input_tokens, output_tokens, cached_tokens,"
            + " cache_write_tokens, reasoning_tokens, cost_usd, latency_ms, first_token_ms, price_input, price_output,"
            + " price_cached_input, price_cache_write, attempts";

    private final Connection connection;
    private final int rows;
    private final int days;

    private Volume(Connection connection, int rows, int days) {
        this.connection = connection;
        this.rows = rows;
        this.days = days;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        int rows = Integer.parseInt(options.getOrDefault("--rows", "10000000"));
        int days = Integer.parseInt(options.getOrDefault("--days", "30"));
        String url = options.getOrDefault("--url", "");
        if (!url.isEmpty()) {
            measure(url, options.getOrDefault("--user", "postgres"), options.getOrDefault("--password", ""), rows, days);
            return;
        }
        Path directory = Path.of(options.get("--directory"));
        EmbeddedPostgres.Address address = EmbeddedPostgres.address(directory);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.take(directory, Command.unprivileged())) {
            postgres.start();
            measure("jdbc:postgresql://" + address.hostAndDatabase(), EmbeddedPostgres.USER, address.password(), rows, days);
        }
    }

    private static void measure(String url, String user, String password, int rows, int days) throws SQLException {
        Flyway.configure().dataSource(url, user, password).locations("classpath:db/migration").load().migrate();
        Properties login = new Properties();
        login.put("user", user);
        login.put("password", password);
        try (Connection connection = DriverManager.getConnection(url, login)) {
            Volume volume = new Volume(connection, rows, days);
            volume.fill();
            volume.report();
        }
    }

    private void fill() throws SQLException {
        say("PostgreSQL %s, %,d rows over %d days", one("show server_version"), rows, days);
        execute("select 1 from usage_list(array['env'], now())");
        long begin = System.nanoTime();
        int perDay = rows / days;
        Duration made = Duration.ZERO;
        Duration summed = Duration.ZERO;
        for (int day = 0; day < days; day++) {
            String from = FIRST.plusDays(day) + " 00:00:00+00";
            if (isSummed(from, 23)) {
                continue;
            }
            execute("select request_partition(date '%s')".formatted(FIRST.plusDays(day)));
            long start = System.nanoTime();
            execute("insert into request (" + COLUMNS + ") "
                    + ROWS.replace(":day", "'" + from + "'").replace(":perDay", String.valueOf(perDay))
                    + " on conflict do nothing");
            made = made.plusNanos(System.nanoTime() - start);
            start = System.nanoTime();
            for (int hour = 0; hour < 24; hour++) {
                if (isSummed(from, hour)) {
                    continue;
                }
                execute("select usage_roll(timestamptz '%s' + interval '%d hours', timestamptz '%s' + interval '%d hours')"
                        .formatted(from, hour, from, hour + 1));
            }
            summed = summed.plusNanos(System.nanoTime() - start);
        }
        if (!made.isZero()) {
            say("made in SQL in %d s, added to the sums by the schema's own function in %d s, all in %d s", made.toSeconds(),
                    summed.toSeconds(), Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        }
        execute("vacuum analyze usage_sum");
        execute("analyze request");
        insertForReal();
    }

    private boolean isSummed(String day, int hour) throws SQLException {
        return !one("select count(*) from usage_sum where grain = 0 and time = timestamptz '%s' + interval '%d hours'"
                        .formatted(day, hour))
                .equals("0");
    }

    /** Batches as the gateway's drain brings them, into a day behind the others. */
    private void insertForReal() throws SQLException {
        LocalDate day = FIRST.plusDays(days + 7);
        int batch = 500;
        List<Double> took = new ArrayList<>();
        String present = one("select count(*) from request where time >= '%s 00:00:00+00'".formatted(day));
        String json = "select id, time, model, provider, deployment, key_id, key_name, team, user_name as \"user\", tags, strategy,"
                + " stream, cache, status, error, estimated, input_tokens, output_tokens, cached_tokens, cache_write_tokens,"
                + " reasoning_tokens, cost_usd, latency_ms, first_token_ms, null as price, attempts from ("
                + ROWS.replace(":day", "'" + day + " 00:00:00+00'").replace(":perDay", String.valueOf(rows / days)) + ") r";
        for (int i = 0; i < 60; i++) {
            int skip = Integer.parseInt(present) + i * batch;
            String array = one("select jsonb_agg(j) from (%s offset %d limit %d) j".formatted(json, skip, batch));
            try (PreparedStatement statement =
                    connection.prepareStatement("select inserted from request_insert(cast(? as jsonb))")) {
                statement.setString(1, array);
                long start = System.nanoTime();
                try (ResultSet result = statement.executeQuery()) {
                    result.next();
                    took.add((System.nanoTime() - start) / 1e6);
                    if (result.getInt(1) != batch) {
                        throw new IllegalStateException("inserted " + result.getInt(1));
                    }
                }
            }
        }
        double[] sorted = sorted(took);
        double middle = sorted[sorted.length / 2];
        say("60 batches of %d rows through the gateway's own insert: %.0f ms each (median; %.0f to %.0f), %,.0f rows a second",
                batch, middle, sorted[0], sorted[sorted.length - 1], batch * 1000 / middle);
    }

    private void report() throws SQLException {
        say("");
        say("| stored | rows | size |");
        say("|---|--:|--:|");
        say("| requests | %,d | %s |", Long.parseLong(one("select count(*) from request")),
                one("select pg_size_pretty(sum(pg_total_relation_size(inhrelid))) from pg_inherits"
                        + " where inhparent = cast('request' as regclass)"));
        String[] grains = {
            "hours by deployment", "hours by key", "hours by user and tags", "days by deployment", "days by key", "days by user and tags",
            "weeks by deployment", "weeks by key", "weeks by user and tags", "hours by tags", "days by tags", "weeks by tags"
        };
        for (int grain = 0; grain < grains.length; grain++) {
            String table = "usage_sum_" + grain;
            say("| %s | %,d | %s |", grains[grain], Long.parseLong(one("select count(*) from " + table)),
                    one("select pg_size_pretty(pg_total_relation_size('%s'))".formatted(table)));
        }
        say("");
        say("| asked | rows of the answer | ms, median of %d | least to most |", ASKED);
        say("|---|--:|--:|--:|");
        pages();
        Instant end = FIRST.plusDays(days).atStartOfDay().toInstant(ZoneOffset.UTC);
        Instant begin = FIRST.atStartOfDay().toInstant(ZoneOffset.UTC);
        usage("all", begin, end);
        List<String> single = List.of("provider", "model", "deployment", "key", "team", "user", "tag:env", "hour", "day", "month");
        for (String groups : single) {
            usage(groups, begin, end);
        }
        for (int i = 0; i < single.size(); i++) {
            for (int other = i + 1; other < single.size(); other++) {
                usage(single.get(i) + "," + single.get(other), begin, end);
            }
        }
        usage("provider,model,day", begin, end);
        usage("month,team,tag:env", begin, end);
        Instant odd = begin.plusSeconds(3 * 86400 + 1234);
        Instant later = end.minusSeconds(2 * 86400 + 4321);
        usage("model", odd, later);
        usage("user", odd, later);
        usage("tag:env", odd, later);
        usage("user,model", odd, later);
        usage("hour,user", odd, later);
        usage("hour,model", end.minus(Duration.ofHours(24)).plusSeconds(1), end.minusSeconds(1));
        usage("model", end.minus(Duration.ofHours(1)).plusSeconds(600), end.minusSeconds(600));
    }

    private void pages() throws SQLException {
        String select = "select * from request where ";
        String order = " order by time desc, id desc limit 51";
        LocalDate middle = FIRST.plusDays(days / 2);
        page("newest page", select + "true" + order);
        page("newest page of a model", select + "model = 'model-3'" + order);
        page("newest page of a provider and a status", select + "provider = 'provider-2' and status = 503" + order);
        page("newest page of a key", select + "key_id = 'key_7'" + order);
        page("newest page of a status that never was", select + "status = 418" + order);
        page("newest page of a model that never was", select + "model = 'none'" + order);
        page("a page behind %s".formatted(middle), select
                + "time <= '%s 12:00+00' and (time < '%s 12:00+00' or id < 'req_8')".formatted(middle, middle) + order);
        page("a page of a day and a key", select
                + "key_id = 'key_7' and time >= '%s 00:00+00' and time < '%s 00:00+00'".formatted(middle, middle.plusDays(1))
                + order);
        page("one request", select + "id = '%s'".formatted(one("select id from request offset 4321 limit 1")));
    }

    private void page(String name, String sql) throws SQLException {
        List<Double> took = new ArrayList<>();
        int count = 0;
        for (int i = 0; i < ASKED; i++) {
            long start = System.nanoTime();
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(sql)) {
                count = 0;
                while (result.next()) {
                    count++;
                }
            }
            took.add((System.nanoTime() - start) / 1e6);
        }
        line(name, count, took);
    }

    private void usage(String groups, Instant from, Instant to) throws SQLException {
        List<Dimension> by = new ArrayList<>();
        for (String name : groups.equals("all") ? new String[0] : groups.split(",")) {
            by.add(name.startsWith("tag:")
                    ? new Dimension.Tag(name.substring(4))
                    : Dimension.Field.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        List<Double> took = new ArrayList<>();
        int count = 0;
        String more = "";
        for (int i = 0; i < ASKED; i++) {
            long start = System.nanoTime();
            RequestLog.Page page = page(by, from, to);
            took.add((System.nanoTime() - start) / 1e6);
            count = page.rows().size();
            more = page.nextCursor() == null ? "" : ", first page";
        }
        line("usage by %s, %s to %s%s".formatted(groups, text(from), text(to), more), count, took);
    }

    /** As the gateway asks for it, in a transaction. */
    private RequestLog.Page page(List<Dimension> by, Instant from, Instant to) throws SQLException {
        connection.setAutoCommit(false);
        execute(UsageTable.TUNED);
        var edges = UsagePaging.hasTime(by) ? UsageTable.edges(one(UsageTable.EDGES)) : null;
        var paging = new UsagePaging(from, to, by, UsageQuery.Known.ALWAYS, edges, PAGE, null);
        for (UsageQuery usage = paging.next(); usage != null; usage = paging.next()) {
            paging.add(answer(usage));
        }
        connection.commit();
        connection.setAutoCommit(true);
        return paging.page();
    }

    private List<ObjectNode> answer(UsageQuery usage) throws SQLException {
        List<Object> values = new ArrayList<>();
        Matcher matcher = PARAMETER.matcher(usage.sql());
        StringBuilder sql = new StringBuilder();
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                values.add(usage.values().get(matcher.group(1)));
            }
            matcher.appendReplacement(sql, matcher.group(1) == null ? Matcher.quoteReplacement(matcher.group()) : "?");
        }
        matcher.appendTail(sql);
        List<ObjectNode> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            for (int v = 0; v < values.size(); v++) {
                statement.setObject(v + 1, values.get(v));
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(usage.read(result.getString(1)));
                }
            }
        }
        return rows;
    }

    private static String text(Instant time) {
        return OffsetDateTime.ofInstant(time, ZoneOffset.UTC).toString().replace(":00Z", "").replace("T00:00Z", "").replace("Z", "");
    }

    private static void line(String name, int count, List<Double> took) {
        double[] sorted = sorted(took);
        say("| %s | %,d | %.1f | %.1f–%.1f |", name, count, sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    private static double[] sorted(List<Double> took) {
        double[] sorted = took.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String one(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
