package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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

/** OpenAI's language in, Ollama's out. */
@Timeout(60)
class OllamaIT {

    private static final Lanes LANES = Lanes.of(40).each("signalbox.providers.a%d.kind", "ollama");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static final String COUNTS = """
            "total_duration":5,"prompt_eval_count":26,"eval_count":4""";

    private static String answer(String message, String reason) {
        return """
                {"model":"llama3:8b","created_at":"2026-01-01T00:00:00.123Z","message":{"role":"assistant",%s},\
                "done_reason":"%s","done":true,%s}""".formatted(message, reason, COUNTS);
    }

    private static String line(String message) {
        return """
                {"model":"llama3:8b","created_at":"2026-01-01T00:00:00.123Z","message":{"role":"assistant",%s},"done":false}
                """.formatted(message);
    }

    private static String said(String words) {
        return "\"content\":" + Shapes.quoted(words);
    }

    private static List<String> stream(String words) {
        List<String> lines = new ArrayList<>();
        for (String word : words.split("(?<= )")) {
            lines.add(line(said(word)));
        }
        lines.add(answer(said(""), "stop") + "\n");
        return lines;
    }

    private static Wire lines(Wire wire) throws IOException {
        return wire.write("HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n"
                .getBytes(ISO_8859_1));
    }

