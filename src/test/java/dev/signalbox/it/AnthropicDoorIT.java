package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Anthropic's clients get, be it Anthropic who answers (the first provider of a lane) or someone else (the second). */
@Timeout(60)
class AnthropicDoorIT {

    private static final int BETAS = 0;
    private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static final Lanes LANES = Lanes.anthropicFirst(50)
            .set("signalbox.providers.a0.headers.\"anthropic-beta\"", "configured-1,both")
            .set("signalbox.models.m0.aliases[0]", "claude")
            .set("signalbox.models.m0.deployments[0].context-window", "200000")
            .set("signalbox.models.m0.deployments[0].max-output-tokens", "64000");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES).and("signalbox.max-body-size", "1M");

    static {
        LANES.next();
    }

    private static Response messages(String body, String... headers) {
        RequestSpecification request = GATEWAY.request().header("content-type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.body(body).post("/v1/messages");
    }

    private static String body(Lane lane, String more) {
        return "{\"model\":\"%s\",\"max_tokens\":100,%s}".formatted(lane.model(), more);
    }

    private static String[] other(Lane lane) {
        return new String[] {"x-signalbox-provider", lane.secondName()};
    }

    /** What the OpenAI-compatible provider is asked for this. */
    private static JsonNode translated(String more) {
        Lane lane = LANES.next();
        Response answer = messages(body(lane, more), other(lane));
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return lane.second().only().json();
    }

    private static JsonNode error(Response answer, int status, String type, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/json");
        JsonNode body = Shapes.json(answer.asString());
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.path("error").path("type").asText()).isEqualTo(type);
        assertThat(body.path("error").path("code").asText()).isEqualTo(code);
        assertThat(body.path("error").path("message").asText()).isNotBlank();
        assertThat(body.path("request_id").asText())
                .isNotBlank()
                .isEqualTo(answer.header("request-id"))
                .isEqualTo(answer.header("x-signalbox-request-id"));
        return body.path("error");
    }

    @Test
    void theSameLanguagePassesUntouched() {
        Lane lane = LANES.next();

        Response answer =
                messages(body(lane, "\"temperature\":0.20,\"unknown\":{\"x\":1.0E2}," + HI), "x-api-key", "k");

        Received asked = lane.first().only();
        assertThat(asked.body())
                .isEqualTo("{\"model\":\"up-a\",\"max_tokens\":100,\"temperature\":0.20,\"unknown\":{\"x\":1.0E2}," + HI
                        + "}");
        assertThat(asked.header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(answer.asString()).isEqualTo(AnthropicAnswers.message(AnthropicAnswers.text("hello"), "end_turn"));
        assertThat(answer.header("request-id")).startsWith("req_").isEqualTo(answer.header("x-signalbox-request-id"));
    }

    @Test
    void theCallersVersionGoesOnWithTheCallersBody() {
        Lane lane = LANES.next();

        messages(body(lane, HI), "anthropic-version", "2026-10-21", "authorization", "Bearer k");

        assertThat(lane.first().only().header("anthropic-version")).isEqualTo("2026-10-21");
        assertThat(lane.first().only().header("x-api-key")).isEqualTo(lane.firstKey());
        assertThat(lane.first().only().header("authorization")).isNull();
    }

    @Test
    void theCallersVersionIsForNobodyElse() {
        Lane lane = LANES.next();

        messages(
                body(lane, HI),
                "anthropic-version",
                "2026-10-21",
                "x-api-key",
                "k",
                "x-signalbox-provider",
                lane.secondName());

        Received asked = lane.second().only();
        assertThat(asked.header("anthropic-version")).isNull();
        assertThat(asked.header("x-api-key")).isNull();
    }

    @Test
    void betasOfTheDeploymentAndOfTheCallerGoTogether() {
        Lane lane = LANES.lane(BETAS);

        messages(body(lane, HI), "anthropic-beta", "asked-1, both");

        assertThat(lane.first().only().header("anthropic-beta")).isEqualTo("configured-1,both,asked-1");
    }

    @Test
    void streamsOfTheSameLanguagePassWithTheFactsBeforeTheEnd() {
        Lane lane = LANES.next();

        try (Listener caller = Listener.of(
                Listener.askingAt(GATEWAY, "/v1/messages?beta=true", body(lane, "\"stream\":true," + HI)))) {
            List<String> blocks = caller.rest();

            assertThat(caller.header("content-type")).startsWith("text/event-stream");
            assertThat(caller.header("request-id")).startsWith("req_");
            assertThat(blocks.getFirst()).startsWith("event: message_start\ndata: ");
            assertThat(blocks.getLast()).startsWith("event: message_stop\n");
            assertThat(blocks.get(blocks.size() - 2)).startsWith(": signalbox ");
            assertThat(Listener.facts(blocks).path("input_tokens").asInt()).isEqualTo(11);
            assertThat(blocks.stream().filter(b -> !b.startsWith(":")).map(b -> b + "\n\n"))
                    .containsExactlyElementsOf(AnthropicAnswers.stream("hello").stream()
                            .filter(event -> !event.startsWith("event: ping"))
                            .toList());
        }
    }

    @Test
    void anotherLanguagesStreamHasAnthropicsEvents() {
        Lane lane = LANES.next();

        try (Listener caller = Listener.of(
                Listener.askingAt(GATEWAY, "/v1/messages", body(lane, "\"stream\":true," + HI), other(lane)))) {
            List<String> blocks = caller.rest();

            assertThat(blocks.stream()
                            .filter(b -> b.startsWith("event: "))
                            .map(b -> b.lines().findFirst().orElse("")))
                    .containsExactly(
                            "event: message_start",
                            "event: content_block_start",
                            "event: content_block_delta",
                            "event: content_block_stop",
                            "event: message_delta",
                            "event: message_stop");
            JsonNode delta = data(blocks, "message_delta");
            assertThat(delta.at("/delta/stop_reason").asText()).isEqualTo("end_turn");
            assertThat(delta.at("/usage/input_tokens").asInt()).isEqualTo(5);
            assertThat(delta.at("/usage/cache_read_input_tokens").asInt()).isEqualTo(2);
            assertThat(delta.at("/usage/output_tokens").asInt()).isEqualTo(5);
        }
    }

    private static JsonNode data(List<String> blocks, String event) {
        return blocks.stream()
                .filter(block -> block.startsWith("event: " + event + "\n"))
                .map(block -> Shapes.json(block.substring(block.indexOf("data: ") + 6)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aStreamThatBreaksEndsWithAnErrorEvent() {
        Lane lane = LANES.next();
        lane.second()
                .answers((_, wire) -> wire.events()
                        .send(OpenAiAnswers.role() + OpenAiAnswers.delta("one "))
                        .cut());

        try (Listener caller = Listener.of(
                Listener.askingAt(GATEWAY, "/v1/messages", body(lane, "\"stream\":true," + HI), other(lane)))) {
            List<String> blocks = caller.rest();

            JsonNode error = data(blocks, "error");
            assertThat(error.path("type").asText()).isEqualTo("error");
            assertThat(error.at("/error/code").asText()).isEqualTo("stream_broken");
            assertThat(error.path("request_id").asText()).isEqualTo(caller.id());
            assertThat(blocks).noneMatch(block -> block.startsWith("event: message_stop"));
            assertThat(Listener.facts(blocks).path("status").asInt()).isEqualTo(502);
        }
    }

    @Test
    void anotherLanguagesAnswerIsAMessage() {
        Lane lane = LANES.next();

        JsonNode message = Shapes.json(messages(body(lane, HI), other(lane)).asString());

        assertThat(message.path("type").asText()).isEqualTo("message");
        assertThat(message.path("role").asText()).isEqualTo("assistant");
        assertThat(message.path("model").asText()).isEqualTo("up-2024-08-06");
        assertThat(message.path("content").toString()).isEqualTo("[{\"type\":\"text\",\"text\":\"hello\"}]");
        assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(message.path("stop_sequence").isNull()).isTrue();
        assertThat(message.at("/usage/input_tokens").asInt()).isEqualTo(5);
        assertThat(message.at("/usage/cache_read_input_tokens").asInt()).isEqualTo(2);
        assertThat(message.at("/usage/output_tokens").asInt()).isEqualTo(5);
    }

    @Test
    void aConversationWithToolsIsToldInTheOtherLanguage() {
        JsonNode asked = translated("""
                "system":[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral"}}],\
                "tools":[{"name":"look","description":"looks","input_schema":{"type":"object","properties":{"a":{"type":"number"}}}}],\
                "tool_choice":{"type":"any","disable_parallel_tool_use":true},"stop_sequences":["END"],"metadata":{"user_id":"u-7"},\
                "messages":[{"role":"user","content":[{"type":"text","text":"what is it?"},\
                {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]},\
                {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"look","input":{"a":1.50}}]},\
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"a robin"},\
                {"type":"text","text":"and now?"}]}]""");

        assertThat(asked.path("messages").findValuesAsText("role"))
                .containsExactly("system", "user", "assistant", "tool", "user");
        assertThat(asked.at("/messages/1/content/1/image_url/url").asText())
                .isEqualTo("data:image/png;base64,iVBORw0KGgo=");
        assertThat(asked.at("/messages/2/tool_calls/0/id").asText()).isEqualTo("toolu_1");
        assertThat(asked.at("/messages/2/tool_calls/0/function/arguments").asText())
                .isEqualTo("{\"a\":1.50}");
        assertThat(asked.at("/messages/3/tool_call_id").asText()).isEqualTo("toolu_1");
        assertThat(asked.path("tool_choice").asText()).isEqualTo("required");
        assertThat(asked.path("parallel_tool_calls").asBoolean(true)).isFalse();
        assertThat(asked.path("stop").toString()).isEqualTo("[\"END\"]");
        assertThat(asked.at("/tools/0/function/name").asText()).isEqualTo("look");
    }

    @Test
    void interleavedCallsOfToolsBecomeBlocksOneAfterAnother() {
        Lane lane = LANES.next();
        lane.second()
                .answers((_, wire) -> wire.events()
                        .send(OpenAiAnswers.role()
                                + OpenAiAnswers.chunk(
                                        call(0, "\"id\":\"c0\",\"type\":\"function\",", "f", "{\"a\""), "null")
                                + OpenAiAnswers.chunk(call(1, "\"id\":\"c1\",\"type\":\"function\",", "g", "{"), "null")
                                + OpenAiAnswers.chunk(call(0, "", null, ":1}"), "null")
                                + OpenAiAnswers.chunk(call(1, "", null, "}"), "null")
                                + OpenAiAnswers.finish("tool_calls")
                                + OpenAiAnswers.usage()
                                + OpenAiAnswers.DONE)
                        .end());

        try (Listener caller = Listener.of(Listener.askingAt(
                GATEWAY,
                "/v1/messages",
                body(lane, "\"stream\":true,\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}]," + HI),
                other(lane)))) {
            List<JsonNode> events = caller.rest().stream()
                    .filter(block -> block.startsWith("event: content_block"))
                    .map(block -> Shapes.json(block.substring(block.indexOf("data: ") + 6)))
                    .toList();

            assertThat(events).extracting(e -> e.path("index").asInt()).isSorted();
            assertThat(events.stream()
                            .filter(e -> e.path("index").asInt() == 0)
                            .map(e -> e.at("/delta/partial_json").asText())
                            .reduce("", String::concat))
                    .isEqualTo("{\"a\":1}");
            assertThat(events.stream()
                            .filter(e -> e.path("index").asInt() == 1)
                            .map(e -> e.at("/delta/partial_json").asText())
                            .reduce("", String::concat))
                    .isEqualTo("{}");
            assertThat(events.getFirst().at("/content_block/caller/type").asText())
                    .isEqualTo("direct");
        }
    }

    private static String call(int index, String head, String name, String arguments) {
        String function = name == null ? "" : "\"name\":\"" + name + "\",";
        return "{\"tool_calls\":[{\"index\":%d,%s\"function\":{%s\"arguments\":%s}}]}"
                .formatted(index, head, function, Shapes.quoted(arguments));
    }

    @Test
    void whatTheOtherCannotBeAskedIsRefusedByName() {
        Lane lane = LANES.next();

        JsonNode error = error(
                messages(
                        body(lane, "\"mcp_servers\":[{\"type\":\"url\",\"url\":\"https://x.example\"}]," + HI),
                        other(lane)),
                400,
                "invalid_request_error",
                "unsupported_parameter");

        assertThat(error.path("message").asText()).contains("mcp_servers");
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void hintsAreDroppedAndDisclosedUnlessTheCallerIsStrict() {
        Lane lane = LANES.next();
        String hinted = body(lane, "\"context_management\":{\"edits\":[]}," + HI);

        Response answer = messages(hinted, other(lane));
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-dropped")).isEqualTo("context_management");
        error(
                messages(hinted, "x-signalbox-provider", lane.secondName(), "x-signalbox-translation", "strict"),
                400,
                "invalid_request_error",
                "unsupported_parameter");
    }

    @Test
    void anotherVendorsSealIsNotShownToAnthropic() {
        Lane lane = LANES.next();

        Response answer = messages(body(lane, """
                "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[\
                {"type":"thinking","thinking":"hm","signature":"signalbox:gemini:CiQ="},{"type":"text","text":"ho"}]},\
                {"role":"user","content":"go on"}]"""));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-dropped")).isEqualTo("messages[1].content[0]");
        assertThat(lane.first().only().json().at("/messages/1/content").toString())
                .isEqualTo("[{\"type\":\"text\",\"text\":\"ho\"}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | ",
                "[] | ",
                "{'max_tokens':1,'messages':[{'role':'user','content':'hi'}]} | model",
                "{'model':7,'max_tokens':1,'messages':[{'role':'user','content':'hi'}]} | model",
                "{'model':'m1','messages':[{'role':'user','content':'hi'}]} | max_tokens",
                "{'model':'m1','max_tokens':'many','messages':[{'role':'user','content':'hi'}]} | max_tokens",
                "{'model':'m1','max_tokens':-1,'messages':[{'role':'user','content':'hi'}]} | max_tokens",
                "{'model':'m1','max_tokens':1} | messages",
                "{'model':'m1','max_tokens':1,'messages':[]} | messages",
                "{'model':'m1','max_tokens':1,'messages':'hi'} | messages",
                "{'model':'m1','max_tokens':1,'stream':'yes','messages':[{'role':'user','content':'hi'}]} | stream",
            })
    void aMalformedRequestIsRefusedByTheNameOfTheField(String body, String field) {
        JsonNode error = error(messages(body.replace('\'', '"')), 400, "invalid_request_error", "invalid_request");

        assertThat(error.path("message").asText()).contains(field == null ? "" : "'" + field + "'");
    }

    @Test
    void everyRefusalIsInAnthropicsShape() {
        error(
                GATEWAY.request()
                        .body("{}")
                        .header("content-type", "application/json")
                        .post("/v1/messages/batches"),
                404,
                "not_found_error",
                "not_found");
        Response method = GATEWAY.request().get("/v1/messages");
        error(method, 405, "invalid_request_error", "method_not_allowed");
        assertThat(method.header("allow")).isEqualTo("POST");
        error(
                messages("{\"model\":\"m1\",\"max_tokens\":1,\"x\":\"" + "x".repeat(2_000_000) + "\"," + HI + "}"),
                413,
                "request_too_large",
                "request_too_large");
        error(
                messages("{\"model\":\"nobody\",\"max_tokens\":1," + HI + "}"),
                404,
                "not_found_error",
                "model_not_found");
    }

    @Test
    void anOverloadedVendorIsAFailureOfAllProviders() {
        Lane lane = LANES.next();
        lane.first().answers(AnthropicAnswers.error(529, "overloaded_error", "Overloaded"));
        lane.second().answers(OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", "retry-after", "7"));

        Response answer = messages(body(lane, HI));

        JsonNode error = error(answer, 503, "api_error", "all_providers_exhausted");
        assertThat(error.path("attempts").findValuesAsText("status")).containsExactly("529", "429");
        assertThat(answer.header("retry-after")).isEqualTo("7");
    }

    @Test
    void aRefusalOfAnthropicsOwnPassesAsItIs() {
        Lane lane = LANES.next();
        String refusal = AnthropicAnswers.error("invalid_request_error", "messages.0: no");
        lane.first().answers(AnthropicAnswers.json(400, refusal));

        Response answer = messages(body(lane, HI));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.asString()).isEqualTo(refusal);
    }

    @Test
    void modelsAreListedInAnthropicsShapeForItsClients() {
        JsonNode page = Shapes.json(models("?limit=2"));

        assertThat(page.path("data").findValuesAsText("id")).containsExactly("claude", "m0");
        JsonNode model = page.at("/data/1");
        assertThat(model.path("type").asText()).isEqualTo("model");
        assertThat(model.path("display_name").asText()).isEqualTo("m0");
        assertThat(model.path("created_at").asText()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(model.path("max_input_tokens").asInt()).isEqualTo(200_000);
        assertThat(model.path("max_tokens").asInt()).isEqualTo(64_000);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(page.path("first_id").asText()).isEqualTo("claude");
        assertThat(page.path("last_id").asText()).isEqualTo("m0");
        assertThat(GATEWAY.request().get("/v1/models").asString()).contains("\"object\":\"list\"");
    }

    private static String models(String query) {
        Response answer =
                GATEWAY.request().header("anthropic-version", "2023-06-01").get("/v1/models" + query);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.asString();
    }

    @Test
    void pagesOfModelsGoBothWays() {
        JsonNode all = Shapes.json(models("?limit=1000"));
        List<String> ids = all.path("data").findValuesAsText("id");
        assertThat(all.path("has_more").asBoolean(true)).isFalse();
        assertThat(Shapes.json(models("")).path("data")).hasSize(20);

        JsonNode next = Shapes.json(models("?limit=3&after_id=" + ids.get(1)));
        assertThat(next.path("data").findValuesAsText("id")).isEqualTo(ids.subList(2, 5));
        JsonNode back = Shapes.json(models("?limit=2&before_id=" + ids.get(4)));
        assertThat(back.path("data").findValuesAsText("id")).isEqualTo(ids.subList(2, 4));
        assertThat(back.path("has_more").asBoolean()).isTrue();
        JsonNode end = Shapes.json(models("?limit=5&after_id=" + ids.getLast()));
        assertThat(end.path("data")).isEmpty();
        assertThat(end.path("first_id").isNull()).isTrue();
        for (String wrong : List.of("limit=0", "limit=x", "after_id=nobody")) {
            error(
                    GATEWAY.request().header("anthropic-version", "2023-06-01").get("/v1/models?" + wrong),
                    400,
                    "invalid_request_error",
                    "invalid_request");
        }
    }

    @Test
    void oneModelIsDescribedByItsName() {
        assertThat(Shapes.json(models("/a1%2Fsome%2Fmodel")).path("id").asText())
                .isEqualTo("a1/some/model");
        error(
                GATEWAY.request().header("anthropic-version", "2023-06-01").get("/v1/models/nobody"),
                404,
                "not_found_error",
                "model_not_found");
    }
}
