package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A provider that fails is left alone until it is well, and everybody can see why. */
@Timeout(60)
class HealthIT {

    private static final int THRESHOLD = 3;
    private static final Answer BROKEN = OpenAiAnswers.error(500, "server_error", "oops");

    /** Those from here on are probed all the time. */
    private static final int PROBED = 10;

    private static final int RETRIED = 9;

    private static final Lanes LANES = Lanes.of(14)
            .each("signalbox.providers.a%d.health.recovery-threshold", "2")
            .each("signalbox.providers.a%d.circuit.volume", "1000")
            .each("signalbox.providers.b%d.circuit.volume", "1000")
            .set("signalbox.providers.a9.max-retries", "2")
            .set("signalbox.providers.a10.health.interval", "150ms")
            .set("signalbox.providers.a11.health.interval", "150ms")
            .set("signalbox.providers.a12.health.interval", "150ms")
            .set("signalbox.providers.a13.health.interval", "150ms")
            .set("signalbox.providers.a13.health.path", "/free")
            .set("signalbox.providers.sim.kind", "simulator")
            .set("signalbox.providers.sim.max-retries", "0")
            .set("signalbox.providers.sim.health.interval", "150ms")
            .set("signalbox.providers.sim.health.recovery-threshold", "1")
            .set("signalbox.providers.sim.circuit.volume", "1000")
            .set("signalbox.models.ms.deployments[0].provider", "sim")
            .set("signalbox.models.ms.deployments[0].model", "echo")
            .set("signalbox.models.ms.deployments[1].provider", "b8")
            .set("signalbox.models.ms.deployments[1].model", "up-b");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static JsonNode provider(String name) {
        return Shapes.json(GATEWAY.request().get("/admin/v1/providers/" + name).asString());
    }

    private static String health(Lane lane) {
        return provider(lane.firstName()).path("health").asText();
    }

    private static String servedBy(String model) {
        return GATEWAY.ask(model).header("x-signalbox-provider");
    }

    private static String up(String provider) {
        String start = "signalbox_provider_up{provider=\"" + provider + "\"} ";
        return GATEWAY.metrics()
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElse("none");
    }

    private static Answer probes(Answer probe, Answer chat) {
        return (request, wire) -> (request.method().equals("GET") ? probe : chat).play(request, wire);
    }

    private static void breakDown(Lane lane) {
        lane.first().answers(BROKEN);
        for (int i = 0; i < THRESHOLD; i++) {
            assertThat(health(lane)).isEqualTo("healthy");
            GATEWAY.ask(lane.model());
        }
        assertThat(health(lane)).isEqualTo("unhealthy");
    }

    @Test
    void failuresInARowBenchAProvider() {
        Lane lane = LANES.next();
        breakDown(lane);
        int asked = lane.first().received().size();

        assertThat(servedBy(lane.model())).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).hasSize(asked);
        assertThat(provider(lane.firstName()).path("health_reason").asText())
                .contains("server_error (HTTP 500)", "next probe at");
        assertThat(provider(lane.firstName()).path("circuit").asText()).isEqualTo("closed");
        assertThat(up(lane.firstName())).isEqualTo("0.0");
        assertThat(up(lane.secondName())).isEqualTo("1.0");
        assertThat(GATEWAY.request().get("/q/health/group/providers").asString())
                .contains("server_error (HTTP 500)");
        assertThat(GATEWAY.request().get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(GATEWAY.log()).containsOnlyOnce("provider " + lane.firstName() + " is unhealthy");
    }

    @Test
    void theLeastUnhealthyIsStillTriedAndComesBackByItself() {
        Lane lane = LANES.next();
        breakDown(lane);
        lane.second().answers(BROKEN);
        for (int i = 0; i < THRESHOLD; i++) {
            GATEWAY.ask(lane.model());
        }
        assertThat(provider(lane.secondName()).path("health").asText()).isEqualTo("unhealthy");
        lane.first().answers(OpenAiAnswers.hello());
        lane.second().answers(OpenAiAnswers.hello());

        for (int i = 0; i < 6; i++) {
            assertThat(GATEWAY.ask(lane.model()).statusCode()).isEqualTo(200);
        }
        assertThat(List.of(
                        health(lane), provider(lane.secondName()).path("health").asText()))
                .contains("healthy");
    }

