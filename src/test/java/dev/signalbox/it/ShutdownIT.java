package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway that is told to stop does not drop what it has begun. */
@Timeout(60)
class ShutdownIT {

    private static FakeVendor.Answer gated(CountDownLatch gate) {
        return (_, wire) -> {
            wire.events().send(OpenAiAnswers.role()).send(OpenAiAnswers.delta("first "));
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            wire.send(
                            List.of(OpenAiAnswers.delta("last"), OpenAiAnswers.finish("stop"), OpenAiAnswers.DONE),
                            Chunking.EVENTS)
                    .end();
        };
    }

    @Test
    void itStopsInGoodOrder() throws InterruptedException {
        Lanes lanes = Lanes.of(2);
        Lane running = lanes.lane(0);
        Lane late = lanes.lane(1);
        var gate = new CountDownLatch(1);
        running.first().answers(gated(gate));
        try (Gateway gateway = Gateway.with(lanes)
                .and("signalbox.drain-delay", "2s")
                .and("signalbox.drain-timeout", "20s")
                .start()) {
            try (Listener listener = Listener.ask(gateway, Shapes.streamed(running.model()))) {
                assertThat(listener.next()).contains("assistant");

                gateway.terminate();

                Await.until(
                        "readiness fails",
                        Duration.ofSeconds(1),
                        () -> gateway.request().get("/q/health/ready").statusCode() == 503);
                assertThat(gateway.request().get("/q/health/live").statusCode()).isEqualTo(200);
                assertThat(gateway.ask(late.model()).statusCode())
                        .as("a request while load balancers learn of it")
                        .isEqualTo(200);

                Response[] refusal = new Response[1];
                Await.until("later requests are refused", () -> {
                    refusal[0] = gateway.ask(late.model());
                    return refusal[0].statusCode() != 200;
                });
                assertThat(refusal[0].statusCode()).isEqualTo(503);
                JsonNode error = Shapes.json(refusal[0].asString()).path("error");
                assertThat(error.path("code").asText()).isEqualTo("shutting_down");
                assertThat(gateway.endsWithin(Duration.ofMillis(100)))
                        .as("it waits for the stream")
                        .isFalse();

                gate.countDown();
                List<String> blocks = listener.rest();
                assertThat(Listener.text(blocks)).isEqualTo("first last");
                assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            }
            assertThat(gateway.endsWithin(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void whatIsStillRunningAtTheEndIsToldSo() throws InterruptedException {
        Lanes lanes = Lanes.of(2);
        Lane stream = lanes.lane(0);
        Lane plain = lanes.lane(1);
        stream.first().answers((_, wire) -> {
            wire.events();
            for (int i = 0; i < 1000; i++) {
                wire.send(OpenAiAnswers.delta("word ")).silent(Duration.ofMillis(50));
            }
        });
        plain.first().answers((_, wire) -> wire.silent());
        try (Gateway gateway =
                Gateway.with(lanes).and("signalbox.drain-timeout", "700ms").start()) {
            String id;
            try (Listener listener = Listener.ask(gateway, Shapes.streamed(stream.model()))) {
                id = listener.id();
                CompletableFuture<Response> waiting = CompletableFuture.supplyAsync(() -> gateway.ask(plain.model()));
                Await.until(
                        "the vendor is asked", () -> !plain.first().received().isEmpty());

                gateway.terminate();

                List<String> blocks = listener.rest();
                assertThat(listener.isBroken()).isFalse();
                assertThat(blocks).doesNotContain("data: [DONE]");
                assertThat(Listener.chunks(blocks))
                        .filteredOn(chunk -> chunk.has("error"))
                        .singleElement()
                        .satisfies(chunk -> assertThat(
                                        chunk.path("error").path("code").asText())
                                .isEqualTo("shutting_down"));
                Response refused = waiting.join();
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.asString()).contains("shutting_down");
            }
            stream.first().awaitHangUp(Duration.ofSeconds(2));
            assertThat(gateway.endsWithin(Duration.ofSeconds(10))).isTrue();

            gateway.start();
            JsonNode row = gateway.row(id);
            assertThat(row.path("status").asInt()).isEqualTo(502);
            assertThat(row.path("estimated").asBoolean()).isTrue();
        }
    }

    @Test
    void aPlainRequestThatIsRunningIsAnswered() throws InterruptedException {
        Lanes lanes = Lanes.of(1);
        Lane lane = lanes.lane(0);
        lane.first().answers((request, wire) -> {
            wire.silent(Duration.ofMillis(800));
            OpenAiAnswers.hello().play(request, wire);
        });
        try (Gateway gateway = Gateway.with(lanes).start()) {
            CompletableFuture<Response> asked = CompletableFuture.supplyAsync(() -> gateway.ask(lane.model()));
            Await.until("the vendor is asked", () -> !lane.first().received().isEmpty());

            gateway.terminate();

            assertThat(asked.join().statusCode()).isEqualTo(200);
            assertThat(gateway.endsWithin(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void aGatewayWithNothingToDoStopsAfterItsDelay() throws InterruptedException {
        try (Gateway gateway =
                Gateway.bare().and("signalbox.drain-delay", "500ms").start()) {
            gateway.ask("simulator");

            gateway.terminate();

            assertThat(gateway.endsWithin(Duration.ofMillis(400))).isFalse();
            assertThat(gateway.endsWithin(Duration.ofSeconds(10))).isTrue();
        }
    }
}
