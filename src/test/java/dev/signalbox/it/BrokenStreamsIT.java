package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream that breaks before its first token goes elsewhere; after it, it ends with an error and never in silence. */
@Timeout(60)
class BrokenStreamsIT {

    private static final Lanes LANES = Lanes.of(40)
            .each("signalbox.providers.a%d.first-token-timeout", "700ms")
            .each("signalbox.providers.a%d.idle-timeout", "600ms")
            .each("signalbox.models.m%d.pricing.input", "1")
            .each("signalbox.models.m%d.pricing.output", "1");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static Arguments stream(String name, Answer answer) {
        return Arguments.argumentSet(name, answer);
    }

    static Stream<Arguments> breaksBeforeTheFirstToken() {
        return Stream.of(
                stream("silence", (_, wire) -> wire.silent()),
                stream("silence after the head", (_, wire) -> wire.events().silent()),
                stream("only comments", (_, wire) -> {
                    wire.events();
                    for (int i = 0; i < 100; i++) {
                        wire.send(": keep-alive\n\n").silent(Duration.ofMillis(50));
                    }
                }),
                stream("only roles", (_, wire) -> {
                    wire.events();
                    for (int i = 0; i < 100; i++) {
                        wire.send(OpenAiAnswers.role()).silent(Duration.ofMillis(50));
                    }
                }),
                stream("only empty words", (_, wire) -> {
                    wire.events().send(OpenAiAnswers.role());
                    for (int i = 0; i < 100; i++) {
                        wire.send(OpenAiAnswers.delta("")).silent(Duration.ofMillis(50));
                    }
                }),
                stream("a cut after the head", (_, wire) -> wire.events().cut()),
                stream("a reset after the head", (_, wire) -> wire.events().reset()),
                stream(
                        "a cut after the role",
                        (_, wire) -> wire.events().send(OpenAiAnswers.role()).cut()),
                stream(
                        "a cut in the first token",
                        (_, wire) -> wire.events()
                                .send(OpenAiAnswers.role())
                                .send("data: {\"choices\":[{\"delta\":{\"content\":\"he")
                                .cut()),
                stream("an empty stream", (_, wire) -> wire.events().end()),
                stream(
                        "nothing but the end mark",
                        (_, wire) -> wire.events().send(OpenAiAnswers.DONE).end()),
                stream(
                        "an error in place of the first token",
                        (_, wire) -> wire.events()
                                .send("data: " + OpenAiAnswers.error("server_error", "overloaded") + "\n\n")
                                .end()),
                stream(
                        "an error after the role",
                        (_, wire) -> wire.events()
                                .send(OpenAiAnswers.role())
                                .send("data: " + OpenAiAnswers.error("server_error", "overloaded") + "\n\n")
                                .end()),
                stream(
                        "broken JSON",
                        (_, wire) -> wire.events()
                                .send("data: {\"choices\":[{\n\n")
                                .silent(Duration.ofMillis(50))
                                .end()));
    }

    @ParameterizedTest
    @MethodSource("breaksBeforeTheFirstToken")
    void aStreamThatBreaksBeforeItsFirstTokenGoesElsewhere(Answer broken) {
        Lane lane = LANES.next();
        lane.first().answers(broken);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(Listener.facts(blocks).path("attempts")).hasSize(2);
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
        assertThat(lane.first().received()).hasSize(1);
    }

    private static Wire begun(Wire wire) throws java.io.IOException {
        return wire.events().send(OpenAiAnswers.role()).send(OpenAiAnswers.delta("half an answer "));
    }

    static Stream<Arguments> breaksAfterTheFirstToken() {
        return Stream.of(
                stream("silence", (_, wire) -> begun(wire).silent()),
                stream("only comments", (_, wire) -> {
                    begun(wire);
                    for (int i = 0; i < 100; i++) {
                        wire.send(": keep-alive\n\n").silent(Duration.ofMillis(50));
                    }
                }),
                stream(
                        "a cut",
                        (_, wire) -> begun(wire).silent(Duration.ofMillis(100)).cut()),
                stream(
                        "a reset",
                        (_, wire) -> begun(wire).silent(Duration.ofMillis(100)).reset()),
                stream(
                        "a cut in a token",
                        (_, wire) -> begun(wire)
                                .send("data: {\"choices\":[{\"delta\":{\"content\":\"he")
                                .silent(Duration.ofMillis(100))
                                .cut()),
                stream("the end without an end", (_, wire) -> begun(wire).end()),
                stream(
                        "an error",
                        (_, wire) -> begun(wire)
                                .send("data: " + OpenAiAnswers.error("server_error", "overloaded") + "\n\n")
                                .end()),
                stream(
                        "broken JSON",
                        (_, wire) -> begun(wire)
                                .send("data: {\"choices\":[{\n\n")
                                .send(OpenAiAnswers.DONE)
                                .end()));
    }

    @ParameterizedTest
    @MethodSource("breaksAfterTheFirstToken")
    void aStreamThatBreaksAfterItsFirstTokenEndsWithAnErrorAndIsNotTriedElsewhere(Answer broken) {
        Lane lane = LANES.next();
        lane.first().answers(broken);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.status()).isEqualTo(200);
            List<String> blocks = listener.rest();

            assertThat(listener.isBroken()).isFalse();
            assertThat(Listener.text(blocks)).isEqualTo("half an answer ");
            assertThat(blocks).doesNotContain("data: [DONE]");
            assertThat(blocks).noneMatch(block -> block.contains("\"finish_reason\":\"stop\""));
            List<JsonNode> errors = Listener.chunks(blocks).stream()
                    .filter(chunk -> chunk.has("error"))
                    .toList();
            assertThat(errors).hasSize(1);
            assertThat(errors.getFirst().path("error").path("message").asText()).isNotBlank();
            assertThat(errors.getFirst().path("error").path("code").asText()).isNotBlank();
            assertThat(blocks.getLast()).startsWith(": signalbox {");
            assertThat(blocks.get(blocks.size() - 2)).startsWith("data: {\"error\"");
            assertThat(lane.second().received()).isEmpty();

            JsonNode row = GATEWAY.row(listener.id());
            assertThat(row.path("status").asInt()).isEqualTo(502);
            assertThat(row.path("estimated").asBoolean()).isTrue();
            assertThat(row.path("output_tokens").asInt()).isPositive();
            assertThat(row.path("input_tokens").asInt()).isPositive();
            assertThat(row.path("cost_usd").decimalValue()).isPositive();
        }
    }

    @Test
    void aStreamThatIsCutJustBeforeItsEndMarkIsWhole() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(
                                List.of(
                                        OpenAiAnswers.role(),
                                        OpenAiAnswers.delta("hello"),
                                        OpenAiAnswers.finish("stop"),
                                        OpenAiAnswers.usage()),
                                Chunking.EVENTS)
                        .end());

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
    }

    @Test
    void aSlowStreamThatNeverRestsTooLongIsLeftAlone() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events().send(OpenAiAnswers.role());
            for (int i = 0; i < 6; i++) {
                wire.send(OpenAiAnswers.delta("w ")).silent(Duration.ofMillis(300));
            }
            wire.send(List.of(OpenAiAnswers.finish("stop"), OpenAiAnswers.DONE), Chunking.EVENTS)
                    .end();
        });

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("w w w w w w ");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
    }
}
