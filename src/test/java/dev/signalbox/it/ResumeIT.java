package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that die midway and are continued by another candidate, as their callers see them. */
@Timeout(90)
class ResumeIT {

    private static final String TEXT = "The quick brown fox jumps over the lazy dog, and nobody minds. ";
    private static final String CITY = "{\"city\": \"Bern\", \"days\": 3}";

    private static final Lanes LANES = resuming(Lanes.of(40));
    private static final Lanes FOREIGN =
            resuming(Lanes.anthropicFirst(12)).each("signalbox.models.m%d.max-output-tokens", "4096");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    @RegisterExtension
    static final Gateway MIXED = Gateway.with(FOREIGN);

    private static Lanes resuming(Lanes lanes) {
        return lanes.each("signalbox.models.m%d.resume-streams", "true")
                .each("signalbox.providers.a%d.idle-timeout", "700ms")
                .each("signalbox.models.m%d.deployments[0].pricing.input", "2")
                .each("signalbox.models.m%d.deployments[0].pricing.output", "8")
                .each("signalbox.models.m%d.deployments[1].pricing.input", "3")
                .each("signalbox.models.m%d.deployments[1].pricing.output", "15");
    }

    private static Answer cut(List<String> events) {
        return (_, wire) -> wire.events().send(events, Chunking.EVENTS).cut();
    }

    private static Answer stalled(List<String> events) {
        return (_, wire) -> wire.events().send(events, Chunking.EVENTS).silent();
    }

    /** One stream with one id, one role and one finish. */
    private static void isOne(List<String> blocks, String text) {
        assertThat(Listener.text(blocks)).isEqualTo(text);
        List<JsonNode> chunks = Listener.chunks(blocks);
        assertThat(chunks).noneMatch(chunk -> chunk.has("error"));
        assertThat(chunks)
                .extracting(chunk -> chunk.path("id").asText())
                .containsOnly(chunks.getFirst().path("id").asText());
        assertThat(chunks)
                .filteredOn(chunk -> chunk.at("/choices/0/delta/role").isTextual())
                .hasSize(1);
        assertThat(chunks)
                .filteredOn(chunk -> chunk.at("/choices/0/finish_reason").isTextual())
                .hasSize(1);
        assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
    }

