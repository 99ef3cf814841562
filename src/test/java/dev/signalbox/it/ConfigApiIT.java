package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Providers and models change while requests run, on all replicas, or not at all. */
@Timeout(120)
@DisabledIfSystemProperty(
        named = "signalbox.executable",
        matches = ".+",
        disabledReason = "the embedded store needs the JVM")
class ConfigApiIT {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String SECRET = "sk-of-the-new-one-0123456789";

    private static Gateway first;
    private static Gateway second;

    private final FakeVendor vendor = new FakeVendor();

    @BeforeAll
    static void start() throws IOException {
        Lanes lanes = Lanes.of(2);
        first = Gateway.with(lanes)
                .and("signalbox.store.kind", "embedded")
                .environment("SIGNALBOX_ENCRYPTION_KEY", KEY);
        Path data = first.directory().resolve("data");
        first.and("signalbox.store.directory", data.toString()).start();
        Await.until("the store is there", () -> first.log().contains("the store is there"));
        second = Gateway.bare();
        lanes.configuration().forEach(second::and);
        second.environment("SIGNALBOX_ENCRYPTION_KEY", KEY);
        shared(second, data).start();
    }

    private static Gateway shared(Gateway gateway, Path data) throws IOException {
        return gateway.and("signalbox.store.kind", "postgres")
                .and(
                        "quarkus.datasource.jdbc.url",
                        "jdbc:postgresql://127.0.0.1:"
                                + Files.readString(data.resolve("postgres/port"))
                                        .strip() + "/postgres")
                .and("quarkus.datasource.username", "signalbox")
                .and(
                        "quarkus.datasource.password",
                        Files.readString(data.resolve("postgres/password")).strip());
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    @AfterEach
    void closeVendor() {
        vendor.close();
    }

    private static Response patch(Gateway gateway, String path, String body) {
        return gateway.request()
                .header("content-type", "application/json")
                .body(body)
                .patch("/admin/v1" + path);
    }

    private static Response create(Gateway gateway, String path, String body) {
        return gateway.post("/admin/v1" + path, body);
    }

    private static Response delete(Gateway gateway, String path) {
        RequestSpecification request = gateway.request().header("content-type", "application/json");
        return request.delete("/admin/v1" + path);
    }

    private static JsonNode get(Gateway gateway, String path) {
        return Shapes.json(gateway.request().get("/admin/v1" + path).asString());
    }

    private String provider(String name) {
        return """
            {"name":"%s","kind":"openai-compatible","base-url":"%s","api-keys":["%s"],"max-retries":0,"timeout":"90s"}\
            """.formatted(name, vendor.url(), SECRET);
    }

    private static String model(String name, String provider) {
        return """
            {"name":"%s","deployments":[{"provider":"%s","model":"up","pricing":{"input":2.50,"output":10}}]}\
            """.formatted(name, provider);
    }

    private static boolean answers(Gateway gateway, String model) {
        return gateway.ask(model).statusCode() == 200;
    }

    @Test
    void whileFiftyStreamsRunNoneIsDroppedAndTheOtherReplicaFollows() {
        FakeVendor slow = new FakeVendor();
        var go = new CountDownLatch(1);
        slow.answers((_, wire) -> {
            List<String> all = OpenAiAnswers.stream("one two three");
            wire.events().send(all.subList(0, 2), Wire.Chunking.EVENTS);
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            wire.send(all.subList(2, all.size()), Wire.Chunking.EVENTS).end();
        });
        String streaming = """
            {"name":"streaming","kind":"openai-compatible","base-url":"%s","api-keys":["k"]}\
            """.formatted(slow.url());
        assertThat(create(first, "/providers", streaming).statusCode()).isEqualTo(201);
        assertThat(create(first, "/models", model("streamed", "streaming")).statusCode())
                .isEqualTo(201);
        List<Listener> streams = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                streams.add(Listener.ask(first, Shapes.streamed("streamed")));
            }

            Response made = create(first, "/providers", provider("new"));
            assertThat(made.statusCode()).as(made.asString()).isEqualTo(201);
            assertThat(made.asString()).doesNotContain(SECRET);
            made = create(first, "/models", model("fresh", "new"));
            assertThat(made.statusCode()).as(made.asString()).isEqualTo(201);
            assertThat(Shapes.json(made.asString())
                            .path("deployments")
                            .path(0)
                            .path("pricing")
                            .path("input")
                            .decimalValue())
                    .isEqualByComparingTo("2.5");
            assertThat(answers(first, "fresh")).as("at once where it was made").isTrue();
            Await.until("the other replica follows", SOON, () -> answers(second, "fresh"));
            assertThat(vendor.received())
                    .allSatisfy(
                            asked -> assertThat(asked.header("authorization")).isEqualTo("Bearer " + SECRET));

            // what streams run over changes, and goes
            assertThat(patch(first, "/providers/streaming", "{\"weight\":3,\"circuit\":{\"volume\":7}}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(delete(first, "/models/streamed").statusCode()).isEqualTo(204);
            assertThat(delete(first, "/providers/streaming").statusCode()).isEqualTo(204);
            assertThat(first.ask("streamed").statusCode()).isEqualTo(404);

            go.countDown();
            for (Listener stream : streams) {
                List<String> blocks = stream.rest();
                assertThat(Listener.text(blocks)).isEqualTo("one two three");
                assertThat(blocks).contains("data: [DONE]");
            }
        } finally {
            go.countDown();
            streams.forEach(Listener::close);
            slow.close();
        }
        Await.until(
                "the other replica follows", SOON, () -> second.ask("streamed").statusCode() == 404);
        assertThat(delete(second, "/models/fresh").statusCode()).isEqualTo(204);
        assertThat(delete(second, "/providers/new").statusCode()).isEqualTo(204);
    }

    @Test
    void aChangeThatCannotBeIsRefusedWholeAndNamesTheField() {
        refused(create(first, "/providers", "{\"name\":\"x\",\"kind\":\"nobody\"}"), "kind");
        refused(create(first, "/providers", "{\"name\":\"x\"}"), "kind");
        refused(create(first, "/providers", "{\"kind\":\"ollama\"}"), "name");
        refused(create(first, "/providers", "{\"name\":\"a/b\",\"kind\":\"ollama\"}"), "name");
        refused(create(first, "/providers", "{\"name\":\"x\",\"kind\":\"ollama\",\"timeout\":\"soon\"}"), "timeout");
        refused(
                create(first, "/providers", "{\"name\":\"x\",\"kind\":\"ollama\",\"base_url\":\"http://a\"}"),
                "base_url");
        refused(
                create(first, "/providers", "{\"name\":\"x\",\"kind\":\"simulator\",\"failure-rate\":2}"),
                "failure-rate");
        refused(create(first, "/providers", "{\"name\":\"x\",\"kind\":\"bedrock\",\"api-keys\":[\"k\"]}"), "region");
        refused(create(first, "/models", "{\"name\":\"x\"}"), "deployments");
        refused(create(first, "/models", model("x", "nobody")), "deployments[0].provider");
        refused(
                create(
                        first,
                        "/models",
                        "{\"name\":\"x\",\"strategy\":\"luck\",\"deployments\":[{\"provider\":\"a0\"}]}"),
                "strategy");
        refused(create(first, "/models", "[]"), null);
        assertThat(first.request().get("/admin/v1/providers/x").statusCode()).isEqualTo(404);
        assertThat(first.request().get("/admin/v1/models/x").statusCode()).isEqualTo(404);
        assertThat(answers(first, "m0")).isTrue();
    }

    private static void refused(Response answer, String field) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_request");
        assertThat(error.path("field").asText(null)).as(answer.asString()).isEqualTo(field);
        if (field != null) {
            assertThat(error.path("message").asText()).contains(field);
        }
    }

