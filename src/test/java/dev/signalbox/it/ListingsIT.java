package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway without models of its own offers what it knows at its providers, to every key its own part, in every dialect. */
@Timeout(60)
class ListingsIT {

    private static final String ALL = "sk-all-0123456789";
    private static final String FEW = "sk-few-0123456789";
    private static final String ELSEWHERE = "sk-elsewhere-0123456789";

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.bare()
            .and("signalbox.providers.one.kind", "openai")
            .and("signalbox.providers.one.api-keys[0]", "key-of-one")
            .and("signalbox.providers.one.base-url", "http://127.0.0.1:1/v1")
            .and("signalbox.providers.two.kind", "anthropic")
            .and("signalbox.providers.two.api-keys[0]", "key-of-two")
            .and("signalbox.providers.two.base-url", "http://127.0.0.1:1")
            .and("signalbox.auth.keys.all.key", ALL)
            .and("signalbox.auth.keys.few.key", FEW)
            .and("signalbox.auth.keys.few.models[0]", "gpt-4o*")
            .and("signalbox.auth.keys.elsewhere.key", ELSEWHERE)
            .and("signalbox.auth.keys.elsewhere.providers[0]", "two");

    private static List<String> openai(String key) {
        return ids(GATEWAY.request().header("authorization", "Bearer " + key).get("/v1/models"), "data", "id");
    }

    private static List<String> anthropic(String key) {
        return ids(
                GATEWAY.request()
                        .header("x-api-key", key)
                        .header("anthropic-version", "2023-06-01")
                        .get("/v1/models?limit=1000"),
                "data",
                "id");
    }

    private static List<String> gemini(String key) {
        return ids(GATEWAY.request().get("/v1beta/models?pageSize=1000&key=" + key), "models", "name").stream()
                .map(name -> name.substring("models/".length()))
                .toList();
    }

    private static List<String> ids(Response answer, String list, String id) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        for (JsonNode model : Shapes.json(answer.asString()).path(list)) {
            ids.add(model.path(id).asText());
        }
        return ids;
    }

    @Test
    void everyDialectListsTheSame() {
        assertThat(openai(ALL)).contains("gpt-4o", "claude-sonnet-4-5").doesNotHaveDuplicates();
        for (String key : List.of(ALL, FEW, ELSEWHERE)) {
            assertThat(anthropic(key)).containsExactlyInAnyOrderElementsOf(openai(key));
            assertThat(gemini(key)).containsExactlyInAnyOrderElementsOf(openai(key));
        }
    }

    @Test
    void aKeyIsShownWhatItMayAskForOnly() {
        assertThat(openai(FEW)).contains("gpt-4o", "gpt-4o-mini").allMatch(name -> name.startsWith("gpt-4o"));
        assertThat(openai(ELSEWHERE)).contains("claude-sonnet-4-5").doesNotContain("gpt-4o");
        assertThat(GATEWAY.request()
                        .header("x-api-key", FEW)
                        .header("anthropic-version", "2023-06-01")
                        .get("/v1/models/claude-sonnet-4-5")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aNameThatIsCloseToWhatTheKeyMayNotAskForIsNotCompleted() {
        assertThat(GATEWAY.ask("claude-sonnet-45", "authorization", "Bearer " + ALL)
                        .asString())
                .contains("claude-sonnet-4-5");
        Response answer = GATEWAY.ask("claude-sonnet-45", "authorization", "Bearer " + FEW);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.asString()).doesNotContain("claude-sonnet-4-5");
    }

    @Test
    void whatIsKnownIsSaidInTheWordsOfTheDialect() {
        JsonNode claude = Shapes.json(GATEWAY.request()
                .header("x-api-key", ALL)
                .header("anthropic-version", "2023-06-01")
                .get("/v1/models/claude-sonnet-4-5")
                .asString());
        assertThat(claude.path("max_input_tokens").asInt()).isEqualTo(200_000);
        assertThat(claude.path("max_tokens").asInt()).isEqualTo(64_000);

        JsonNode vectors = gemini("text-embedding-3-small", ALL);
        assertThat(vectors.path("supportedGenerationMethods").toString())
                .isEqualTo("[\"embedContent\",\"batchEmbedContents\"]");
        JsonNode old = gemini("davinci", ALL);
        assertThat(old.path("supportedGenerationMethods")).isEmpty();
    }

    private static JsonNode gemini(String model, String key) {
        return Shapes.json(GATEWAY.request()
                .header("x-goog-api-key", key)
                .get("/v1beta/models/" + model)
                .asString());
    }
}
