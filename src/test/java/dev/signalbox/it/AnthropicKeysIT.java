package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Virtual keys as Anthropic's clients send them: {@code x-api-key} before version 1, a bearer since. */
@Timeout(60)
class AnthropicKeysIT {

    private static final String ALL = "sk-all-0123456789";
    private static final String NARROW = "sk-narrow-0123456789";
    private static final String HI = """
            {"model":"%s","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"metadata":{"user_id":"u-7"}}""";

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.bare()
            .and("signalbox.providers.sim.kind", "simulator")
            .and("signalbox.models.one.deployments[0].provider", "sim")
            .and("signalbox.models.one.deployments[0].model", "echo")
            .and("signalbox.models.two.deployments[0].provider", "sim")
            .and("signalbox.models.two.deployments[0].model", "echo")
            .and("signalbox.auth.admin-key", "admin-key-0123456789")
            .and("signalbox.auth.keys.all.key", ALL)
            .and("signalbox.auth.keys.narrow.key", NARROW)
            .and("signalbox.auth.keys.narrow.models[0]", "one");

    private static Response ask(String model, String header, String credential) {
        RequestSpecification request = GATEWAY.request().header("content-type", "application/json");
        if (header != null) {
            request.header(header, credential);
        }
        return request.body(HI.formatted(model)).post("/v1/messages");
    }

    @ParameterizedTest
    @CsvSource({"x-api-key, sk-all-0123456789", "authorization, Bearer sk-all-0123456789"})
    void aKeyIsTakenFromEitherHeader(String header, String credential) {
        Response answer = ask("one", header, credential);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"), "admin-key-0123456789");
        assertThat(row.path("key_name").asText()).isEqualTo("all");
        assertThat(row.path("user").asText()).isEqualTo("u-7");
    }

    @ParameterizedTest
    @CsvSource({"x-api-key, sk-other", "authorization, Bearer sk-other", "authorization, sk-all-0123456789", ","})
    void nobodyElsePasses(String header, String credential) {
        refused(ask("one", header, credential), 401, "authentication_error", "invalid_api_key");
    }

    private static void refused(Response answer, int status, String type, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        JsonNode body = Shapes.json(answer.asString());
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.at("/error/type").asText()).isEqualTo(type);
        assertThat(body.at("/error/code").asText()).isEqualTo(code);
        assertThat(body.path("request_id").asText()).isEqualTo(answer.header("request-id"));
    }

    @Test
    void whatAKeyMayNotUseIsRefusedAndNotListed() {
        refused(ask("two", "x-api-key", NARROW), 403, "permission_error", "model_not_allowed");
        Response models = GATEWAY.request()
                .header("anthropic-version", "2026-10-21")
                .header("authorization", "Bearer " + NARROW)
                .get("/v1/models");
        assertThat(Shapes.json(models.asString()).path("data").findValuesAsText("id"))
                .containsExactly("one");
        refused(
                GATEWAY.request().header("anthropic-version", "2026-10-21").get("/v1/models"),
                401,
                "authentication_error",
                "invalid_api_key");
    }

    @Test
    void aBodyOfAnotherTypeIsRefused() {
        refused(
                GATEWAY.request()
                        .header("x-api-key", ALL)
                        .header("content-type", "text/plain")
                        .body("x")
                        .post("/v1/messages"),
                415,
                "invalid_request_error",
                "unsupported_media_type");
    }
}