    @Test
    void whoIsLimitedIsNotUnhealthy() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(429, "rate_limit", "slow down", "retry-after", "40"));
        for (int i = 0; i < 2 * THRESHOLD; i++) {
            GATEWAY.ask(lane.model());
        }

        assertThat(health(lane)).isEqualTo("limited");
        assertThat(provider(lane.firstName()).path("health_reason").asText())
                .contains("all credentials rest for ", "rate_limited (HTTP 429)");
    }

    @Test
    void aBadKeyBenchesNobody() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(401, "invalid_api_key", "revoked"));
        for (int i = 0; i < 2 * THRESHOLD; i++) {
            GATEWAY.ask(lane.model());
        }

        assertThat(health(lane)).isEqualTo("misconfigured");
        assertThat(provider(lane.firstName()).toString())
                .contains("credential_rejected (HTTP 401)")
                .doesNotContain(lane.firstKey());
        assertThat(GATEWAY.log()).doesNotContain("provider " + lane.firstName() + " is unhealthy");
    }

    @Test
    void theCallersFaultsAreNotItsOwn() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(400, "invalid_value", "no"));
        for (int i = 0; i < 2 * THRESHOLD; i++) {
            GATEWAY.ask(lane.model());
        }

        assertThat(health(lane)).isEqualTo("healthy");
    }

    @Test
    void aModelThatIsNotThereIsLeftAlone() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(404, "model_not_found", "no such model"));
        assertThat(servedBy(lane.model())).isEqualTo(lane.secondName());
        assertThat(servedBy(lane.model())).isEqualTo(lane.secondName());

        assertThat(lane.first().received()).hasSize(1);
        assertThat(health(lane)).isEqualTo("misconfigured");
        assertThat(provider(lane.firstName())
                        .path("deployments")
                        .path(0)
                        .path("misconfigured")
                        .asText())
                .isEqualTo("model_unavailable (HTTP 404)");
        assertThat(GATEWAY.ask(lane.firstName() + "/" + Lanes.FIRST_MODEL).statusCode())
                .as("nobody else is there")
                .isEqualTo(503);
        assertThat(lane.first().received()).hasSize(2);
    }

    @Test
    void oneDeploymentOfSeveralDoesNotBenchItsProvider() {
        Lane lane = LANES.next();
        lane.first().answers((request, wire) -> {
            boolean broken = request.json().path("model").asText().equals("broken");
            (broken ? BROKEN : OpenAiAnswers.hello()).play(request, wire);
        });
        for (int i = 0; i < 2 * THRESHOLD; i++) {
            GATEWAY.ask(lane.firstName() + "/broken");
        }

        assertThat(servedBy(lane.model())).isEqualTo(lane.firstName());
        assertThat(health(lane)).isEqualTo("healthy");
    }

    @Test
    void retriesOfOneRequestAreOneFailure() {
        Lane lane = LANES.lane(RETRIED);
        lane.first().answers(BROKEN);
        GATEWAY.ask(lane.model());

        assertThat(lane.first().received()).hasSize(3);
        assertThat(health(lane)).isEqualTo("healthy");
    }

    @Test
    void probesBringItBack() {
        Lane lane = LANES.lane(PROBED);
        lane.first().answers(probes(BROKEN, BROKEN));
        Await.until("it is unhealthy", () -> health(lane).equals("unhealthy"));
        assertThat(servedBy(lane.model())).isEqualTo(lane.secondName());

        lane.first().answers(OpenAiAnswers.hello());

        Await.until("it is healthy again", () -> health(lane).equals("healthy"));
        assertThat(servedBy(lane.model())).isEqualTo(lane.firstName());
        assertThat(lane.first().received())
                .filteredOn(request -> request.method().equals("GET"))
                .allSatisfy(request -> {
                    assertThat(request.path()).isEqualTo("/v1/models");
                    assertThat(request.header("authorization")).isEqualTo("Bearer " + lane.firstKey());
                    assertThat(request.body()).isEmpty();
                });
        assertThat(GATEWAY.log()).contains("provider " + lane.firstName() + " is healthy again");
    }

    @Test
    void whoDoesNotAnswerTheProbeIsUnhealthy() {
        Lane lane = LANES.lane(PROBED + 1);
        lane.first().close();

        Await.until("it is unhealthy", () -> health(lane).equals("unhealthy"));
        assertThat(servedBy(lane.model())).isEqualTo(lane.secondName());
    }

    @Test
    void aRejectedProbeIsToldOnceAndBenchesNobody() {
        Lane lane = LANES.lane(PROBED + 2);
        lane.first().answers(probes(OpenAiAnswers.error(401, "invalid_api_key", "revoked"), OpenAiAnswers.hello()));
        Await.until(
                "it is shown",
                () -> provider(lane.firstName()).path("health_reason").asText().contains("HTTP 401"));
        int probed = lane.first().received().size();
        Await.until("it was probed often", () -> lane.first().received().size() > probed + THRESHOLD);

        assertThat(health(lane)).isEqualTo("healthy");
        assertThat(provider(lane.firstName()).path("health_reason").asText()).contains("HTTP 401");
        assertThat(servedBy(lane.model())).isEqualTo(lane.firstName());
        assertThat(GATEWAY.log())
                .containsOnlyOnce("provider " + lane.firstName() + ": its health probe is answered with HTTP 401");
    }

    @Test
    void theProbesPathIsConfigured() {
        Lane lane = LANES.lane(PROBED + 3);
        Await.until(
                "it is probed",
                () -> lane.first().received().stream()
                        .anyMatch(request -> request.path().equals("/v1/free")));
    }

    @Test
    void whoCannotBeProbedIsTriedFromTimeToTime() {
        Response drill = GATEWAY.post("/admin/v1/providers/sim/fault", """
                {"failure": "500", "for": "1h"}""");
        assertThat(drill.statusCode()).isEqualTo(200);
        for (int i = 0; i < THRESHOLD; i++) {
            assertThat(servedBy("ms")).isEqualTo("b8");
        }
        assertThat(provider("sim").path("health").asText()).isEqualTo("unhealthy");

        GATEWAY.request().header("content-type", "application/json").delete("/admin/v1/providers/sim/fault");

        Await.until("it serves again", () -> servedBy("ms").equals("sim"));
        assertThat(provider("sim").path("health").asText()).isEqualTo("healthy");
    }
}
