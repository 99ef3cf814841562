package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Golden;
import dev.signalbox.dialect.Mangled;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicCountingTest {

    private static final byte[] COUNT = bytes("{\"input_tokens\":2095}");

    private final AnthropicCounting dialect = new AnthropicCounting();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void itIsAnOperationOfItsOwn() {
        assertThat(dialect.operation()).isEqualTo(Operation.COUNT_TOKENS);
        assertThat(dialect.id()).isNotEqualTo(new AnthropicDialect().id());
    }

    @Test
    void onlyWhatIsCountedIsSaid() {
        Encoded encoded = dialect.encode(
                dialect.decode(Body.parse(Golden.bytes("anthropic/request-full.json"))),
                Target.of("claude-x", false, null));

        assertThat(encoded.body().fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("model", "messages", "system", "tools", "tool_choice", "output_config");
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void whatIsNotUnderstoodChangesNoCount() {
        Encoded encoded = dialect.encode(
                dialect.decode(Body.parse(bytes(
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"safety\":1,\"temperature\":7}"))),
                Target.of("claude-x", false, null));

        assertThat(encoded.unsaid()).extracting(Unsaid::path).containsExactly("safety");
        assertThat(encoded.unsaid()).allMatch(Unsaid::hint);
        assertThat(Json.text(encoded.body()))
                .isEqualTo(
                        "{\"model\":\"claude-x\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}]}");
    }

    @Test
    void theSameLanguagePassesWithTheModelsNameAlone() {
        Target target = new Target(
                "up", false, 99, java.util.Map.of("temperature", 1), Dialect.Quirks.NONE, java.util.Map.of());

        assertThat(dialect.forward(Body.parse(bytes("{\"model\":\"m\",\"x\":1.50}")), target)
                        .body())
                .asString()
                .isEqualTo("{\"model\":\"up\",\"x\":1.50}");
    }

    @Test
    void aCountIsReadAndWrittenAgain() {
        assertThat(Dialect.read(dialect.decoder(), COUNT)).containsExactly(new ChatEvent.Counted(2095, false));
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("req_1", 0, false, true));
        encoder.gather(new ChatEvent.Counted(2095, true));
        assertThat(encoder.plain()).isEqualTo(COUNT);
    }

    @Test
    void aCountPassesAndUsesNothing() {
        ChatEvent.Wire wire =
                (ChatEvent.Wire) Dialect.read(dialect.passing(true), bytes("{\"input_tokens\": 7, \"x\": []}"))
                        .getFirst();

        assertThat(wire.data()).asString().isEqualTo("{\"input_tokens\": 7, \"x\": []}");
        assertThat(wire.usage()).isEqualTo(Usage.NONE);
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("req_1", 0, false, true));
        encoder.gather(wire);
        assertThat(encoder.plain()).isEqualTo(wire.data());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[]", "{\"input_tokens\":-1}", "{\"input_tokens\":1.5}", "x", "{\"input_tokens\":\"7\"}"})
    void whatIsNoCountIsBroken(String answer) {
        assertThatThrownBy(() -> Dialect.read(dialect.decoder(), bytes(answer))).isInstanceOf(BrokenAnswer.class);
    }

    @Test
    void anErrorInsideA200IsTold() {
        assertThatThrownBy(() -> Dialect.read(
                        dialect.passing(true),
                        bytes("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}}")))
                .isInstanceOfSatisfying(
                        BrokenAnswer.class, e -> assertThat(e.error().status()).isEqualTo(529));
    }

    @Property
    void anyBytesAreACountOrBroken(@ForAll("answers") byte[] answer) {
        for (Dialect.AnswerDecoder decoder : new Dialect.AnswerDecoder[] {dialect.decoder(), dialect.passing(true)}) {
            try {
                assertThat(Dialect.read(decoder, answer)).hasSize(1);
            } catch (BrokenAnswer e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Provide
    Arbitrary<byte[]> answers() {
        return Arbitraries.oneOf(Mangled.of(COUNT), Mangled.noise());
    }
}
