package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of models without being told: their names, prices, windows and what they cannot do. */
@Timeout(60)
class CatalogueIT {

    private static final int NAMES = 0;
    private static final int BLIND = 1;
    private static final int WINDOWS = 2;
    private static final int OTHERS = 3;

    private static final Lanes LANES = Lanes.of(5)
            .set("signalbox.providers.a0.kind", "openai")
            .set("signalbox.providers.a0.priority", "2")
            .set("signalbox.providers.b0.kind", "openai")
            .set("signalbox.models.own-price.deployments[0].provider", "a0")
            .set("signalbox.models.own-price.deployments[0].model", "gpt-4o")
            .set("signalbox.models.own-price.pricing.input", "1")
            .set("signalbox.models.own-price.pricing.output", "2")
            .set("signalbox.providers.a1.kind", "openai")
            .set("signalbox.providers.a1.priority", "7")
            .set("signalbox.providers.b1.kind", "openai")
            .set("signalbox.providers.b1.priority", "8")
            .set("signalbox.models.m1.deployments[0].model", "gpt-3.5-turbo")
            .set("signalbox.models.m1.deployments[1].model", "gpt-4o")
            .set("signalbox.models.blind.deployments[0].provider", "a1")
            .set("signalbox.models.blind.deployments[0].model", "gpt-3.5-turbo")
            .set("signalbox.models.no-tools.deployments[0].provider", "a1")
            .set("signalbox.models.no-tools.deployments[0].model", "o1-mini")
            .set("signalbox.models.vectors.deployments[0].provider", "a1")
            .set("signalbox.models.vectors.deployments[0].model", "text-embedding-3-small")
            .set("signalbox.models.m2.deployments[0].context-window", "1000")
            .set("signalbox.models.m2.deployments[1].context-window", "100000")
            .set("signalbox.models.small.deployments[0].provider", "a2")
            .set("signalbox.models.small.context-window", "1000")
            .set("signalbox.models.smaller.deployments[0].provider", "a2")
            .set("signalbox.models.smaller.context-window", "500")
            .set("signalbox.models.smaller.context-fallbacks[0]", "large")
            .set("signalbox.models.smaller.fallbacks[0]", "m4")
            .set("signalbox.models.large.deployments[0].provider", "b3")
            .set("signalbox.models.m3.deployments[0].context-window", "1000")
            .set("signalbox.models.m3.deployments[1].context-window", "1000")
            .set("signalbox.models.m3.context-fallbacks[0]", "m4");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static final String PICTURE = """
            {"model":"%s","messages":[{"role":"user","content":[{"type":"text","text":"what is it?"},\
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""";

