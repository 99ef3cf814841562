package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What explain says of a request is what is then done with it. */
@Timeout(60)
class ExplainIT {

    private static final String ADMIN = "Bearer admin-key-0123456789";
    private static final String ALL = "Bearer all-key-0123456789";
    private static final String KEY = "Bearer few-key-0123456789";

    private static final List<String> CANDIDATE = List.of(
            "deployment",
            "provider",
            "model",
            "score",
            "predicted_cost_usd",
            "predicted_latency_ms",
            "predicted_quality");

    private static final Lanes LANES = Lanes.of(6)
            .set("signalbox.models.m0.aliases[0]", "models-alias")
            .set("signalbox.models.m1.deployments[0].priority", "2")
            .set("signalbox.models.m2.fallbacks[0]", "m3");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES)
            .and("signalbox.auth.admin-key", ADMIN.substring(7))
            .and("signalbox.auth.keys.all.key", ALL.substring(7))
            .and("signalbox.auth.keys.few.key", KEY.substring(7))
            .and("signalbox.auth.keys.few.models[0]", "m5")
            .and("signalbox.max-body-size", "64K");

    private static Response explain(String body, String... headers) {
        List<String> all = new ArrayList<>(List.of("authorization", ADMIN));
        all.addAll(List.of(headers));
        return GATEWAY.post("/admin/v1/explain", body, all.toArray(String[]::new));
    }

    private static JsonNode explained(String body, String... headers) {
        Response answer = explain(body, headers);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        return Shapes.json(answer.asString());
    }

    private static List<String> deployments(JsonNode list) {
        return list.valueStream().map(one -> one.path("deployment").asText()).toList();
    }

    @Test
    void itSaysWhoWouldBeTriedAndAsksNobody() {
        Lane lane = LANES.lane(1);

        JsonNode answer = explained(Shapes.question(lane.model()));

        assertThat(answer.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("strategy", "candidates", "excluded");
        assertThat(answer.path("strategy").asText()).isEqualTo("priority");
        assertThat(deployments(answer.path("candidates")))
                .containsExactly(
                        lane.secondName() + "/" + Lanes.SECOND_MODEL, lane.firstName() + "/" + Lanes.FIRST_MODEL);
        for (JsonNode candidate : answer.path("candidates")) {
            assertThat(candidate.properties()).extracting(Map.Entry::getKey).containsExactlyElementsOf(CANDIDATE);
            assertThat(candidate.path("predicted_cost_usd").isNull()).isTrue();
            assertThat(candidate.path("deployment").asText())
                    .isEqualTo(candidate.path("provider").asText() + "/"
                            + candidate.path("model").asText());
        }
        assertThat(answer.path("excluded").isArray()).isTrue();
        assertThat(answer.path("excluded")).isEmpty();
        assertThat(lane.first().received()).isEmpty();
        assertThat(lane.second().received()).isEmpty();
        assertThat(rows("model=" + lane.model())).isEmpty();
    }

    @Test
    void theFirstCandidateIsWhoAnswersAndTheRowKeepsThemAll() {
        Lane lane = LANES.lane(2);
        String body = Shapes.question(lane.model());

        JsonNode explained = explained(body);
        Response answer = GATEWAY.chat(body, "authorization", ALL);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider"))
                .isEqualTo(explained.path("candidates").path(0).path("provider").asText());
        assertThat(answer.header("x-signalbox-strategy"))
                .isEqualTo(explained.path("strategy").asText());
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"), ADMIN.substring(7));
        assertThat(deployments(row.path("candidates")).getFirst())
                .isEqualTo(deployments(explained.path("candidates")).getFirst());
        assertThat(row.path("candidates").path(0).properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyElementsOf(CANDIDATE);
        assertThat(row.path("excluded").isArray()).isTrue();
        for (JsonNode listed : rows("model=" + lane.model())) {
            assertThat(listed.has("candidates") || listed.has("excluded")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"m0\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"stream\":true}",
                "{\"model\":\"m0\",\"max_tokens\":9,\"system\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "{\"model\":\"models-alias\",\"input\":\"hi\"}",
                "{\"model\":\"m0\",\"input\":[{\"role\":\"user\",\"content\":\"hi\"}],\"store\":false}",
                "{\"model\":\"m0\",\"prompt\":\"hi\"}",
                "{\"model\":\"m0\",\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}]}",
                "{\"model\":\"models/m0\",\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}],\"generationConfig\":{\"temperature\":1}}",
            })
    void aBodyOfAnyLanguageIsUnderstood(String body) {
        assertThat(deployments(explained(body).path("candidates"))).containsExactly("a0/up-a", "b0/up-b");
    }

    @Test
    void aVersionSaysThatItIsAMessage() {
        String body = Shapes.question("m0");

        Response refused = explain(body, "anthropic-version", "2023-06-01");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(refused.asString()).at("/error/field").asText()).isEqualTo("max_tokens");
    }

    @Test
    void headersAreHeeded() {
        assertThat(explained(Shapes.question("m0"), "x-signalbox-provider", "b0")
                        .path("strategy")
                        .asText())
                .isEqualTo("manual");
        assertThat(deployments(explained(Shapes.question("m2"), "x-signalbox-fallback", "false")
                                .path("candidates"))
                        .getFirst())
                .isEqualTo("a2/up-a");
        assertThat(deployments(explained(Shapes.question("m2")).path("candidates")))
                .contains("a3/up-a", "b3/up-b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"model":"m77","messages":[{"role":"user","content":"hi"}]} |                          |         | 404 | model_not_found | model
            {"messages":[{"role":"user","content":"hi"}]}              |                          |         | 400 | invalid_request | model
            {"model":"m0","messages":"hi"}                              |                          |         | 400 | invalid_request | messages
            {"contents":[{"parts":[{"text":"hi"}]}]}                    |                          |         | 400 | invalid_request | model
            {"model":"m0","messages":[{"role":"user","content":"hi"}]}  | x-signalbox-strategy     | nonsense | 400 | invalid_request | x-signalbox-strategy
            {"model":"m0","messages":[{"role":"user","content":"hi"}]}  | x-signalbox-retries      | many    | 400 | invalid_request | x-signalbox-retries
            {"model":"m0","messages":[{"role":"user","content":"hi"}]}  | x-signalbox-max-cost     | -1      | 400 | invalid_request | x-signalbox-max-cost
            {"model":"m0","messages":[{"role":"user","content":"hi"}]}  | x-signalbox-nonsense     | 1       | 400 | invalid_request | x-signalbox-nonsense
            {"model":"m0","messages":[{"role":"user","content":"hi"}]}  | x-signalbox-provider     | nobody  | 400 | invalid_request | x-signalbox-provider
            """)
    void whatTheRequestWouldBeRefusedWithIsTold(
            String body, String header, String value, int status, String code, String field) {
        Response refused = header == null ? explain(body) : explain(body, header, value);

        assertThat(refused.statusCode()).as(refused.asString()).isEqualTo(status);
        JsonNode error = Shapes.json(refused.asString());
        assertThat(error.properties()).hasSize(1);
        assertThat(error.at("/error/code").asText()).isEqualTo(code);
        assertThat(error.at("/error/field").asText()).isEqualTo(field);
        assertThat(error.at("/error/message").asText()).isNotBlank();
    }

    @Test
    void closeNamesAreTold() {
        assertThat(explain(Shapes.question("m00")).asString()).contains("m0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{}", "{\"model\":\"m0\"}", "{\"model\":\"m0\",\"model\":\"m1\"}"})
    void whatIsNoRequestIsRefused(String body) {
        Response refused = explain(body);

        assertThat(refused.statusCode()).as(refused.asString()).isEqualTo(400);
        assertThat(Shapes.json(refused.asString()).at("/error/code").asText()).isEqualTo("invalid_request");
    }

    @Test
    void bodiesAreTakenAsAtTheDoors() {
        String body = Shapes.question("m0");
        Response packed = GATEWAY.request()
                .header("authorization", ADMIN)
                .header("content-type", "application/json")
                .header("content-encoding", "gzip")
                .body(Packed.gzip(body))
                .post("/admin/v1/explain");
        assertThat(packed.statusCode()).as(packed.asString()).isEqualTo(200);

        Response text = GATEWAY.request()
                .header("authorization", ADMIN)
                .header("content-type", "text/plain")
                .body(body)
                .post("/admin/v1/explain");
        assertThat(text.statusCode()).isEqualTo(415);
        assertThat(Shapes.json(text.asString()).at("/error/code").asText()).isEqualTo("unsupported_media_type");

        Response large = explain(Shapes.question("m0", "x".repeat(70_000)));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(Shapes.json(large.asString()).at("/error/code").asText()).isEqualTo("request_too_large");

        assertThat(deployments(
                        explained(Shapes.question("m0", "x".repeat(60_000))).path("candidates")))
                .hasSize(2);
    }

    @Test
    void itIsForOperatorsAloneAndNoKeyLimitsIt() {
        String body = Shapes.question("m0");

        assertThat(GATEWAY.post("/admin/v1/explain", body).statusCode()).isEqualTo(401);
        assertThat(GATEWAY.post("/admin/v1/explain", body, "authorization", KEY).statusCode())
                .isEqualTo(401);
        assertThat(GATEWAY.chat(body, "authorization", KEY).statusCode()).isEqualTo(403);
        assertThat(explain(body).statusCode()).isEqualTo(200);
    }

    @Test
    void generatedClientsReadWell() {
        JsonNode document = Shapes.json(GATEWAY.request()
                .header("accept", "application/json")
                .get("/q/openapi")
                .asString());
        JsonNode explain = document.path("paths").path("/admin/v1/explain").path("post");
        assertThat(explain.path("operationId").asText()).isEqualTo("explainRequest");
        assertThat(explain.at("/responses/200/content/application~1json/schema/$ref")
                        .asText())
                .endsWith("/Selection");
        JsonNode get = document.path("paths").path("/admin/v1/requests/{id}").path("get");
        assertThat(get.path("operationId").asText()).isEqualTo("getRequest");
        assertThat(get.at("/responses/200/content/application~1json/schema/$ref")
                        .asText())
                .endsWith("/LedgerRow");
        assertThat(document.path("paths")
                        .path("/admin/v1/requests")
                        .path("get")
                        .path("operationId")
                        .asText())
                .isEqualTo("listRequests");
    }

    private static JsonNode rows(String query) {
        return Shapes.json(GATEWAY.request()
                        .header("authorization", ADMIN)
                        .get("/admin/v1/requests?" + query)
                        .asString())
                .path("data");
    }
}
