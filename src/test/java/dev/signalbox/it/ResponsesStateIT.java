package dev.signalbox.it;

import static dev.signalbox.it.ResponsesIT.ask;
import static dev.signalbox.it.ResponsesIT.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Where responses are kept, for how long, and for whom. */
@Timeout(180)
class ResponsesStateIT {

    private static final Duration STORE = Duration.ofSeconds(90);
    private static final String MINE = "Bearer sk-mine-0123456789";
    private static final String THEIRS = "Bearer sk-theirs-0123456789";

    private static String after(JsonNode response) {
        return "\"previous_response_id\":\"" + response.path("id").asText() + "\",";
    }

    private static Gateway keyed(Lanes lanes) {
        return Gateway.with(lanes)
                .and("signalbox.auth.keys.mine.key", MINE.substring(7))
                .and("signalbox.auth.keys.theirs.key", THEIRS.substring(7));
    }

    private static Response get(Gateway gateway, String key, JsonNode response) {
        return gateway.request()
                .header("authorization", key)
                .get("/v1/responses/" + response.path("id").asText());
    }

    @Test
    void aResponseIsSeenByTheKeyThatMadeIt() {
        Lanes lanes = Lanes.of(1);
        try (Gateway gateway = keyed(lanes).start()) {
            JsonNode first = ok(ask(gateway, "m0", "\"input\":\"a\"", "authorization", MINE));

            assertThat(get(gateway, MINE, first).statusCode()).isEqualTo(200);
            assertThat(get(gateway, THEIRS, first).statusCode()).isEqualTo(404);
            assertThat(gateway.request()
                            .header("authorization", THEIRS)
                            .delete("/v1/responses/" + first.path("id").asText())
                            .statusCode())
                    .isEqualTo(404);
            assertThat(ask(gateway, "m0", after(first) + "\"input\":\"b\"", "authorization", THEIRS)
                            .statusCode())
                    .isEqualTo(400);
            assertThat(gateway.request()
                            .get("/v1/responses/" + first.path("id").asText())
                            .statusCode())
                    .isEqualTo(401);
            ok(ask(gateway, "m0", after(first) + "\"input\":\"b\"", "authorization", MINE));
        }
    }

    @Test
    @DisabledIfSystemProperty(
            named = "signalbox.executable",
            matches = ".+",
            disabledReason = "the embedded store needs the JVM")
    void aConversationOutlivesTheProcess() {
        Lanes lanes = Lanes.of(1);
        Lane lane = lanes.next();
        lane.first().answers(OpenAiAnswers.text("one"), OpenAiAnswers.text("two"), OpenAiAnswers.text("three"));
        try (Gateway gateway = Gateway.with(lanes).and("signalbox.store.kind", "embedded")) {
            gateway.and(
                    "signalbox.store.directory",
                    gateway.directory().resolve("data").toString());
            gateway.start();
            awaitStore(gateway);
            JsonNode first = ok(ask(gateway, "m0", "\"input\":\"a\""));
            JsonNode second = ok(ask(gateway, "m0", after(first) + "\"input\":\"b\""));
            gateway.kill();
            gateway.start();
            awaitStore(gateway);

            assertThat(Shapes.json(gateway.request()
                            .get("/v1/responses/" + first.path("id").asText())
                            .asString()))
                    .isEqualTo(first);
            JsonNode third = ok(ask(
                    gateway,
                    "m0",
                    after(second) + "\"input\":[{\"type\":\"item_reference\",\"id\":\""
                            + first.at("/output/0/id").asText()
                            + "\"},{\"role\":\"user\",\"content\":\"c\"}]"));

            assertThat(third.at("/output/0/content/0/text").asText()).isEqualTo("three");
            assertThat(lane.first().received().getLast().json().path("messages"))
                    .isEqualTo(Shapes.json("""
                    [{"role":"user","content":"a"},{"role":"assistant","content":"one"},{"role":"user","content":"b"},
                     {"role":"assistant","content":"two"},{"role":"user","content":"c"}]"""));
            JsonNode other = ok(ask(
                    gateway,
                    "m0",
                    "\"input\":[{\"type\":\"item_reference\",\"id\":\""
                            + first.at("/output/0/id").asText()
                            + "\"},{\"role\":\"user\",\"content\":\"d\"}]"));
            assertThat(other.path("status").asText()).isEqualTo("completed");
            assertThat(gateway.request()
                            .delete("/v1/responses/" + first.path("id").asText())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(ask(gateway, "m0", after(second) + "\"input\":\"e\"").asString())
                    .contains("previous_response_not_found")
                    .contains(first.path("id").asText());
        }
    }

    @Test
    void withoutTheStoreNewResponsesAreAnsweredAndEarlierOnesCannotBeFound() {
        Lanes lanes = Lanes.of(1);
        try (Gateway gateway = Gateway.with(lanes)
                .and("signalbox.store.kind", "postgres")
                .and("quarkus.datasource.jdbc.url", "jdbc:postgresql://127.0.0.1:1/nobody")
                .and("quarkus.datasource.username", "nobody")
                .and("quarkus.datasource.password", "nothing")
                .start()) {
            JsonNode first = ok(ask(gateway, "m0", "\"input\":\"a\""));
            JsonNode second = ok(ask(gateway, "m0", after(first) + "\"input\":\"b\""));
            Response unknown = ask(gateway, "m0", "\"previous_response_id\":\"resp_x\",\"input\":\"c\"");

            assertThat(second.path("status").asText()).isEqualTo("completed");
            assertThat(unknown.statusCode()).isEqualTo(503);
            assertThat(Shapes.json(unknown.asString()).at("/error/code").asText())
                    .isEqualTo("store_unavailable");
            assertThat(gateway.request().get("/v1/responses/resp_x").statusCode())
                    .isEqualTo(503);
            assertThat(gateway.log()).containsOnlyOnce("kept in memory meanwhile");
        }
    }

    private static void awaitStore(Gateway gateway) {
        Await.until(
                "the store is there",
                STORE,
                () -> gateway.request().get("/admin/v1/requests").statusCode() == 200);
    }
}