    @Test
    void aStreamThatIsCutAtAnyEventIsContinued() {
        List<String> whole = OpenAiAnswers.stream(TEXT);
        int words = whole.size() - 4;
        for (int said = 1; said <= words; said++) {
            Lane lane = LANES.next();
            String rest = String.join("", List.of(TEXT.split("(?<= )")).subList(said, words));
            lane.first().answers(cut(whole.subList(0, 1 + said)));
            lane.second().answers(OpenAiAnswers.text(rest));
            try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
                isOne(listener.rest(), TEXT);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jumps over it.", "brown fox jumps over it.", "The quick brown fox jumps over it."})
    void whatIsSaidAgainIsNotHeardAgain(String rest) {
        Lane lane = LANES.next();
        lane.first()
                .answers(stalled(OpenAiAnswers.stream("The quick brown fox ").subList(0, 5)));
        lane.second().answers(OpenAiAnswers.text(rest));
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            isOne(listener.rest(), "The quick brown fox jumps over it.");
        }
        JsonNode messages = lane.second().only().json().path("messages");
        assertThat(messages).hasSize(3);
        assertThat(messages.at("/1/role").asText()).isEqualTo("assistant");
        assertThat(messages.at("/1/content").asText()).isEqualTo("The quick brown fox ");
    }

    @Test
    void bothAreCountedAndPaid() {
        Lane lane = LANES.next();
        lane.first().answers(cut(OpenAiAnswers.stream("twenty letters here ").subList(0, 4)));
        lane.second().answers(OpenAiAnswers.text("and the rest"));
        List<String> blocks;
        JsonNode row;
        try (Listener listener =
                Listener.ask(GATEWAY, Shapes.streamed(lane.model()).replace("\"hi\"", "\"" + "x".repeat(40) + "\""))) {
            blocks = listener.rest();
            row = GATEWAY.row(listener.id());
        }
        // 14 prompt tokens and 5 of the answer are estimated of the first; the second counts 5 + 2 and 5
        assertThat(row.path("status").asInt()).isEqualTo(200);
        assertThat(row.path("estimated").asBoolean()).isTrue();
        assertThat(row.path("provider").asText()).isEqualTo(lane.secondName());
        assertThat(row.path("attempts")).hasSize(2);
        assertThat(row.at("/attempts/0/error").asText()).isEqualTo("stream_broken");
        assertThat(row.path("cost_usd").decimalValue())
                .isEqualByComparingTo(new BigDecimal(14 * 2 + 5 * 8 + 7 * 3 + 5 * 15).movePointLeft(6));
        assertThat(Listener.facts(blocks).path("cost_usd").decimalValue())
                .isEqualByComparingTo(row.path("cost_usd").decimalValue());
    }

    @Test
    void whoSaysNothingForWantOfRoomHasNotGoneOnAndIsPaid() {
        Lane lane = LANES.next();
        lane.first().answers(cut(OpenAiAnswers.stream("twenty letters here ").subList(0, 4)));
        lane.second()
                .answers(OpenAiAnswers.events(
                        List.of(OpenAiAnswers.role(), OpenAiAnswers.finish("length"), OpenAiAnswers.DONE),
                        Chunking.EVENTS));
        JsonNode row;
        try (Listener listener =
                Listener.ask(GATEWAY, Shapes.streamed(lane.model()).replace("\"hi\"", "\"" + "x".repeat(40) + "\""))) {
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("twenty letters here ");
            assertThat(Listener.chunks(blocks)).anyMatch(chunk -> chunk.has("error"));
            row = GATEWAY.row(listener.id());
        }
        assertThat(row.at("/attempts/1/error").asText()).isEqualTo("not_continued");
        // both were sent 14 tokens; only the first has said something
        assertThat(row.path("cost_usd").decimalValue())
                .isEqualByComparingTo(new BigDecimal(14 * 2 + 5 * 8 + 14 * 3).movePointLeft(6));
    }

    @Test
    void aCallGoesOnOnlyAsItBegan() {
        for (boolean same : new boolean[] {true, false}) {
            Lane lane = LANES.next();
            lane.first().answers(cut(call("call_a", CITY.substring(0, 12), null)));
            lane.second()
                    .answers((_, wire) -> wire.events()
                            .send(call("call_b", same ? CITY : "{\"city\": \"Rome\"}", "tool_calls"), Chunking.EVENTS)
                            .end());
            try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
                List<String> blocks = listener.rest();
                String arguments = Listener.chunks(blocks).stream()
                        .map(chunk -> chunk.at("/choices/0/delta/tool_calls/0/function/arguments")
                                .asText(""))
                        .reduce("", String::concat);
                assertThat(arguments).isEqualTo(same ? CITY : CITY.substring(0, 12));
                assertThat(Listener.chunks(blocks))
                        .noneMatch(chunk -> chunk.toString().contains("call_b"));
                assertThat(blocks.contains("data: [DONE]")).isEqualTo(same);
                assertThat(Listener.chunks(blocks).stream().anyMatch(chunk -> chunk.has("error")))
                        .isEqualTo(!same);
            }
        }
    }

