package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code /v1/responses} with providers of several languages, and what it keeps between requests. */
@Timeout(60)
class ResponsesIT {

    private static final Lanes COMPATIBLE = Lanes.of(20);
    private static final Lanes ANTHROPIC = Lanes.anthropicFirst(8)
            .each("signalbox.models.m%d.deployments[0].max-output-tokens", "4096")
            .each("signalbox.models.m%d.deployments[1].priority", "9");
    private static final Lanes OPENAI = Lanes.of(8).each("signalbox.providers.a%d.kind", "openai");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(COMPATIBLE);

    @RegisterExtension
    static final Gateway OF_ANTHROPIC = Gateway.with(ANTHROPIC);

    @RegisterExtension
    static final Gateway OF_OPENAI = Gateway.with(OPENAI);

    @RegisterExtension
    static final Gateway SIMULATED = Gateway.bare();

    @Test
    void aPlainAnswerOfAChatServerIsAResponse() {
        Lane lane = COMPATIBLE.next();

        JsonNode response = ok(ask(
                GATEWAY,
                lane.model(),
                "\"input\":\"hi\",\"instructions\":\"Be brief.\","
                        + "\"max_output_tokens\":50,\"metadata\":{\"a\":\"b\"},\"prompt_cache_key\":\"k\""));

        assertThat(response.path("object").asText()).isEqualTo("response");
        assertThat(response.path("id").asText()).startsWith("resp_");
        assertThat(response.path("status").asText()).isEqualTo("completed");
        assertThat(response.path("model").asText()).isEqualTo("up-2024-08-06");
        assertThat(response.at("/output/0/type").asText()).isEqualTo("message");
        assertThat(response.at("/output/0/content/0/text").asText()).isEqualTo("hello");
        assertThat(response.path("usage")).isEqualTo(Shapes.json("""
                {"input_tokens":7,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"output_tokens":5,
                 "output_tokens_details":{"reasoning_tokens":1},"total_tokens":12}"""));
        assertThat(response.path("instructions").asText()).isEqualTo("Be brief.");
        assertThat(response.path("max_output_tokens").asInt()).isEqualTo(50);
        assertThat(response.at("/metadata/a").asText()).isEqualTo("b");
        assertThat(lane.first().only().path()).isEqualTo("/v1/chat/completions");
        assertThat(lane.first().only().json()).isEqualTo(Shapes.json("""
                {"model":"up-a","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}],
                 "max_tokens":50}"""));
    }

    @Test
    void hintsThatAreNotSaidAreDisclosed() {
        Lane lane = COMPATIBLE.next();

        Response answer = ask(GATEWAY, lane.model(), "\"input\":\"hi\",\"prompt_cache_key\":\"k\"");
        Response strict = ask(
                GATEWAY,
                lane.model(),
                "\"input\":\"hi\",\"prompt_cache_key\":\"k\"",
                "x-signalbox-translation",
                "strict");

        assertThat(answer.header("x-signalbox-dropped")).isEqualTo("prompt_cache_key");
        assertThat(strict.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(strict.asString()).at("/error/param").asText()).isEqualTo("prompt_cache_key");
    }