    @Test
    void aFileGoesBefore() {
        conflict(create(first, "/providers", provider("a0")));
        conflict(patch(first, "/providers/a0", "{\"weight\":2}"));
        conflict(delete(first, "/providers/a0"));
        conflict(create(first, "/models", model("m0", "a0")));
        conflict(patch(first, "/models/m0", "{\"strategy\":\"cost\"}"));
        conflict(delete(first, "/models/m0"));
        assertThat(get(first, "/providers/a0").path("source").asText()).isEqualTo("file");
    }

    private static void conflict(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(409);
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("conflict");
    }

    @Test
    void changesAndDeletes() {
        assertThat(create(first, "/providers", provider("mine")).statusCode()).isEqualTo(201);
        conflict(create(second, "/providers", provider("mine")));
        assertThat(create(second, "/models", model("its/model-1.5", "mine")).statusCode())
                .isEqualTo(201);
        Response held = delete(first, "/providers/mine");
        conflict(held);
        assertThat(held.asString()).contains("its/model-1.5");

        assertThat(patch(second, "/providers/mine", "{\"rate-limit\":3500,\"timeout\":null}")
                        .statusCode())
                .isEqualTo(200);
        Await.until(
                "the first replica follows",
                SOON,
                () -> get(first, "/providers/mine").path("rate-limit").asInt() == 3500);
        JsonNode shown = get(first, "/providers/mine");
        assertThat(shown.path("timeout").asText()).isEqualTo("10m");
        assertThat(shown.path("api-keys").asInt()).isEqualTo(1);
        assertThat(shown.path("source").asText()).isEqualTo("store");
        assertThat(shown.path("health").asText()).isEqualTo("healthy");

        refused(patch(first, "/providers/mine", "{\"base-url\":\"http://127.0.0.1:1/v1\"}"), "api-keys");
        refused(patch(first, "/providers/mine", "{\"name\":\"yours\"}"), "name");
        refused(patch(first, "/models/its/model-1.5", "{\"deployments\":null}"), "deployments");
        assertThat(answers(first, "its/model-1.5")).isTrue();
        JsonNode model = get(first, "/models/its/model-1.5");
        assertThat(model.path("requests").asInt()).isEqualTo(1);
        assertThat(model.path("circuit").asText()).isEqualTo("closed");
        assertThat(patch(first, "/models/its/model-1.5", "{\"aliases\":[\"short\"]}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(answers(first, "short")).isTrue();
        assertThat(get(first, "/models/its/model-1.5").path("requests").asInt())
                .as("what is remembered stays")
                .isEqualTo(2);

        assertThat(delete(first, "/models/its/model-1.5").statusCode()).isEqualTo(204);
        assertThat(delete(first, "/providers/mine").statusCode()).isEqualTo(204);
        assertThat(delete(first, "/providers/mine").statusCode()).isEqualTo(404);
        assertThat(first.log() + second.log()).doesNotContain(SECRET);
    }

    @Test
    void referencesAreNotExpanded() {
        String body = """
            {"name":"literal","kind":"openai-compatible","base-url":"%s","api-keys":["${HOME}"]}\
            """.formatted(vendor.url());
        assertThat(create(first, "/providers", body).statusCode()).isEqualTo(201);
        assertThat(answers(first, "literal/up")).isTrue();
        assertThat(vendor.only().header("authorization")).isEqualTo("Bearer ${HOME}");
        assertThat(delete(first, "/providers/literal").statusCode()).isEqualTo(204);
    }

    @Test
    void listsWhatTheVendorHas() {
        vendor.answers(OpenAiAnswers.json(
                200, "{\"object\":\"list\",\"data\":[{\"id\":\"up\",\"owned_by\":\"me\"},{\"id\":\"other\"}]}"));
        assertThat(create(first, "/providers", provider("listing")).statusCode())
                .isEqualTo(201);
        JsonNode models = get(first, "/providers/listing/models");
        assertThat(models.path("data").path(0).path("id").asText()).isEqualTo("up");
        assertThat(models.path("data").path(0).path("owned_by").asText()).isEqualTo("me");
        assertThat(models.path("data").path(1).path("id").asText()).isEqualTo("other");
        assertThat(vendor.received()).anySatisfy(asked -> {
            assertThat(asked.path()).isEqualTo("/v1/models");
            assertThat(asked.header("authorization")).isEqualTo("Bearer " + SECRET);
        });
        vendor.answers(OpenAiAnswers.error(401, "invalid_api_key", "no " + SECRET));
        Response failed = first.request().get("/admin/v1/providers/listing/models");
        assertThat(failed.statusCode()).isEqualTo(502);
        assertThat(failed.asString()).contains("401").doesNotContain(SECRET);
        assertThat(first.request().get("/admin/v1/providers/nobody/models").statusCode())
                .isEqualTo(404);
        assertThat(delete(first, "/providers/listing").statusCode()).isEqualTo(204);
    }

    @Test
    void aRestartKeepsWhatWasMadeAndTheExportStartsAnEqualGateway() throws IOException {
        assertThat(create(first, "/providers", provider("kept")).statusCode()).isEqualTo(201);
        assertThat(create(first, "/models", model("kept-model", "kept")).statusCode())
                .isEqualTo(201);
        second.kill();
        second.start();
        assertThat(answers(second, "kept-model")).as("when it is ready").isTrue();

        String yaml = first.request().get("/admin/v1/config").asString();
        assertThat(yaml)
                .doesNotContain(SECRET, "sk-first-0", KEY)
                .contains("kept:", "${SIGNALBOX_SECRET_PROVIDERS_KEPT_API_KEYS_0}", "timeout: 90s", "input: \"2.50\"");
        try (Gateway equal = Gateway.bare()) {
            String own = yaml.replace(
                            first.directory().toString(), equal.directory().toString())
                    .replace("kind: embedded", "kind: none");
            Files.writeString(
                    Files.createDirectories(equal.directory().resolve("config")).resolve("application.yaml"), own);
            equal.environment("SIGNALBOX_SECRET_PROVIDERS_KEPT_API_KEYS_0", SECRET);
            for (int i = 0; i < 2; i++) {
                equal.environment(
                        "SIGNALBOX_SECRET_PROVIDERS_A%d_API_KEYS_0".formatted(i),
                        "sk-first-%d-0123456789".formatted(i));
                equal.environment(
                        "SIGNALBOX_SECRET_PROVIDERS_B%d_API_KEYS_0".formatted(i),
                        "sk-second-%d-0123456789".formatted(i));
                equal.environment(
                        "SIGNALBOX_SECRET_PROVIDERS_A%d_API_KEYS".formatted(i), "sk-first-%d-0123456789".formatted(i));
                equal.environment(
                        "SIGNALBOX_SECRET_PROVIDERS_B%d_API_KEYS".formatted(i), "sk-second-%d-0123456789".formatted(i));
            }
            equal.start();
            assertThat(equal.request().get("/admin/v1/config").asString()).isEqualTo(own);
            assertThat(answers(equal, "kept-model")).isTrue();
            assertThat(vendor.received().getLast().header("authorization")).isEqualTo("Bearer " + SECRET);
        }
        assertThat(delete(first, "/models/kept-model").statusCode()).isEqualTo(204);
        assertThat(delete(first, "/providers/kept").statusCode()).isEqualTo(204);
    }

    @Test
    void withoutAKeyOrAStoreNothingIsKept() throws IOException {
        try (Gateway keyless = Gateway.bare()) {
            shared(keyless, first.directory().resolve("data")).start();
            Response answer = create(keyless, "/providers", provider("x"));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.asString()).contains("SIGNALBOX_ENCRYPTION_KEY").doesNotContain(SECRET);
            assertThat(create(
                                    keyless,
                                    "/providers",
                                    "{\"name\":\"open\",\"kind\":\"simulator\",\"reply\":\"hi there\"}")
                            .statusCode())
                    .isEqualTo(201);
            assertThat(keyless.ask("open/any").asString()).contains("hi there");
            assertThat(delete(keyless, "/providers/open").statusCode()).isEqualTo(204);
        }
        try (Gateway bare = Gateway.bare().start()) {
            Response answer = create(bare, "/providers", provider("x"));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.asString()).contains("signalbox.store.kind");
            assertThat(bare.request().get("/admin/v1/config").asString()).contains("simulator");
        }
    }

    @Test
    void aStoreThatIsAwayStopsNobody() {
        try (Gateway away = Gateway.with(Lanes.of(1))
                .and("signalbox.store.kind", "postgres")
                .and("quarkus.datasource.jdbc.url", "jdbc:postgresql://127.0.0.1:1/nobody")
                .start()) {
            assertThat(answers(away, "m0")).isTrue();
            Response answer = create(away, "/providers", provider("x"));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                    .isEqualTo("store_unavailable");
        }
    }
}
