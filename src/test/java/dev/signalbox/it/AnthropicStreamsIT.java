package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenAI's language in, Anthropic's out: streams. */
@Timeout(60)
class AnthropicStreamsIT {

    private static final Lanes LANES = Lanes.anthropicFirst(40)
            .each("signalbox.models.m%d.max-output-tokens", "100")
            .each("signalbox.providers.a%d.first-token-timeout", "800ms")
            .each("signalbox.providers.a%d.idle-timeout", "800ms");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static Listener ask(Lane lane) {
        return Listener.ask(GATEWAY, Shapes.streamed(lane.model()));
    }

    @ParameterizedTest
    @EnumSource
    void wordsAreTheSameHoweverTheirBytesArrive(Chunking chunking) {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.events(AnthropicAnswers.stream("Grüße, 世界 🌍 end"), chunking));

        try (Listener listener = Listener.ask(
                GATEWAY, Shapes.with(lane.model(), "\"stream\":true,\"stream_options\":{\"include_usage\":true}"))) {
            List<String> blocks = listener.rest();
            List<JsonNode> chunks = Listener.chunks(blocks);

            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.firstName());
            assertThat(Listener.text(blocks)).isEqualTo("Grüße, 世界 🌍 end");
            assertThat(chunks).allSatisfy(chunk -> {
                assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
                assertThat(chunk.path("model").asText()).isEqualTo("claude-up-20250929");
                assertThat(chunk.path("created").isIntegralNumber()).isTrue();
            });
            assertThat(chunks.stream().map(chunk -> chunk.path("id").asText()).distinct())
                    .hasSize(1);
            assertThat(chunks.getFirst()
                            .path("choices")
                            .path(0)
                            .path("delta")
                            .path("role")
                            .asText())
                    .isEqualTo("assistant");
            assertThat(chunks)
                    .filteredOn(
                            chunk -> chunk.path("choices").path(0).path("delta").has("role"))
                    .hasSize(1);
            assertThat(chunks)
                    .filteredOn(chunk -> chunk.path("choices").path(0).hasNonNull("finish_reason"))
                    .singleElement()
                    .satisfies(chunk -> assertThat(chunk.path("choices")
                                    .path(0)
                                    .path("finish_reason")
                                    .asText())
                            .isEqualTo("stop"));
            JsonNode usage = chunks.getLast().path("usage");
            assertThat(chunks.getLast().path("choices")).isEmpty();
            assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(131);
            assertThat(usage.path("completion_tokens").asInt()).isEqualTo(9);
            assertThat(usage.path("prompt_tokens_details").path("cached_tokens").asInt())
                    .isEqualTo(100);
            assertThat(blocks.get(blocks.size() - 2)).startsWith(": signalbox {");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            JsonNode facts = Listener.facts(blocks);
            assertThat(facts.path("input_tokens").asInt()).isEqualTo(11);
            assertThat(facts.path("cache_write_tokens").asInt()).isEqualTo(20);
            assertThat(facts.path("output_tokens").asInt()).isEqualTo(9);
        }
        assertThat(lane.first().only().json().path("stream").asBoolean()).isTrue();
        assertThat(lane.first().only().json().has("stream_options")).isFalse();
    }

    @Test
    void usageIsNotToldToCallersWhoDidNotAsk() {
        Lane lane = LANES.next();

        try (Listener listener = ask(lane)) {
            assertThat(Listener.chunks(listener.rest())).noneMatch(chunk -> chunk.hasNonNull("usage"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void parallelCallsArriveInPieces(Chunking chunking) {
        Lane lane = LANES.next();
        List<String> events = new ArrayList<>();
        events.add(AnthropicAnswers.messageStart());
        events.addAll(AnthropicAnswers.textBlock(0, "let me look"));
        events.addAll(AnthropicAnswers.toolBlock(1, "toolu_1", "get_weather", "", "{\"city\": \"Kö", "ln\"}"));
        events.addAll(AnthropicAnswers.toolBlock(2, "toolu_2", "now"));
        events.add(AnthropicAnswers.messageDelta("tool_use", 30));
        events.add(AnthropicAnswers.messageStop());
        lane.first().answers(OpenAiAnswers.events(events, chunking));

        try (Listener listener = ask(lane)) {
            List<String> blocks = listener.rest();
            Map<Integer, StringBuilder> arguments = new TreeMap<>();
            Map<Integer, String> names = new TreeMap<>();
            Map<Integer, String> ids = new TreeMap<>();
            String reason = "";
            for (JsonNode chunk : Listener.chunks(blocks)) {
                JsonNode choice = chunk.path("choices").path(0);
                reason = choice.path("finish_reason").asText(reason).replace("null", "");
                for (JsonNode call : choice.path("delta").path("tool_calls")) {
                    int index = call.path("index").asInt(-1);
                    if (call.hasNonNull("id")) {
                        ids.merge(index, call.path("id").asText(), String::concat);
                        names.put(index, call.path("function").path("name").asText());
                        assertThat(call.path("type").asText()).isEqualTo("function");
                    }
                    arguments
                            .computeIfAbsent(index, _ -> new StringBuilder())
                            .append(call.path("function").path("arguments").asText(""));
                }
            }
            assertThat(Listener.text(blocks)).isEqualTo("let me look");
            assertThat(ids).isEqualTo(Map.of(0, "toolu_1", 1, "toolu_2"));
            assertThat(names).isEqualTo(Map.of(0, "get_weather", 1, "now"));
            assertThat(arguments.get(0)).hasToString("{\"city\": \"Köln\"}");
            assertThat(arguments.get(1)).hasToString("{}");
            assertThat(reason).isEqualTo("tool_calls");
        }
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
        List<String> events = new ArrayList<>();
        events.add(AnthropicAnswers.messageStart());
        events.addAll(
                anthropic.equals("tool_use")
                        ? AnthropicAnswers.toolBlock(0, "toolu_1", "now", "{}")
                        : AnthropicAnswers.textBlock(0, "x"));
        events.add(AnthropicAnswers.messageDelta(anthropic, 3));
        events.add(AnthropicAnswers.messageStop());
        lane.first().answers(OpenAiAnswers.events(events, Chunking.EVENTS));

        try (Listener listener = ask(lane)) {
            assertThat(Listener.chunks(listener.rest()))
                    .filteredOn(chunk -> chunk.path("choices").path(0).hasNonNull("finish_reason"))
                    .singleElement()
                    .satisfies(chunk -> assertThat(chunk.path("choices")
                                    .path(0)
                                    .path("finish_reason")
                                    .asText())
                            .isEqualTo(openai));
        }
    }

    private static final String OVERLOADED =
            AnthropicAnswers.event("error", AnthropicAnswers.error("overloaded_error", "Overloaded"));

    static Stream<Arguments> breaksBeforeTheFirstToken() {
        return Stream.of(
                Arguments.argumentSet("overloaded at once", (Answer)
                        (_, wire) -> wire.events().send(OVERLOADED).end()),
                Arguments.argumentSet("overloaded after the start", (Answer) (_, wire) -> wire.events()
                        .send(AnthropicAnswers.messageStart())
                        .send(OVERLOADED)
                        .end()),
                Arguments.argumentSet("only pings", (Answer) (_, wire) -> {
                    wire.events().send(AnthropicAnswers.messageStart());
                    wire.send(AnthropicAnswers.blockStart(0, "{\"type\":\"text\",\"text\":\"\"}"));
                    for (int i = 0; i < 100; i++) {
                        wire.send(AnthropicAnswers.event("ping", "{\"type\":\"ping\"}"))
                                .silent(Duration.ofMillis(50));
                    }
                }),
                Arguments.argumentSet("a cut after the start", (Answer) (_, wire) ->
                        wire.events().send(AnthropicAnswers.messageStart()).cut()),
                Arguments.argumentSet("529", AnthropicAnswers.error(529, "overloaded_error", "Overloaded")));
    }

    @ParameterizedTest
    @MethodSource("breaksBeforeTheFirstToken")
    void aStreamThatBreaksBeforeItsFirstTokenGoesElsewhere(Answer broken) {
        Lane lane = LANES.next();
        lane.first().answers(broken);

        try (Listener listener = ask(lane)) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(blocks.toString()).doesNotContain("claude-up", "msg_1");
        }
    }

    static Stream<Arguments> breaksAfterTheFirstToken() {
        return Stream.of(
                Arguments.argumentSet("overloaded", (Answer)
                        (_, wire) -> begun(wire).send(OVERLOADED).end()),
                Arguments.argumentSet("a cut", (Answer)
                        (_, wire) -> begun(wire).silent(Duration.ofMillis(50)).cut()),
                Arguments.argumentSet("only pings", (Answer) (_, wire) -> {
                    begun(wire);
                    for (int i = 0; i < 100; i++) {
                        wire.send(AnthropicAnswers.event("ping", "{\"type\":\"ping\"}"))
                                .silent(Duration.ofMillis(50));
                    }
                }),
                Arguments.argumentSet("the end without an end", (Answer)
                        (_, wire) -> begun(wire).end()));
    }

    private static Wire begun(Wire wire) throws java.io.IOException {
        return wire.events()
                .send(AnthropicAnswers.messageStart())
                .send(AnthropicAnswers.blockStart(0, "{\"type\":\"text\",\"text\":\"\"}"))
                .send(AnthropicAnswers.delta(0, "{\"type\":\"text_delta\",\"text\":\"half \"}"));
    }

    @ParameterizedTest
    @MethodSource("breaksAfterTheFirstToken")
    void aStreamThatBreaksAfterItsFirstTokenEndsWithAnErrorInTheCallersLanguage(Answer broken) {
        Lane lane = LANES.next();
        lane.first().answers(broken);

        try (Listener listener = ask(lane)) {
            List<String> blocks = listener.rest();
            Listener.assertBrokeBehind("half ", blocks);
            assertThat(blocks.getLast()).startsWith(": signalbox {");
            assertThat(blocks.toString()).doesNotContain("event: error");
            JsonNode row = GATEWAY.row(listener.id());
            assertThat(row.path("status").asInt()).isEqualTo(502);
            assertThat(row.path("estimated").asBoolean()).isTrue();
        }
        assertThat(lane.second().received()).isEmpty();
    }
}
