package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Why a deployment is no candidate, each reason once; and that asking for it changes nothing. */
@Timeout(90)
class ExplainReasonsIT {

    private static final int TURNS = 0;
    private static final int PRICES = 1;
    private static final int BLIND = 2;
    private static final int WINDOWS = 3;
    private static final int QUALITIES = 4;
    private static final int DRAINED = 5;
    private static final int LIMITED = 6;
    private static final int CIRCUITS = 7;
    private static final int RESTING = 8;
    private static final int STRATEGIES = 9;
    private static final int TWICE = 10;

    private static final Lanes LANES = Lanes.of(11)
            .set("signalbox.models.m0.strategy", "round-robin")
            .set("signalbox.models.m1.deployments[0].pricing.input", "10")
            .set("signalbox.models.m1.deployments[0].pricing.output", "30")
            .set("signalbox.models.m1.deployments[1].pricing.input", "1")
            .set("signalbox.models.m1.deployments[1].pricing.output", "2")
            .set("signalbox.providers.a2.kind", "openai")
            .set("signalbox.models.m2.deployments[0].model", "gpt-3.5-turbo")
            .set("signalbox.models.m3.deployments[0].context-window", "1000")
            .set("signalbox.models.m3.deployments[1].context-window", "100000")
            .set("signalbox.providers.a4.quality", "low")
            .set("signalbox.providers.b4.quality", "high")
            .set("signalbox.providers.a6.rate-limit", "1")
            .set("signalbox.providers.a7.circuit.volume", "2")
            .set("signalbox.models.m9.deployments[0].pricing.input", "1")
            .set("signalbox.models.m9.deployments[0].pricing.output", "1")
            .set("signalbox.models.m9.deployments[1].pricing.input", "2")
            .set("signalbox.models.m9.deployments[1].pricing.output", "2");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static JsonNode explained(String body, String... headers) {
        Response answer = GATEWAY.post("/admin/v1/explain", body, headers);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Shapes.json(answer.asString());
    }

    private static List<String> providers(JsonNode explained) {
        return explained
                .path("candidates")
                .valueStream()
                .map(one -> one.path("provider").asText())
                .toList();
    }

    /** The reason for which the first of a lane's providers is no candidate, while the second is. */
    private static String reason(Lane lane, JsonNode explained) {
        assertThat(providers(explained)).containsExactly(lane.secondName());
        assertThat(explained.path("excluded")).hasSize(1);
        JsonNode excluded = explained.path("excluded").path(0);
        assertThat(excluded.path("provider").asText()).isEqualTo(lane.firstName());
        assertThat(excluded.path("deployment").asText())
                .isEqualTo(lane.firstName() + "/" + excluded.path("model").asText());
        return excluded.path("reason").asText();
    }

    private static void answeredBySecond(Lane lane, String body, String... headers) {
        Response answer = GATEWAY.chat(body, headers);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }

    @Test
    void askingAHundredTimesTakesNobodysTurn() {
        String body = Shapes.question(LANES.lane(TURNS).model());
        List<String> answered = new ArrayList<>();
        for (int turn = 0; turn < 6; turn++) {
            String next = providers(explained(body)).getFirst();
            for (int i = 0; i < 100 / 6; i++) {
                assertThat(providers(explained(body)).getFirst()).isEqualTo(next);
            }
            answered.add(GATEWAY.chat(body).header("x-signalbox-provider"));
            assertThat(answered.getLast()).isEqualTo(next);
        }
        assertThat(answered).containsExactly("a0", "b0", "a0", "b0", "a0", "b0");
    }

    @Test
    void tooDear() {
        Lane lane = LANES.lane(PRICES);
        String body = Shapes.with(lane.model(), "\"max_tokens\":1000");

        JsonNode free = explained(body, "x-signalbox-strategy", "cost");
        JsonNode costs = free.path("candidates");
        assertThat(providers(free)).containsExactly("b1", "a1");
        assertThat(costs.path(0).path("predicted_cost_usd").decimalValue())
                .isPositive()
                .isLessThan(costs.path(1).path("predicted_cost_usd").decimalValue());
        String between = costs.path(0).path("predicted_cost_usd").decimalValue().toPlainString();

        String reason = reason(lane, explained(body, "x-signalbox-max-cost", between));

        assertThat(reason).startsWith("max_cost: ");
        answeredBySecond(lane, body, "x-signalbox-max-cost", between);
        JsonNode none = explained(body, "x-signalbox-max-cost", "0.000000000001");
        assertThat(none.path("candidates")).isEmpty();
        assertThat(none.path("excluded")).hasSize(2);
        assertThat(GATEWAY.chat(body, "x-signalbox-max-cost", "0.000000000001").statusCode())
                .isEqualTo(402);
    }

