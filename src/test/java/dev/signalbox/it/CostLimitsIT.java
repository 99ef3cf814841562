package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What may be spent at a provider, in a day and for one request, and what becomes of models without a price. */
@Timeout(60)
class CostLimitsIT {

    private static final Lanes LANES = Lanes.of(4)
            .each("signalbox.models.m%d.pricing.input", "1")
            .each("signalbox.models.m%d.pricing.output", "1")
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL)
            .each("signalbox.models.only%d.pricing.input", "1")
            .each("signalbox.models.only%d.pricing.output", "1")
            .set("signalbox.providers.a0.daily-cost-limit", "0.0003")
            .set("signalbox.providers.a1.request-cost-limit", "0.0005")
            .set("signalbox.models.unpriced.deployments[0].provider", "a2")
            .set("signalbox.models.unpriced.deployments[0].model", "nobody-knows-it")
            .set("signalbox.models.half.deployments[0].provider", "a3")
            .set("signalbox.models.half.deployments[0].model", "nobody-knows-it")
            .set("signalbox.models.half.deployments[1].provider", "b3")
            .set("signalbox.models.half.deployments[1].model", "priced")
            .set("signalbox.models.half.deployments[1].pricing.input", "1")
            .set("signalbox.models.half.deployments[1].pricing.output", "1");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES).and("signalbox.pricing-unknown", "deny");

    private static Response ask(String model, int maxTokens) {
        return GATEWAY.chat(Shapes.with(model, "\"max_tokens\":" + maxTokens));
    }

    private static JsonNode refused(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        return error;
    }

    @Test
    void aProviderThatHasHadItsDayIsNoCandidate() {
        int first = 0;
        String who = ask("m0", 100).header("x-signalbox-provider");
        while (who.equals("a0")) {
            first++;
            who = ask("m0", 100).header("x-signalbox-provider");
        }

        assertThat(who).isEqualTo("b0");
        assertThat(first).isBetween(1, 25);
        assertThat(LANES.lane(0).first().received()).hasSize(first);
        Response alone = ask("only0", 100);
        refused(alone, 503, "all_providers_exhausted");
        assertThat(Integer.parseInt(alone.header("retry-after"))).isBetween(1, 86_400);
        assertThat(GATEWAY.metrics())
                .containsPattern("signalbox_budget_remaining_usd\\{name=\"a0\",scope=\"provider\",?\\} [0-9.E-]+");
        assertThat(GATEWAY.request()
                        .header("content-type", "application/json")
                        .body(Shapes.with("m0", "\"max_tokens\":100"))
                        .post("/admin/v1/explain")
                        .asString())
                .contains("provider 'a0'", "0.0003 USD a day");
    }

    @Test
    void aRequestThatCouldCostTooMuchGoesElsewhere() {
        assertThat(ask("m1", 10).header("x-signalbox-provider")).isEqualTo("a1");
        assertThat(ask("m1", 1_000).header("x-signalbox-provider")).isEqualTo("b1");
        // nobody says how long an answer is to be, and nobody knows how long it can be
        assertThat(GATEWAY.ask("m1").header("x-signalbox-provider")).isEqualTo("b1");

        assertThat(refused(ask("only1", 1_000), 402, "budget_exceeded")
                        .path("message")
                        .asText())
                .contains("0.0005 USD");
        assertThat(LANES.lane(1).first().received()).hasSize(1);
    }

    @Test
    void whatHasNoPriceIsNotAsked() {
        refused(ask("unpriced", 10), 400, "pricing_unknown");
        assertThat(LANES.lane(2).first().received()).isEmpty();

        assertThat(ask("half", 10).header("x-signalbox-provider")).isEqualTo("b3");
        assertThat(GATEWAY.metrics()).contains("signalbox_pricing_unknown_total{deployment=\"a3/nobody-knows-it\"");
    }
}
