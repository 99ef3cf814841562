package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a key may spend is never overspent, whatever happens at the same time, and comes back when it was not spent. */
@Timeout(120)
class BudgetIT {

    private static final String ADMIN = "admin-key-0123456789";

    /** Twelve tokens at a dollar a million. */
    private static final BigDecimal ANSWER = new BigDecimal("0.000012");

    private static final Lanes LANES = Lanes.of(6)
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL)
            .each("signalbox.models.only%d.pricing.input", "1")
            .each("signalbox.models.only%d.pricing.output", "1");

    @RegisterExtension
    static final Gateway GATEWAY = budget(
            budget(
                    budget(
                            budget(
                                    budget(
                                            Gateway.with(LANES).and("signalbox.auth.admin-key", ADMIN),
                                            "crowd",
                                            "0.002",
                                            "day"),
                                    "poor",
                                    "0.00001",
                                    "month"),
                            "poorest",
                            "0",
                            "total"),
                    "rough",
                    "0.0015",
                    "day"),
            "rude",
            "0.0015",
            "week");

    private static Gateway budget(Gateway gateway, String name, String usd, String window) {
        String at = "signalbox.auth.keys." + name;
        return gateway.and(at + ".key", secret(name))
                .and(at + ".budget.limit-usd", usd)
                .and(at + ".budget.window", window);
    }

    private static String secret(String name) {
        return "sk-" + name + "-0123456789";
    }

    private static String body(String model, int maxTokens, boolean stream) {
        return Shapes.with(model, "\"max_tokens\":" + maxTokens + ",\"stream\":" + stream);
    }

    private static Response ask(Gateway gateway, String key, String body) {
        return gateway.chat(body, "authorization", "Bearer " + secret(key));
    }

    private static JsonNode refused(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        return error;
    }

    private static BigDecimal spent(Gateway gateway, String key) {
        Response usage =
                gateway.request().header("authorization", "Bearer " + ADMIN).get("/admin/v1/usage?group_by=key");
        BigDecimal sum = BigDecimal.ZERO;
        for (JsonNode row : Shapes.json(usage.asString()).path("data")) {
            if (row.path("key").asText().equals(id(key))) {
                sum = sum.add(row.path("cost_usd").decimalValue());
            }
        }
        return sum;
    }

    private static String id(String key) {
        Response rows =
                GATEWAY.request().header("authorization", "Bearer " + ADMIN).get("/admin/v1/requests?limit=500");
        for (JsonNode row : Shapes.json(rows.asString()).path("data")) {
            if (row.path("key_name").asText().equals(key)) {
                return row.path("key_id").asText();
            }
        }
        throw new AssertionError("no row of key " + key);
    }

    @Test
    void twoHundredCallersAtOnceDoNotOverspend() {
        Lane lane = LANES.lane(0);
        lane.first().answers(Slowly.hello(50));
        String body = body("only0", 100, false);

        List<CompletableFuture<List<Integer>>> callers = IntStream.range(0, 200)
                .mapToObj(_ -> {
                    var done = new CompletableFuture<List<Integer>>();
                    Thread.ofVirtual().start(() -> {
                        List<Integer> seen = new ArrayList<>();
                        for (int i = 0; i < 3; i++) {
                            seen.add(ask(GATEWAY, "crowd", body).statusCode());
                        }
                        done.complete(seen);
                    });
                    return done;
                })
                .toList();
        List<Integer> seen =
                callers.stream().flatMap(one -> one.join().stream()).toList();
        assertThat(seen).hasSize(600).containsOnly(200, 402);
        assertThat(seen).contains(402);
        Response last = ask(GATEWAY, "crowd", body);
        while (last.statusCode() == 200) {
            last = ask(GATEWAY, "crowd", body);
        }

        BigDecimal limit = new BigDecimal("0.002");
        BigDecimal billed =
                ANSWER.multiply(BigDecimal.valueOf(lane.first().received().size()));
        assertThat(billed).as("what the vendor counts").isLessThanOrEqualTo(limit);
        assertThat(spent(GATEWAY, "crowd")).as("what the ledger says").isEqualByComparingTo(billed);
        // what is left does not hold one more worst case: bytes of the body and a hundred tokens
        BigDecimal worst = new BigDecimal("0.000001").multiply(BigDecimal.valueOf(100L + body.length() + 40));
        assertThat(limit.subtract(billed)).as("nothing is lost either").isLessThan(worst);
    }

    @Test
    void theCallerIsToldWhichBudgetAndWhenItBeginsAnew() {
        Lane lane = LANES.lane(1);

        Response answer = ask(GATEWAY, "poor", body("only1", 100, false));

        assertThat(refused(answer, 402, "budget_exceeded").path("message").asText())
                .contains("key 'poor'", "0.00001 USD a month")
                .containsPattern("begins anew at \\d{4}-\\d{2}-01T00:00:00Z");
        assertThat(answer.header("retry-after")).isNotNull();
        assertThat(refused(ask(GATEWAY, "poorest", body("only1", 1, false)), 402, "budget_exceeded")
                        .path("message")
                        .asText())
                .contains("key 'poorest'", "0 USD in all", "it is not renewed");
        assertThat(lane.first().received()).isEmpty();

        Response theirs =
                GATEWAY.post("/v1/messages", """
                    {"model":"only1","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}\
                    """, "x-api-key", secret("poor"), "anthropic-version", "2023-06-01");
        assertThat(theirs.statusCode()).isEqualTo(402);
        assertThat(Shapes.json(theirs.asString()).path("error").path("code").asText())
                .isEqualTo("budget_exceeded");
    }

    @Test
    void errorsAndBrokenStreamsGiveBackWhatTheyDidNotSpend() {
        Lane lane = LANES.lane(2);
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(OpenAiAnswers.role())
                        .send(OpenAiAnswers.delta("hel"))
                        .cut());
        for (int i = 0; i < 15; i++) {
            Response answer = ask(GATEWAY, "rough", body("only2", 100, true));
            assertThat(answer.asString()).contains("stream_broken");
        }
        lane.first().answers(OpenAiAnswers.error(400, "invalid_value", "no"));
        for (int i = 0; i < 15; i++) {
            assertThat(ask(GATEWAY, "rough", body("only2", 100, false)).statusCode())
                    .isEqualTo(400);
        }
        lane.first().answers(OpenAiAnswers.hello());

        assertThat(ask(GATEWAY, "rough", body("only2", 100, false)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void whoHangsUpGivesBackWhatWasNotSpent() {
        Lane lane = LANES.lane(3);
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(OpenAiAnswers.role())
                        .send(OpenAiAnswers.delta("hel"))
                        .silent());
        for (int i = 0; i < 15; i++) {
            int before = lane.first().hangUps();
            Listener listener =
                    Listener.ask(GATEWAY, body("only3", 100, true), "authorization", "Bearer " + secret("rude"));
            assertThat(listener.status()).isEqualTo(200);
            listener.close();
            Await.until("the vendor is hung up on", () -> lane.first().hangUps() > before);
        }
        lane.first().answers(OpenAiAnswers.hello());

        assertThat(ask(GATEWAY, "rude", body("only3", 100, false)).statusCode()).isEqualTo(200);
    }

    @Test
    void whatWasSpentSurvivesAKill() {
        try (Gateway gateway =
                budget(Gateway.bare().and("signalbox.auth.admin-key", ADMIN), "frugal", "0.0002", "total")) {
            survives(gateway, LANES.lane(4));
        }
    }

    @Test
    @DisabledIfSystemProperty(
            named = "signalbox.executable",
            matches = ".+",
            disabledReason = "the embedded store needs the JVM")
    void theStoreRemembersItToo() {
        try (Gateway gateway = budget(
                        Gateway.bare().and("signalbox.auth.admin-key", ADMIN), "frugal", "0.0002", "month")
                .and("signalbox.store.kind", "embedded")) {
            gateway.and(
                    "signalbox.store.directory",
                    gateway.directory().resolve("data").toString());
            survives(gateway, LANES.lane(5));
        }
    }

    private static void survives(Gateway gateway, Lane lane) {
        String model = "only" + lane.number();
        LANES.configuration().forEach(gateway::and);
        gateway.start();
        int answered = 0;
        while (ask(gateway, "frugal", body(model, 50, false)).statusCode() == 200) {
            answered++;
        }
        assertThat(answered).isBetween(1, 16);
        gateway.kill();
        gateway.start();

        refused(ask(gateway, "frugal", body(model, 50, false)), 402, "budget_exceeded");
        assertThat(ask(gateway, "frugal", body(model, 1, false)).statusCode()).isEqualTo(200);
        assertThat(lane.first().received()).hasSize(answered + 1);
    }
}
