package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cluster.OwnRedis;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is ordered of a provider at one replica, and what one learns of it, holds at another: over Redis alone. */
@Timeout(120)
class ClusterStatesIT {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int VOLUME = 5;
    private static final Lanes LANES = Lanes.of(12)
            .each("signalbox.providers.a%d.circuit.volume", String.valueOf(VOLUME))
            .each("signalbox.providers.a%d.circuit.open-for", "1m")
            .each("signalbox.providers.a%d.health.failure-threshold", "1000");

    private static OwnRedis redis;
    private static Gateway here;
    private static Gateway there;

    @BeforeAll
    static void startTwo() {
        redis = OwnRedis.started();
        here = Gateway.with(LANES).and("signalbox.cluster.redis", redis.address());
        here.start();
        there = another().start();
    }

    private static Gateway another() {
        Gateway gateway = Gateway.bare().and("signalbox.cluster.redis", redis.address());
        LANES.configuration().forEach(gateway::and);
        return gateway;
    }

    @AfterAll
    static void stopAll() {
        there.close();
        here.close();
        redis.close();
    }

    private static JsonNode provider(Gateway gateway, String name) {
        return Shapes.json(gateway.request().get("/admin/v1/providers/" + name).asString());
    }

    private static String health(Gateway gateway, String name) {
        return provider(gateway, name).path("health").asText();
    }

    private static void order(Gateway gateway, String provider, String what, String body) {
        Response answer = gateway.post("/admin/v1/providers/" + provider + "/" + what, body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
    }

    private static void endFault(Gateway gateway, String provider) {
        Response answer = gateway.request()
                .header("content-type", "application/json")
                .delete("/admin/v1/providers/" + provider + "/fault");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
    }

    private static String servedBy(Gateway gateway, Lane lane) {
        return gateway.ask(lane.model()).header("x-signalbox-provider");
    }

    @Test
    void aDrainHoldsOnTheOtherReplicaWhereWhatRunsFinishes() {
        Lane lane = LANES.next();
        var go = new CountDownLatch(1);
        lane.first().answers((_, wire) -> {
            wire.events().send(OpenAiAnswers.delta("half "));
            await(go);
            wire.send(OpenAiAnswers.delta("whole"))
                    .send(OpenAiAnswers.finish("stop"))
                    .send(OpenAiAnswers.DONE);
        });
        try (Listener listener = Listener.ask(there, Shapes.streamed(lane.model()))) {
            listener.next();
            order(here, lane.firstName(), "drain", "");
            Await.until(
                    "it is drained there",
                    SOON,
                    () -> health(there, lane.firstName()).equals("draining"));
            assertThat(provider(there, lane.firstName()).path("health_reason").asText())
                    .contains("1 still running");
            int asked = lane.first().received().size();
            for (Gateway gateway : List.of(here, there)) {
                assertThat(servedBy(gateway, lane)).isEqualTo(lane.secondName());
            }
            assertThat(lane.first().received()).hasSize(asked);
            go.countDown();
            assertThat(String.join("", listener.rest()))
                    .contains("whole", "[DONE]")
                    .doesNotContain("{\"error\"");
        }
        lane.first().answers(OpenAiAnswers.hello());

        order(there, lane.firstName(), "resume", "");

        assertThat(servedBy(there, lane)).isEqualTo(lane.firstName());
        Await.until("it is back here", SOON, () -> servedBy(here, lane).equals(lane.firstName()));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFaultDrillRunsOnBothAndEndsOnBothByItself() {
        Lane lane = LANES.next();
        order(here, lane.firstName(), "fault", """
            {"failure": "500", "for": "6s"}""");
        Await.until(
                "it is drilled there",
                SOON,
                () -> health(there, lane.firstName()).equals("drilled"));

        for (Gateway gateway : List.of(here, there)) {
            assertThat(servedBy(gateway, lane)).isEqualTo(lane.secondName());
        }
        assertThat(lane.first().received()).isEmpty();
        assertThat(provider(there, lane.firstName()).path("fault"))
                .isEqualTo(provider(here, lane.firstName()).path("fault"));
        for (Gateway gateway : List.of(here, there)) {
            Await.until(
                    "the drill ends",
                    () -> provider(gateway, lane.firstName()).path("fault").isNull());
            assertThat(servedBy(gateway, lane)).isEqualTo(lane.firstName());
        }
    }

    @Test
    void whatADrillLaidToRestWakesWhenItIsEndedAtTheOtherReplica() {
        Lane lane = LANES.next();
        order(here, lane.firstName(), "fault", """
            {"failure": "429", "for": "1h"}""");
        assertThat(servedBy(here, lane)).isEqualTo(lane.secondName());
        assertThat(provider(here, lane.firstName()).path("health_reason").asText())
                .contains("all credentials rest");
        Await.until(
                "it is drilled there",
                SOON,
                () -> health(there, lane.firstName()).equals("drilled"));

        endFault(there, lane.firstName());

        assertThat(servedBy(there, lane)).isEqualTo(lane.firstName());
        Await.until(
                "it is over here",
                SOON,
                () -> provider(here, lane.firstName()).path("fault").isNull());
        assertThat(servedBy(here, lane)).as("nothing rests any more").isEqualTo(lane.firstName());
    }

    @Test
    void whatTheVendorLimitsAtOneReplicaRestsAtTheOtherForAsLong() {
        Lane lane = LANES.next();
        lane.first()
                .answers(
                        OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "4"),
                        OpenAiAnswers.hello());

        assertThat(servedBy(here, lane)).isEqualTo(lane.secondName());
        Await.until(
                "it rests there", SOON, () -> health(there, lane.firstName()).equals("limited"));

        assertThat(servedBy(there, lane)).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).hasSize(1);
        Await.until("it is asked again", () -> servedBy(there, lane).equals(lane.firstName()));
        var asked = lane.first().received();
        assertThat(Duration.ofNanos(asked.get(1).nanos() - asked.get(0).nanos()))
                .isGreaterThan(Duration.ofMillis(3_500));
    }

