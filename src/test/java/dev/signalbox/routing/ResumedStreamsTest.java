package dev.signalbox.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Started;
import dev.signalbox.chat.ChatEvent.Text;
import dev.signalbox.chat.ChatEvent.Thinking;
import dev.signalbox.chat.ChatEvent.ToolCallArguments;
import dev.signalbox.chat.ChatEvent.ToolCallStarted;
import dev.signalbox.chat.ChatEvent.Used;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.dialect.responses.ResponsesDialect;
import dev.signalbox.routing.Hearing.Frame;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams that break at every one of their events, in every language of callers, and are gone on with. */
class ResumedStreamsTest {

    private static final Prompt PROMPT = new Prompt(List.of(), List.of(), null, Map.of(), List.of());
    private static final ChatEvent END = new ChatEvent.Finished(FinishReason.STOP, null);
    private static final ChatEvent CALLS = new ChatEvent.Finished(FinishReason.TOOL_CALLS, null);
    private static final ChatEvent COUNT = new Used(new Usage(5, 0, 0, 7, 0));

    static final Map<String, List<ChatEvent>> ANSWERS = Map.of(
            "words",
            List.of(
                    new Started("id-1", "up-1"),
                    new Text("Once "),
                    new Text("upon a "),
                    new Text("time there"),
                    new Text(" was 😀 a fox."),
                    END,
                    COUNT),
            "thoughts and words",
            List.of(
                    new Started("id-1", "up-1"),
                    new Thinking("Let me "),
                    new Thinking("think it over."),
                    new Text("It is "),
                    new Text("forty-two."),
                    END,
                    COUNT),
            "calls",
            List.of(
                    new Started("id-1", "up-1"),
                    new ToolCallStarted(0, "call_1", "weather"),
                    new ToolCallArguments(0, "{\"city\":"),
                    new ToolCallArguments(0, "\"Bern\"}"),
                    new ToolCallStarted(1, "call_2", "time"),
                    new ToolCallArguments(1, "{\"zone\":\"CET\"}"),
                    CALLS,
                    COUNT),
            "words and a call",
            List.of(
                    new Started("id-1", "up-1"),
                    new Text("I shall "),
                    new Text("look it up."),
                    new ToolCallStarted(0, "call_1", "weather"),
                    new ToolCallArguments(0, "{\"city\": \"Be"),
                    new ToolCallArguments(0, "rn\", \"days\": 12}"),
                    CALLS,
                    COUNT));

    static Stream<Arguments> languagesAndAnswers() {
        List<Dialect> dialects = List.of(
                new OpenAiDialect(),
                new AnthropicDialect(),
                new ResponsesDialect(),
                new GeminiDialect(),
                GeminiDialect.array());
        return dialects.stream()
                .flatMap(dialect -> ANSWERS.entrySet().stream()
                        .map(answer -> Arguments.of(dialect.id(), dialect, answer.getKey(), answer.getValue())));
    }

    /** What another model answers that makes the whole thing anew, with ids of its own. */
    private static List<ChatEvent> anew(List<ChatEvent> answer) {
        return answer.stream()
                .map(event -> switch (event) {
                    case Started _ -> new Started("id-2", "up-2");
                    case ToolCallStarted(var index, var id, var name) ->
                        (ChatEvent) new ToolCallStarted(index, "other_" + id, name);
                    default -> event;
                })
                .toList();
    }

    /** Calls that only the other model made have its ids. */
    private static List<ChatEvent> sameIds(List<ChatEvent> events) {
        return events.stream()
                .map(event -> switch (event) {
                    case ToolCallStarted(var index, var id, var name) ->
                        new ToolCallStarted(index, id.replace("other_", ""), name);
                    case ChatEvent.SealedThinking(var data, var origin) ->
                        (ChatEvent) new ChatEvent.SealedThinking(data.replace("other_", ""), origin);
                    default -> event;
                })
                .toList();
    }

    private static void goOn(Transcript heard, List<ChatEvent> answer) {
        List<String> ids = heard.calls().stream().map(Transcript.Called::id).toList();
        assertThat(heard.isSafe()).isTrue();
        assertThat(heard.resume(heard.heard())).isTrue();
        Continuation continuation = new Continuation(PROMPT, heard, heard::event);
        anew(answer).forEach(continuation::event);
        assertThat(continuation.isFinished()).isTrue();
        assertThat(heard.calls().stream()
                        .map(Transcript.Called::id)
                        .limit(ids.size())
                        .toList())
                .isEqualTo(ids);
    }

