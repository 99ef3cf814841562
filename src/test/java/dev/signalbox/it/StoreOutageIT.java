package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * PostgreSQL is slow, silent, cut off and back again while callers are being answered: they notice nothing, readiness stays, and
 * afterwards rows, sums and budgets are what callers saw.
 */
@Timeout(240)
@DisabledIfSystemProperty(
        named = "signalbox.executable",
        matches = ".+",
        disabledReason = "the embedded store needs the JVM")
class StoreOutageIT {

    private static final String ADMIN = "admin-key-0123456789";
    private static final String FILE = "sk-file-0123456789";
    private static final int CALLERS = 6;
    private static final BigDecimal LIMIT = new BigDecimal("100");
    private static final Duration HOLD = Duration.ofSeconds(4);

    /** Who was silent in the middle of something is given up on after 35 s. */
    private static final Duration RECOVERY = Duration.ofSeconds(60);

    /** Has the store in its own process, and sees it whatever becomes of the cable. */
    private static Gateway keeper;

    private static Path data;

    @BeforeAll
    static void startKeeper() {
        keeper = configured(Gateway.bare()).and("signalbox.store.kind", "embedded");
        data = keeper.directory().resolve("data");
        keeper.and("signalbox.store.directory", data.toString()).start();
    }

    @AfterAll
    static void stopKeeper() {
        keeper.close();
    }

    private static Gateway configured(Gateway gateway) {
        return gateway.and("signalbox.auth.admin-key", ADMIN)
                .and("signalbox.auth.keys.file.key", FILE)
                .and("signalbox.auth.keys.file.team", "blue")
                .and("signalbox.auth.teams.blue.budget.limit-usd", LIMIT.toString())
                .and("signalbox.auth.teams.blue.budget.window", "total")
                .and("signalbox.auth.teams.blue.rate-limit.requests-per-minute", "1000000")
                .and("signalbox.providers.sim.kind", "simulator")
                .and("signalbox.providers.sim.latency", "5ms")
                .and("signalbox.models.m.deployments[0].provider", "sim")
                .and("signalbox.models.m.pricing.input", "1")
                .and("signalbox.models.m.pricing.output", "1");
    }

    private static Gateway behind(Cable cable) {
        return configured(Gateway.bare())
                .and("signalbox.store.kind", "postgres")
                .and("quarkus.datasource.jdbc.url", "jdbc:postgresql://127.0.0.1:" + cable.port() + "/postgres")
                .and("quarkus.datasource.username", "signalbox")
                .and("quarkus.datasource.password", read("password"));
    }

