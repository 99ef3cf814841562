package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What holds for all models of a gateway: who is tried last, and what a hang-up or an outage means. */
@Timeout(60)
class RoutingIT {

    private static final int LAST = 0;
    private static final int SOLE = 1;

    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");

    private static final Lanes LANES = Lanes.of(6)
            .set("signalbox.fallback-providers[0]", "b0")
            .set("signalbox.on-disconnect", "5s")
            .set("signalbox.health.ready-requires", "any-provider")
            .each("signalbox.providers.a%d.circuit.volume", "1000");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        LANES.next();
        LANES.next();
    }

    @Test
    void aFallbackProviderIsTriedLastWithTheModelOfTheSameName() {
        Lane lane = LANES.next();
        lane.first().answers(BUSY);
        lane.second().answers(BUSY);

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo("b0");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("3");
        assertThat(LANES.lane(LAST)
                        .second()
                        .received()
                        .getLast()
                        .json()
                        .path("model")
                        .asText())
                .isEqualTo(lane.model());
    }

    @Test
    void aFallbackProviderIsNotTriedForACallerWhoRefusesFallbacks() {
        Lane lane = LANES.next();
        lane.first().answers(BUSY);

        assertThat(GATEWAY.ask(lane.model(), "x-signalbox-fallback", "false").statusCode())
                .isEqualTo(503);
    }

    @Test
    void anAnswerThatNobodyHearsMayBeReadOnForItsUsage() {
        Lane lane = LANES.lane(SOLE);
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(OpenAiAnswers.role())
                        .send(OpenAiAnswers.delta("half "))
                        .silent(Duration.ofMillis(500))
                        .send(OpenAiAnswers.stream("the rest"), Chunking.EVENTS)
                        .end());

        String id;
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            id = listener.id();
            listener.next();
        }

        JsonNode row = GATEWAY.row(id);
        assertThat(row.path("status").asInt()).isEqualTo(499);
        assertThat(row.path("estimated").asBoolean()).isFalse();
        assertThat(row.path("output_tokens").asInt()).isEqualTo(4);
        assertThat(lane.first().hangUps()).isZero();
    }

    @Test
    void fallbacksMayBeOffForAll() {
        Lanes lanes = Lanes.of(1);
        Lane lane = lanes.lane(0);
        lane.first().answers(BUSY);
        try (Gateway gateway =
                Gateway.with(lanes).and("signalbox.fallback", "false").start()) {
            assertThat(gateway.ask(lane.model()).statusCode()).isEqualTo(503);
            assertThat(lane.second().received()).isEmpty();
            assertThat(gateway.ask(lane.model(), "x-signalbox-fallback", "true").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void readinessMayRequireThatSomebodyCanBeAsked() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = Gateway.bare()
                        .and("signalbox.providers.one.kind", "openai-compatible")
                        .and("signalbox.providers.one.base-url", vendor.url())
                        .and("signalbox.providers.one.max-retries", "0")
                        .and("signalbox.health.ready-requires", "any-provider")
                        .start()) {
            vendor.answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "60"));
            assertThat(gateway.request().get("/q/health/ready").statusCode()).isEqualTo(200);

            gateway.ask("one/model");

            assertThat(gateway.request().get("/q/health/ready").statusCode()).isEqualTo(503);
            assertThat(gateway.request().get("/q/health/live").statusCode()).isEqualTo(200);
        }
    }
}
