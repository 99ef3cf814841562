package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.cluster.OwnRedis;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three replicas with one Redis let callers in as one would, whatever becomes of Redis and of each other. */
@Timeout(120)
class ClusterLimitsIT {

    private static final Duration SEEN = Duration.ofSeconds(20);
    private static final OwnRedis REDIS = OwnRedis.started();
    private static final Lanes LANES = Lanes.of(7)
            .set("signalbox.providers.a4.rate-limit", "5")
            .set("signalbox.providers.a5.max-concurrent", "3")
            .set("signalbox.providers.a6.rate-limit", "7");
    private static final List<String> KEYS = List.of(
            "many=requests-per-minute=25",
            "few=requests-per-minute=3",
            "tokens=tokens-per-minute=30",
            "one=concurrent=1",
            "two=concurrent=2",
            "stopped=requests-per-minute=20",
            "frozen=requests-per-minute=20",
            "emptied=requests-per-minute=20",
            "busy=requests-per-minute=100000",
            "a=requests-per-minute=100",
            "b=tokens-per-minute=100000");
    private static final List<Gateway> ALL =
            Stream.generate(ClusterLimitsIT::replica).limit(3).toList();

    private static Gateway replica() {
        Gateway gateway =
                Gateway.bare().and("signalbox.cluster.redis", REDIS.address()).heap("256m");
        LANES.configuration().forEach(gateway::and);
        for (String key : KEYS) {
            String[] parts = key.split("=");
            gateway.and("signalbox.auth.keys." + parts[0] + ".key", "sk-" + parts[0])
                    .and("signalbox.auth.keys." + parts[0] + ".rate-limit." + parts[1], parts[2]);
        }
        return gateway.and("signalbox.auth.keys.a.team", "duo")
                .and("signalbox.auth.keys.b.team", "duo")
                .and("signalbox.auth.teams.duo.rate-limit.requests-per-minute", "3");
    }

    @BeforeAll
    static void start() {
        ALL.forEach(Gateway::start);
    }

    @AfterAll
    static void stop() {
        ALL.forEach(Gateway::close);
        LANES.close();
        REDIS.close();
    }

    @BeforeEach
    void together() {
        ALL.forEach(gateway -> {
            Await.until("it counts with others", SEEN, () -> degraded(gateway) == 0);
            Await.until("it has seen three", SEEN, () -> gateway.log().contains(" 3 replicas share"));
        });
        // the first to ask finds out whether Redis is itself again, and those beside it do not wait for that
        IntStream.range(0, 3).forEach(i -> ask(i, "busy", LANES.lane(3)));
        ALL.forEach(gateway -> Await.until("it asks Redis", SEEN, () -> degraded(gateway) == 0));
    }

    private static double degraded(Gateway gateway) {
        return gateway.metrics()
                .lines()
                .filter(line -> line.startsWith("signalbox_cluster_degraded "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static Response ask(int replica, String key, Lane lane) {
        return ALL.get(replica % 3).ask(lane.model(), "authorization", "Bearer sk-" + key);
    }

    /** So many at the same time, in turn at all replicas; how many are let in. */
    private static long asked(int many, String key, Lane lane) {
        List<CompletableFuture<Integer>> all = IntStream.range(0, many)
                .mapToObj(i ->
                        CompletableFuture.supplyAsync(() -> ask(i, key, lane).statusCode(), Thread::startVirtualThread))
                .toList();
        assertThat(all).allMatch(answer -> answer.join() == 200 || answer.join() == 429);
        return all.stream().filter(answer -> answer.join() == 200).count();
    }

    private static String left(Response answer, String what) {
        return answer.header("x-ratelimit-remaining-" + what) + "/" + answer.header("x-ratelimit-limit-" + what);
    }

    private static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.replace("ms", "")))
                : Duration.parse("PT" + text);
    }

    @Test
    void theLimitHoldsToTheRequest() {
        assertThat(asked(90, "many", LANES.lane(0))).isEqualTo(25);
    }

    @Test
    void whatIsLeftIsWhatAllHaveLeft() {
        Lane lane = LANES.lane(0);

        assertThat(left(ask(0, "few", lane), "requests")).isEqualTo("2/3");
        assertThat(left(ask(1, "few", lane), "requests")).isEqualTo("1/3");
        assertThat(left(ask(2, "few", lane), "requests")).isEqualTo("0/3");

        Response fourth = ask(0, "few", lane);
        assertThat(fourth.statusCode()).isEqualTo(429);
        assertThat(fourth.asString()).contains("the key has used its 3 requests a minute");
        assertThat(left(fourth, "requests")).isEqualTo("0/3");
        assertThat(Integer.parseInt(fourth.header("retry-after"))).isBetween(50, 61);
        assertThat(duration(fourth.header("x-ratelimit-reset-requests")))
                .isBetween(Duration.ofSeconds(50), Duration.ofMillis(60_500));
    }

