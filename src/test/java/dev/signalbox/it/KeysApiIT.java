package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and teams that are given out over the admin API, on two replicas with one store. */
@Timeout(120)
@DisabledIfSystemProperty(
        named = "signalbox.executable",
        matches = ".+",
        disabledReason = "the embedded store needs the JVM")
class KeysApiIT {

    private static final String ADMIN = "admin-key-0123456789";
    private static final String FILE = "sk-file-0123456789";
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Lanes LANES = Lanes.of(4).set("signalbox.models.m0.fallbacks[0]", "m1");
    private static Gateway here;
    private static Gateway there;

    @BeforeAll
    static void startTwo() {
        here = keyed(Gateway.with(LANES)).and("signalbox.store.kind", "embedded");
        Path data = here.directory().resolve("data");
        here.and("signalbox.store.directory", data.toString()).start();
        there = keyed(Gateway.bare())
                .and("signalbox.store.kind", "postgres")
                .and(
                        "quarkus.datasource.reactive.url",
                        "postgresql://127.0.0.1:" + read(data.resolve("postgres/port")) + "/postgres")
                .and("quarkus.datasource.username", "signalbox")
                .and("quarkus.datasource.password", read(data.resolve("postgres/password")))
                .start();
    }

    private static Gateway keyed(Gateway gateway) {
        return gateway.and("signalbox.auth.admin-key", ADMIN)
                .and("signalbox.auth.keys.ci.key", FILE)
                .and("signalbox.auth.keys.ci.models[0]", "m0")
                .and("signalbox.auth.teams.file.models[0]", "m0");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stopBoth() {
        there.close();
        here.close();
    }

    private static RequestSpecification admin(Gateway gateway) {
        return gateway.request().header("authorization", "Bearer " + ADMIN);
    }

    private static Response post(Gateway gateway, String path, String body) {
        return admin(gateway)
                .header("content-type", "application/json")
                .body(body)
                .post("/admin/v1" + path);
    }

    private static Response patch(Gateway gateway, String path, String body) {
        return admin(gateway)
                .header("content-type", "application/json")
                .body(body)
                .patch("/admin/v1" + path);
    }

    private static JsonNode json(Response answer, int status) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        return Shapes.json(answer.asString());
    }

    private static JsonNode issued(String body) {
        return json(post(here, "/keys", body), 201);
    }

