package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A model whose deployments speak different languages: what one demands, or cannot be told, concerns no other. */
@Timeout(60)
class MixedCandidatesIT {

    /** No output limit is known, so that Anthropic cannot be asked by those who give none. */
    private static final Lanes LANES =
            Lanes.anthropicFirst(5).each("signalbox.models.m%d.deployments[1].priority", "0");

    private static final Lanes FOREIGN_FIRST = Lanes.anthropicFirst(2);

    private static final Answer BUSY = OpenAiAnswers.error(503, "overloaded", "busy");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    @RegisterExtension
    static final Gateway FOREIGN = Gateway.with(FOREIGN_FIRST);

    @Test
    void aCandidateThatDemandsMoreMakesRoomForTheNext() {
        Lane lane = FOREIGN_FIRST.next();

        Response answer = FOREIGN.ask(lane.model());

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).isEmpty();
    }

    @Test
    void whatItDemandsIsToldWhenThereIsNobodyElse() {
        Lane lane = FOREIGN_FIRST.next();

        Response answer = FOREIGN.ask(lane.model(), "x-signalbox-provider", lane.firstName());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/param").asText()).isEqualTo("max_tokens");
    }

    @Test
    void itDoesNotHideThatTheOthersFailed() {
        Lane lane = LANES.next();
        lane.second().answers(BUSY);

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(503);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("all_providers_exhausted");
        assertThat(error.path("attempts")).hasSize(1);
    }

    @Test
    void nobodyIsCalledUnableWhoOnlyRests() {
        Lane lane = LANES.next();
        lane.second().answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down"));
        GATEWAY.chat(Shapes.with(lane.model(), "\"max_tokens\":10"));

        Response answer = GATEWAY.chat(Shapes.with(lane.model(), "\"max_tokens\":10,\"seed\":4"));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isNotNull();
        assertThat(Shapes.json(answer.asString()).at("/error/attempts").isArray())
                .isTrue();
    }

    @Test
    void aBodyThatOnlyOneOfThemCanReadGoesToThatOne() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.chat(
                "{\"model\":\"" + lane.model() + "\",\"messages\":[{\"role\":\"critic\",\"content\":\"hi\"}]}");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }
}
