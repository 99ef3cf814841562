package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A provider's limits are kept before the vendor has to say so. */
@Timeout(60)
class ProviderLimitsIT {

    private static final Lanes LANES = Lanes.of(7)
            .set("signalbox.providers.a0.rate-limit", "2")
            .set("signalbox.providers.a1.rate-limit", "1")
            .set("signalbox.providers.a2.token-limit", "12")
            .set("signalbox.providers.a3.token-limit", "1")
            .set("signalbox.providers.a4.rate-limit", "5")
            .set("signalbox.providers.a5.rate-limit", "1")
            .set("signalbox.providers.a6.rate-limit", "1000")
            .set("signalbox.providers.a6.token-limit", "1000000")
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL);

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static List<String> providers(String model, int times) {
        return IntStream.range(0, times)
                .mapToObj(_ -> GATEWAY.ask(model).header("x-signalbox-provider"))
                .toList();
    }

    @Test
    void whenItsRequestsAreUsedTheNextCandidateAnswers() {
        Lane lane = LANES.lane(0);

        assertThat(providers(lane.model(), 4)).containsExactly("a0", "a0", "b0", "b0");

        assertThat(lane.first().received()).hasSize(2);
    }

    @Test
    void whenNobodyElseIsThereTheCallerIsToldWhenToComeBack() {
        Lane lane = LANES.lane(1);
        GATEWAY.ask("only1");

        Response answer = GATEWAY.ask("only1");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("all_providers_exhausted");
        assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(1, 61);
        assertThat(lane.first().received()).hasSize(1);
    }

    @Test
    void whatAnAnswerTookInTruthIsWhatCounts() {
        Lane lane = LANES.lane(2);

        // the answer takes twelve tokens, which is all there is
        assertThat(providers(lane.model(), 3)).containsExactly("a2", "b2", "b2");

        assertThat(lane.first().received()).hasSize(1);
    }

    @Test
    void aRequestThatIsLargerThanTheLimitIsSentIntoAFreeMinute() {
        Lane lane = LANES.lane(3);

        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo("a3");
        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo("b3");
    }

    @Test
    void manyAtOnceGetNoMoreThanTheLimit() {
        Lane lane = LANES.lane(4);

        List<CompletableFuture<Response>> all = IntStream.range(0, 30)
                .mapToObj(
                        _ -> CompletableFuture.supplyAsync(() -> GATEWAY.ask(lane.model()), Thread::startVirtualThread))
                .toList();

        assertThat(all).allMatch(answer -> answer.join().statusCode() == 200);
        assertThat(lane.first().received()).hasSize(5);
        assertThat(lane.second().received()).hasSize(25);
    }

    @Test
    void aLimitedProviderIsNotAnUnhealthyOne() {
        Lane lane = LANES.lane(5);

        providers(lane.model(), 10);

        assertThat(GATEWAY.metrics().lines())
                .filteredOn(line -> line.startsWith("signalbox_circuit_state{") && line.contains("\"a5/"))
                .singleElement()
                .asString()
                .endsWith(" 0.0");
        assertThat(lane.first().received()).hasSize(1);
    }

    @Test
    void farFromItsLimitsNothingIsDifferent() {
        assertThat(providers(LANES.lane(6).model(), 5)).containsOnly("a6");
    }
}
