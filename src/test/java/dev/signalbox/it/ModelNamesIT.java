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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be asked for: configured names, aliases, wildcards, and every model of a provider. */
@Timeout(60)
class ModelNamesIT {

    private static final Lanes LANES = Lanes.of(3)
            .set("signalbox.models.gpt-4o.aliases[0]", "default")
            .set("signalbox.models.gpt-4o.aliases[1]", "org/best")
            .set("signalbox.models.gpt-4o.deployments[0].provider", "a0")
            .set("signalbox.models.gpt-4o.deployments[0].model", "gpt-4o-2024-08-06")
            .set("signalbox.models.\"gpt-*\".deployments[0].provider", "a1")
            .set("signalbox.models.\"gpt-5-*\".deployments[0].provider", "a2")
            .set("signalbox.models.\"meta/llama-3.1:70b\".deployments[0].provider", "a1")
            .set("signalbox.models.\"meta/llama-3.1:70b\".deployments[0].model", "llama")
            .set("signalbox.models.sorted.deployments[0].provider", "a0")
            .set("signalbox.models.sorted.deployments[0].model", "third")
            .set("signalbox.models.sorted.deployments[0].priority", "3")
            .set("signalbox.models.sorted.deployments[1].provider", "a1")
            .set("signalbox.models.sorted.deployments[1].model", "second")
            .set("signalbox.models.sorted.deployments[1].priority", "2")
            .set("signalbox.models.sorted.deployments[2].provider", "a2")
            .set("signalbox.models.sorted.deployments[2].model", "first")
            .set("signalbox.models.same-name.deployments[0].provider", "a0");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    @ParameterizedTest
    @CsvSource({
        "gpt-4o,a0,gpt-4o-2024-08-06",
        "default,a0,gpt-4o-2024-08-06",
        "org/best,a0,gpt-4o-2024-08-06",
        "gpt-4.1-mini,a1,gpt-4.1-mini",
        "gpt-5-pro,a2,gpt-5-pro",
        "meta/llama-3.1:70b,a1,llama",
        "same-name,a0,same-name",
        "a2/anything,a2,anything",
        "a2/deepseek-ai/DeepSeek-V3.1,a2,deepseek-ai/DeepSeek-V3.1",
        "a2/gpt-4o,a2,gpt-4o",
        "sorted,a2,first",
    })
    void aNameLeadsToAModelOfAProvider(String asked, String provider, String upstream) {
        Response answer = GATEWAY.ask(asked);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(provider);
        assertThat(answer.header("x-signalbox-model")).isEqualTo(upstream);
        Lane lane = LANES.lane(Integer.parseInt(provider.substring(1)));
        assertThat(lane.first().received().getLast().json().path("model").asText())
                .isEqualTo(upstream);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing-like-it", "z9/gpt-4o", "a0/", "/gpt-4o", "GPT-4o", "a0", "*", "gpt-*"})
    void otherNamesAreNotFound(String asked) {
        Response answer = GATEWAY.ask(asked);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(404);
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("model_not_found");
    }

    @Test
    void aNameThatIsAlmostRightIsAnsweredWithTheRightOne() {
        Response answer = GATEWAY.ask("gtp-4o");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Shapes.json(answer.asString()).path("error").path("message").asText())
                .contains("gtp-4o", "gpt-4o");
    }

    @Test
    void namesOfCallersAreCutInMessages() {
        Response answer = GATEWAY.ask("x".repeat(20_000));

        assertThat(answer.statusCode()).isIn(400, 404);
        assertThat(answer.asString().length()).isLessThan(5_000);
    }

    @Test
    void modelsAreListedAsOpenAiListsThem() {
        JsonNode list = Shapes.json(GATEWAY.request().get("/v1/models").asString());

        assertThat(list.path("object").asText()).isEqualTo("list");
        List<String> ids = new ArrayList<>();
        for (JsonNode model : list.path("data")) {
            ids.add(model.path("id").asText());
            assertThat(model.path("object").asText()).isEqualTo("model");
            assertThat(model.path("created").isIntegralNumber()).isTrue();
            assertThat(model.path("owned_by").asText()).isNotBlank();
        }
        assertThat(ids)
                .contains("gpt-4o", "default", "org/best", "meta/llama-3.1:70b", "m0")
                .doesNotHaveDuplicates();
        assertThat(ids).noneMatch(id -> id.contains("*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-4o",
                "default",
                "meta/llama-3.1:70b",
                "meta%2Fllama-3.1%3A70b",
                "a2/deepseek-ai/DeepSeek-V3.1",
                "gpt-4.1-mini"
            })
    void oneModelIsDescribed(String id) {
        Response answer = GATEWAY.request().get("/v1/models/" + id);

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode model = Shapes.json(answer.asString());
        assertThat(model.path("id").asText()).isEqualTo(id.replace("%2F", "/").replace("%3A", ":"));
        assertThat(model.path("object").asText()).isEqualTo("model");
        assertThat(answer.header("x-signalbox-request-id")).isNotBlank();
    }

    @Test
    void aModelThatIsNotThereIsNotDescribed() {
        Response answer = GATEWAY.request().get("/v1/models/no/such");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("model_not_found");
    }
}
