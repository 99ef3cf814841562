package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts as vectors, in OpenAI's language. */
@Timeout(60)
class EmbeddingsIT {

    private static final String EMBEDDINGS = "/v1/embeddings";

    private static final String VECTORS = """
            {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,-2.5e-3],"odd":1}],\
            "model":"up-1","usage":{"prompt_tokens":4,"total_tokens":4},"odd":{"a":0.20}}""";

    private static final Lanes LANES = Lanes.of(5)
            .set("signalbox.providers.sim.kind", "simulator")
            .set("signalbox.providers.claude.kind", "anthropic")
            .set("signalbox.providers.claude.base-url", "http://127.0.0.1:9")
            .set("signalbox.providers.claude.api-keys[0]", "sk-x")
            .each("signalbox.models.m%d.pricing.input", "1")
            .each("signalbox.models.m%d.pricing.output", "0");

    private static final Lanes OF_GOOGLE = Lanes.of(1).each("signalbox.providers.a%d.kind", "gemini");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    @RegisterExtension
    static final Gateway TO_GOOGLE = Gateway.with(OF_GOOGLE);

    @Test
    void whatTheVendorDoesNotSayOfItsAnswerIsSaidNonetheless() {
        Lane lane = OF_GOOGLE.next();
        lane.first().answers(OpenAiAnswers.json(200, "{\"embeddings\":[{\"values\":[0.5]},{\"values\":[1]}]}"));

        Response answer =
                TO_GOOGLE.post(EMBEDDINGS, "{\"model\":\"" + lane.model() + "\",\"input\":[\"hello\",\"world\"]}");

        JsonNode vectors = Shapes.json(answer.asString());
        JsonNode row = TO_GOOGLE.row(answer.header("x-signalbox-request-id"));
        assertThat(vectors.path("model").asText()).isEqualTo("up-a");
        assertThat(vectors.path("data")).hasSize(2);
        assertThat(row.path("estimated").asBoolean()).isTrue();
        assertThat(vectors.at("/usage/prompt_tokens").asInt())
                .isPositive()
                .isEqualTo(row.path("input_tokens").asInt());
    }

    @Test
    void whatIsAskedAndAnsweredPassesAsItIs() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, VECTORS));

        Response answer = GATEWAY.post(EMBEDDINGS, """
                {"model":"%s","input":[[1,2],[3]],"encoding_format":"base64","dimensions":2,"odd":0.50}""".formatted(lane.model()));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.asString()).isEqualTo(VECTORS);
        assertThat(lane.first().only().path()).isEqualTo("/v1/embeddings");
        assertThat(lane.first().only().body()).isEqualTo("""
                {"model":"up-a","input":[[1,2],[3]],"encoding_format":"base64","dimensions":2,"odd":0.50}""");
    }

    @Test
    void itHasARowLikeAChat() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, VECTORS));

        Response answer = GATEWAY.post(EMBEDDINGS, """
                {"model":"%s","input":"hi","user":"ann"}""".formatted(lane.model()));

        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("input_tokens").asInt()).isEqualTo(4);
        assertThat(row.path("output_tokens").asInt()).isZero();
        assertThat(row.path("user").asText()).isEqualTo("ann");
        assertThat(row.path("status").asInt()).isEqualTo(200);
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0.000004");
        assertThat(answer.header("x-signalbox-cost-usd")).isNotNull();
    }

    @Test
    void theNextCandidateIsAskedWhenOneFails() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        lane.second().answers(OpenAiAnswers.json(200, VECTORS));

        Response answer = GATEWAY.post(EMBEDDINGS, "{\"model\":\"" + lane.model() + "\",\"input\":\"hi\"}");

        assertThat(answer.asString()).isEqualTo(VECTORS);
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
    }

    @Test
    void anAnswerWithoutVectorsIsAFailure() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, "{\"object\":\"list\"}"));
        lane.second().answers(OpenAiAnswers.json(200, VECTORS));

        assertThat(GATEWAY.post(EMBEDDINGS, "{\"model\":\"" + lane.model() + "\",\"input\":\"hi\"}")
                        .asString())
                .isEqualTo(VECTORS);
    }

    @Test
    void theSimulatorAlwaysMakesTheSameVectorsOfLengthOne() {
        JsonNode once = Shapes.json(simulated("\"input\":[\"a\",\"b\",\"a\"]"));

        assertThat(once.path("object").asText()).isEqualTo("list");
        assertThat(once.path("model").asText()).isEqualTo("vec");
        assertThat(once.path("data")).hasSize(3);
        assertThat(once.at("/data/2/index").asInt()).isEqualTo(2);
        assertThat(once.at("/data/0/embedding")).hasSize(256).isEqualTo(once.at("/data/2/embedding"));
        assertThat(once.at("/data/0/embedding")).isNotEqualTo(once.at("/data/1/embedding"));
        double square = 0;
        for (JsonNode number : once.at("/data/1/embedding")) {
            square += number.doubleValue() * number.doubleValue();
        }
        assertThat(square).isEqualTo(1, within(1e-5));
        assertThat(once.at("/usage/prompt_tokens").asInt()).isPositive();
        assertThat(once.at("/usage/total_tokens")).isEqualTo(once.at("/usage/prompt_tokens"));
        assertThat(Shapes.json(simulated("\"input\":\"b\"")).at("/data/0/embedding"))
                .isEqualTo(once.at("/data/1/embedding"));
    }

    @Test
    void base64IsTheSameNumbers() {
        JsonNode numbers =
                Shapes.json(simulated("\"input\":\"a\",\"dimensions\":3")).at("/data/0/embedding");
        String base64 = Shapes.json(simulated("\"input\":\"a\",\"dimensions\":3,\"encoding_format\":\"base64\""))
                .at("/data/0/embedding")
                .asText();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.remaining()).isEqualTo(12);
        for (JsonNode number : numbers) {
            assertThat(bytes.getFloat()).isEqualTo(number.floatValue());
        }
    }

    private static String simulated(String more) {
        Response answer = GATEWAY.post(EMBEDDINGS, "{\"model\":\"sim/vec\"," + more + "}");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.asString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'input':[[1,2]]|input",
                "'input':[1,2]|input",
                "'input':[]|input",
                "'input':5|input",
                "'x':5|input",
                "'input':'a','encoding_format':'hex'|encoding_format",
                "'input':'a','dimensions':'x'|dimensions",
                "'input':'a','dimensions':0|dimensions"
            })
    void whatIsWrongIsRefusedByName(String more) {
        String[] both = more.replace('\'', '"').split("\\|");
        Response answer = GATEWAY.post(EMBEDDINGS, "{\"model\":\"sim/vec\"," + both[0] + "}");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/param").asText()).isEqualTo(both[1]);
    }

    @Test
    void whoMakesNoVectorsIsNotAsked() {
        Response answer = GATEWAY.post(EMBEDDINGS, "{\"model\":\"claude/c\",\"input\":\"a\"}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo("unsupported_parameter");
        assertThat(answer.asString()).contains("embeddings");
    }
}
