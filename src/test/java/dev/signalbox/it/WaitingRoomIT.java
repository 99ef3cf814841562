package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In front of a provider that takes few calls at the same time, callers wait: not too many, not for too long, and fairly. */
@Timeout(60)
class WaitingRoomIT {

    private static final Lanes LANES = Lanes.of(7)
            .each("signalbox.providers.a%d.max-concurrent", "1")
            .each("signalbox.providers.a%d.queue-size", "1")
            .set("signalbox.providers.a2.first-token-timeout", "1s")
            .set("signalbox.providers.a4.queue-size", "10")
            .set("signalbox.providers.a5.max-concurrent", "3")
            .set("signalbox.providers.a5.queue-size", "100")
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL);

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    /** A vendor that answers when it is let, and knows how many calls it had at the same time. */
    private static final class Slow implements Answer {
        private final CountDownLatch open = new CountDownLatch(1);
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public void play(Received request, Wire wire) throws IOException {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            try {
                assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            } finally {
                inside.decrementAndGet();
            }
            OpenAiAnswers.hello().play(request, wire);
        }
    }

    private static CompletableFuture<Response> asks(String model, String... headers) {
        return CompletableFuture.supplyAsync(() -> GATEWAY.ask(model, headers), Thread::startVirtualThread);
    }

    private static double running() {
        return GATEWAY.metrics()
                .lines()
                .filter(line -> line.startsWith("signalbox_active_requests"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Asks, and comes back when the request is inside the gateway. */
    private static CompletableFuture<Response> comesIn(String model, String... headers) {
        double before = running();
        CompletableFuture<Response> answer = asks(model, headers);
        Await.until("one more is inside", () -> running() > before || answer.isDone());
        return answer;
    }

    private static String provider(CompletableFuture<Response> answer) {
        return answer.join().header("x-signalbox-provider");
    }

    @Test
    void oneIsServedOneWaitsAndTheThirdGoesElsewhere() {
        Lane lane = LANES.lane(0);
        var slow = new Slow();
        lane.first().answers(slow);

        var first = comesIn(lane.model());
        Await.until("the vendor is asked", () -> lane.first().received().size() == 1);
        var second = comesIn(lane.model());
        var third = asks(lane.model());

        assertThat(provider(third)).isEqualTo(lane.secondName());
        slow.open.countDown();
        assertThat(provider(first)).isEqualTo(lane.firstName());
        assertThat(provider(second)).isEqualTo(lane.firstName());
        assertThat(slow.most).hasValue(1);
    }

    @Test
    void aFullRoomWithNobodyElseIsUnavailable() {
        Lane lane = LANES.lane(1);
        var slow = new Slow();
        lane.first().answers(slow);

        var first = comesIn("only1");
        Await.until("the vendor is asked", () -> lane.first().received().size() == 1);
        var second = comesIn("only1");
        Response third = GATEWAY.ask("only1");

        assertThat(third.statusCode()).isEqualTo(503);
        assertThat(Shapes.json(third.asString()).path("error").path("code").asText())
                .isEqualTo("all_providers_exhausted");
        slow.open.countDown();
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(second.join().statusCode()).isEqualTo(200);
    }

    @Test
    void nobodyWaitsForLongerThanForAFirstToken() {
        Lane lane = LANES.lane(2);
        var slow = new Slow();
        lane.first().answers(slow);

        var first = comesIn(lane.model());
        Await.until("the vendor is asked", () -> lane.first().received().size() == 1);
        Response second = GATEWAY.ask(lane.model());

        assertThat(second.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        slow.open.countDown();
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(lane.first().received()).hasSize(1);
    }

    @Test
    void whoHangsUpMakesRoomForTheNext() throws IOException {
        Lane lane = LANES.lane(3);
        var slow = new Slow();
        lane.first().answers(slow);
        var first = comesIn("only3");
        Await.until("the vendor is asked", () -> lane.first().received().size() == 1);

        double before = running();
        byte[] body = Shapes.question("only3").getBytes(StandardCharsets.UTF_8);
        try (var socket = new Socket("127.0.0.1", GATEWAY.port())) {
            socket.getOutputStream()
                    .write(
                            ("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                                            + "content-length: " + body.length + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            Await.until("it waits", () -> running() > before);
        }
        Await.until("it is gone", () -> running() <= before);

        var third = comesIn("only3");
        assertThat(third).isNotDone();
        slow.open.countDown();
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(third.join().statusCode()).isEqualTo(200);
        assertThat(lane.first().received()).hasSize(2);
    }

    @Test
    void sessionsTakeTurns() {
        Lane lane = LANES.lane(4);
        var slow = new Slow();
        lane.first().answers(slow);
        List<String> order = new ArrayList<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        var first = comesIn("only4", "x-signalbox-session", "busy");
        Await.until("the vendor is asked", () -> lane.first().received().size() == 1);
        for (String who : List.of("busy", "busy", "busy", "quiet", "other")) {
            all.add(comesIn("only4", "x-signalbox-session", who).thenAccept(answer -> {
                synchronized (order) {
                    order.add(who + " " + answer.statusCode());
                }
            }));
        }

        slow.open.countDown();

        first.join();
        all.forEach(CompletableFuture::join);
        assertThat(order).hasSize(5).allMatch(answer -> answer.endsWith(" 200"));
        assertThat(order.subList(0, 4)).as("within the first four").contains("quiet 200", "other 200");
        assertThat(slow.most).hasValue(1);
    }

    @Test
    void aCrowdIsServedByTheFewPlacesThereAre() {
        Lane lane = LANES.lane(5);
        var slow = new Slow();
        slow.open.countDown();
        lane.first().answers(slow);

        List<CompletableFuture<Response>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(asks("only5", "x-signalbox-session", "s" + i % 4));
        }

        assertThat(all).allMatch(answer -> answer.join().statusCode() == 200);
        assertThat(slow.most.get()).isLessThanOrEqualTo(3);
        assertThat(lane.first().received()).hasSize(60);
    }

    @Test
    void aFailureGivesItsPlaceBack() {
        Lane lane = LANES.lane(6);
        lane.first().answers(OpenAiAnswers.error(400, "bad", "no such thing"));

        for (int i = 0; i < 5; i++) {
            assertThat(GATEWAY.ask(lane.model()).statusCode()).isEqualTo(400);
        }
        lane.first().answers((_, wire) -> wire.cut());
        GATEWAY.ask(lane.model());
        lane.first().answers(OpenAiAnswers.hello());

        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(lane.first().received()).hasSize(7);
    }
}