    @Test
    void aNameOfTheCatalogueLeadsToTheProvidersThatHaveItInTheirOrder() {
        Lane lane = LANES.lane(NAMES);
        lane.second().answers(OpenAiAnswers.error(500, "server_error", "no"), OpenAiAnswers.hello());

        Response answer = GATEWAY.ask("gpt-4o-mini-2024-07-18");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo("a0");
        assertThat(answer.header("x-signalbox-model")).isEqualTo("gpt-4o-mini-2024-07-18");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("2");
        // 5 x 0.15 + 2 x 0.075 + 5 x 0.6 dollars per million
        assertThat(new BigDecimal(answer.header("x-signalbox-cost-usd"))).isEqualByComparingTo("0.0000039");
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("model").asText()).isEqualTo("gpt-4o-mini-2024-07-18");
        assertThat(row.path("price").path("input").decimalValue()).isEqualByComparingTo("0.15");
        assertThat(row.path("price").path("cached_input").decimalValue()).isEqualByComparingTo("0.075");
        assertThat(row.path("price").path("output").decimalValue()).isEqualByComparingTo("0.6");
    }

    @ParameterizedTest
    @CsvSource({"gpt-4oo, gpt-4o", "gpt-4o-imaginary, gpt-4o", "gpt4.1-mini, gpt-4.1-mini"})
    void aNameThatNobodyKnowsIsNotFoundAndTheClosestAreNamed(String asked, String close) {
        Response answer = GATEWAY.ask(asked);

        assertThat(answer.statusCode()).isEqualTo(404);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("model_not_found");
        assertThat(error.path("message").asText()).contains(close);
    }

    @Test
    void aPriceInTheConfigurationGoesFirst() {
        Response answer = GATEWAY.ask("own-price");

        // 7 x 1 + 5 x 2 dollars per million
        assertThat(new BigDecimal(answer.header("x-signalbox-cost-usd"))).isEqualByComparingTo("0.000017");
    }

    @Test
    void aModelThatSeesNothingIsNotAskedAboutAPicture() {
        Lane lane = LANES.lane(BLIND);

        Response answer = GATEWAY.chat(PICTURE.formatted(lane.model()));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-model")).isEqualTo("gpt-4o");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("1");
        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-model")).isEqualTo("gpt-3.5-turbo");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "blind|[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.org/a.png\"}}]}]|messages[0].content[1]",
                "no-tools|[{\"role\":\"user\",\"content\":\"?\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}]|tools",
                "vectors|[{\"role\":\"user\",\"content\":\"?\"}]|model"
            })
    void whenNobodyServesItTheCallerIsToldWhichField(String model, String messages, String field) {
        Lane lane = LANES.lane(BLIND);
        int before = lane.first().received().size();

        Response answer = GATEWAY.chat("{\"model\":\"%s\",\"messages\":%s}".formatted(model, messages));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("unsupported_parameter");
        assertThat(error.path("param").asText()).isEqualTo(field);
        assertThat(error.path("message").asText()).contains(field);
        assertThat(lane.first().received()).hasSize(before);
    }

    @Test
    void aLongPromptGoesWhereItFits() {
        Lane lane = LANES.lane(WINDOWS);

        Response answer = GATEWAY.chat(Shapes.question(lane.model(), "word ".repeat(2_000)));

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("1");
        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.firstName());
    }

    @Test
    void thenToTheFallbacksForLongPromptsBeforeTheOthers() {
        Response answer = GATEWAY.chat(Shapes.question("smaller", "word ".repeat(2_000)));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-model")).isEqualTo("large");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("1");
    }

    @Test
    void orIsRefusedWhenItFitsNowhere() {
        int before = LANES.lane(WINDOWS).first().received().size();

        Response answer = GATEWAY.chat(Shapes.question("small", "word ".repeat(2_000)));

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(error.path("message").asText()).contains("1000");
        assertThat(LANES.lane(WINDOWS).first().received()).hasSize(before);
    }

    @Test
    void aVendorWhoFindsThePromptTooLongIsBelieved() {
        Lane lane = LANES.lane(WINDOWS);
        lane.first()
                .answers(
                        OpenAiAnswers.error(400, "context_length_exceeded", "maximum context length"),
                        OpenAiAnswers.hello());

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }

    @Test
    void andIsNotAskedAgainElsewhereWhereTheWindowIsTheSame() {
        Lane lane = LANES.lane(OTHERS);
        lane.first().answers(OpenAiAnswers.error(400, "context_length_exceeded", "maximum context length"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo("a4");
    }

    @Test
    void theListOfModelsSaysWhatIsKnownOfThem() {
        JsonNode model =
                Shapes.json(GATEWAY.request().get("/v1/models/own-price").asString());
        assertThat(model.path("context_window").asInt()).isEqualTo(128_000);
        assertThat(model.path("max_output_tokens").asInt()).isEqualTo(16_384);
        assertThat(texts(model.path("capabilities"))).contains("vision", "tools");

        JsonNode list = Shapes.json(GATEWAY.request().get("/v1/models").asString());
        List<String> ids = new ArrayList<>();
        list.path("data").forEach(each -> ids.add(each.path("id").asText()));
        assertThat(ids).contains("own-price", "m0").doesNotContain("gpt-4o-mini");
        JsonNode known =
                Shapes.json(GATEWAY.request().get("/v1/models/gpt-4o-mini").asString());
        assertThat(known.path("owned_by").asText()).isEqualTo("b0");
        JsonNode unknown = Shapes.json(GATEWAY.request().get("/v1/models/m0").asString());
        assertThat(unknown.has("context_window")).isFalse();
    }

    @Test
    void operatorsSeeWhatIsKnownAndWhereItComesFrom() {
        JsonNode page = catalogue("?provider=a0&model=gpt-4o");

        assertThat(page.path("source").asText()).contains("genai-prices");
        assertThat(page.path("version").asText()).isNotBlank();
        assertThat(page.path("date").asText()).matches("\\d{4}-\\d\\d-\\d\\d");
        assertThat(page.path("data")).hasSize(1);
        JsonNode model = page.path("data").path(0);
        assertThat(model.path("deployment").asText()).isEqualTo("a0/gpt-4o");
        assertThat(texts(model.path("models"))).containsExactly("own-price");
        assertThat(model.path("price").path("input").decimalValue()).isEqualByComparingTo("1");
        assertThat(model.path("context_window").asInt()).isEqualTo(128_000);
        assertThat(model.path("from").path("price").asText()).isEqualTo("configuration");
        assertThat(model.path("from").path("context_window").asText()).isEqualTo("catalogue");
        assertThat(model.path("from").path("capabilities").asText()).isEqualTo("catalogue");
    }

    @Test
    void theCatalogueIsReadPageByPage() {
        List<String> all = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = catalogue("?provider=a0&limit=20" + cursor);
            page.path("data").forEach(model -> all.add(model.path("deployment").asText()));
            JsonNode next = page.path("next_cursor");
            cursor = next.isNull() ? null : "&cursor=" + next.asText();
        } while (cursor != null);

        assertThat(all).contains("a0/gpt-4o", "a0/gpt-4o-mini", "a0/up-a").doesNotHaveDuplicates();
        assertThat(all).hasSizeGreaterThan(40);
        assertThat(catalogue("?provider=mistral&limit=1")
                        .path("data")
                        .path(0)
                        .path("provider")
                        .isNull())
                .isTrue();
        assertThat(catalogue("?model=no-such").path("data")).isEmpty();
        assertThat(GATEWAY.request().get("/admin/v1/catalogue?cursor=nonsense").statusCode())
                .isEqualTo(400);
        assertThat(GATEWAY.request().get("/admin/v1/catalogue?limit=0").statusCode())
                .isEqualTo(400);
    }

    private static JsonNode catalogue(String query) {
        Response answer = GATEWAY.request().get("/admin/v1/catalogue" + query);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Shapes.json(answer.asString());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
