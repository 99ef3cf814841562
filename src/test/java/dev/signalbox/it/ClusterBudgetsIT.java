package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cluster.OwnRedis;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Two replicas share Redis and PostgreSQL: budgets hold for both together, whoever is killed, and when Redis is lost. */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisabledIfSystemProperty(
        named = "signalbox.executable",
        matches = ".+",
        disabledReason = "the embedded store needs the JVM")
class ClusterBudgetsIT {

    private static final String ADMIN = "admin-key-0123456789";

    /** Twelve tokens at a dollar a million. */
    private static final BigDecimal ANSWER = new BigDecimal("0.000012");

    private static final Lanes LANES = Lanes.of(3)
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL)
            .each("signalbox.models.only%d.pricing.input", "1")
            .each("signalbox.models.only%d.pricing.output", "1");

    private static final OwnRedis REDIS = OwnRedis.started();

    private static final Queue<String> UNUSUAL = new ConcurrentLinkedQueue<>();

    private static Gateway first;
    private static Gateway second;

    @BeforeAll
    static void start() throws IOException {
        first = replica().and("signalbox.store.kind", "embedded");
        Path data = first.directory().resolve("data");
        first.and("signalbox.store.directory", data.toString()).start();
        Await.until("the store is there", () -> first.log().contains("the store is there"));
        String port = Files.readString(data.resolve("postgres/port")).strip();
        second = replica()
                .and("signalbox.store.kind", "postgres")
                .and("quarkus.datasource.jdbc.url", "jdbc:postgresql://127.0.0.1:" + port + "/postgres")
                .and("quarkus.datasource.username", "signalbox")
                .and(
                        "quarkus.datasource.password",
                        Files.readString(data.resolve("postgres/password")).strip())
                .start();
    }

    private static Gateway replica() {
        Gateway gateway = Gateway.bare()
                .and("signalbox.auth.admin-key", ADMIN)
                .and("signalbox.cluster.redis", REDIS.address())
                .and("signalbox.auth.teams.crew.budget.limit-usd", "0.5")
                .and("signalbox.auth.teams.crew.budget.window", "month")
                .and("signalbox.auth.keys.sailor.team", "crew")
                .and("signalbox.auth.keys.sailor.key", secret("sailor"));
        LANES.configuration().forEach(gateway::and);
        budget(gateway, "crowd", "0.003");
        return budget(gateway, "survivor", "0.003");
    }

    private static Gateway budget(Gateway gateway, String name, String usd) {
        String at = "signalbox.auth.keys." + name;
        return gateway.and(at + ".key", secret(name))
                .and(at + ".budget.limit-usd", usd)
                .and(at + ".budget.window", "month");
    }

    private static String secret(String name) {
        return "sk-" + name + "-0123456789";
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
        REDIS.close();
        LANES.close();
    }

    private static String body(String model) {
        return Shapes.with(model, "\"max_tokens\":100");
    }

    private static int ask(Gateway gateway, String key, String body) {
        Response answer = gateway.chat(body, "authorization", "Bearer " + secret(key));
        if (answer.statusCode() != 200 && answer.statusCode() != 402) {
            UNUSUAL.add(answer.asString());
        }
        return answer.statusCode();
    }

    /** What one more attempt can cost at most, with room for what the gateway puts into the body. */
    private static BigDecimal worst(String body) {
        return new BigDecimal("0.000001").multiply(BigDecimal.valueOf(100L + body.length() + 40));
    }

    private static List<JsonNode> rows(String key) {
        List<JsonNode> rows = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = Shapes.json(first.request()
                    .header("authorization", "Bearer " + ADMIN)
                    .get("/admin/v1/requests?limit=500" + cursor)
                    .asString());
            for (JsonNode row : page.path("data")) {
                if (row.path("key_name").asText().equals(key)) {
                    rows.add(row);
                }
            }
            cursor = page.hasNonNull("next_cursor")
                    ? "&cursor=" + page.path("next_cursor").asText()
                    : null;
        } while (cursor != null);
        return rows;
    }

    private static BigDecimal ledger(String key) {
        return rows(key).stream()
                .map(row -> row.path("cost_usd"))
                .filter(JsonNode::isNumber)
                .map(JsonNode::decimalValue)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static BigDecimal billed(Lane lane) {
        return ANSWER.multiply(BigDecimal.valueOf(lane.first().received().size()));
    }

    /** Both replicas refuse: nobody has anything left that is worth asking for. */
    private static void drain(String key, String body) {
        int refused = 0;
        for (int i = 0; refused < 4; i++) {
            int status = ask(i % 2 == 0 ? first : second, key, body);
            refused = status == 200 ? 0 : refused + 1;
        }
    }

    @Test
    @Order(1)
    void twoHundredCallersOfTwoReplicasSpendABudgetAndNoMore() {
        Lane lane = LANES.lane(0);
        lane.first().answers(Slowly.hello(50));
        String body = body("only0");

        List<CompletableFuture<List<Integer>>> callers = IntStream.range(0, 200)
                .mapToObj(number -> {
                    var done = new CompletableFuture<List<Integer>>();
                    Thread.ofVirtual().start(() -> {
                        List<Integer> seen = new ArrayList<>();
                        for (int i = 0; i < 3; i++) {
                            seen.add(ask((number + i) % 2 == 0 ? first : second, "crowd", body));
                        }
                        done.complete(seen);
                    });
                    return done;
                })
                .toList();
        List<Integer> seen =
                callers.stream().flatMap(one -> one.join().stream()).toList();
        assertThat(UNUSUAL).isEmpty();
        assertThat(seen).hasSize(600).containsOnly(200, 402).contains(200, 402);
        drain("crowd", body);

        BigDecimal limit = new BigDecimal("0.003");
        assertThat(billed(lane)).as("what the vendor counts").isLessThanOrEqualTo(limit);
        assertThat(limit.subtract(billed(lane))).as("nothing is lost either").isLessThan(worst(body));
        Await.until("the ledger has it all", () -> ledger("crowd").compareTo(billed(lane)) == 0);
    }

    @Test
    @Order(2)
    void whatAKilledReplicaHadComesBack() {
        Lane lane = LANES.lane(1);
        lane.first().answers(Slowly.hello(300));
        String body = body("only1");
        var stop = new AtomicBoolean();
        var answers = new AtomicInteger();
        List<Thread> callers = IntStream.range(0, 12)
                .mapToObj(number -> Thread.ofVirtual().start(() -> {
                    while (!stop.get()) {
                        try {
                            if (ask(number % 2 == 0 ? first : second, "survivor", body) == 200) {
                                answers.incrementAndGet();
                            }
                        } catch (RuntimeException killed) {
                            return;
                        }
                    }
                }))
                .toList();
        Await.until("they are at it", () -> answers.get() > 20);
        second.kill();
        long killed = System.nanoTime();
        stop.set(true);
        join(callers);

        BigDecimal limit = new BigDecimal("0.003");
        lane.first().answers(OpenAiAnswers.hello());
        Await.until("what it had under way comes back", Duration.ofSeconds(20), () -> {
            if (ask(first, "survivor", body) == 200) {
                answers.incrementAndGet();
            }
            return limit.subtract(billed(lane)).compareTo(worst(body)) < 0;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(25));
        // only what was under way at the moment of the kill may be beyond it
        assertThat(billed(lane)).isLessThanOrEqualTo(limit.add(ANSWER.multiply(BigDecimal.valueOf(6))));

        second.start();
        Await.until(
                "each request has its row",
                Duration.ofSeconds(20),
                () -> rows("survivor").stream()
                                .filter(row -> row.path("status").asInt() != 402)
                                .count()
                        >= lane.first().received().size());
        List<JsonNode> whole = rows("survivor").stream()
                .filter(row -> row.path("status").asInt() == 200)
                .toList();
        assertThat(whole).hasSizeGreaterThanOrEqualTo(answers.get());
        assertThat(ledger("survivor")).isGreaterThanOrEqualTo(ANSWER.multiply(BigDecimal.valueOf(answers.get())));
        assertThat(rows("survivor")).anyMatch(row -> row.toString().contains("aborted"));
    }

    private static void join(List<Thread> callers) {
        for (Thread caller : callers) {
            try {
                caller.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    @Order(3)
    void aRedisThatIsLostIsMadeUpFromTheLedger() {
        String body = body("only2");
        var stop = new AtomicBoolean();
        var answers = new AtomicInteger();
        List<Thread> callers = IntStream.range(0, 8)
                .mapToObj(number -> Thread.ofVirtual().start(() -> {
                    while (!stop.get()) {
                        int status = ask(number % 2 == 0 ? first : second, "sailor", body);
                        if (status == 200) {
                            answers.incrementAndGet();
                        }
                        Gateway.pause(Duration.ofMillis(40));
                    }
                }))
                .toList();
        BooleanSupplier goesOn = goesOn(answers, 30);
        Await.until("they are at it", Duration.ofSeconds(20), goesOn);
        REDIS.stop();
        Await.until("it is away", () -> degraded(first) && degraded(second));
        Await.until("advances are spent", Duration.ofSeconds(20), goesOn(answers, 30));
        REDIS.start();
        Await.until("it is back", Duration.ofSeconds(20), () -> !degraded(first) && !degraded(second));
        Await.until("and grants", Duration.ofSeconds(20), goesOn(answers, 300));
        stop.set(true);
        join(callers);

        BigDecimal limit = new BigDecimal("0.5");
        BigDecimal spent = ANSWER.multiply(BigDecimal.valueOf(answers.get()));
        Await.until(
                "the ledger has it all",
                Duration.ofSeconds(20),
                () -> ledger("sailor").compareTo(spent) == 0);
        for (Gateway gateway : List.of(first, second)) {
            Await.until(
                    "counters are what the ledger says",
                    Duration.ofSeconds(60),
                    () -> remaining(gateway)
                                    .subtract(limit.subtract(spent))
                                    .abs()
                                    .compareTo(new BigDecimal("0.0000001"))
                            < 0);
        }
    }

    private static BooleanSupplier goesOn(AtomicInteger answers, int more) {
        int[] before = {-1};
        return () -> {
            if (before[0] < 0) {
                before[0] = answers.get();
            }
            return answers.get() > before[0] + more;
        };
    }

    private static boolean degraded(Gateway gateway) {
        return metric(gateway, "signalbox_cluster_degraded\\S* (\\S+)").signum() > 0;
    }

    private static BigDecimal remaining(Gateway gateway) {
        return metric(gateway, "signalbox_budget_remaining_usd\\{[^}]*crew[^}]*} (\\S+)");
    }

    private static BigDecimal metric(Gateway gateway, String pattern) {
        Matcher found = Pattern.compile("(?m)^" + pattern).matcher(gateway.metrics());
        assertThat(found.find()).as(pattern).isTrue();
        return new BigDecimal(found.group(1));
    }
}
