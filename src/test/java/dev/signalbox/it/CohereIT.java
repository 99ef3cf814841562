package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenAI's language in, Cohere's out. */
@Timeout(60)
class CohereIT {

    private static final Lanes LANES = Lanes.of(40).each("signalbox.providers.a%d.kind", "cohere");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static final String USAGE = """
            {"billed_units":{"input_tokens":5,"output_tokens":2},"tokens":{"input_tokens":71,"output_tokens":2},"cached_tokens":16}""";

    private static String plain(String message, String reason) {
        return """
                {"id":"29f14a5a","finish_reason":"%s","message":{"role":"assistant",%s},"usage":%s}""".formatted(reason, message, USAGE);
    }

    private static String text(String words) {
        return "\"content\":[{\"type\":\"text\",\"text\":" + Shapes.quoted(words) + "}]";
    }

    private static String event(String type, String more) {
        return "event: %1$s\ndata: {\"type\":\"%1$s\"%2$s}\n\n".formatted(type, more);
    }

    private static final String START =
            event("message-start", ",\"id\":\"29f14a5a\",\"delta\":{\"message\":{\"role\":\"assistant\"}}");

    private static String content(String words) {
        return event(
                "content-delta",
                ",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":" + Shapes.quoted(words) + "}}}");
    }

    private static String end(String reason) {
        return event("message-end", ",\"delta\":{\"finish_reason\":\"" + reason + "\",\"usage\":" + USAGE + "}");
    }

    private static List<String> stream(String words) {
        List<String> events = new ArrayList<>();
        events.add(START);
        events.add(event(
                "content-start",
                ",\"index\":0,\"delta\":{\"message\":{\"content\":{\"type\":\"text\",\"text\":\"\"}}}"));
        for (String word : words.split("(?<= )")) {
            events.add(content(word));
        }
        events.add(event("content-end", ",\"index\":0"));
        events.add(end("COMPLETE"));
        return events;
    }

    @Test
    void theVendorIsAskedAsItsOwnClientWould() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, plain(text("hello"), "COMPLETE")));

        Response answer = GATEWAY.chat(Shapes.with(lane.model(), "\"top_p\":0.5,\"user\":\"u\""));

        Received request = lane.first().only();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v2/chat");
        assertThat(request.header("authorization")).isEqualTo("Bearer " + lane.firstKey());
        assertThat(request.header("content-type")).startsWith("application/json");
        assertThat(request.json()).isEqualTo(Shapes.json("""
                {"model":"up-a","messages":[{"role":"user","content":"hi"}],"p":0.5,"stream":false}"""));
        assertThat(answer.header("x-signalbox-dropped")).isEqualTo("user");
    }

    @Test
    void itsAnswerIsToldAsOpenAiWould() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, plain(text("hello"), "COMPLETE")));

        Response answer = GATEWAY.ask(lane.model());

        JsonNode chat = Shapes.json(answer.asString());
        assertThat(chat.path("model").asText()).isEqualTo("up-a");
        assertThat(chat.at("/choices/0/message/content").asText()).isEqualTo("hello");
        assertThat(chat.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(chat.at("/usage/prompt_tokens").asInt()).isEqualTo(71);
        assertThat(chat.at("/usage/completion_tokens").asInt()).isEqualTo(2);
        assertThat(chat.at("/usage/prompt_tokens_details/cached_tokens").asInt())
                .isEqualTo(5);
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("input_tokens").asInt()).isZero();
        assertThat(row.path("cached_tokens").asInt()).isEqualTo(5);
        assertThat(row.path("output_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void callsOfToolsGoThereAndBack() {
        Lane lane = LANES.next();
        String tools = """
                "tools":[{"type":"function","function":{"name":"get-weather","parameters":{"type":"object","properties":{}}}}]""";
        lane.first()
                .answers(
                        OpenAiAnswers.json(200, plain("""
                        "tool_plan":"I will look","tool_calls":[{"id":"w_1","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"K\\"}"}}]""", "TOOL_CALL")),
                        OpenAiAnswers.json(200, plain(text("sunny"), "COMPLETE")));

        JsonNode called =
                Shapes.json(GATEWAY.chat(Shapes.with(lane.model(), tools)).asString());
        JsonNode message = called.at("/choices/0/message");
        assertThat(called.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(message.at("/tool_calls/0/id").asText()).isEqualTo("w_1");
        assertThat(message.at("/tool_calls/0/function/name").asText()).isEqualTo("get-weather");
        assertThat(message.path("reasoning_content").asText()).isEqualTo("I will look");

        Response answer = GATEWAY.chat("""
                {"model":"%s",%s,"messages":[{"role":"user","content":"hi"},%s,\
                {"role":"tool","tool_call_id":"w_1","content":"22 degrees"}]}""".formatted(lane.model(), tools, message));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-dropped")).isNull();
        assertThat(lane.first().received().getLast().json().path("messages")).isEqualTo(Shapes.json("""
                [{"role":"user","content":"hi"},{"role":"assistant","tool_plan":"I will look","tool_calls":[{"id":"w_1","type":"function",\
                "function":{"name":"get_weather","arguments":"{\\"city\\":\\"K\\"}"}}]},\
                {"role":"tool","tool_call_id":"w_1","content":"22 degrees"}]"""));
    }

    @ParameterizedTest
    @EnumSource
    void wordsAreTheSameHoweverTheirBytesArrive(Chunking chunking) {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.events(stream("Grüße, 世界 🌍 end"), chunking));

        try (Listener listener = Listener.ask(
                GATEWAY, Shapes.with(lane.model(), "\"stream\":true,\"stream_options\":{\"include_usage\":true}"))) {
            List<String> blocks = listener.rest();
            List<JsonNode> chunks = Listener.chunks(blocks);

            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.firstName());
            assertThat(Listener.text(blocks)).isEqualTo("Grüße, 世界 🌍 end");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            assertThat(chunks.getLast().at("/usage/prompt_tokens").asInt()).isEqualTo(71);
            assertThat(chunks).allMatch(chunk -> chunk.path("model").asText().equals("up-a"));
        }
        assertThat(lane.first().only().json().path("stream").asBoolean()).isTrue();
    }

    @Test
    void aStreamThatCallsTools() {
        Lane lane = LANES.next();
        String call =
                ",\"index\":%d,\"delta\":{\"message\":{\"tool_calls\":{%s\"function\":{%s\"arguments\":\"%s\"}}}}";
        lane.first()
                .answers(OpenAiAnswers.events(
                        List.of(
                                START,
                                event("tool-plan-delta", ",\"delta\":{\"message\":{\"tool_plan\":\"look\"}}"),
                                event(
                                        "tool-call-start",
                                        call.formatted(
                                                0, "\"id\":\"a\",\"type\":\"function\",", "\"name\":\"f\",", "")),
                                event("tool-call-delta", call.formatted(0, "", "", "{")),
                                event("tool-call-delta", call.formatted(0, "", "", "}")),
                                event("tool-call-end", ",\"index\":0"),
                                end("TOOL_CALL")),
                        Chunking.EVENTS));

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<JsonNode> chunks = Listener.chunks(listener.rest());
            StringBuilder arguments = new StringBuilder();
            chunks.forEach(chunk -> arguments.append(
                    chunk.at("/choices/0/delta/tool_calls/0/function/arguments").asText()));
            assertThat(arguments).hasToString("{}");
            assertThat(chunks.toString())
                    .contains("\"id\":\"a\"", "\"name\":\"f\"", "\"finish_reason\":\"tool_calls\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401,credential_rejected",
        "402,quota_exhausted",
        "404,model_unavailable",
        "429,rate_limited",
        "500,server_error",
        "503,overloaded",
        "504,server_error"
    })
    void itsErrorsMakeRoomForOthers(int status, String kind) {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(status, "{\"id\":\"e1\",\"message\":\"something is wrong\"}"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.at("/attempts/0/error").asText()).isEqualTo(kind);
    }

    @Test
    void theCallersOwnFaultIsTold() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(400, "{\"id\":\"e1\",\"message\":\"invalid request: no\"}"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/message").asText()).contains("invalid request: no");
        assertThat(lane.second().received()).isEmpty();
    }

    static Stream<Arguments> breaks() {
        return Stream.of(
                Arguments.argumentSet("an error at its end", (Answer)
                        (_, wire) -> begun(wire).send(end("ERROR")).end()),
                Arguments.argumentSet("a cut", (Answer)
                        (_, wire) -> begun(wire).silent(Duration.ofMillis(50)).cut()),
                Arguments.argumentSet("the end without an end", (Answer)
                        (_, wire) -> begun(wire).end()));
    }

    private static Wire begun(Wire wire) throws IOException {
        return wire.events().send(START).send(content("half "));
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void aStreamThatBreaksEndsWithAnErrorInTheCallersLanguage(Answer broken) {
        Lane lane = LANES.next();
        lane.first().answers(broken);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            Listener.assertBrokeBehind("half ", listener.rest());
        }
    }

    @Test
    void whatItCannotBeToldIsToldToTheOther() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.chat(Shapes.with(lane.model(), "\"temperature\":1.7"));

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).isEmpty();
    }

    @Test
    void aKeyInTheEnvironmentMakesTheProvider() {
        try (Gateway gateway =
                Gateway.bare().environment("COHERE_API_KEY", "co-canary").start()) {
            assertThat(gateway.request().get("/q/health/group/providers").asString())
                    .contains("cohere")
                    .doesNotContain("canary");
        }
    }
}
