package dev.signalbox.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.api.anthropic.AnthropicDoor;
import dev.signalbox.api.gemini.GeminiDoor;
import dev.signalbox.api.openai.OpenAiDoor;
import dev.signalbox.api.responses.ResponsesDoor;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.history.RecentHistory;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of all languages, and whose they are. */
class RecognitionTest {

    private static final Predicate<Operation> UNKNOWN_MODEL = _ -> false;
    private static final Exchange.Arrival ARRIVAL =
            new Exchange.Arrival("req_1", Instant.EPOCH, 0, Caller.ANYONE, Controls.NONE, Map.of());

    private final List<Reading> readings = Stream.<Reader>of(
                    new GeminiDoor(null, null),
                    new ResponsesDoor(null, null, new RecentHistory()),
                    new AnthropicDoor(null, null, null),
                    new OpenAiDoor(null, null))
            .flatMap(door -> door.readings().stream())
            .toList();

    private record Read(String dialect, Operation operation, Exchange exchange) {}

    @ParameterizedTest
    @ValueSource(strings = {"openai", "responses", "gemini"})
    void everythingThatALanguageCanSayIsReadInIt(String dialect) throws IOException {
        for (Map.Entry<String, ObjectNode> body : bodies(dialect).entrySet()) {
            assertThat(read(body.getValue()).dialect()).as(body.getKey()).isEqualTo(dialect);
        }
    }

    @Test
    void aVersionSaysWhoseItIs() throws IOException {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Anthropic-Version", "2023-06-01");
        for (Map.Entry<String, ObjectNode> body : bodies("anthropic").entrySet()) {
            Exchange exchange = read(body.getValue(), headers, UNKNOWN_MODEL).exchange();
            assertThat(exchange.dialect()).as(body.getKey()).isEqualTo("anthropic");
            assertThat(exchange.version()).isEqualTo("2023-06-01");
        }
    }

