package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The process is killed at any moment, under load: every answer that a caller has seen whole has exactly one row. */
@Timeout(180)
class KillsIT {

    private static final int CLIENTS = 8;

    private final Set<String> whole = ConcurrentHashMap.newKeySet();
    private final Set<String> begun = ConcurrentHashMap.newKeySet();

    private static Gateway simulated() {
        return Gateway.bare()
                .and("signalbox.providers.fast.kind", "simulator")
                .and("signalbox.providers.slow.kind", "simulator")
                // fewer in all rounds together than the 10,000 rows that are kept in memory without a store
                .and("signalbox.providers.fast.latency", "20ms")
                .and("signalbox.providers.slow.latency", "20ms")
                .and("signalbox.providers.slow.tokens-per-second", "100")
                .and("signalbox.models.fast.deployments[0].provider", "fast")
                .and("signalbox.models.fast.pricing.input", "1")
                .and("signalbox.models.fast.pricing.output", "1")
                .and("signalbox.models.slow.deployments[0].provider", "slow");
    }

    @Test
    void everyWholeAnswerHasExactlyOneRowAfterTenKills() {
        try (Gateway gateway = simulated()) {
            rounds(gateway, 10);
            gateway.start();
            verify(gateway);
        }
    }

    @Test
    @DisabledIfSystemProperty(
            named = "signalbox.executable",
            matches = ".+",
            disabledReason = "the embedded store needs the JVM")
    void theEmbeddedStoreHasThemToo() {
        try (Gateway gateway = simulated().and("signalbox.store.kind", "embedded")) {
            gateway.and(
                    "signalbox.store.directory",
                    gateway.directory().resolve("data").toString());
            rounds(gateway, 2);
            gateway.start();
            verify(gateway);
        }
    }

    private void rounds(Gateway gateway, int rounds) {
        for (int round = 0; round < rounds; round++) {
            gateway.start();
            var stop = new AtomicBoolean();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(Thread.ofVirtual().start(() -> client(gateway, number, stop)));
            }
            Gateway.pause(Duration.ofMillis(ThreadLocalRandom.current().nextInt(300, 700)));
            gateway.kill();
            stop.set(true);
            for (Thread client : clients) {
                try {
                    client.join(Duration.ofSeconds(10));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
        assertThat(whole).hasSizeGreaterThan(10 * rounds);
        assertThat(begun).isNotEmpty();
    }

    private void client(Gateway gateway, int number, AtomicBoolean stop) {
        boolean stream = number % 2 == 0;
        String model = number < 2 ? "slow" : "fast";
        String body = Shapes.with(model, "\"stream\":" + stream)
                .replace("hi", "one two three four five six seven eight nine ten eleven twelve");
        while (!stop.get()) {
            try (Listener listener = Listener.ask(gateway, body)) {
                if (listener.status() != 200) {
                    continue;
                }
                begun.add(listener.id());
                List<String> blocks = listener.rest();
                boolean ended = stream
                        ? !blocks.isEmpty() && blocks.getLast().equals("data: [DONE]")
                        : !blocks.isEmpty() && blocks.getLast().endsWith("}");
                if (ended && !listener.isBroken()) {
                    whole.add(listener.id());
                }
            } catch (AssertionError killed) {
                return;
            }
        }
    }

    private void verify(Gateway gateway) {
        Map<String, Integer> rows = new HashMap<>();
        Map<String, JsonNode> byId = new HashMap<>();
        Await.until("all rows are there", Duration.ofSeconds(15), () -> {
            rows.clear();
            String cursor = "";
            do {
                JsonNode page = Shapes.json(gateway.request()
                        .get("/admin/v1/requests?limit=500" + cursor)
                        .asString());
                for (JsonNode row : page.path("data")) {
                    rows.merge(row.path("id").asText(), 1, Integer::sum);
                    byId.put(row.path("id").asText(), row);
                }
                cursor = page.hasNonNull("next_cursor")
                        ? "&cursor=" + page.path("next_cursor").asText()
                        : null;
            } while (cursor != null);
            return rows.keySet().containsAll(begun);
        });

        assertThat(rows.values()).as("rows of each request").containsOnly(1);
        for (String id : whole) {
            JsonNode row = byId.get(id);
            assertThat(row.path("status").asInt()).as(id).isEqualTo(200);
            assertThat(row.path("output_tokens").asInt()).isPositive();
            assertThat(row.path("estimated").asBoolean()).isFalse();
        }
        List<JsonNode> cut = byId.values().stream()
                .filter(row -> !whole.contains(row.path("id").asText()))
                .toList();
        assertThat(cut).isNotEmpty();
        assertThat(cut)
                .filteredOn(row -> row.path("status").asInt() != 200)
                .isNotEmpty()
                .allSatisfy(row -> {
                    assertThat(row.path("estimated").asBoolean()).isTrue();
                    assertThat(row.toString()).contains("aborted");
                });
        String one = whole.iterator().next();
        assertThat(gateway.row(one).path("id").asText()).isEqualTo(one);
    }
}