    private static String read(String name) {
        try {
            return Files.readString(data.resolve("postgres").resolve(name)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Cable toStore() {
        return new Cable(Integer.parseInt(read("port")));
    }

    private static RequestSpecification admin(Gateway gateway) {
        return gateway.request().header("authorization", "Bearer " + ADMIN);
    }

    private static JsonNode issued(String name) {
        Response answer = admin(keeper)
                .header("content-type", "application/json")
                .body("{\"name\":\"" + name + "\",\"team\":\"blue\"}")
                .post("/admin/v1/keys");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(201);
        return Shapes.json(answer.asString());
    }

    private static int status(Gateway gateway, String key) {
        return gateway.request()
                .header("authorization", "Bearer " + key)
                .get("/v1/models")
                .statusCode();
    }

    private static boolean isReady(Gateway gateway) {
        return gateway.request().get("/q/health/ready").statusCode() == 200;
    }

    /** Callers who ask without end, plain and streamed, and remember what they were told. */
    private static final class Crowd implements AutoCloseable {
        private final Map<String, BigDecimal> costs = new ConcurrentHashMap<>();
        private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Crowd(Gateway gateway, String... keys) {
            for (int i = 0; i < CALLERS; i++) {
                String key = keys[i % keys.length];
                boolean stream = i % 2 == 0;
                threads.add(Thread.ofVirtual().start(() -> {
                    while (!stop.get()) {
                        ask(gateway, key, stream);
                        Gateway.pause(Duration.ofMillis(10));
                    }
                }));
            }
        }

        private void ask(Gateway gateway, String key, boolean stream) {
            String body = Shapes.with("m", "\"max_tokens\":20,\"stream\":" + stream);
            try (Listener listener = Listener.ask(gateway, body, "authorization", "Bearer " + key)) {
                List<String> blocks = listener.rest();
                if (listener.status() != 200 || listener.isBroken()) {
                    wrong.add(listener.status() + " " + blocks);
                } else if (stream) {
                    costs.put(
                            listener.id(),
                            Listener.facts(blocks).path("cost_usd").decimalValue());
                } else {
                    costs.put(listener.id(), new BigDecimal(listener.header("x-signalbox-cost-usd")));
                }
            } catch (AssertionError | RuntimeException e) {
                wrong.add(e.toString());
            }
        }

        @Override
        public void close() {
            stop.set(true);
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** That long, asking again and again whether it is so. */
    private static void meanwhile(Gateway gateway, Crowd crowd) {
        int before = crowd.costs.size();
        long end = System.nanoTime() + HOLD.toNanos();
        while (System.nanoTime() < end) {
            assertThat(isReady(gateway)).as("readiness").isTrue();
            Gateway.pause(Duration.ofMillis(100));
        }
        assertThat(crowd.wrong).isEmpty();
        assertThat(crowd.costs.size()).as("answers meanwhile").isGreaterThan(before + 50);
    }

    @Test
    void callersNoticeNothingAndNothingIsLost() {
        try (Cable cable = toStore();
                Gateway gateway = behind(cable).start()) {
            String known = issued("known").path("key").asText();
            JsonNode revoked = issued("revoked");
            String gone = revoked.path("key").asText();
            Await.until("the keys are known", () -> status(gateway, known) == 200 && status(gateway, gone) == 200);
            String late;
            Map<String, BigDecimal> seen;
            try (var crowd = new Crowd(gateway, FILE, known)) {
                // what a budget has spent before is read from the store, once, by whoever spends from it first
                Await.until("callers are answered", () -> crowd.costs.size() > 20);
                cable.is(Cable.State.SLOW);
                meanwhile(gateway, crowd);
                cable.is(Cable.State.SILENT);
                assertThat(admin(keeper)
                                .delete("/admin/v1/keys/" + revoked.path("id").asText())
                                .statusCode())
                        .isEqualTo(204);
                late = issued("late").path("key").asText();
                meanwhile(gateway, crowd);
                assertThat(status(gateway, known)).isEqualTo(200);
                assertThat(status(gateway, gone))
                        .as("nobody can know that it is revoked")
                        .isEqualTo(200);
                assertThat(status(gateway, late)).isEqualTo(401);
                assertThat(admin(gateway).get("/admin/v1/requests").statusCode())
                        .isIn(200, 503);

                cable.is(Cable.State.SOUND);
                Await.until("the revoked key stops", RECOVERY, () -> status(gateway, gone) == 401);
                Await.until("the new key is known", RECOVERY, () -> status(gateway, late) == 200);
                meanwhile(gateway, crowd);

                cable.is(Cable.State.CUT);
                meanwhile(gateway, crowd);
                cable.is(Cable.State.SOUND);
                meanwhile(gateway, crowd);
                seen = crowd.costs;
            }
            Await.until(
                    "all rows are in the store",
                    RECOVERY,
                    () -> gateway.metrics().contains("signalbox_ledger_lag 0.0"));
            verify(seen, gateway);
        }
    }

    private static void verify(Map<String, BigDecimal> seen, Gateway gateway) {
        Map<String, List<BigDecimal>> rows = new HashMap<>();
        String cursor = "";
        do {
            JsonNode page = Shapes.json(
                    admin(keeper).get("/admin/v1/requests?limit=1000" + cursor).asString());
            for (JsonNode row : page.path("data")) {
                rows.computeIfAbsent(row.path("id").asText(), _ -> new ArrayList<>())
                        .add(row.path("cost_usd").decimalValue());
            }
            cursor = page.hasNonNull("next_cursor")
                    ? "&cursor=" + page.path("next_cursor").asText()
                    : null;
        } while (cursor != null);
        assertThat(rows.keySet()).as("rows").containsExactlyInAnyOrderElementsOf(seen.keySet());
        assertThat(rows.entrySet())
                .allSatisfy(row -> assertThat(row.getValue())
                        .as(row.getKey())
                        .singleElement()
                        .satisfies(cost -> assertThat(cost).isEqualByComparingTo(seen.get(row.getKey()))));

        BigDecimal spent = seen.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        JsonNode usage = Shapes.json(admin(keeper).get("/admin/v1/usage").asString())
                .path("data")
                .path(0);
        assertThat(usage.path("requests").asInt()).isEqualTo(seen.size());
        assertThat(usage.path("cost_usd").decimalValue()).isEqualByComparingTo(spent);

        double left = Stream.of(gateway.metrics().split("\n"))
                .filter(line -> line.startsWith("signalbox_budget_remaining_usd{") && line.contains("\"blue\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
        assertThat(left)
                .as("what the budget has left")
                .isCloseTo(LIMIT.subtract(spent).doubleValue(), org.assertj.core.data.Offset.offset(1e-9));
    }

    @Test
    void whoStartsWhileTheStoreIsSilentFindsItLater() {
        try (Cable cable = toStore()) {
            String stored = issued("stored").path("key").asText();
            cable.is(Cable.State.SILENT);
            try (Gateway gateway = behind(cable).start()) {
                assertThat(status(gateway, FILE)).isEqualTo(200);
                Response unknown = gateway.request()
                        .header("authorization", "Bearer " + stored)
                        .get("/v1/models");
                assertThat(unknown.statusCode())
                        .as("it may be a good one: %s", unknown.asString())
                        .isEqualTo(503);
                assertThat(unknown.asString()).contains("store_unavailable");
                assertThat(unknown.header("retry-after")).isNotNull();

                cable.is(Cable.State.SOUND);

                Await.until("its keys are known", RECOVERY, () -> status(gateway, stored) == 200);
            }
        }
    }
}
