package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller who hangs up ends the work that is done for him, and what was used is still in the ledger. */
@Timeout(60)
class HangUpsIT {

    private static final Duration A_SECOND = Duration.ofSeconds(1);

    private static final Lanes LANES = Lanes.of(12)
            .each("signalbox.models.m%d.pricing.input", "1")
            .each("signalbox.models.m%d.pricing.output", "1");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    /** Asks over a bare connection, which the test closes as it likes. */
    private static Socket ask(String body, String tag) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Socket socket = new Socket("127.0.0.1", GATEWAY.port());
        socket.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                                + "x-signalbox-tags: who=" + tag + "\r\ncontent-length: " + bytes.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return socket;
    }

    private static void close(Socket socket, boolean reset) throws IOException {
        if (reset) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    private static JsonNode rowTagged(String tag) {
        JsonNode[] found = new JsonNode[1];
        Await.until("a row of " + tag, Duration.ofSeconds(5), () -> {
            String page = GATEWAY.request().get("/admin/v1/requests?limit=100").asString();
            for (JsonNode row : Shapes.json(page).path("data")) {
                if (row.path("tags").path("who").asText().equals(tag)) {
                    found[0] = row;
                }
            }
            return found[0] != null;
        });
        return found[0];
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hangingUpBeforeTheFirstTokenClosesTheConnectionToTheVendor(boolean reset) throws IOException {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) -> wire.events().send(OpenAiAnswers.role()).silent());

        Socket socket = ask(Shapes.streamed(lane.model()), "before" + reset);
        Await.until("the vendor is asked", () -> !lane.first().received().isEmpty());
        close(socket, reset);

        lane.first().awaitHangUp(A_SECOND);
        JsonNode row = rowTagged("before" + reset);
        assertThat(row.path("status").asInt()).isEqualTo(499);
        assertThat(lane.second().received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hangingUpInTheMiddleClosesTheConnectionToTheVendor(boolean reset) throws IOException {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events().send(OpenAiAnswers.role());
            for (int i = 0; i < 1000; i++) {
                wire.send(OpenAiAnswers.delta("word ")).silent(Duration.ofMillis(30));
            }
        });

        Socket socket = ask(Shapes.streamed(lane.model()), "middle" + reset);
        socket.getInputStream().readNBytes(900);
        close(socket, reset);

        lane.first().awaitHangUp(A_SECOND);
        JsonNode row = rowTagged("middle" + reset);
        assertThat(row.path("status").asInt()).isEqualTo(499);
        assertThat(row.path("estimated").asBoolean()).isTrue();
        assertThat(row.path("output_tokens").asInt()).isPositive();
        assertThat(row.path("input_tokens").asInt()).isPositive();
        assertThat(row.path("cost_usd").decimalValue()).isPositive();
    }

    @Test
    void hangingUpDuringSilenceClosesTheConnectionToTheVendor() throws IOException {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) ->
                        wire.events().send(OpenAiAnswers.delta("and then ")).silent());

        Socket socket = ask(Shapes.streamed(lane.model()), "silence");
        socket.getInputStream().read();
        close(socket, false);

        lane.first().awaitHangUp(A_SECOND);
        assertThat(rowTagged("silence").path("status").asInt()).isEqualTo(499);
    }

    @Test
    void hangingUpOnAPlainRequestClosesTheConnectionToTheVendor() throws IOException {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> wire.silent());

        Socket socket = ask(Shapes.question(lane.model()), "plain");
        Await.until("the vendor is asked", () -> !lane.first().received().isEmpty());
        close(socket, false);

        lane.first().awaitHangUp(A_SECOND);
        assertThat(rowTagged("plain").path("status").asInt()).isEqualTo(499);
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void hangingUpWhileTheGatewayWaitsToRetryEndsTheRequest() throws IOException {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) -> wire.answer(503, OpenAiAnswers.error("overloaded", "busy"), "retry-after", "1"));
        String asked = Shapes.question(lane.model());
        byte[] bytes = asked.getBytes(StandardCharsets.UTF_8);
        Socket socket = new Socket("127.0.0.1", GATEWAY.port());
        socket.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                                + "x-signalbox-tags: who=waiting\r\nx-signalbox-retries: 3\r\ncontent-length: "
                                + bytes.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        Await.until("the vendor is asked", () -> !lane.first().received().isEmpty());
        close(socket, false);

        assertThat(rowTagged("waiting").path("status").asInt()).isEqualTo(499);
        assertThat(lane.first().received()).hasSize(1);
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void aCallerWhoReadsSlowlyDoesNotMakeTheGatewayHoardTheAnswer() throws IOException {
        Lane lane = LANES.next();
        int[] sent = new int[1];
        String big = OpenAiAnswers.delta("x".repeat(64 * 1024));
        lane.first().answers((_, wire) -> {
            wire.events();
            for (int i = 0; i < 2_000; i++) {
                wire.send(big);
                sent[0] = i;
            }
        });

        Socket socket = ask(Shapes.streamed(lane.model()), "slow");
        socket.getInputStream().read();
        int[] before = {-1};
        Await.until("the vendor can write no more", Duration.ofSeconds(20), () -> {
            Gateway.pause(Duration.ofMillis(300));
            boolean stands = sent[0] > 0 && sent[0] == before[0];
            before[0] = sent[0];
            return stands;
        });
        assertThat(sent[0]).isLessThan(1_000);
        close(socket, true);
    }

    @Test
    void nothingIsLeftBehind() {
        Await.until(
                "no request is active",
                () -> GATEWAY.metrics().lines().anyMatch("signalbox_active_requests 0.0"::equals));
    }
}
