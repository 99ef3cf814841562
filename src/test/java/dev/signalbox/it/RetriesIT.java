package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same deployment is asked again where that helps, a little later each time, and not more than the budget allows. */
@Timeout(60)
class RetriesIT {

    private static final Lanes LANES = Lanes.of(8)
            .each("signalbox.providers.a%d.max-retries", "2")
            .each("signalbox.providers.a%d.circuit.volume", "1000")
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL);

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES).and("signalbox.retry-budget-floor", "1000");

    @Test
    void aStumbleIsAnsweredByTheSameProvider() {
        Lane lane = LANES.next();
        lane.first()
                .answers(
                        OpenAiAnswers.error(503, "overloaded", "busy"),
                        OpenAiAnswers.error(500, "server_error", "oops"),
                        OpenAiAnswers.hello());

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("3");
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void afterItsRetriesTheNextCandidateIsAsked() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).hasSize(3);
    }

    @Test
    void aCallerMayAskForNoRetries() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        GATEWAY.ask(lane.model(), "x-signalbox-retries", "0");

        assertThat(lane.first().received()).hasSize(1);
    }

    @Test
    void aCallerMayAskForMoreRetries() {
        Lane lane = LANES.next();
        lane.first()
                .answers(
                        OpenAiAnswers.error(503, "overloaded", "busy"),
                        OpenAiAnswers.error(503, "overloaded", "busy"),
                        OpenAiAnswers.error(503, "overloaded", "busy"),
                        OpenAiAnswers.hello());

        Response answer = GATEWAY.ask("only" + lane.number(), "x-signalbox-retries", "3");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(lane.first().received()).hasSize(4);
    }

    @Test
    void aRetryComesNoSoonerThanTheVendorAsks() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy", "retry-after", "1"), OpenAiAnswers.hello());

        Response answer = GATEWAY.ask("only" + lane.number());

        assertThat(answer.statusCode()).isEqualTo(200);
        List<Received> received = lane.first().received();
        assertThat(received).hasSize(2);
        assertThat(Duration.ofNanos(received.get(1).nanos() - received.get(0).nanos()))
                .isGreaterThan(Duration.ofMillis(950));
    }
}
