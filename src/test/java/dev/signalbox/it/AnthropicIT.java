package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenAI's language in, Anthropic's out: a plain question and its answer, translated without loss. */
@Timeout(60)
class AnthropicIT {

    private static final int LIMITED = 0;

    private static final Lanes LANES = Lanes.anthropicFirst(50)
            .set("signalbox.models.m0.max-output-tokens", "4096")
            .each("signalbox.models.m%d.pricing.input", "3")
            .each("signalbox.models.m%d.pricing.output", "15")
            .each("signalbox.models.m%d.pricing.cached-input", "0.30")
            .each("signalbox.models.m%d.pricing.cache-write", "3.75");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        LANES.next();
    }

    /** What the vendor is asked for this, with an answer limit beside it. */
    private static JsonNode translated(String more) {
        Lane lane = LANES.next();
        Response answer = GATEWAY.chat("{\"model\":\"%s\",\"max_tokens\":100,%s}".formatted(lane.model(), more));
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        return lane.first().only().json();
    }

    private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    @Test
    void theVendorIsAskedAsItsOwnClientWould() {
        Lane lane = LANES.next();

        GATEWAY.chat(Shapes.with(lane.model(), "\"max_tokens\":100"), "anthropic-beta", "some-beta-2025");

        Received request = lane.first().only();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v1/messages");
        assertThat(request.header("x-api-key")).isEqualTo(lane.firstKey());
        assertThat(request.header("authorization")).isNull();
        assertThat(request.header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(request.header("anthropic-beta")).isEqualTo("some-beta-2025");
        assertThat(request.header("content-type")).startsWith("application/json");
        assertThat(request.body().replace("[{\"type\":\"text\",\"text\":\"hi\"}]", "\"hi\""))
                .isEqualTo("""
                        {"model":"up-a","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""");
    }

    @Test
    void itsAnswerIsToldAsOpenAiWould() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.chat(Shapes.with(lane.model(), "\"max_tokens\":100"));

        JsonNode chat = Shapes.json(answer.asString());
        assertThat(chat.path("object").asText()).isEqualTo("chat.completion");
        assertThat(chat.path("id").asText()).isNotBlank();
        assertThat(chat.path("created").isIntegralNumber()).isTrue();
        assertThat(chat.path("model").asText()).isEqualTo("claude-up-20250929");
        JsonNode choice = chat.path("choices").path(0);
        assertThat(choice.path("index").asInt()).isZero();
        assertThat(choice.path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(choice.path("message").path("content").asText()).isEqualTo("hello");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void everyKindOfTokenIsCountedOnceAndPaidAtItsPrice() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.chat(Shapes.with(lane.model(), "\"max_tokens\":100"));

        JsonNode usage = Shapes.json(answer.asString()).path("usage");
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(131);
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(9);
        assertThat(usage.path("total_tokens").asInt()).isEqualTo(140);
        assertThat(usage.path("prompt_tokens_details").path("cached_tokens").asInt())
                .isEqualTo(100);
        // 11 x 3 + 100 x 0.30 + 20 x 3.75 + 9 x 15, per million
        assertThat(new BigDecimal(answer.header("x-signalbox-cost-usd"))).isEqualByComparingTo("0.000273");
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("input_tokens").asInt()).isEqualTo(11);
        assertThat(row.path("cached_tokens").asInt()).isEqualTo(100);
        assertThat(row.path("cache_write_tokens").asInt()).isEqualTo(20);
        assertThat(row.path("output_tokens").asInt()).isEqualTo(9);
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0.000273");
        assertThat(row.path("estimated").asBoolean()).isFalse();
    }

    @Test
    void instructionsAnywhereInTheListBecomeTheSystemPrompt() {
        JsonNode asked = translated("""
                "messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"},\
                {"role":"assistant","content":"hello"},{"role":"developer","content":"be kind"},\
                {"role":"user","content":[{"type":"text","text":"go on"}]}]""");

        assertThat(asked.path("system").toString()).contains("be brief", "be kind");
        assertThat(asked.path("system").toString().indexOf("be brief"))
                .isLessThan(asked.path("system").toString().indexOf("be kind"));
        assertThat(asked.path("messages").findValuesAsText("role")).containsExactly("user", "assistant", "user");
        assertThat(asked.path("messages").toString()).contains("go on").doesNotContain("be kind", "be brief");
    }

    @Test
    void turnsAlternate() {
        JsonNode asked = translated("""
                "messages":[{"role":"user","content":"one"},{"role":"user","content":"two"},\
                {"role":"assistant","content":"three"},{"role":"user","content":"four"}]""");

        assertThat(asked.path("messages").findValuesAsText("role")).containsExactly("user", "assistant", "user");
        assertThat(asked.path("messages").path(0).toString()).contains("one", "two");
    }

    @Test
    void imagesAreSentByUrlOrAsBytes() {
        JsonNode asked = translated("""
                "messages":[{"role":"user","content":[{"type":"text","text":"look"},\
                {"type":"image_url","image_url":{"url":"https://example.org/a.png"}},\
                {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"auto"}}]}]""");

        JsonNode content = asked.path("messages").path(0).path("content");
        assertThat(content.path(0)).isEqualTo(Shapes.json("{\"type\":\"text\",\"text\":\"look\"}"));
        assertThat(content.path(1)).isEqualTo(Shapes.json("""
                        {"type":"image","source":{"type":"url","url":"https://example.org/a.png"}}"""));
        assertThat(content.path(2)).isEqualTo(Shapes.json("""
                        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}"""));
    }

    private static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"get_weather","description":"says the weather",\
            "parameters":{"type":"object","properties":{"city":{"type":"string","enum":["Bern","Köln"]}},\
            "required":["city"],"additionalProperties":false}}},{"type":"function","function":{"name":"now"}}],""";

    @Test
    void toolsAreOfferedWithTheirSchemas() {
        JsonNode tools = translated(TOOLS + HI).path("tools");

        assertThat(tools).hasSize(2);
        assertThat(tools.path(0).path("name").asText()).isEqualTo("get_weather");
        assertThat(tools.path(0).path("description").asText()).isEqualTo("says the weather");
        assertThat(tools.path(0).path("input_schema")).isEqualTo(Shapes.json("""
                        {"type":"object","properties":{"city":{"type":"string","enum":["Bern","Köln"]}},\
                        "required":["city"],"additionalProperties":false}"""));
        assertThat(tools.path(1).path("input_schema").path("type").asText()).isEqualTo("object");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"auto\"|{\"type\":\"auto\"}",
                "\"required\"|{\"type\":\"any\"}",
                "\"none\"|{\"type\":\"none\"}",
                "{\"type\":\"function\",\"function\":{\"name\":\"now\"}}|{\"type\":\"tool\",\"name\":\"now\"}",
            })
    void everyChoiceOfToolsCanBeSaid(String openai, String anthropic) {
        assertThat(translated(TOOLS + "\"tool_choice\":" + openai + "," + HI).path("tool_choice"))
                .isEqualTo(Shapes.json(anthropic));
    }

    @Test
    void oneToolAtATimeCanBeSaid() {
        JsonNode choice =
                translated(TOOLS + "\"parallel_tool_calls\":false," + HI).path("tool_choice");

        assertThat(choice.path("type").asText()).isEqualTo("auto");
        assertThat(choice.path("disable_parallel_tool_use").asBoolean()).isTrue();
    }

    @Test
    void callsAndTheirResultsAreReplayed() {
        JsonNode messages = translated(TOOLS + """
                        "messages":[{"role":"user","content":"weather?"},{"role":"assistant","content":null,"tool_calls":[\
                        {"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Köln\\"}"}},\
                        {"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]},\
                        {"role":"tool","tool_call_id":"call_1","content":"rain"},\
                        {"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"noon"}]},\
                        {"role":"user","content":"and?"}]""").path("messages");

        assertThat(messages.findValuesAsText("role")).containsExactly("user", "assistant", "user");
        JsonNode calls = messages.path(1).path("content");
        assertThat(calls.path(0)).isEqualTo(Shapes.json("""
                        {"type":"tool_use","id":"call_1","name":"get_weather","input":{"city":"Köln"}}"""));
        assertThat(calls.path(1).path("input")).isEqualTo(Shapes.json("{}"));
        JsonNode results = messages.path(2).path("content");
        assertThat(results).hasSize(3);
        assertThat(results.path(0).path("type").asText()).isEqualTo("tool_result");
        assertThat(results.path(0).path("tool_use_id").asText()).isEqualTo("call_1");
        assertThat(results.path(0).path("content").toString()).contains("rain");
        assertThat(results.path(1).path("tool_use_id").asText()).isEqualTo("call_2");
        assertThat(results.path(1).path("content").toString()).contains("noon");
        assertThat(results.path(2).path("text").asText()).isEqualTo("and?");
    }

    @Test
    void parallelCallsOfTheModelAreTold() {
        Lane lane = LANES.next();
        lane.first()
                .answers(AnthropicAnswers.json(
                        200,
                        AnthropicAnswers.message(
                                AnthropicAnswers.text("let me look")
                                        + ","
                                        + AnthropicAnswers.toolUse(
                                                "toolu_1", "get_weather", "{\"city\":\"Köln\",\"n\":0.20}")
                                        + ","
                                        + AnthropicAnswers.toolUse("toolu_2", "now", "{}"),
                                "tool_use")));

        JsonNode choice = Shapes.json(GATEWAY.chat(Shapes.with(lane.model(), "\"max_tokens\":9"))
                        .asString())
                .path("choices")
                .path(0);

        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(choice.path("message").path("content").asText()).isEqualTo("let me look");
        JsonNode calls = choice.path("message").path("tool_calls");
        assertThat(calls).hasSize(2);
        assertThat(calls.path(0).path("id").asText()).isEqualTo("toolu_1");
        assertThat(calls.path(0).path("type").asText()).isEqualTo("function");
        assertThat(calls.path(0).path("function").path("name").asText()).isEqualTo("get_weather");
        assertThat(Shapes.json(calls.path(0).path("function").path("arguments").asText()))
                .isEqualTo(Shapes.json("{\"city\":\"Köln\",\"n\":0.20}"));
        assertThat(calls.path(1).path("function").path("arguments").asText()).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn,stop",
        "stop_sequence,stop",
        "max_tokens,length",
        "tool_use,tool_calls",
        "refusal,content_filter",
        "model_context_window_exceeded,length",
    })
    void everyReasonToEndIsTold(String anthropic, String openai) {
        Lane lane = LANES.next();
        String blocks = anthropic.equals("tool_use")
                ? AnthropicAnswers.toolUse("toolu_1", "now", "{}")
                : AnthropicAnswers.text("x");
        lane.first().answers(AnthropicAnswers.json(200, AnthropicAnswers.message(blocks, anthropic)));

        assertThat(Shapes.json(GATEWAY.chat(Shapes.with(lane.model(), "\"max_tokens\":9"))
                                .asString())
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo(openai);
    }

    @Test
    void settingsHaveTheirOwnNames() {
        JsonNode asked =
                translated("\"temperature\":0.20,\"top_p\":0.9,\"stop\":[\"END\",\"###\"],\"user\":\"u-1\"," + HI);

        assertThat(asked.path("temperature").decimalValue()).isEqualByComparingTo("0.2");
        assertThat(asked.path("top_p").decimalValue()).isEqualByComparingTo("0.9");
        assertThat(asked.path("stop_sequences")).isEqualTo(Shapes.json("[\"END\",\"###\"]"));
        assertThat(asked.has("stop")).isFalse();
        assertThat(asked.has("user")).isFalse();
        assertThat(translated("\"stop\":\"END\"," + HI).path("stop_sequences")).isEqualTo(Shapes.json("[\"END\"]"));
    }

    @Test
    void theLimitOfAnAnswerHasManyNames() {
        Lane lane = LANES.next();

        GATEWAY.chat(Shapes.with(lane.model(), "\"max_completion_tokens\":77"));

        assertThat(lane.first().only().json().path("max_tokens").asInt()).isEqualTo(77);
        assertThat(lane.first().only().json().has("max_completion_tokens")).isFalse();
    }

    @Test
    void withoutALimitTheConfiguredOneHolds() {
        GATEWAY.ask(LANES.lane(LIMITED).model());

        assertThat(LANES.lane(LIMITED).first().only().json().path("max_tokens").asInt())
                .isEqualTo(4096);
    }

    @Test
    void withoutAnyLimitTheCallerIsToldWhatIsMissing() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.ask(lane.model(), "x-signalbox-provider", lane.firstName());

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("message").asText()).contains("max_tokens");
        assertThat(error.path("param").asText()).contains("max_tokens");
        assertThat(lane.first().received()).isEmpty();
    }
}