    @Test
    void aStreamHasOpenAisEventsInOpenAisOrder() {
        Lane lane = COMPATIBLE.next();
        lane.first().answers(OpenAiAnswers.text("hello there"));

        String stream =
                ask(GATEWAY, lane.model(), "\"input\":\"hi\",\"stream\":true").asString();

        List<JsonNode> events = events(stream);
        assertThat(types(events))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).path("sequence_number").asInt()).isEqualTo(i);
        }
        assertThat(events.getLast().at("/response/output/0/content/0/text").asText())
                .isEqualTo("hello there");
        assertThat(events.getLast().at("/response/usage/input_tokens").asInt()).isEqualTo(7);
        assertThat(stream.strip().lines().reduce((_, last) -> last).orElse("")).startsWith(": signalbox {");
        assertThat(stream).doesNotContain("[DONE]");
    }

    @Test
    void aStreamThatBreaksFails() {
        Lane lane = COMPATIBLE.next();
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(OpenAiAnswers.role())
                        .send(OpenAiAnswers.delta("hel"))
                        .cut());

        String stream =
                ask(GATEWAY, lane.model(), "\"input\":\"hi\",\"stream\":true").asString();

        JsonNode last = events(stream).getLast();
        assertThat(last.path("type").asText()).isEqualTo("response.failed");
        assertThat(last.at("/response/status").asText()).isEqualTo("failed");
        assertThat(last.at("/response/error/code").asText()).isEqualTo("stream_broken");
        assertThat(last.at("/response/output/0/status").asText()).isEqualTo("incomplete");
        String id = last.at("/response/id").asText();
        assertThat(get(GATEWAY, "/v1/responses/" + id).statusCode()).isEqualTo(404);
    }

    @Test
    void refusalsHaveOpenAisShape() {
        assertRefused(ask(GATEWAY, "nobody", "\"input\":\"hi\""), 404, "model_not_found");
        assertRefused(ask(GATEWAY, "m0", "\"input\":5"), 400, "invalid_request");
        assertRefused(ask(GATEWAY, "m0", "\"input\":\"hi\",\"background\":true"), 400, "invalid_request");
        assertRefused(
                ask(GATEWAY, "m0", "\"input\":\"hi\",\"tools\":[{\"type\":\"web_search\"}]"),
                400,
                "unsupported_parameter");
        Response unknown = ask(GATEWAY, "m0", "\"input\":\"hi\",\"previous_response_id\":\"resp_nobody\"");
        assertRefused(unknown, 400, "previous_response_not_found");
        assertThat(Shapes.json(unknown.asString()).at("/error/param").asText()).isEqualTo("previous_response_id");
        assertRefused(get(GATEWAY, "/v1/responses/resp_nobody"), 404, "not_found");
        assertRefused(GATEWAY.request().delete("/v1/responses/resp_nobody"), 404, "not_found");
        assertRefused(get(GATEWAY, "/v1/responses/resp_nobody/input_items"), 404, "not_found");
        assertRefused(
                GATEWAY.request().header("content-type", "application/json").put("/v1/responses/x"),
                405,
                "method_not_allowed");
    }

    @Test
    void aConversationGoesOnThreeTimesOverAChatServer() {
        Lane lane = COMPATIBLE.next();
        lane.first().answers(OpenAiAnswers.text("one"), OpenAiAnswers.text("two"), OpenAiAnswers.text("three"));

        String first = id(ok(ask(GATEWAY, lane.model(), "\"input\":\"a\",\"instructions\":\"Only now.\"")));
        String second = id(ok(ask(GATEWAY, lane.model(), after(first) + "\"input\":\"b\"")));
        JsonNode third =
                ok(ask(GATEWAY, lane.model(), after(second) + "\"input\":[{\"role\":\"user\",\"content\":\"c\"}]"));

        assertThat(lane.first().received().getLast().json().path("messages")).isEqualTo(Shapes.json("""
                [{"role":"user","content":"a"},{"role":"assistant","content":"one"},{"role":"user","content":"b"},
                 {"role":"assistant","content":"two"},{"role":"user","content":"c"}]"""));
        assertThat(third.path("previous_response_id").asText()).isEqualTo(second);
        JsonNode items = Shapes.json(get(GATEWAY, "/v1/responses/" + id(third) + "/input_items?order=asc&limit=3")
                .asString());
        assertThat(items.path("object").asText()).isEqualTo("list");
        assertThat(items.path("has_more").asBoolean()).isTrue();
        assertThat(items.at("/data/0/content/0/text").asText()).isEqualTo("a");
        assertThat(items.at("/data/1/content/0/text").asText()).isEqualTo("one");
        JsonNode rest = Shapes.json(get(
                        GATEWAY,
                        "/v1/responses/" + id(third) + "/input_items?order=asc&after="
                                + items.path("last_id").asText())
                .asString());
        assertThat(rest.path("data")).hasSize(2);
        assertThat(rest.at("/data/1/content/0/text").asText()).isEqualTo("c");
    }

    @Test
    void aConversationGoesOnOverAStream() {
        Lane lane = COMPATIBLE.next();
        String stream =
                ask(GATEWAY, lane.model(), "\"input\":\"a\",\"stream\":true").asString();
        String first = events(stream).getFirst().at("/response/id").asText();

        ok(ask(GATEWAY, lane.model(), after(first) + "\"input\":\"b\""));

        assertThat(lane.first().received().getLast().json().path("messages")).hasSize(3);
    }

    @Test
    void aConversationGoesOnWithTheSimulator() {
        String first = id(ok(ask(SIMULATED, "simulator/sim", "\"input\":\"a\"")));
        String second = id(ok(ask(SIMULATED, "simulator/sim", after(first) + "\"input\":\"b\"")));
        JsonNode third = ok(ask(SIMULATED, "simulator/sim", after(second) + "\"input\":\"c\""));
        JsonNode items = Shapes.json(
                get(SIMULATED, "/v1/responses/" + id(third) + "/input_items").asString());

        assertThat(items.path("data")).hasSize(5);
        assertThat(items.at("/data/0/content/0/text").asText()).isEqualTo("c");
    }

    @Test
    void toolsAreCalledAndAnswered() {
        Lane lane = COMPATIBLE.next();
        lane.first().answers(OpenAiAnswers.json(200, """
                {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{
                "role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f",
                "arguments":"{\\"x\\":1}"}}]},"finish_reason":"tool_calls"}]}"""), OpenAiAnswers.hello());
        String tools =
                "\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"object\"},\"strict\":true}],";

        JsonNode called = ok(ask(GATEWAY, lane.model(), tools + "\"input\":\"go\""));
        JsonNode answered = ok(ask(
                GATEWAY,
                lane.model(),
                tools + after(id(called))
                        + "\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"call_1\",\"output\":\"42\"}]"));

        assertThat(called.at("/output/0/type").asText()).isEqualTo("function_call");
        assertThat(called.at("/output/0/call_id").asText()).isEqualTo("call_1");
        assertThat(called.at("/output/0/arguments").asText()).isEqualTo("{\"x\":1}");
        assertThat(answered.at("/output/0/content/0/text").asText()).isEqualTo("hello");
        assertThat(lane.first().received().getLast().json().path("messages")).isEqualTo(Shapes.json("""
                [{"role":"user","content":"go"},
                 {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f",
                  "arguments":"{\\"x\\":1}"}}]},
                 {"role":"tool","tool_call_id":"call_1","content":"42"}]"""));
    }

    @Test
    void itemsThatAreNamedAreFound() {
        Lane lane = COMPATIBLE.next();
        JsonNode first = ok(ask(GATEWAY, lane.model(), "\"input\":\"a\""));

        ok(ask(
                GATEWAY,
                lane.model(),
                "\"input\":[{\"role\":\"user\",\"content\":\"a\"},{\"type\":\"item_reference\",\"id\":\""
                        + first.at("/output/0/id").asText() + "\"},{\"role\":\"user\",\"content\":\"b\"}]"));

        assertThat(lane.first().received().getLast().json().path("messages")).isEqualTo(Shapes.json("""
                [{"role":"user","content":"a"},{"role":"assistant","content":"hello"},{"role":"user","content":"b"}]"""));
    }

    @Test
    void whatIsKeptIsReadAndForgotten() {
        Lane lane = COMPATIBLE.next();
        JsonNode first = ok(ask(GATEWAY, lane.model(), "\"input\":\"a\""));
        String address = "/v1/responses/" + id(first);

        assertThat(Shapes.json(get(GATEWAY, address).asString())).isEqualTo(first);
        assertThat(Shapes.json(GATEWAY.request().delete(address).asString()))
                .isEqualTo(Shapes.json("{\"id\":\"" + id(first) + "\",\"object\":\"response\",\"deleted\":true}"));
        assertThat(get(GATEWAY, address).statusCode()).isEqualTo(404);
        assertRefused(
                ask(GATEWAY, lane.model(), after(id(first)) + "\"input\":\"b\""), 400, "previous_response_not_found");
    }

    @Test
    void whatIsNotToBeKeptIsNot() {
        Lane lane = COMPATIBLE.next();
        JsonNode first = ok(ask(GATEWAY, lane.model(), "\"input\":\"a\",\"store\":false"));

        assertThat(first.path("store").asBoolean(true)).isFalse();
        assertThat(get(GATEWAY, "/v1/responses/" + id(first)).statusCode()).isEqualTo(404);
    }

    @Test
    void thoughtsAndTheirSealsComeBackToTheVendor() {
        Lane lane = ANTHROPIC.next();
        String thinking = "{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"c2ln\"}";
        lane.first()
                .answers(
                        AnthropicAnswers.json(
                                200,
                                AnthropicAnswers.message(thinking + "," + AnthropicAnswers.text("one"), "end_turn")),
                        AnthropicAnswers.hello());

        JsonNode first = ok(ask(OF_ANTHROPIC, lane.model(), "\"input\":\"a\""));
        JsonNode second = ok(ask(OF_ANTHROPIC, lane.model(), after(id(first)) + "\"input\":\"b\""));
        ok(ask(OF_ANTHROPIC, lane.model(), after(id(second)) + "\"input\":\"c\""));

        assertThat(first.at("/output/0/type").asText()).isEqualTo("reasoning");
        assertThat(first.at("/output/0/summary/0/text").asText()).isEqualTo("hm");
        JsonNode messages = lane.first().received().getLast().json().path("messages");
        assertThat(messages).hasSize(5);
        assertThat(messages.at("/1/content/0")).isEqualTo(Shapes.json(thinking));
    }

    @Test
    void openAiGetsTheCallersBytesAndItsOwnAnswerComesBackUntouched() {
        Lane lane = OPENAI.next();
        lane.first().answers(ResponsesAnswers.hello());

        Response answer =
                ask(OF_OPENAI, lane.model(), "\"input\":\"hi\",\"temperature\":0.20,\"unheard_of\":[1,{\"a\":1.50}]");

        Received received = lane.first().only();
        assertThat(received.path()).isEqualTo("/v1/responses");
        assertThat(received.body())
                .isEqualTo(
                        "{\"model\":\"up-a\",\"input\":\"hi\",\"temperature\":0.20,\"unheard_of\":[1,{\"a\":1.50}]}");
        assertThat(answer.asString()).contains("\"unheard_of\":{\"n\":0.10}").doesNotContain("gAAAAsecret");
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        JsonNode row = OF_OPENAI.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("input_tokens").asInt()).isEqualTo(5);
        assertThat(row.path("reasoning_tokens").asInt()).isEqualTo(1);
    }

    @Test
    void openAisStreamPassesInEveryChunking() {
        for (Chunking chunking : Chunking.values()) {
            Lane lane = OPENAI.lane(7);
            lane.first()
                    .answers((_, wire) -> wire.events()
                            .send(ResponsesAnswers.stream("h\u00e4llo"), chunking)
                            .end());

            String stream = ask(
                            OF_OPENAI,
                            lane.model(),
                            "\"input\":\"hi\",\"stream\":true,\"include\":[\"reasoning.encrypted_content\"]")
                    .asString();

            assertThat(stream.substring(0, stream.indexOf(": signalbox")))
                    .isEqualTo(String.join("", ResponsesAnswers.stream("h\u00e4llo")));
        }
    }

    @Test
    void openAiGetsTheItemsAndNotTheGatewaysIds() {
        Lane lane = OPENAI.next();
        lane.first().answers(ResponsesAnswers.hello());

        String stream = ask(
                        OF_OPENAI, lane.model(), "\"input\":\"a\",\"reasoning\":{\"effort\":\"low\"},\"stream\":true")
                .asString();
        JsonNode second = ok(
                ask(OF_OPENAI, lane.model(), after("resp_up1") + "\"input\":\"b\",\"reasoning\":{\"effort\":\"low\"}"));

        assertThat(stream).doesNotContain("gAAAAsecret");
        assertThat(second.path("previous_response_id").asText()).isEqualTo("resp_up1");
        JsonNode sent = lane.first().received().getLast().json();
        assertThat(sent.has("previous_response_id")).isFalse();
        assertThat(sent.path("include")).isEqualTo(Shapes.json("[\"reasoning.encrypted_content\"]"));
        assertThat(sent.path("input")).hasSize(4);
        assertThat(sent.at("/input/0/content/0/text").asText()).isEqualTo("a");
        assertThat(sent.at("/input/0").has("id")).isFalse();
        assertThat(sent.at("/input/1")).isEqualTo(Shapes.json(ResponsesAnswers.REASONING));
        assertThat(sent.at("/input/2")).isEqualTo(Shapes.json(ResponsesAnswers.message("hello")));
        assertThat(Shapes.json(get(OF_OPENAI, "/v1/responses/resp_up1").asString())
                        .at("/output/0")
                        .has("encrypted_content"))
                .isFalse();
    }

    @Test
    void openAisErrorInsideAStreamIsAFailure() {
        Lane lane = OPENAI.next();
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(ResponsesAnswers.stream("hello").subList(0, 6), Chunking.MERGED)
                        .send(
                                "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"boom\",\"param\":null}\n\n")
                        .end());

        String stream =
                ask(OF_OPENAI, lane.model(), "\"input\":\"hi\",\"stream\":true").asString();

        JsonNode last = events(stream).getLast();
        assertThat(last.path("type").asText()).isEqualTo("response.failed");
        assertThat(last.at("/response/id").asText()).isEqualTo("resp_up1");
        assertThat(last.at("/response/status").asText()).isEqualTo("failed");
    }

    private static String after(String id) {
        return "\"previous_response_id\":\"" + id + "\",";
    }

    private static String id(JsonNode response) {
        return response.path("id").asText();
    }

    static Response ask(Gateway gateway, String model, String members, String... headers) {
        var request = gateway.request().header("content-type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.body("{\"model\":\"" + model + "\"," + members + "}").post("/v1/responses");
    }

    private static Response get(Gateway gateway, String path) {
        return gateway.request().get(path);
    }

    static JsonNode ok(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Shapes.json(answer.asString());
    }

    private static void assertRefused(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("message").asText()).isNotEmpty();
    }

    static List<JsonNode> events(String stream) {
        var events = new ArrayList<JsonNode>();
        stream.lines()
                .filter(line -> line.startsWith("data: "))
                .forEach(line -> events.add(Shapes.json(line.substring(6))));
        return events;
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.path("type").asText()).toList();
    }
}
