package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.Lanes.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When everything fails, retries do not multiply the load: they have a budget, and going elsewhere is not one of them. */
@Timeout(60)
class RetryBudgetIT {

    private static final Lanes LANES = Lanes.of(1)
            .each("signalbox.providers.a%d.health.failure-threshold", "1000")
            .each("signalbox.providers.a%d.circuit.volume", "1000")
            .each("signalbox.providers.b%d.circuit.volume", "1000");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    @Test
    void retriesStayWithinTheirBudget() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        int requests = 30;

        for (int i = 0; i < requests; i++) {
            assertThat(GATEWAY.ask(lane.model(), "x-signalbox-retries", "1").statusCode())
                    .isEqualTo(200);
        }

        // a fifth of the requests of the last ten seconds would be fewer than the floor of ten
        assertThat(lane.first().received()).hasSizeBetween(requests + 5, requests + 10);
        assertThat(lane.second().received()).hasSize(requests);
    }
}