    private static List<String> call(String id, String arguments, String finish) {
        List<String> events = new ArrayList<>();
        events.add(OpenAiAnswers.chunk(
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"" + id
                        + "\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}]}",
                "null"));
        events.add(OpenAiAnswers.chunk(
                "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":" + Shapes.quoted(arguments) + "}}]}",
                "null"));
        if (finish != null) {
            events.add(OpenAiAnswers.finish(finish));
            events.add(OpenAiAnswers.DONE);
        }
        return events;
    }

    @Test
    void aDocumentIsWholeOrAnError() {
        String document = "{\"name\": \"Ada\", \"born\": 1815}";
        for (String more : List.of(document.substring(14), document, "Certainly!")) {
            Lane lane = LANES.next();
            lane.first().answers(cut(List.of(OpenAiAnswers.role(), OpenAiAnswers.delta(document.substring(0, 14)))));
            lane.second().answers(OpenAiAnswers.text(more));
            String body = Shapes.streamed(lane.model())
                    .replaceFirst("\\{", "{\"response_format\":{\"type\":\"json_object\"},");
            try (Listener listener = Listener.ask(GATEWAY, body)) {
                List<String> blocks = listener.rest();
                boolean fits = !more.startsWith("Certainly");
                assertThat(Listener.text(blocks)).isEqualTo(fits ? document : document.substring(0, 14));
                assertThat(blocks.contains("data: [DONE]")).isEqualTo(fits);
            }
        }
    }

    @Test
    void whenNobodyIsLeftTheStreamEndsWithAnError() {
        Lane lane = LANES.next();
        lane.first().answers(cut(OpenAiAnswers.stream("half of it ").subList(0, 3)));
        lane.second().answers(OpenAiAnswers.error(503, "overloaded", "busy"));
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("half of ");
            assertThat(blocks).doesNotContain("data: [DONE]");
            assertThat(Listener.chunks(blocks).getLast().at("/error/code").asText())
                    .isEqualTo("stream_broken");
        }
    }

    @Test
    void whatOnlyTheCallersLanguageKnowsIsAskedAgain() {
        Lane lane = LANES.next();
        lane.first().answers(cut(OpenAiAnswers.stream("half of it ").subList(0, 3)));
        lane.second().answers(OpenAiAnswers.text("it"));
        String body = Shapes.streamed(lane.model()).replaceFirst("\\{", "{\"unheard_of\": 0.10,");
        try (Listener listener = Listener.ask(GATEWAY, body)) {
            isOne(listener.rest(), "half of it");
        }
        assertThat(lane.second().only().body()).contains("\"unheard_of\": 0.10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/messages", "/v1/chat/completions", "/v1/responses", "gemini", "gemini-array"})
    void anotherLanguageGoesOnForCallersOfEveryLanguage(String door) {
        Lane lane = FOREIGN.next();
        List<String> whole = AnthropicAnswers.stream("The quick brown ");
        lane.first().answers(cut(whole.subList(0, whole.size() - 3)));
        lane.second().answers(OpenAiAnswers.text("fox jumps."));
        String at = door.startsWith("gemini")
                ? "/v1beta/models/" + lane.model() + ":streamGenerateContent"
                        + (door.equals("gemini") ? "?alt=sse" : "")
                : door;
        String asked = "\"stream\":true,\"model\":\"" + lane.model() + "\",";
        String body = door.startsWith("gemini")
                ? "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}]}"
                : door.equals("/v1/responses")
                        ? "{" + asked + "\"input\":\"hi\"}"
                        : "{" + asked + "\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        try (Listener listener = Listener.askAt(MIXED, at, body)) {
            String all = String.join("\n\n", listener.rest()) + "\n\n";
            assertThat(listener.status()).as(all).isEqualTo(200);
            assertThat(all).doesNotContain("\"error\":{").doesNotContain("event: error");
            assertThat(lane.second().received()).hasSize(1);
            switch (door) {
                case "/v1/messages" ->
                    assertThat(all).containsOnlyOnce("event: message_start").containsOnlyOnce("event: message_stop");
                case "/v1/chat/completions" -> assertThat(all).containsOnlyOnce("[DONE]");
                case "/v1/responses" ->
                    assertThat(all)
                            .containsOnlyOnce("event: response.created")
                            .containsOnlyOnce("event: response.completed")
                            .contains("\"text\":\"The quick brown fox jumps.\"");
                default -> assertThat(all).containsOnlyOnce("finishReason");
            }
            for (String word : List.of("The ", "quick ", "brown ", "fox ", "jumps.")) {
                assertThat(all).contains("\"" + word + "\"");
            }
        }
    }
}