    private static List<ChatEvent> unbroken(Dialect dialect, List<ChatEvent> answer) {
        Hearing whole = new Hearing(dialect);
        answer.forEach(whole::event);
        whole.end();
        return whole.understood();
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("languagesAndAnswers")
    void aPassedStreamGoesOnWhereverItBroke(String id, Dialect dialect, String name, List<ChatEvent> answer) {
        List<Frame> frames = Hearing.vendor(dialect, answer);
        Hearing whole = new Hearing(dialect);
        AnswerDecoder all = dialect.passing(true);
        frames.forEach(frame -> all.event(frame.name(), frame.data(), whole::event));
        whole.end();
        for (int cut = firstToken(dialect, frames); cut < frames.size(); cut++) {
            Hearing hearing = new Hearing(dialect);
            Transcript heard = new Transcript(hearing);
            AnswerDecoder passing = dialect.passing(true);
            for (Frame frame : frames.subList(0, cut)) {
                passing.event(frame.name(), frame.data(), heard::event);
            }
            if (!Resumption.isWhole(heard)) {
                goOn(heard, answer);
            }
            hearing.end();
            assertThat(sameIds(hearing.understood()))
                    .as("cut before event " + cut + ":\n" + hearing.text())
                    .isEqualTo(whole.understood());
            isOneStream(dialect, hearing);
        }
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("languagesAndAnswers")
    void aTranslatedStreamGoesOnWhereverItBroke(String id, Dialect dialect, String name, List<ChatEvent> answer) {
        for (int cut = 2; cut < answer.size() - 1; cut++) {
            Hearing hearing = new Hearing(dialect);
            Transcript heard = new Transcript(hearing);
            answer.subList(0, cut).forEach(heard::event);
            if (!Resumption.isWhole(heard)) {
                goOn(heard, answer);
            }
            hearing.end();
            assertThat(sameIds(hearing.understood()))
                    .as("cut before event " + cut + ":\n" + hearing.text())
                    .isEqualTo(unbroken(dialect, answer));
            isOneStream(dialect, hearing);
        }
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("languagesAndAnswers")
    void aStreamThatBreaksTwiceIsStillOne(String id, Dialect dialect, String name, List<ChatEvent> answer) {
        List<Frame> frames = Hearing.vendor(dialect, answer);
        for (int first = firstToken(dialect, frames); first < frames.size(); first++) {
            for (int second = 2; second < answer.size() - 2; second++) {
                Hearing hearing = new Hearing(dialect);
                Transcript heard = new Transcript(hearing);
                AnswerDecoder passing = dialect.passing(true);
                for (Frame frame : frames.subList(0, first)) {
                    passing.event(frame.name(), frame.data(), heard::event);
                }
                if (Resumption.isWhole(heard)) {
                    continue;
                }
                assertThat(heard.resume(heard.heard())).isTrue();
                Continuation next = new Continuation(PROMPT, heard, heard::event);
                anew(answer).subList(0, second).forEach(next::event);
                goOn(heard, answer);
                hearing.end();
                assertThat(sameIds(hearing.understood()))
                        .as("cut before event " + first + " and " + second + ":\n" + hearing.text())
                        .isEqualTo(unbrokenIds(dialect, answer));
                isOneStream(dialect, hearing);
            }
        }
    }

    /** How many events come before anybody else has to go on with the same answer. */
    private static int firstToken(Dialect dialect, List<Frame> frames) {
        AnswerDecoder passing = dialect.passing(true);
        for (int i = 0; i < frames.size(); i++) {
            List<ChatEvent> events = new ArrayList<>();
            passing.event(frames.get(i).name(), frames.get(i).data(), events::add);
            if (events.stream().anyMatch(ChatEvent::meaningful)) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("nothing is said");
    }

    private static List<ChatEvent> unbrokenIds(Dialect dialect, List<ChatEvent> answer) {
        Hearing whole = new Hearing(dialect);
        AnswerDecoder all = dialect.passing(true);
        Hearing.vendor(dialect, answer).forEach(frame -> all.event(frame.name(), frame.data(), whole::event));
        whole.end();
        return whole.understood();
    }

    /** One id, one role, one finish, and whatever else the language counts. */
    private static void isOneStream(Dialect dialect, Hearing hearing) {
        List<JsonNode> events = hearing.frames().stream().map(Frame::json).toList();
        switch (dialect.id()) {
            case "openai" -> {
                assertThat(events.stream().map(chunk -> chunk.path("id").asText() + chunk.path("created")))
                        .containsOnly("id-11700000000");
                assertThat(events.stream()
                                .filter(chunk ->
                                        chunk.at("/choices/0/delta/role").isTextual()))
                        .hasSize(1);
                assertThat(events.stream()
                                .filter(chunk ->
                                        chunk.at("/choices/0/finish_reason").isTextual()))
                        .hasSize(1);
                assertThat(hearing.text()).endsWith("data: [DONE]\n\n");
            }
            case "anthropic" -> {
                int open = -1;
                int blocks = 0;
                for (JsonNode event : events) {
                    switch (event.path("type").asText()) {
                        case "content_block_start" -> {
                            assertThat(open).isEqualTo(-1);
                            open = event.path("index").asInt();
                            assertThat(open).isEqualTo(blocks++);
                        }
                        case "content_block_delta" ->
                            assertThat(event.path("index").asInt()).isEqualTo(open);
                        case "content_block_stop" -> {
                            assertThat(event.path("index").asInt()).isEqualTo(open);
                            open = -1;
                        }
                        default -> {}
                    }
                }
                assertThat(events.stream().map(event -> event.path("type").asText()))
                        .containsOnlyOnce("message_start", "message_delta", "message_stop");
            }
            case "responses" -> {
                Set<String> done = new HashSet<>();
                List<String> added = new ArrayList<>();
                for (int i = 0; i < events.size(); i++) {
                    JsonNode event = events.get(i);
                    assertThat(event.path("sequence_number").asInt(-1)).isEqualTo(i);
                    switch (event.path("type").asText()) {
                        case "response.output_item.added" -> {
                            assertThat(event.path("output_index").asInt()).isEqualTo(added.size());
                            added.add(event.at("/item/id").asText());
                        }
                        case "response.output_item.done" ->
                            assertThat(done.add(event.at("/item/id").asText())).isTrue();
                        default -> {
                            if (event.has("item_id")) {
                                assertThat(added.get(event.path("output_index").asInt()))
                                        .isEqualTo(event.path("item_id").asText());
                            }
                        }
                    }
                }
                JsonNode last = events.getLast();
                assertThat(last.path("type").asText()).isEqualTo("response.completed");
                assertThat(last.at("/response/id")).isEqualTo(events.getFirst().at("/response/id"));
                assertThat(last.at("/response/output").findValuesAsText("id")).containsExactlyElementsOf(added);
                assertThat(done).containsExactlyInAnyOrderElementsOf(added);
            }
            case "gemini" -> {
                assertThat(events.stream().map(piece -> piece.path("responseId").asText()))
                        .containsOnly("id-1");
                assertThat(events.stream()
                                .filter(piece ->
                                        piece.at("/candidates/0/finishReason").isTextual()))
                        .hasSize(1);
            }
            default -> throw new IllegalArgumentException(dialect.id());
        }
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("languagesAndAnswers")
    void whenNobodyGoesOnTheStreamEndsWithAnError(String id, Dialect dialect, String name, List<ChatEvent> answer) {
        List<Frame> frames = Hearing.vendor(dialect, answer);
        Hearing hearing = new Hearing(dialect);
        Transcript heard = new Transcript(hearing);
        AnswerDecoder passing = dialect.passing(true);
        for (Frame frame : frames.subList(0, Math.min(2, frames.size()))) {
            passing.event(frame.name(), frame.data(), heard::event);
        }
        heard.resume(heard.heard());
        hearing.broken(
                new dev.signalbox.chat.SignalboxException(502, "stream_broken", "it broke", null, List.of(), null));
        assertThat(new String(hearing.frames().getLast().data(), UTF_8)).contains("it broke");
    }
}
