package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every wait has an end: for a connection, for a first token, between events, for the whole, and for the caller's own time. */
@Timeout(60)
class DeadlinesIT {

    private static final int UNREACHABLE = 0;
    private static final Blackhole BLACKHOLE = new Blackhole();

    private static final Lanes LANES = Lanes.of(20)
            .each("signalbox.providers.a%d.connect-timeout", "400ms")
            .each("signalbox.providers.a%d.timeout", "1500ms")
            .each("signalbox.providers.a%d.first-token-timeout", "700ms")
            .each("signalbox.providers.a%d.idle-timeout", "700ms")
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL)
            .set("signalbox.providers.a0.base-url", BLACKHOLE.url());

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        LANES.next();
    }

    @AfterAll
    static void closeBlackhole() throws IOException {
        BLACKHOLE.close();
    }

    /** An address at which connections are neither taken nor refused, since its backlog is full. */
    private static final class Blackhole {
        private final ServerSocket server;
        private final List<Socket> waiting = new ArrayList<>();

        Blackhole() {
            try {
                server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                for (int i = 0; i < 4; i++) {
                    Socket socket = new Socket();
                    waiting.add(socket);
                    try {
                        socket.connect(server.getLocalSocketAddress(), 200);
                    } catch (java.net.SocketTimeoutException full) {
                        break;
                    }
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        String url() {
            return "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalSocketAddress()).getPort() + "/v1";
        }

        void close() throws IOException {
            for (Socket socket : waiting) {
                socket.close();
            }
            server.close();
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    @Test
    void aConnectionThatDoesNotOpenIsGivenUp() {
        Lane lane = LANES.lane(UNREACHABLE);
        long begun = System.nanoTime();

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(since(begun)).isLessThan(Duration.ofMillis(1400));
    }

    @Test
    void aConnectionForAStreamThatDoesNotOpenIsGivenUp() {
        Lane lane = LANES.lane(UNREACHABLE);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
            assertThat(Listener.text(listener.rest())).isEqualTo("hello");
        }
    }

    @Test
    void aPlainAnswerThatTakesTooLongIsGivenUp() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> wire.silent());

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        lane.first().awaitHangUp(Duration.ofSeconds(2));
    }

    @Test
    void aPlainAnswerMayTakeLongerThanAFirstToken() {
        Lane lane = LANES.next();
        lane.first().answers((request, wire) -> {
            wire.silent(Duration.ofMillis(1000));
            OpenAiAnswers.hello().play(request, wire);
        });

        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.firstName());
    }

    @Test
    void aPlainAnswerThatDripsForEverIsGivenUp() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events();
            for (int i = 0; i < 100; i++) {
                wire.send(" ").silent(Duration.ofMillis(100));
            }
        });

        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }

    @Test
    void aStreamOutlivesTheTimeOfAPlainAnswer() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events();
            for (int i = 0; i < 8; i++) {
                wire.send(OpenAiAnswers.delta("w ")).silent(Duration.ofMillis(300));
            }
            wire.send(List.of(OpenAiAnswers.finish("stop"), OpenAiAnswers.DONE), Chunking.EVENTS)
                    .end();
        });

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.rest().getLast()).isEqualTo("data: [DONE]");
        }
    }

    @Test
    void aFirstTokenThatTakesTooLongIsGivenUp() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) -> wire.events().send(OpenAiAnswers.role()).silent());

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        }
        lane.first().awaitHangUp(Duration.ofSeconds(2));
    }

    @Test
    void whenNobodyAnswersInTimeTheAttemptsSaySo() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> wire.silent());

        Response answer = GATEWAY.ask("only" + lane.number());

        assertThat(answer.statusCode()).isIn(503, 504);
        JsonNode attempt =
                Shapes.json(answer.asString()).path("error").path("attempts").path(0);
        assertThat(attempt.path("duration_ms").asInt()).isBetween(1300, 5000);
        assertThat(attempt.path("error").asText()).isNotBlank();
    }

    @Test
    void theCallersOwnTimeEndsARequest() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> wire.silent());
        long begun = System.nanoTime();

        Response answer = GATEWAY.ask(lane.model(), "x-signalbox-timeout", "300ms");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("timeout");
        assertThat(since(begun)).isBetween(Duration.ofMillis(290), Duration.ofMillis(1300));
        assertThat(lane.second().received()).isEmpty();
        lane.first().awaitHangUp(Duration.ofSeconds(1));
    }

    @Test
    void theCallersOwnTimeSpansRetriesAndFallbacks() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> wire.silent());
        lane.second().answers((_, wire) -> wire.silent());
        long begun = System.nanoTime();

        Response answer = GATEWAY.ask(lane.model(), "x-signalbox-timeout", "2s", "x-signalbox-retries", "5");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(since(begun)).isBetween(Duration.ofMillis(1900), Duration.ofMillis(3000));
    }

    @Test
    void theCallersOwnTimeEndsAStreamThatHasBegun() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events();
            for (int i = 0; i < 100; i++) {
                wire.send(OpenAiAnswers.delta("w ")).silent(Duration.ofMillis(50));
            }
        });

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()), "x-signalbox-timeout", "500ms")) {
            List<String> blocks = listener.rest();
            assertThat(blocks).doesNotContain("data: [DONE]");
            assertThat(Listener.chunks(blocks))
                    .filteredOn(chunk -> chunk.has("error"))
                    .singleElement()
                    .satisfies(
                            chunk -> assertThat(chunk.path("error").path("code").asText())
                                    .isEqualTo("timeout"));
        }
        lane.first().awaitHangUp(Duration.ofSeconds(1));
    }

    @Test
    void theCallersOwnTimeMayEndBeforeAStreamBegins() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> wire.events().silent());

        Response answer = GATEWAY.chat(Shapes.streamed(lane.model()), "x-signalbox-timeout", "300ms");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.contentType()).startsWith("application/json");
    }
}
