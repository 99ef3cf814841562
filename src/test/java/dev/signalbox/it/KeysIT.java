package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call what, with virtual keys from the configuration. */
@Timeout(60)
class KeysIT {

    private static final String ALL = "sk-all-0123456789";
    private static final String ONE_MODEL = "sk-one-model-0123456789";
    private static final String ONE_PROVIDER = "sk-one-provider-0123456789";
    private static final String QUIET = "sk-quiet-0123456789";
    private static final String DIGESTED = "local-test-key";
    private static final String ADMIN = "admin-key-0123456789";

    private static final Lanes LANES = Lanes.of(6).set("signalbox.models.m0.fallbacks[0]", "m1");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES)
            .and("signalbox.auth.admin-key", ADMIN)
            .and("signalbox.auth.keys.all.key", ALL)
            .and("signalbox.auth.keys.all.team", "blue")
            .and("signalbox.auth.keys.one-model.key", ONE_MODEL)
            .and("signalbox.auth.keys.one-model.models[0]", "m0")
            .and("signalbox.auth.keys.one-provider.key", ONE_PROVIDER)
            .and("signalbox.auth.keys.one-provider.providers[0]", "b0")
            .and("signalbox.auth.keys.quiet.key", QUIET)
            .and("signalbox.auth.keys.quiet.disclose[0]", "cost")
            .and("signalbox.auth.keys.quiet.controls[0]", "tags")
            .and(
                    "signalbox.auth.keys.digested.key-sha256",
                    java.util.HexFormat.of().formatHex(Sha256.of(DIGESTED)));

    private static Response ask(String key, String model, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "authorization";
        all[1] = "Bearer " + key;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return GATEWAY.ask(model, all);
    }

    private static JsonNode error(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        return error;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Bearer ", "Bearer sk-unknown", "sk-all-0123456789", "Basic c2s6", "Bearer sk-all-012345678"
            })
    void nobodyPassesWithoutAKey(String authorization) {
        Response answer =
                authorization.isEmpty() ? GATEWAY.ask("m0") : GATEWAY.ask("m0", "authorization", authorization);

        JsonNode error = error(answer, 401, "invalid_api_key");
        assertThat(error.path("message").asText()).isNotBlank().doesNotContain("sk-");
        assertThat(answer.header("x-signalbox-request-id")).isNotBlank();
    }

    @Test
    void refusedCallersAreRefusedBeforeTheirBodyIsLookedAt() {
        error(GATEWAY.chat("not json"), 401, "invalid_api_key");
        assertThat(GATEWAY.request().get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(GATEWAY.request().get("/v1/models/m0").statusCode()).isEqualTo(401);
    }

    @Test
    void aKeyIsKnownByItselfOrByItsDigest() {
        assertThat(ask(ALL, "m2").statusCode()).isEqualTo(200);
        assertThat(ask(DIGESTED, "m2").statusCode()).isEqualTo(200);
    }

    @Test
    void theWordBearerHasNoCase() {
        assertThat(GATEWAY.ask("m2", "authorization", "bearer " + ALL).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aKeyMayBeLimitedToModels() {
        assertThat(ask(ONE_MODEL, "m0").statusCode()).isEqualTo(200);
        error(ask(ONE_MODEL, "m2"), 403, "model_not_allowed");
        error(ask(ONE_MODEL, "a2/" + Lanes.FIRST_MODEL), 403, "model_not_allowed");
        error(ask(ONE_MODEL, "m0", "x-signalbox-fallback", "m2"), 403, "model_not_allowed");
    }

    @Test
    void aListOfModelsFiltersFallbacksToo() {
        Lane lane = LANES.lane(0);
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        Response answer = ask(ONE_MODEL, "m0");

        lane.first().answers(OpenAiAnswers.hello());
        lane.second().answers(OpenAiAnswers.hello());
        error(answer, 503, "all_providers_exhausted");
        assertThat(LANES.lane(1).first().received()).isEmpty();
    }

    @Test
    void aListOfModelsFiltersTheListing() {
        JsonNode list = Shapes.json(GATEWAY.request()
                .header("authorization", "Bearer " + ONE_MODEL)
                .get("/v1/models")
                .asString());

        List<String> ids = new ArrayList<>();
        list.path("data").forEach(model -> ids.add(model.path("id").asText()));
        assertThat(ids).containsExactly("m0");
        assertThat(GATEWAY.request()
                        .header("authorization", "Bearer " + ONE_MODEL)
                        .get("/v1/models/m2")
                        .statusCode())
                .isIn(403, 404);
    }

    @Test
    void aKeyMayBeLimitedToProviders() {
        Response answer = ask(ONE_PROVIDER, "m0");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo("b0");
        error(ask(ONE_PROVIDER, "m2"), 403, "model_not_allowed");
        error(ask(ONE_PROVIDER, "a0/x"), 403, "model_not_allowed");
        error(ask(ONE_PROVIDER, "m0", "x-signalbox-provider", "a0"), 403, "model_not_allowed");
    }

    @Test
    void aListOfProvidersFiltersTheListing() {
        String list = GATEWAY.request()
                .header("authorization", "Bearer " + ONE_PROVIDER)
                .get("/v1/models")
                .asString();

        assertThat(list).contains("\"m0\"").doesNotContain("\"m2\"");
    }

    @Test
    void aKeyMayBeLimitedInWhatItAsksOfTheGateway() {
        assertThat(ask(QUIET, "m2", "x-signalbox-tags", "a=b").statusCode()).isEqualTo(200);
        error(ask(QUIET, "m2", "x-signalbox-provider", "a2"), 403, "control_not_allowed");
    }

    @Test
    void aKeyMayBeLimitedInWhatItIsTold() {
        Response answer = ask(QUIET, "m2");

        assertThat(answer.header("x-signalbox-provider")).isNull();
        assertThat(answer.header("x-signalbox-model")).isNull();
        assertThat(answer.header("x-signalbox-attempts")).isNull();
        assertThat(answer.header("x-signalbox-request-id")).isNotBlank();
    }

    @Test
    void aKeyThatIsNotToldAttemptsIsNotToldThemInErrorsAndStreams() {
        Lane lane = LANES.lane(3);
        lane.first().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));

        Response failed = ask(QUIET, "m3");

        assertThat(failed.asString()).doesNotContain("a3", "b3", Lanes.FIRST_MODEL);
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("m2"), "authorization", "Bearer " + QUIET)) {
            JsonNode facts = Listener.facts(listener.rest());
            assertThat(facts.has("provider")).isFalse();
            assertThat(facts.has("deployment")).isFalse();
            assertThat(facts.has("attempts")).isFalse();
            assertThat(facts.path("id").asText()).isEqualTo(listener.id());
        }
    }

    @Test
    void theRowSaysWhoseRequestItWas() {
        Response answer = ask(ALL, "m2");

        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"), ADMIN);

        assertThat(row.path("key_name").asText()).isEqualTo("all");
        assertThat(row.path("team").asText()).isEqualTo("blue");
        assertThat(row.path("key_id").asText()).isNotBlank().doesNotContain(ALL);
    }

    @Test
    void theAdminApiTakesTheAdminKeyOnly() {
        assertThat(GATEWAY.request().get("/admin/v1/requests").statusCode()).isEqualTo(401);
        Response withVirtualKey =
                GATEWAY.request().header("authorization", "Bearer " + ALL).get("/admin/v1/requests");
        error(withVirtualKey, 401, "invalid_api_key");
        assertThat(GATEWAY.request()
                        .header("authorization", "Bearer " + ADMIN)
                        .get("/admin/v1/requests")
                        .statusCode())
                .isEqualTo(200);
        error(ask(ADMIN, "m0"), 401, "invalid_api_key");
        assertThat(GATEWAY.request().get("/admin/v1/nothing").statusCode()).isEqualTo(401);
    }

    @Test
    void withoutAnAdminKeyTheAdminApiIsClosed() {
        try (Gateway gateway =
                Gateway.bare().and("signalbox.auth.keys.ci.key", ALL).start()) {
            assertThat(gateway.request().get("/admin/v1/requests").statusCode()).isEqualTo(401);
            assertThat(gateway.request()
                            .header("authorization", "Bearer ")
                            .get("/admin/v1/requests")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(gateway.request()
                            .header("authorization", "Bearer " + ALL)
                            .get("/admin/v1/requests")
                            .statusCode())
                    .isEqualTo(401);
        }
    }
}