    private static void refused(Response answer, int status, String code, String field) {
        JsonNode error = json(answer, status).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("message").asText()).isNotBlank();
        if (field != null) {
            assertThat(error.path("field").asText()).isEqualTo(field);
        }
    }

    private static Response ask(Gateway gateway, String key, String model, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("authorization");
        all.add("Bearer " + key);
        return gateway.ask(model, all.toArray(String[]::new));
    }

    /** Whether the other replica knows the key, whatever it has for it. */
    private static boolean isKnownThere(String key) {
        return there.request()
                        .header("authorization", "Bearer " + key)
                        .get("/v1/models")
                        .statusCode()
                == 200;
    }

    @Test
    void aKeyIsShownWithItsSecretOnceAndWorksEverywhere() {
        JsonNode made = issued("""
            {"name": "whole", "team": "blue", "models": ["m0", "m2"], "providers": ["a0", "a2"], "controls": ["tags"],
             "disclose": ["cost"], "budget": {"limit_usd": 12.5, "window": "month"},
             "rate_limit": {"requests_per_minute": 600, "tokens_per_minute": 100000, "concurrent": 5},
             "expires_at": "2099-01-01T01:00:00+01:00", "tags": {"env": "test"}}\
            """);

        String secret = made.path("key").asText();
        assertThat(secret).matches("sk-sb-[A-Za-z0-9_-]{32,}");
        JsonNode shown =
                json(admin(here).get("/admin/v1/keys/" + made.path("id").asText()), 200);
        assertThat(shown.has("key")).isFalse();
        assertThat(shown.path("source").asText()).isEqualTo("store");
        assertThat(Shapes.json("""
            {"name": "whole", "team": "blue", "models": ["m0", "m2"], "providers": ["a0", "a2"], "controls": ["tags"],
             "disclose": ["cost"], "budget": {"limit_usd": 12.5, "window": "month"},
             "rate_limit": {"requests_per_minute": 600, "tokens_per_minute": 100000, "concurrent": 5},
             "expires_at": "2099-01-01T00:00:00Z", "tags": {"env": "test"}}\
            """).properties())
                .allSatisfy(field -> assertThat(shown.path(field.getKey())).isEqualTo(field.getValue()));
        Response answer = ask(here, secret, "m2");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        JsonNode row = here.row(answer.header("x-signalbox-request-id"), ADMIN);
        assertThat(row.path("key_id")).isEqualTo(made.path("id"));
        assertThat(row.path("key_name").asText()).isEqualTo("whole");
        assertThat(row.path("team").asText()).isEqualTo("blue");
        assertThat(row.path("tags").path("env").asText()).isEqualTo("test");
        Await.until("the other replica knows it", SOON, () -> isKnownThere(secret));
        assertThat(here.log() + there.log()).doesNotContain(secret);
    }

    @Test
    void aRevokedKeyStopsEverywhereWithinTwoSeconds() {
        JsonNode made = issued("{\"name\": \"revoked\"}");
        String secret = made.path("key").asText();
        Await.until("the other replica knows it", SOON, () -> isKnownThere(secret));

        assertThat(admin(here)
                        .delete("/admin/v1/keys/" + made.path("id").asText())
                        .statusCode())
                .isEqualTo(204);

        assertThat(ask(here, secret, "m2").statusCode()).isEqualTo(401);
        Await.until("the other replica refuses it", SOON, () -> !isKnownThere(secret));
        refused(admin(there).get("/admin/v1/keys/" + made.path("id").asText()), 404, "not_found", null);
        refused(admin(here).delete("/admin/v1/keys/" + made.path("id").asText()), 404, "not_found", null);
    }

    @Test
    void aRotatedKeyHasANewSecretAndTheOldOneStops() {
        JsonNode made = issued("{\"name\": \"rotated\"}");
        String old = made.path("key").asText();

        JsonNode rotated = json(post(there, "/keys/" + made.path("id").asText() + "/rotate", ""), 200);

        String secret = rotated.path("key").asText();
        assertThat(secret).startsWith("sk-sb-").isNotEqualTo(old);
        assertThat(rotated.path("id")).isEqualTo(made.path("id"));
        assertThat(isKnownThere(secret)).isTrue();
        assertThat(isKnownThere(old)).isFalse();
        Await.until(
                "the first replica follows", SOON, () -> ask(here, old, "m2").statusCode() == 401);
        assertThat(ask(here, secret, "m2").statusCode()).isEqualTo(200);
    }

    @Test
    void aKeyExpires() {
        JsonNode made = issued("{\"name\": \"expiring\", \"expires_at\": \"%s\"}"
                .formatted(Instant.now().plusSeconds(2)));
        String secret = made.path("key").asText();
        assertThat(ask(here, secret, "m2").statusCode()).isEqualTo(200);

        Await.until(
                "it has expired",
                Duration.ofSeconds(4),
                () -> ask(here, secret, "m2").statusCode() == 401);

        json(patch(here, "/keys/" + made.path("id").asText(), "{\"expires_at\": null}"), 200);
        assertThat(ask(here, secret, "m2").statusCode()).isEqualTo(200);
    }

    @Test
    void aChangeHoldsAtOnceAndLeavesTheRest() {
        JsonNode made = issued("{\"name\": \"changing\", \"tags\": {\"a\": \"b\"}, \"models\": [\"m2\"]}");
        String id = made.path("id").asText();
        String secret = made.path("key").asText();
        assertThat(ask(here, secret, "m3").statusCode()).isEqualTo(403);

        JsonNode changed = json(patch(here, "/keys/" + id, "{\"models\": [\"m3\"], \"name\": \"changed\"}"), 200);

        assertThat(changed.path("name").asText()).isEqualTo("changed");
        assertThat(changed.path("tags")).isEqualTo(made.path("tags"));
        assertThat(changed.path("created_at")).isEqualTo(made.path("created_at"));
        assertThat(changed.has("key")).isFalse();
        assertThat(ask(here, secret, "m3").statusCode()).isEqualTo(200);
        refused(ask(here, secret, "m2"), 403, "model_not_allowed", null);
        refused(patch(here, "/keys/" + id, "{\"models\": 7}"), 400, "invalid_request", "models");
        assertThat(ask(here, secret, "m3").statusCode()).isEqualTo(200);
    }

    @Test
    void allowListsFilterCandidatesFallbacksListingAndAuto() {
        String key = issued("{\"name\": \"narrow\", \"models\": [\"m0\"], \"providers\": [\"b0\", \"a1\"]}")
                .path("key")
                .asText();

        assertThat(ask(here, key, "m0").header("x-signalbox-provider")).isEqualTo("b0");
        LANES.lane(0).second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        Response failed = ask(here, key, "m0", "x-signalbox-retries", "0");
        assertThat(failed.statusCode()).isEqualTo(503);
        assertThat(LANES.lane(1).first().received()).isEmpty();
        LANES.lane(0).second().answers(OpenAiAnswers.hello());
        String list = here.request()
                .header("authorization", "Bearer " + key)
                .get("/v1/models")
                .asString();
        assertThat(list).contains("\"m0\"").doesNotContain("\"m1\"", "\"m2\"");
        Await.until("b0 answers again", () -> ask(here, key, "auto").statusCode() == 200);
        assertThat(ask(here, key, "auto").header("x-signalbox-provider")).isEqualTo("b0");
    }

    @Test
    void aTeamsRightsAndLimitsHoldForItsKeys() {
        json(post(here, "/teams", """
            {"name": "narrow-team", "models": ["m2", "m3"], "rate_limit": {"requests_per_minute": 2}}\
            """), 201);
        String one = issued("{\"name\": \"member-1\", \"team\": \"narrow-team\"}")
                .path("key")
                .asText();
        String other = issued("{\"name\": \"member-2\", \"team\": \"narrow-team\", \"models\": [\"m0\", \"m3\"]}")
                .path("key")
                .asText();

        refused(ask(here, other, "m2"), 403, "model_not_allowed", null);
        refused(ask(here, one, "m0"), 403, "model_not_allowed", null);
        refused(ask(here, other, "m3"), 429, "rate_limited", null);
    }

    @Test
    void teamsAreMadeChangedAndRemoved() {
        JsonNode made = json(post(here, "/teams", "{\"name\": \"short lived\", \"models\": [\"m0\"]}"), 201);
        assertThat(made.path("models")).isEqualTo(Shapes.json("[\"m0\"]"));
        assertThat(made.has("team") || made.has("expires_at") || made.has("key"))
                .isFalse();
        refused(post(there, "/teams", "{\"name\": \"short lived\"}"), 409, "conflict", "name");

        JsonNode changed = json(patch(there, "/teams/short%20lived", "{\"tags\": {\"a\": \"b\"}}"), 200);

        assertThat(changed.path("models")).isEqualTo(made.path("models"));
        assertThat(changed.path("tags").path("a").asText()).isEqualTo("b");
        assertThat(json(admin(here).get("/admin/v1/teams/short%20lived"), 200)).isEqualTo(changed);
        refused(patch(here, "/teams/short%20lived", "{\"name\": \"other\"}"), 400, "invalid_request", "name");
        refused(post(here, "/teams", "{\"name\": \"x\", \"team\": \"y\"}"), 400, "invalid_request", "team");
        assertThat(admin(there).delete("/admin/v1/teams/short%20lived").statusCode())
                .isEqualTo(204);
        refused(admin(here).get("/admin/v1/teams/short%20lived"), 404, "not_found", null);
    }

    @Test
    void whatAFileHoldsIsShownAndNotChanged() {
        JsonNode file = json(admin(here).get("/admin/v1/keys?limit=1000"), 200)
                .path("data")
                .valueStream()
                .filter(key -> key.path("name").asText().equals("ci"))
                .findFirst()
                .orElseThrow();
        String at = "/keys/" + file.path("id").asText();

        assertThat(file.path("source").asText()).isEqualTo("file");
        assertThat(file.path("models")).isEqualTo(Shapes.json("[\"m0\"]"));
        assertThat(file.toString()).doesNotContain(FILE);
        refused(patch(here, at, "{\"models\": null}"), 409, "conflict", "name");
        refused(post(here, at + "/rotate", ""), 409, "conflict", "name");
        refused(admin(here).delete("/admin/v1" + at), 409, "conflict", "name");
        refused(post(here, "/keys", "{\"name\": \"ci\"}"), 409, "conflict", "name");
        refused(post(here, "/teams", "{\"name\": \"file\"}"), 409, "conflict", "name");
        refused(admin(here).delete("/admin/v1/teams/file"), 409, "conflict", "name");
        assertThat(ask(here, FILE, "m0").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name | {}",
                "name | {\"name\": 7}",
                "name | {\"name\": \"\"}",
                "nonsense | {\"name\": \"n\", \"nonsense\": 1}",
                "key | {\"name\": \"n\", \"key\": \"sk-mine\"}",
                "budget.window | {\"name\": \"n\", \"budget\": {\"limit_usd\": 1}}",
                "rate_limit.requests_per_minute | {\"name\": \"n\", \"rate_limit\": {\"requests_per_minute\": \"1\"}}",
                "expires_at | {\"name\": \"n\", \"expires_at\": \"soon\"}"
            })
    void whatIsWrongIsNamed(String field, String body) {
        refused(post(here, "/keys", body), 400, "invalid_request", field);
    }

    @Test
    void nonsenseIsRefused() {
        refused(post(here, "/keys", "not json"), 400, "invalid_request", null);
        refused(post(here, "/keys", "[]"), 400, "invalid_request", null);
        refused(patch(here, "/keys/key_none", "{}"), 404, "not_found", null);
        refused(post(here, "/keys/key_none/rotate", ""), 404, "not_found", null);
        refused(admin(here).get("/admin/v1/keys?limit=0"), 400, "invalid_request", "limit");
        refused(admin(here).get("/admin/v1/keys?cursor=%C3%A4"), 400, "invalid_request", "cursor");
        refused(here.request().get("/admin/v1/keys"), 401, "invalid_api_key", null);
        refused(
                here.request().header("authorization", "Bearer " + FILE).get("/admin/v1/keys"),
                401,
                "invalid_api_key",
                null);
    }

    @Test
    void listsComeInPages() {
        IntStream.range(0, 5).forEach(i -> issued("{\"name\": \"page-%d\"}".formatted(i)));
        List<String> names = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = json(admin(there).get("/admin/v1/keys?limit=2&cursor=" + cursor), 200);
            assertThat(page.path("data").size()).isLessThanOrEqualTo(2);
            page.path("data").forEach(key -> names.add(key.path("name").asText()));
            cursor = page.path("next_cursor").asText(null);
        } while (cursor != null);

        assertThat(names)
                .contains("ci", "page-0", "page-1", "page-2", "page-3", "page-4")
                .doesNotHaveDuplicates()
                .isSorted();
    }

    @Test
    void twoWhoWantTheSameNameAreOne() {
        List<CompletableFuture<Response>> all = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> post(i % 2 == 0 ? here : there, "/keys", "{\"name\": \"contested\"}"),
                        Thread::startVirtualThread))
                .toList();

        assertThat(all.stream().map(answer -> answer.join().statusCode()).sorted())
                .containsExactly(201, 409, 409, 409, 409, 409, 409, 409);
    }

    @Test
    void healthSaysThatTheStoreIsFollowed() {
        assertThat(here.request().get("/q/health/ready").asString()).contains("\"keys\": \"followed\"");
    }

    @Test
    void withoutAStoreKeysComeFromTheConfiguration() {
        try (Gateway gateway = keyed(Gateway.bare()).start()) {
            refused(post(gateway, "/keys", "{\"name\": \"web\"}"), 409, "conflict", null);
            JsonNode keys = json(admin(gateway).get("/admin/v1/keys"), 200);
            assertThat(keys.path("data")).hasSize(1);
            assertThat(keys.path("next_cursor").isNull()).isTrue();
        }
    }

    @Test
    void knownKeysGoOnWhileTheStoreIsAway() {
        try (Gateway gateway = keyed(Gateway.bare()).and("signalbox.store.kind", "embedded")) {
            Path data = gateway.directory().resolve("data");
            gateway.and("signalbox.store.directory", data.toString()).start();
            String secret = json(post(gateway, "/keys", "{\"name\": \"web\"}"), 201)
                    .path("key")
                    .asText();
            long postgres = Long.parseLong(read(data.resolve("postgres/data/postmaster.pid"))
                    .lines()
                    .findFirst()
                    .orElseThrow()
                    .trim());
            try (Gateway other = keyed(Gateway.bare())
                    .and("signalbox.store.kind", "postgres")
                    .and(
                            "quarkus.datasource.reactive.url",
                            "postgresql://127.0.0.1:" + read(data.resolve("postgres/port")) + "/postgres")
                    .and("quarkus.datasource.username", "signalbox")
                    .and("quarkus.datasource.password", read(data.resolve("postgres/password")))
                    .start()) {
                gateway.kill();
                ProcessHandle.of(postgres).ifPresent(ProcessHandle::destroyForcibly);
                Await.until(
                        "it is said that the store is away",
                        () -> other.request().get("/q/health/ready").asString().contains("the store was last reached"));

                assertThat(other.request()
                                .header("authorization", "Bearer " + secret)
                                .get("/v1/models")
                                .statusCode())
                        .isEqualTo(200);
                refused(post(other, "/keys", "{\"name\": \"other\"}"), 503, "store_unavailable", null);
                assertThat(json(admin(other).get("/admin/v1/keys"), 200).path("data"))
                        .hasSize(2);
            }
        }
    }
}
