package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two models may be served by one deployment, each with its own weights and prices: what is known of it, both know. */
@Timeout(60)
class SharedDeploymentsIT {

    private static final int VOLUME = 4;

    private static final Lanes LANES = Lanes.of(7)
            .each("signalbox.providers.a%d.circuit.volume", String.valueOf(VOLUME))
            .each("signalbox.models.also%d.deployments[0].provider", "a%d")
            .each("signalbox.models.also%d.deployments[0].model", Lanes.FIRST_MODEL)
            .each("signalbox.models.also%d.deployments[0].weight", "7")
            .each("signalbox.models.also%d.deployments[0].pricing.input", "1")
            .each("signalbox.models.also%d.deployments[0].pricing.output", "2")
            .each("signalbox.models.also%d.deployments[1].provider", "b%d")
            .each("signalbox.models.also%d.deployments[1].model", Lanes.SECOND_MODEL)
            .set("signalbox.providers.a0.health.failure-threshold", "1000")
            .set("signalbox.models.also4.strategy", "least-connections");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static final Lane CIRCUIT = LANES.lane(0);
    private static final Lane HEALTH = LANES.lane(1);
    private static final Lane INVENTED = LANES.lane(2);
    private static final Lane LATENCY = LANES.lane(3);
    private static final Lane BUSY = LANES.lane(4);
    private static final Lane PRICED = LANES.lane(5);
    private static final Lane NOBODY = LANES.lane(6);

    private static String other(Lane lane) {
        return "also" + lane.number();
    }

    private static JsonNode provider(Lane lane) {
        return Shapes.json(
                GATEWAY.request().get("/admin/v1/providers/" + lane.firstName()).asString());
    }

    private static JsonNode explained(String model) {
        return Shapes.json(
                GATEWAY.post("/admin/v1/explain", Shapes.question(model)).asString());
    }

    private static void fails(Lane lane, int times) {
        lane.first().answers(OpenAiAnswers.error(500, "server_error", "oops"));
        for (int i = 0; i < times; i++) {
            GATEWAY.ask(lane.model());
        }
    }

    @Test
    void aCircuitThatOneOpensIsOpenForTheOther() {
        fails(CIRCUIT, VOLUME);

        assertThat(explained(other(CIRCUIT)).at("/excluded/0/reason").asText()).contains("circuit is open");
        assertThat(provider(CIRCUIT).path("deployments")).hasSize(1);
        assertThat(provider(CIRCUIT).at("/deployments/0/circuit").asText()).isEqualTo("open");
        assertThat(GATEWAY.metrics())
                .contains("signalbox_circuit_state{deployment=\"" + CIRCUIT.firstName() + "/up-a\"} 2.0");
    }

    @Test
    void aProviderOfOneDeploymentIsUnhealthyAfterThreeFailures() {
        fails(HEALTH, 3);

        assertThat(provider(HEALTH).path("health").asText()).isEqualTo("unhealthy");
    }

    @Test
    void whatCallersMakeUpIsNoDeploymentThatCouldStillBeWell() {
        GATEWAY.ask(INVENTED.firstName() + "/made-up");
        fails(INVENTED, 3);

        assertThat(provider(INVENTED).path("health").asText()).isEqualTo("unhealthy");
    }

    @Test
    void howLongItTookIsKnownToBoth() {
        GATEWAY.ask(LATENCY.model());

        assertThat(explained(other(LATENCY))
                        .at("/candidates/0/predicted_latency_ms")
                        .isNumber())
                .isTrue();
        assertThat(provider(LATENCY).path("requests").asInt()).isEqualTo(1);
    }

    @Test
    void whatItHasToDoForOneKeepsTheOtherAway() {
        BUSY.first().answers(Slowly.hello(3_000));
        Thread.startVirtualThread(() -> GATEWAY.ask(BUSY.model()));
        Await.until("a call is under way", () -> provider(BUSY).path("active").asInt() == 1);

        assertThat(GATEWAY.ask(other(BUSY)).header("x-signalbox-provider")).isEqualTo(BUSY.secondName());
    }

    @Test
    void askedForDirectlyItHasThePriceThatIsKnown() {
        assertThat(explained(PRICED.firstName() + "/up-a")
                        .at("/candidates/0/predicted_cost_usd")
                        .isNumber())
                .isTrue();
    }

    @Test
    void whenNobodyCouldBeAskedTheModelIsStillCounted() {
        assertThat(GATEWAY.ask(NOBODY.model(), "x-signalbox-max-cost", "0").statusCode())
                .isEqualTo(402);

        assertThat(GATEWAY.metrics())
                .contains(
                        "signalbox_requests_total{model=\"" + NOBODY.model() + "\",provider=\"other\",status=\"402\"}");
    }
}