    @Test
    void whoStartsLaterKnowsWhatIsOrderedAndWhatRests() {
        Lane drained = LANES.next();
        Lane limited = LANES.next();
        limited.first().answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "600"));
        order(here, drained.firstName(), "drain", "");
        servedBy(here, limited);
        Await.until(
                "it rests there", SOON, () -> health(there, limited.firstName()).equals("limited"));

        try (Gateway later = another().start()) {
            assertThat(servedBy(later, drained)).isEqualTo(drained.secondName());
            assertThat(drained.first().received()).isEmpty();
            Await.until(
                    "it rests at the late one",
                    SOON,
                    () -> health(later, limited.firstName()).equals("limited"));
            assertThat(servedBy(later, limited)).isEqualTo(limited.secondName());
        }
        assertThat(limited.first().received()).hasSize(1);
    }

    @Test
    void aCredentialThatIsRejectedAtOneReplicaIsTheLastThatTheOtherUses() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(401, "invalid_api_key", "no"), OpenAiAnswers.hello());
        servedBy(here, lane);
        Await.until(
                "it is known there",
                SOON,
                () -> provider(there, lane.firstName())
                        .path("health_reason")
                        .asText()
                        .contains("rejected at another replica"));

        assertThat(servedBy(there, lane)).isEqualTo(lane.secondName());
        assertThat(there.ask(lane.firstName() + "/" + Lanes.FIRST_MODEL).statusCode())
                .as("nobody else is there")
                .isEqualTo(200);
        assertThat(servedBy(there, lane)).as("it is of use there").isEqualTo(lane.firstName());
    }

    @Test
    void aCircuitThatIsOpenAtOneReplicaMakesTheDeploymentLessWantedAtTheOther() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(500, "server_error", "oops"));
        for (int i = 0; i < VOLUME; i++) {
            here.ask(lane.model());
        }
        assertThat(provider(here, lane.firstName()).path("circuit").asText()).isEqualTo("open");
        Await.until(
                "it is known there",
                SOON,
                () -> provider(there, lane.firstName())
                        .path("health_reason")
                        .asText()
                        .contains("open at another replica"));
        int asked = lane.first().received().size();
        lane.first().answers(OpenAiAnswers.hello());

        assertThat(servedBy(there, lane)).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).hasSize(asked);
        JsonNode provider = provider(there, lane.firstName());
        assertThat(provider.path("circuit").asText()).as("its own").isEqualTo("closed");
        assertThat(provider.path("health").asText()).isEqualTo("healthy");
        assertThat(there.ask(lane.firstName() + "/" + Lanes.FIRST_MODEL).statusCode())
                .as("nobody else is there")
                .isEqualTo(200);
        assertThat(servedBy(there, lane)).as("it is well there").isEqualTo(lane.firstName());
    }

    @Test
    void noCredentialIsInRedis() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "60"));
        servedBy(here, lane);
        Await.until(
                "it rests there", SOON, () -> health(there, lane.firstName()).equals("limited"));

        assertThat(RedisContents.of(redis.port()))
                .contains(lane.firstName())
                .doesNotContain(lane.firstKey())
                .doesNotContain(HexFormat.of().formatHex(Sha256.of(lane.firstKey()), 0, 4));
    }

    @Test
    void aRedisThatStopsUnderLoadChangesNothing() {
        Lane lane = LANES.next();
        Lane drained = LANES.next();
        order(here, drained.firstName(), "drain", "");
        Await.until(
                "it is drained there",
                SOON,
                () -> health(there, drained.firstName()).equals("draining"));
        var isOver = new AtomicBoolean();
        var asked = new AtomicInteger();
        List<CompletableFuture<Set<Integer>>> callers = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> {
                            Set<Integer> statuses = new HashSet<>();
                            while (!isOver.get()) {
                                Lane wanted = i < 2 ? lane : drained;
                                statuses.add((i % 2 == 0 ? here : there)
                                        .ask(wanted.model())
                                        .statusCode());
                                asked.incrementAndGet();
                            }
                            return statuses;
                        },
                        Thread::startVirtualThread))
                .toList();
        more(asked);
        redis.stop();
        more(asked);
        Response refused = here.post("/admin/v1/providers/" + drained.firstName() + "/resume", "");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(Shapes.json(refused.asString()).path("error").path("code").asText())
                .isEqualTo("store_unavailable");
        redis.start();
        more(asked);
        isOver.set(true);

        callers.forEach(caller -> assertThat(caller.join()).containsExactly(200));
        assertThat(drained.first().received()).isEmpty();
        Await.until(
                "orders are taken again",
                () -> here.post("/admin/v1/providers/" + drained.firstName() + "/resume", "")
                                .statusCode()
                        == 200);
        Await.until("they are followed", () -> servedBy(there, drained).equals(drained.firstName()));
    }

    private static void more(AtomicInteger asked) {
        int enough = asked.get() + 40;
        Await.until("requests go on", () -> asked.get() > enough);
    }
}
