package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Chunks;
import dev.signalbox.dialect.Golden;
import dev.signalbox.dialect.Mangled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicAnswerDecoderTest {

    private static final byte[] STREAM = Golden.bytes("anthropic/stream-tools.sse");

    private final AnswerDecoder decoder = new AnthropicDialect().decoder();

    @Test
    void aStreamIsReadTheSameHoweverItIsCut() {
        List<ChatEvent> expected = List.of(
                new ChatEvent.Started("msg_01", "claude-sonnet-4-5-20250929"),
                new ChatEvent.Used(new Usage(25, 100, 7, 1, 0)),
                new ChatEvent.Thinking("Où est-ce? 🐦"),
                new ChatEvent.ThinkingSealed("EqQBCgIYAhIM+/==", "anthropic"),
                new ChatEvent.SealedThinking("EmwKAhgB", "anthropic"),
                new ChatEvent.Text("Voilà "),
                new ChatEvent.Text("日本"),
                new ChatEvent.ToolCallStarted(0, "toolu_01", "birds.look_up"),
                new ChatEvent.ToolCallArguments(0, "{\"wing\": 0."),
                new ChatEvent.ToolCallArguments(0, "20}"),
                new ChatEvent.ToolCallStarted(1, "toolu_02", "now"),
                new ChatEvent.ToolCallArguments(1, "{}"),
                new ChatEvent.ToolCallStarted(2, "toolu_03", "whole"),
                new ChatEvent.ToolCallArguments(2, "{\"a\":[1,2.50]}"),
                new ChatEvent.Finished(FinishReason.TOOL_CALLS, null),
                new ChatEvent.Used(new Usage(25, 100, 7, 49, 40)));

        assertThat(Chunks.everyWay(new AnthropicDialect(), new AnthropicDialect()::decoder, STREAM))
                .allSatisfy(events -> assertThat(events).isEqualTo(expected));
    }

    @Test
    void aPlainAnswerIsTheSameEventsAtOnce() {
        assertThat(Dialect.read(decoder, Golden.bytes("anthropic/answer-full.json")))
                .containsExactly(
                        new ChatEvent.Started("msg_02", "claude-sonnet-4-5-20250929"),
                        new ChatEvent.Thinking("Hm."),
                        new ChatEvent.ThinkingSealed("c2ln", "anthropic"),
                        new ChatEvent.ThinkingSealed("c2lnMg==", "anthropic"),
                        new ChatEvent.SealedThinking("EmwKAhgB", "anthropic"),
                        new ChatEvent.Text("Look"),
                        new ChatEvent.ToolCallStarted(0, "toolu_01", "birds.look_up"),
                        new ChatEvent.ToolCallArguments(0, "{\"wing\":0.20}"),
                        new ChatEvent.ToolCallStarted(1, "toolu_02", "now"),
                        new ChatEvent.ToolCallArguments(1, "{}"),
                        new ChatEvent.Finished(FinishReason.STOP_SEQUENCE, "END"),
                        new ChatEvent.Used(new Usage(3, 5, 0, 8, 0)));
        assertThat(decoder.ended()).isTrue();
    }

    @Test
    void argumentsOfInterleavedBlocksKeepTheirCalls() {
        assertThat(events(
                        "{'type':'message_start','message':{'id':'m','model':'c'}}",
                        "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'a','name':'f','input':{}}}",
                        "{'type':'content_block_start','index':2,'content_block':{'type':'tool_use','id':'b','name':'g','input':{}}}",
                        "{'type':'content_block_delta','index':2,'delta':{'type':'input_json_delta','partial_json':'{'}}",
                        "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'{}'}}",
                        "{'type':'content_block_delta','index':2,'delta':{'type':'input_json_delta','partial_json':'}'}}",
                        "{'type':'message_delta','delta':{'stop_reason':'tool_use'}}"))
                .containsExactly(
                        new ChatEvent.Started("m", "c"),
                        new ChatEvent.ToolCallStarted(0, "a", "f"),
                        new ChatEvent.ToolCallStarted(1, "b", "g"),
                        new ChatEvent.ToolCallArguments(1, "{"),
                        new ChatEvent.ToolCallArguments(0, "{}"),
                        new ChatEvent.ToolCallArguments(1, "}"),
                        new ChatEvent.Finished(FinishReason.TOOL_CALLS, null));
    }

    @Test
    void usageReplacesAndIsNotAdded() {
        List<ChatEvent> events = events(
                "{'type':'message_start','message':{'id':'m','model':'c','usage':{'input_tokens':10,'output_tokens':5}}}",
                "{'type':'message_delta','delta':{},'usage':{'output_tokens':20}}",
                "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'input_tokens':7,"
                        + "'cache_read_input_tokens':3,'output_tokens':30}}",
                "{'type':'message_delta','delta':{},'usage':{'input_tokens':0,'cache_read_input_tokens':0,"
                        + "'output_tokens':31}}");

        assertThat(events.stream().filter(ChatEvent.Used.class::isInstance))
                .containsExactly(
                        new ChatEvent.Used(new Usage(10, 0, 0, 5, 0)),
                        new ChatEvent.Used(new Usage(10, 0, 0, 20, 0)),
                        new ChatEvent.Used(new Usage(7, 3, 0, 30, 0)),
                        new ChatEvent.Used(new Usage(7, 3, 0, 31, 0)));
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn, STOP",
        "stop_sequence, STOP_SEQUENCE",
        "max_tokens, LENGTH",
        "tool_use, TOOL_CALLS",
        "pause_turn, PAUSE",
        "refusal, REFUSAL",
        "model_context_window_exceeded, CONTEXT_WINDOW",
        "something_new, OTHER",
    })
    void everyStopReasonIsKnown(String said, FinishReason meant) {
        assertThat(events("{'type':'message_delta','delta':{'stop_reason':'" + said + "','stop_sequence':null}}"))
                .last()
                .isEqualTo(new ChatEvent.Finished(meant, null));
        assertThat(decoder.finished()).isTrue();
        assertThat(decoder.ended()).isFalse();
        events("{'type':'message_stop'}");
        assertThat(decoder.ended()).isTrue();
    }

    @Test
    void aStreamThatClosesEarlyIsNotFinished() {
        events("{'type':'message_start','message':{'id':'m','model':'c'}}", "{'type':'ping'}");

        assertThat(decoder.finished()).isFalse();
        assertThat(decoder.ended()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "overloaded_error, 529",
        "rate_limit_error, 429",
        "api_error, 500",
        "invalid_request_error, 400",
        "authentication_error, 401",
        "permission_error, 403",
        "not_found_error, 404",
        "request_too_large, 413",
        "timeout_error, 504",
        "billing_error, 402",
        "something_new, 500",
    })
    void anErrorInTheStreamHasTheStatusOfItsType(String type, int status) {
        assertThatThrownBy(() -> events("{'type':'error','error':{'type':'" + type + "','message':'No.'}}"))
                .isInstanceOfSatisfying(BrokenAnswer.class, broken -> {
                    assertThat(broken.error()).isNotNull();
                    assertThat(broken.error().status()).isEqualTo(status);
                    assertThat(broken.error().type()).isEqualTo(type);
                    assertThat(broken).hasMessage("No.");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"error\":{\"type\":\"overloaded_error\",\"message\":\"No.\"}}", "{\"type\":\"error\"}"})
    void anErrorInAPlainAnswerIsNoAnswer(String json) {
        assertThatThrownBy(() -> Dialect.read(decoder, json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        BrokenAnswer.class, e -> assertThat(e.error()).isNotNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "<html>", "{\"id\":\"x\"}", "{\"content\":\"x\"}", "{} {}"})
    void whatIsNoMessageIsABrokenAnswer(String json) {
        assertThatThrownBy(() -> Dialect.read(decoder, json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        BrokenAnswer.class, e -> assertThat(e.error()).isNull());
    }

    @Property(tries = 3000)
    void whateverComesIsAnAnswerOrABrokenOne(@ForAll("mangled") byte[] bytes, @ForAll boolean passing) {
        AnswerDecoder fresh = passing ? new AnthropicPassing() : new AnthropicAnswerDecoder();
        try {
            Chunks.read(new AnthropicDialect(), fresh, bytes);
        } catch (BrokenAnswer expected) {
            assertThat(expected).hasMessageMatching("(?s).+");
        }
    }

    @Property(tries = 3000)
    void whateverComesAtOnceIsAnAnswerOrABrokenOne(@ForAll("mangledAnswers") byte[] bytes, @ForAll boolean passing) {
        AnswerDecoder fresh = passing ? new AnthropicPassing() : new AnthropicAnswerDecoder();
        try {
            assertThat(Dialect.read(fresh, bytes)).isNotEmpty();
        } catch (BrokenAnswer expected) {
            assertThat(expected).hasMessageMatching("(?s).+");
        }
    }

    @Test
    void anAnswerThatIsTheArgumentOfAToolIsWords() {
        byte[] sse = """
                event: message_start
                data: {"type":"message_start","message":{"id":"m","model":"c"}}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"1","name":"answer","input":{}}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\":"}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"1}"}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":0}

                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"tool_use"}}

                event: message_stop
                data: {"type":"message_stop"}

                """.getBytes(StandardCharsets.UTF_8);

        assertThat(Chunks.everyWay(new AnthropicDialect(), () -> new AnthropicAnswerDecoder(Map.of(), "answer"), sse))
                .allSatisfy(events -> assertThat(events)
                        .containsExactly(
                                new ChatEvent.Started("m", "c"),
                                new ChatEvent.Text("{\"a\":"),
                                new ChatEvent.Text("1}"),
                                new ChatEvent.Finished(FinishReason.STOP, null)));
    }

    @Test
    void aRefusalThatIsExplainedBesideTheContentIsTold() {
        assertThat(Dialect.read(new AnthropicAnswerDecoder(), """
                        {"id":"m","model":"c","content":[],"stop_reason":"refusal","stop_details":{"type":"refusal","category":"cyber","explanation":"No."}}""".getBytes(StandardCharsets.UTF_8)))
                .contains(new ChatEvent.Refusal("No."), new ChatEvent.Finished(FinishReason.REFUSAL, null));
    }

    @Provide
    Arbitrary<byte[]> mangled() {
        return Mangled.of(STREAM);
    }

    @Provide
    Arbitrary<byte[]> mangledAnswers() {
        return Arbitraries.oneOf(Mangled.of(Golden.bytes("anthropic/answer-full.json")), Mangled.noise());
    }

    private List<ChatEvent> events(String... json) {
        List<ChatEvent> events = new ArrayList<>();
        for (String event : json) {
            decoder.event(null, event.replace('\'', '"').getBytes(StandardCharsets.UTF_8), events::add);
        }
        return events;
    }
}