    @Test
    void theServerIsAskedAsItsOwnClientWould() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, answer(said("hello"), "stop")));

        GATEWAY.chat(Shapes.with(lane.model(), "\"temperature\":1.5,\"max_tokens\":9"));

        Received request = lane.first().only();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/api/chat");
        assertThat(request.header("authorization")).isEqualTo("Bearer " + lane.firstKey());
        assertThat(request.json()).isEqualTo(Shapes.json("""
                {"model":"up-a","messages":[{"role":"user","content":"hi"}],"options":{"num_predict":9,"temperature":1.5},\
                "stream":false,"truncate":false}"""));
    }

    @Test
    void itsAnswerIsToldAsOpenAiWould() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, answer(said("hello") + ",\"thinking\":\"hm\"", "length")));

        Response answer = GATEWAY.ask(lane.model());

        JsonNode chat = Shapes.json(answer.asString());
        assertThat(chat.path("model").asText()).isEqualTo("llama3:8b");
        assertThat(chat.at("/choices/0/message/content").asText()).isEqualTo("hello");
        assertThat(chat.at("/choices/0/message/reasoning_content").asText()).isEqualTo("hm");
        assertThat(chat.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(chat.at("/usage/prompt_tokens").asInt()).isEqualTo(26);
        assertThat(chat.at("/usage/completion_tokens").asInt()).isEqualTo(4);
    }

    @Test
    void callsOfToolsGoThereAndBack() {
        Lane lane = LANES.next();
        String tools = """
                "tools":[{"type":"function","function":{"name":"get-weather","parameters":{"type":"object","properties":{}}}}]""";
        lane.first()
                .answers(
                        OpenAiAnswers.json(200, answer("""
                        "content":"","tool_calls":[{"function":{"name":"get-weather","arguments":{"city":"K"}}}]""", "stop")),
                        OpenAiAnswers.json(200, answer(said("sunny"), "stop")));

        JsonNode called =
                Shapes.json(GATEWAY.chat(Shapes.with(lane.model(), tools)).asString());
        JsonNode message = called.at("/choices/0/message");
        String id = message.at("/tool_calls/0/id").asText();
        assertThat(called.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(id).startsWith("call_");
        assertThat(message.at("/tool_calls/0/function/arguments").asText()).isEqualTo("{\"city\":\"K\"}");

        Response answer = GATEWAY.chat("""
                {"model":"%s",%s,"messages":[{"role":"user","content":"hi"},%s,\
                {"role":"tool","tool_call_id":"%s","content":"22 degrees"}]}""".formatted(lane.model(), tools, message, id));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(lane.first().received().getLast().json().path("messages"))
                .isEqualTo(Shapes.json("""
                [{"role":"user","content":"hi"},\
                {"role":"assistant","content":"","tool_calls":[{"id":"ID","function":{"name":"get-weather","arguments":{"city":"K"}}}]},\
                {"role":"tool","content":"22 degrees","tool_name":"get-weather","tool_call_id":"ID"}]""".replace("ID", id)));
    }

    @ParameterizedTest
    @EnumSource
    void wordsAreTheSameHoweverTheirBytesArrive(Chunking chunking) {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) ->
                        lines(wire).send(stream("Grüße, 世界 🌍 end"), chunking).end());

        try (Listener listener = Listener.ask(
                GATEWAY, Shapes.with(lane.model(), "\"stream\":true,\"stream_options\":{\"include_usage\":true}"))) {
            List<String> blocks = listener.rest();

            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.firstName());
            assertThat(Listener.text(blocks)).isEqualTo("Grüße, 世界 🌍 end");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            assertThat(Listener.chunks(blocks)
                            .getLast()
                            .at("/usage/prompt_tokens")
                            .asInt())
                    .isEqualTo(26);
        }
        assertThat(lane.first().only().json().path("stream").asBoolean()).isTrue();
    }

    @Test
    void aStreamThatCallsTools() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) -> lines(wire)
                        .send(
                                line(
                                        "\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]"))
                        .send(answer(said(""), "stop") + "\n")
                        .end());

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(Listener.chunks(listener.rest()).toString())
                    .contains("\"name\":\"f\"", "{\\\"a\\\":1}", "\"finish_reason\":\"tool_calls\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401,credential_rejected",
        "404,model_unavailable",
        "429,rate_limited",
        "500,server_error",
        "503,overloaded"
    })
    void itsErrorsMakeRoomForOthers(int status, String kind) {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(status, "{\"error\":\"something is wrong\"}"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.at("/attempts/0/error").asText()).isEqualTo(kind);
    }

    @Test
    void theCallersOwnFaultIsTold() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(400, "{\"error\":\"\\\"up-a\\\" does not support thinking\"}"));

        Response answer = GATEWAY.chat(Shapes.with(lane.model(), "\"reasoning_effort\":\"high\""));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/message").asText()).contains("does not support thinking");
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void aPromptThatDoesNotFitSaysSo() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(400, "{\"error\":\"the input length exceeds the context length\"}"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo("context_length_exceeded");
    }

    @Test
    void anErrorInPlaceOfAStreamMakesRoomForOthers() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) ->
                        lines(wire).send("{\"error\":\"out of memory\"}\n").end());

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
            assertThat(Listener.text(listener.rest())).isEqualTo("hello");
        }
    }

    static Stream<Arguments> breaks() {
        return Stream.of(
                Arguments.argumentSet("an error line", (Answer) (_, wire) ->
                        begun(wire).send("{\"error\":\"the runner died\"}\n").end()),
                Arguments.argumentSet("a cut", (Answer)
                        (_, wire) -> begun(wire).silent(Duration.ofMillis(50)).cut()),
                Arguments.argumentSet("half a line", (Answer)
                        (_, wire) -> begun(wire).send("{\"model\":\"llama3").end()),
                Arguments.argumentSet("the end without an end", (Answer)
                        (_, wire) -> begun(wire).end()));
    }

    private static Wire begun(Wire wire) throws IOException {
        return lines(wire).send(line(said("half ")));
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
    void anAddressInTheEnvironmentMakesTheProvider() {
        try (FakeVendor vendor = new FakeVendor();
                Gateway gateway = Gateway.bare()
                        .environment("OLLAMA_HOST", vendor.root().replace("http://127.0.0.1", "0.0.0.0"))
                        .start()) {
            vendor.answers(OpenAiAnswers.json(200, answer(said("hello"), "stop")));

            assertThat(gateway.ask("ollama/llama3:8b").statusCode()).isEqualTo(200);
            assertThat(vendor.only().path()).isEqualTo("/api/chat");
            assertThat(vendor.only().header("authorization")).isNull();
            assertThat(vendor.only().json().path("model").asText()).isEqualTo("llama3:8b");
        }
    }

    @Test
    void anAddressThatIsNoneStopsTheStart() {
        try (Gateway gateway = Gateway.bare().environment("OLLAMA_HOST", "my host")) {
            gateway.expectStartFailure("OLLAMA_HOST");
        }
    }
}