    @Test
    void withoutAVersionWhatSeveralLanguagesReadMeansTheSameInThem() throws IOException {
        List<String> mistaken = new ArrayList<>();
        for (Map.Entry<String, ObjectNode> body : bodies("anthropic").entrySet()) {
            Exchange exchange = read(body.getValue()).exchange();
            if (!exchange.dialect().equals("anthropic") && !body.getKey().equals("a field nobody knows")) {
                exchange.prompt().leftovers().stream()
                        .filter(leftover -> !leftover.hint())
                        .forEach(leftover -> mistaken.add(body.getKey() + ": " + leftover));
            }
        }
        assertThat(mistaken).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"model":"m","messages":[{"role":"user","content":"hi"}]}                         | openai    | CHAT
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}          | openai    | CHAT
            {"model":"m","max_tokens":9,"system":"s","messages":[{"role":"user","content":"hi"}]} | anthropic | CHAT
            {"model":"m","prompt":"once"}                                                     | openai-completions | TEXT_COMPLETION
            {"model":"m","prompt":["once"],"max_tokens":3}                                    | openai-completions | TEXT_COMPLETION
            {"model":"m","input":"hi"}                                                        | responses | CHAT
            {"model":"m","input":"hi","instructions":"s"}                                     | responses | CHAT
            {"model":"m","input":[{"role":"user","content":"hi"}]}                            | responses | CHAT
            {"model":"m","input":[{"type":"message","role":"user","content":"hi"}]}           | responses | CHAT
            {"model":"m","prompt":{"id":"pmpt_1"}}                                            | responses | CHAT
            {"model":"m","input":"hi","encoding_format":"float"}                              | openai-embeddings | EMBEDDINGS
            {"model":"m","input":["hi","you"]}                                                | openai-embeddings | EMBEDDINGS
            {"model":"m","input":[1,2,3]}                                                     | openai-embeddings | EMBEDDINGS
            {"model":"m","input":[[1],[2]],"user":"u"}                                        | openai-embeddings | EMBEDDINGS
            {"model":"m","input":[{"type":"text","text":"hi"}]}                               | openai-moderations | MODERATION
            {"model":"m","contents":[{"parts":[{"text":"hi"}]}]}                              | gemini    | CHAT
            {"model":"models/m","content":{"parts":[{"text":"hi"}]}}                          | gemini-embeddings | EMBEDDINGS
            {"model":"m","requests":[{"content":{"parts":[{"text":"hi"}]}}]}                  | gemini-embeddings | EMBEDDINGS
            {"model":"m","generateContentRequest":{"contents":[{"parts":[{"text":"hi"}]}]}}   | gemini-count | COUNT_TOKENS
            """)
    void aBodyIsKnownByItsMembers(String json, String dialect, Operation operation) {
        Read read = read(json);

        assertThat(read.dialect()).isEqualTo(dialect);
        assertThat(read.operation()).isEqualTo(operation);
        assertThat(read.exchange().model()).isEqualTo("m");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"model":"m","input":"hi"}                          | EMBEDDINGS
            {"model":"m","input":["hi"]}                        | EMBEDDINGS
            {"model":"m","input":"hi"}                          | MODERATION
            {"model":"m","input":["hi"]}                        | MODERATION
            {"model":"m","input":[{"type":"text","text":"hi"}]} | EMBEDDINGS
            """)
    void whatTheBodyLeavesOpenTheModelDecides(String json, Operation served) {
        assertThat(read(Body.parse(bytes(json)), headers(), asked -> asked != served)
                        .operation())
                .isEqualTo(served);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"messages":[]}                                                 | model
            {"model":"m","messages":"hi"}                                   | messages
            {"model":7,"messages":[{}]}                                     | model
            {"model":"m","system":"s","messages":[{"role":"user"}]}         | max_tokens
            {"model":"m","contents":"hi"}                                   | contents
            {"contents":[{"parts":[{"text":"hi"}]}]}                        | model
            {"model":"m","content":"hi"}                                    | content
            {"model":"m","input":7}                                         | input
            {"model":"m","prompt":7}                                        | prompt
            """)
    void whatIsWrongIsToldAsAtTheDoor(String json, String field) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isEqualTo(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"model\":\"m\"}", "{\"model\":\"m\",\"message\":\"hi\",\"stream\":true}"})
    void whatIsNobodysNamesWhatIsMissing(String json) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("'messages'")
                .hasMessageContaining("'input'")
                .hasMessageContaining("'prompt'")
                .hasMessageContaining("'contents'");
    }

    @Test
    void aStreamIsReadAsOne() {
        assertThat(read("{\"model\":\"m\",\"stream\":true,\"messages\":[{}]}").exchange().stream())
                .isTrue();
        assertThat(read("{\"model\":\"m\",\"stream\":true,\"input\":\"hi\"}").exchange().stream())
                .isTrue();
        assertThat(read("{\"model\":\"m\",\"system\":\"s\",\"max_tokens\":1,\"stream\":true,\"messages\":[{}]}")
                        .exchange()
                        .stream())
                .isTrue();
        assertThat(read("{\"model\":\"m\",\"contents\":[{}]}").exchange().stream())
                .isFalse();
    }

    private Read read(JsonNode body) {
        return read(body, headers(), UNKNOWN_MODEL);
    }

    private Read read(JsonNode body, MultiMap headers, Predicate<Operation> excluded) {
        return read(Body.parse(Json.bytes(body)), headers, excluded);
    }

    private Read read(String json) {
        return read(Body.parse(bytes(json)), headers(), UNKNOWN_MODEL);
    }

    private Read read(Body body, MultiMap headers, Predicate<Operation> excluded) {
        Exchange exchange = new Recognition(readings)
                .of(headers, body, excluded)
                .read(ARRIVAL, headers, body)
                .await()
                .indefinitely();
        return new Read(exchange.dialect(), exchange.operation(), exchange);
    }

    private static MultiMap headers() {
        return MultiMap.caseInsensitiveMultiMap();
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** What the translation tests say in a language, each a whole body. */
    private static Map<String, ObjectNode> bodies(String dialect) throws IOException {
        JsonNode said = Json.read(Files.readAllBytes(Path.of("src/test/resources/translation", dialect + ".json")));
        Map<String, ObjectNode> bodies = new TreeMap<>();
        said.path("features").properties().forEach(feature -> {
            ObjectNode body = said.path("base").deepCopy();
            body.setAll((ObjectNode) feature.getValue().path("set"));
            if (!body.has("model")) {
                body.put("model", "m");
            }
            bodies.put(feature.getKey(), body);
        });
        return bodies;
    }
}