    @Test
    void tokensAreWhatAnswersTookInTruthWhereverTheyCameFrom() {
        Lane lane = LANES.lane(0);

        assertThat(left(ask(0, "tokens", lane), "tokens")).isEqualTo("18/30");
        assertThat(left(ask(1, "tokens", lane), "tokens")).isEqualTo("6/30");

        // it knows how long this key's answers are
        Response third = ask(0, "tokens", lane);
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(left(third, "tokens")).isEqualTo("6/30");
    }

    @Test
    void theKeysOfATeamShareItsLimitAtAllReplicas() {
        Lane lane = LANES.lane(0);

        assertThat(left(ask(0, "a", lane), "requests")).isEqualTo("2/3");
        Response second = ask(1, "b", lane);
        assertThat(left(second, "requests")).isEqualTo("1/3");
        assertThat(left(second, "tokens")).isEqualTo("99988/100000");
        assertThat(ask(2, "a", lane).statusCode()).isEqualTo(200);

        assertThat(ask(0, "b", lane).asString()).contains("the team has used its 3 requests a minute");
        // what the team refuses the key has not used
        assertThat(left(ask(1, "a", lane), "requests")).isEqualTo("0/3");
    }

    @Test
    void oneAtATimeIsOneAtAllReplicasTogether() {
        Lane lane = LANES.lane(1);
        var held = new CompletableFuture<Void>();
        lane.first().answers((request, wire) -> {
            held.join();
            OpenAiAnswers.hello().play(request, wire);
        });
        var first = CompletableFuture.supplyAsync(() -> ask(0, "one", lane), Thread::startVirtualThread);
        Await.until("the first is under way", () -> !lane.first().received().isEmpty());

        Response second = ask(1, "one", lane);

        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.asString()).contains("1 requests under way");
        held.complete(null);
        assertThat(first.join().statusCode()).isEqualTo(200);
        for (int i = 0; i < 30; i++) {
            assertThat(ask(i, "one", lane).statusCode()).as("after %d more", i).isEqualTo(200);
        }
    }

    @Test
    void aProviderIsAskedNoMoreThanItsLimitByAllTogether() {
        Lane lane = LANES.lane(4);

        assertThat(asked(30, "busy", lane)).isEqualTo(30);

        assertThat(lane.first().received()).hasSize(5);
        assertThat(lane.second().received()).hasSize(25);
    }

    @Test
    void eachHasItsPartOfAProvidersPlaces() {
        Lane lane = LANES.lane(5);
        var held = new CompletableFuture<Void>();
        lane.first().answers((request, wire) -> {
            held.join();
            OpenAiAnswers.hello().play(request, wire);
        });
        List<CompletableFuture<Response>> first = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> ask(i, "busy", lane), Thread::startVirtualThread))
                .toList();
        Await.until("all places are taken", () -> lane.first().received().size() == 3);

        assertThat(asked(3, "busy", lane)).isEqualTo(3);

        assertThat(lane.first().received()).hasSize(3);
        assertThat(lane.second().received()).hasSize(3);
        held.complete(null);
        first.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    }

    @Test
    void whatAReplicaHeldThatDiedComesBack() {
        Lane lane = LANES.lane(2);
        var held = new CompletableFuture<Void>();
        lane.first().answers((request, wire) -> {
            held.join();
            OpenAiAnswers.hello().play(request, wire);
        });
        try (Gateway fourth = replica().start()) {
            Await.until("it counts with others", SEEN, () -> degraded(fourth) == 0);
            for (int i = 0; i < 2; i++) {
                Thread.startVirtualThread(() -> {
                    try {
                        fourth.ask(lane.model(), "authorization", "Bearer sk-two");
                    } catch (Exception killed) {
                        assertThat(killed).isNotNull();
                    }
                });
            }
            Await.until("both are under way", () -> lane.first().received().size() == 2);
            assertThat(ask(0, "two", lane).statusCode()).isEqualTo(429);

            fourth.kill();

            held.complete(null);
            Await.until(
                    "it may ask again",
                    Duration.ofSeconds(10),
                    () -> ask(0, "two", lane).statusCode() == 200);
        }
    }

    @Test
    void withoutRedisEachKeepsToItsShareAndThenTheyCountTogetherAgain() {
        Lane lane = LANES.lane(3);
        REDIS.stop();
        ALL.forEach(gateway -> Await.until("it knows", () -> degraded(gateway) == 1));

        assertThat(asked(60, "stopped", lane)).isEqualTo(3 * 6);
        assertThat(asked(18, "busy", LANES.lane(6))).isEqualTo(18);
        assertThat(LANES.lane(6).first().received()).hasSize(3 * 2);

        Response answer = ask(0, "stopped", lane);
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(left(answer, "requests")).isEqualTo("0/6");
        assertThat(answer.asString()).contains("as 1 of 3 replicas");
        ALL.forEach(
                gateway -> assertThat(gateway.request().get("/q/health/ready").statusCode())
                        .isEqualTo(200));
        REDIS.start();
        together();
        assertThat(asked(30, "stopped", lane)).isEqualTo(2);
        assertThat(asked(6, "busy", LANES.lane(6))).isEqualTo(6);
        assertThat(LANES.lane(6).first().received()).hasSize(7);
    }

    @Test
    void whatWasUsedBeforeAnOutageCountsForTheShare() {
        Lane lane = LANES.lane(3);
        for (int i = 0; i < 8; i++) {
            assertThat(ask(0, "emptied", lane).statusCode()).isEqualTo(200);
        }
        REDIS.stop();
        assertThat(ask(0, "emptied", lane).statusCode()).isEqualTo(429);
        ALL.forEach(gateway -> Await.until("it knows", () -> degraded(gateway) == 1));
        assertThat(asked(30, "emptied", lane)).isEqualTo(2 * 6);

        // it comes back empty, and is told
        REDIS.start();
        together();
        Response last = ask(1, "emptied", lane);

        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(left(last, "requests")).isEqualTo("0/20");
    }

    @Test
    void aRedisThatIsFrozenHoldsNobodyUpAndIsToldEverythingOnce() {
        Lane lane = LANES.lane(3);
        assertThat(asked(6, "frozen", lane)).isEqualTo(6);
        REDIS.freeze();
        try {
            assertThat(asked(45, "frozen", lane)).isEqualTo(3 * 6 - 6);
            ALL.forEach(gateway -> Await.until("it knows", () -> degraded(gateway) == 1));
            ALL.forEach(gateway -> assertThat(
                            gateway.request().get("/q/health/ready").statusCode())
                    .isEqualTo(200));
        } finally {
            REDIS.thaw();
        }
        together();

        assertThat(asked(30, "frozen", lane)).isEqualTo(2);
    }

    @Test
    void aRedisThatAnswersBeatsAndIsTooSlowForRequestsIsSaidToBe() {
        Lane lane = LANES.lane(3);
        var isOver = new AtomicBoolean();
        Thread busy = Thread.startVirtualThread(() -> keepBusy(isOver));

        Await.until("it knows", SEEN, () -> {
            assertThat(ask(0, "busy", lane).statusCode()).isEqualTo(200);
            return degraded(ALL.getFirst()) == 1;
        });

        isOver.set(true);
        join(busy);
        together();
    }

    /** Redis does one thing at a time, and each of these takes six tenths of a second. */
    private static void keepBusy(AtomicBoolean isOver) {
        String command = "EVAL \"local b = redis.call('TIME') local n = b"
                + " while (n[1] - b[1]) * 1000000 + n[2] - b[2] < 600000 do n = redis.call('TIME') end return 1\" 0\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), REDIS.port())) {
            while (!isOver.get()) {
                socket.getOutputStream().write(command.getBytes(US_ASCII));
                while (socket.getInputStream().read() != '\n') {
                    assertThat(socket.isConnected()).isTrue();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void redisComesAndGoesAndNobodyNotices() {
        Lane lane = LANES.lane(3);
        var isOver = new AtomicBoolean();
        var answers = new AtomicInteger();
        var wrong = new ConcurrentLinkedQueue<String>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            callers.add(Thread.startVirtualThread(() -> {
                while (!isOver.get()) {
                    Response answer = ask(number, "busy", lane);
                    answers.incrementAndGet();
                    if (answer.statusCode() != 200) {
                        wrong.add(answer.asString());
                    }
                }
            }));
        }
        for (int i = 0; i < 2; i++) {
            REDIS.stop();
            ALL.forEach(gateway -> Await.until("it knows", () -> degraded(gateway) == 1));
            REDIS.start();
            ALL.forEach(gateway -> Await.until("it is back", SEEN, () -> degraded(gateway) == 0));
            REDIS.freeze();
            ALL.forEach(gateway -> Await.until("it knows", () -> degraded(gateway) == 1));
            REDIS.thaw();
            ALL.forEach(gateway -> Await.until("it is back", SEEN, () -> degraded(gateway) == 0));
        }
        isOver.set(true);
        callers.forEach(ClusterLimitsIT::join);

        assertThat(wrong).isEmpty();
        Response last = ask(0, "busy", lane);
        assertThat(Long.parseLong(last.header("x-ratelimit-remaining-requests")))
                .isLessThan(100_000 - 1);
        assertThat(answers.get()).isPositive();
    }
}
