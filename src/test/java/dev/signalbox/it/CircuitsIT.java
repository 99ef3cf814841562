package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A deployment that fails again and again is left alone for a while, unless there is nobody else. */
@Timeout(60)
class CircuitsIT {

    private static final int VOLUME = 4;
    private static final int TWO_MODELS = 0;

    private static final Lanes LANES = Lanes.of(12)
            .each("signalbox.providers.a%d.circuit.volume", String.valueOf(VOLUME))
            .each("signalbox.providers.a%d.circuit.open-for", "700ms")
            .each("signalbox.providers.a%d.circuit.half-open-successes", "1")
            .each("signalbox.providers.a%d.health.failure-threshold", "1000")
            .each("signalbox.providers.b%d.health.failure-threshold", "1000")
            .each("signalbox.providers.b%d.circuit.volume", String.valueOf(VOLUME))
            .each("signalbox.providers.b%d.circuit.open-for", "1m")
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL);

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        LANES.next();
    }

    private static String circuit(String deployment) {
        String start = "signalbox_circuit_state{deployment=\"" + deployment + "\"} ";
        return GATEWAY.metrics()
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElse("none");
    }

    private static void breakDown(Lane lane) {
        lane.first().answers(OpenAiAnswers.error(500, "server_error", "oops"));
        for (int i = 0; i < VOLUME; i++) {
            GATEWAY.ask(lane.model());
        }
    }

    @Test
    void aCircuitOpensAfterFailuresAndClosesAfterASuccess() {
        Lane lane = LANES.next();
        String deployment = lane.firstName() + "/" + Lanes.FIRST_MODEL;
        assertThat(circuit(deployment)).isEqualTo("0.0");

        breakDown(lane);
        assertThat(circuit(deployment)).isEqualTo("2.0");
        int asked = lane.first().received().size();
        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).hasSize(asked);
        assertThat(GATEWAY.request().get("/q/health/group/providers").asString())
                .contains("open");

        lane.first().answers(OpenAiAnswers.hello());
        Await.until(
                "it is asked again",
                () -> lane.firstName().equals(GATEWAY.ask(lane.model()).header("x-signalbox-provider")));
        Await.until("the circuit closes", () -> {
            GATEWAY.ask(lane.model());
            return circuit(deployment).equals("0.0");
        });
    }

    @Test
    void streamsOpenACircuitToo() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) ->
                        wire.events().send(OpenAiAnswers.delta("half ")).cut());

        for (int i = 0; i < VOLUME; i++) {
            try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
                listener.rest();
            }
        }

        assertThat(circuit(lane.firstName() + "/" + Lanes.FIRST_MODEL)).isEqualTo("2.0");
    }

    @Test
    void whenNobodyIsHealthyTheLeastUnhealthyIsStillTried() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(500, "server_error", "oops"));
        lane.second().answers(OpenAiAnswers.hello(), OpenAiAnswers.error(500, "server_error", "oops"));
        for (int i = 0; i < VOLUME + 1; i++) {
            GATEWAY.ask(lane.model());
        }
        lane.second().answers(OpenAiAnswers.hello());
        int before = lane.second().received().size();

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.second().received()).hasSize(before + 1);
    }

    @Test
    void theOnlyOneIsStillTriedWhenItsCircuitIsOpen() {
        Lane lane = LANES.next();
        breakDown(lane);
        lane.first().answers(OpenAiAnswers.hello());

        Response answer = GATEWAY.ask("only" + lane.number());

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void theCallersFaultsOpenNoCircuit() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(400, "invalid_value", "no"));

        for (int i = 0; i < 3 * VOLUME; i++) {
            assertThat(GATEWAY.ask(lane.model()).statusCode()).isEqualTo(400);
        }

        assertThat(circuit(lane.firstName() + "/" + Lanes.FIRST_MODEL)).isEqualTo("0.0");
    }

    @Test
    void hangUpsOpenNoCircuit() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) ->
                        wire.events().send(OpenAiAnswers.delta("half ")).silent());

        for (int i = 0; i < 2 * VOLUME; i++) {
            try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
                listener.next();
            }
        }
        Await.until(
                "all hang-ups are noticed",
                Duration.ofSeconds(5),
                () -> lane.first().hangUps() == 2 * VOLUME);

        assertThat(circuit(lane.firstName() + "/" + Lanes.FIRST_MODEL)).isEqualTo("0.0");
    }

    @Test
    void aBadKeyBenchesNoHealthyDeployment() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(401, "invalid_api_key", "revoked"));

        for (int i = 0; i < 3 * VOLUME; i++) {
            GATEWAY.ask(lane.model());
        }

        assertThat(circuit(lane.firstName() + "/" + Lanes.FIRST_MODEL)).isEqualTo("0.0");
    }

    @Test
    void oneModelOfAProviderDoesNotBenchAnother() {
        Lane lane = LANES.lane(TWO_MODELS);
        lane.first().answers((request, wire) -> {
            if (request.json().path("model").asText().equals("broken")) {
                wire.answer(500, OpenAiAnswers.error("server_error", "oops"));
            } else {
                OpenAiAnswers.hello().play(request, wire);
            }
        });

        for (int i = 0; i < 3 * VOLUME; i++) {
            GATEWAY.ask(lane.firstName() + "/broken");
        }

        assertThat(circuit(lane.firstName() + "/" + Lanes.FIRST_MODEL)).isEqualTo("0.0");
        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.firstName());
    }
}