    @Test
    void aCostIsPredictedWhereverThereIsAPrice() {
        JsonNode explained = explained(Shapes.question(LANES.lane(PRICES).model()));

        assertThat(explained.path("strategy").asText()).isEqualTo("priority");
        for (JsonNode candidate : explained.path("candidates")) {
            assertThat(candidate.path("predicted_cost_usd").decimalValue()).isPositive();
            assertThat(candidate.path("predicted_quality").asDouble()).isEqualTo(0.5);
        }
    }

    @Test
    void cannotSayIt() {
        Lane lane = LANES.lane(BLIND);
        String body = """
                {"model":"%s","messages":[{"role":"user","content":[{"type":"text","text":"what is it?"},\
                {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""".formatted(lane.model());

        assertThat(reason(lane, explained(body)))
                .startsWith("unsupported_parameter: ")
                .contains("messages[0].content[1]");
        answeredBySecond(lane, body);
    }

    @Test
    void tooLong() {
        Lane lane = LANES.lane(WINDOWS);
        String body = Shapes.question(lane.model(), "many words ".repeat(2_000));

        assertThat(reason(lane, explained(body))).startsWith("context_length: ").contains("1000");
        answeredBySecond(lane, body);
    }

    @Test
    void notGoodEnough() {
        Lane lane = LANES.lane(QUALITIES);
        String body = Shapes.question(lane.model());

        assertThat(reason(lane, explained(body, "x-signalbox-quality", "high"))).startsWith("quality: ");
        answeredBySecond(lane, body, "x-signalbox-quality", "high");
    }

    @Test
    void takenOut() {
        Lane lane = LANES.lane(DRAINED);
        String body = Shapes.question(lane.model());
        Response drained = GATEWAY.post("/admin/v1/providers/" + lane.firstName() + "/drain", "{}");
        assertThat(drained.statusCode()).as(drained.asString()).isLessThan(300);

        assertThat(reason(lane, explained(body))).startsWith("draining");
        answeredBySecond(lane, body);

        GATEWAY.post("/admin/v1/providers/" + lane.firstName() + "/resume", "{}");
        assertThat(providers(explained(body))).containsExactly(lane.firstName(), lane.secondName());
    }

    @Test
    void atItsOwnLimit() {
        Lane lane = LANES.lane(LIMITED);
        String body = Shapes.question(lane.model());
        assertThat(GATEWAY.chat(body).header("x-signalbox-provider")).isEqualTo(lane.firstName());

        assertThat(reason(lane, explained(body))).startsWith("limited");
        answeredBySecond(lane, body);
    }

    @Test
    void itsCircuitIsOpen() {
        Lane lane = LANES.lane(CIRCUITS);
        String body = Shapes.question(lane.model());
        lane.first().answers(OpenAiAnswers.error(500, "server_error", "no"));
        for (int i = 0; i < 4; i++) {
            GATEWAY.chat(body);
        }

        assertThat(reason(lane, explained(body))).startsWith("unhealthy");
        answeredBySecond(lane, body);
    }

    @Test
    void restingAfterARefusal() {
        Lane lane = LANES.lane(RESTING);
        String body = Shapes.question(lane.model());
        lane.first().answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "600"));
        GATEWAY.chat(body);

        assertThat(reason(lane, explained(body))).startsWith("resting: ").contains(" s");
        answeredBySecond(lane, body);
        assertThat(lane.first().received()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("dev.signalbox.it.StrategyNames#all")
    void whatIsSaidIsDone(String strategy) {
        String body = Shapes.question(LANES.lane(STRATEGIES).model(), "Compare these two plans.");

        for (int i = 0; i < 5; i++) {
            JsonNode explained = explained(body, "x-signalbox-strategy", strategy);
            Response answer = GATEWAY.chat(body, "x-signalbox-strategy", strategy);

            assertThat(explained.path("strategy").asText()).isEqualTo(strategy);
            assertThat(providers(explained)).containsExactlyInAnyOrder("a9", "b9");
            assertThat(answer.header("x-signalbox-provider"))
                    .isEqualTo(providers(explained).getFirst());
            assertThat(answer.header("x-signalbox-strategy")).isEqualTo(strategy);
        }
    }

    @Test
    void oneRequestSaysTheSameAsExplainDid() {
        Lane lane = LANES.lane(TWICE);
        String body = Shapes.question(lane.model());
        lane.first().answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "600"));
        GATEWAY.chat(body);

        JsonNode explained = explained(body);
        Response answer = GATEWAY.chat(body);
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));

        assertThat(providers(row)).containsExactly(lane.secondName());
        assertThat(row.path("strategy")).isEqualTo(explained.path("strategy"));
        assertThat(row.path("excluded").path(0).path("deployment"))
                .isEqualTo(explained.path("excluded").path(0).path("deployment"));
        assertThat(row.path("excluded").path(0).path("reason").asText()).startsWith("resting: ");
    }
}
