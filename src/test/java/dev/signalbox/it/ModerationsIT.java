package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Judging by OpenAI's content policy. */
@Timeout(60)
class ModerationsIT {

    private static final String MODERATIONS = "/v1/moderations";

    private static final String JUDGED =
            "{\"id\":\"modr-1\",\"model\":\"omni\",\"results\":[{\"flagged\":false,\"category_scores\":{\"hate\":1.50e-7}}]}";

    private static final FakeVendor USUAL = new FakeVendor();

    private static final Lanes LANES = Lanes.of(1)
            .set("signalbox.providers.sim.kind", "simulator")
            .set("signalbox.providers.openai.kind", "openai")
            .set("signalbox.providers.openai.base-url", USUAL.url())
            .set("signalbox.providers.openai.api-keys[0]", "sk-usual-0123456789");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    @Test
    void whatIsAskedAndAnsweredPassesAsItIs() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, JUDGED));

        Response answer = GATEWAY.post(MODERATIONS, """
                {"model":"%s","input":[{"type":"text","text":"hi"}],"odd":0.50}""".formatted(lane.model()));

        assertThat(answer.asString()).isEqualTo(JUDGED);
        assertThat(lane.first().only().path()).isEqualTo("/v1/moderations");
        assertThat(lane.first().only().body())
                .isEqualTo("{\"model\":\"up-a\",\"input\":[{\"type\":\"text\",\"text\":\"hi\"}],\"odd\":0.50}");
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("status").asInt()).isEqualTo(200);
        assertThat(row.path("provider").asText()).isEqualTo(lane.firstName());
    }

    @Test
    void withoutAModelTheUsualOneJudges() {
        USUAL.answers(OpenAiAnswers.json(200, JUDGED));

        Response answer = GATEWAY.post(MODERATIONS, "{\"input\":\"hi\"}");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.asString()).isEqualTo(JUDGED);
        assertThat(USUAL.only().body()).isEqualTo("{\"input\":\"hi\",\"model\":\"omni-moderation-latest\"}");
        assertThat(USUAL.only().header("authorization")).isEqualTo("Bearer sk-usual-0123456789");
    }

    @Test
    void whoCannotJudgeIsNotAsked() {
        Response answer = GATEWAY.post(MODERATIONS, "{\"model\":\"sim/any\",\"input\":\"hi\"}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo("unsupported_parameter");
    }

    @Test
    void somethingMustBeJudged() {
        Response answer = GATEWAY.post(MODERATIONS, "{\"model\":\"sim/any\"}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/param").asText()).isEqualTo("input");
    }
}
