package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.FrameParser;
import dev.signalbox.chat.InvalidRequest;
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

/** Whatever comes in is understood or refused; nothing else is ever thrown. */
class GeminiFuzzTest {

    private static final List<Dialect> DIALECTS = List.of(
            new GeminiDialect(),
            GeminiDialect.array(),
            new GeminiEmbeddings(),
            new GeminiCounting(),
            GeminiCounting.flat());
    private static final Target TARGET = new Target(
            "gemini-3-pro",
            true,
            9,
            Map.of("temperature", 0.5, "reasoning_effort", "low", "dimensions", 3),
            Dialect.Quirks.NONE,
            Map.of());

    @Property(tries = 4000)
    void anyAnswerIsReadOrBroken(@ForAll("answers") byte[] bytes) {
        for (Dialect dialect : DIALECTS) {
            for (AnswerDecoder decoder : List.of(dialect.decoder(), dialect.passing(true))) {
                List<ChatEvent> events = new ArrayList<>();
                try {
                    decoder.event(null, bytes, events::add);
                    decoder.event(null, bytes, events::add);
                    decoder.answer(bytes, events::add);
                } catch (BrokenAnswer e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
                write(dialect, events);
            }
        }
    }

    private static void write(Dialect dialect, List<ChatEvent> events) {
        var stream = dialect.encoder(new AnswerForm("i", 1, true, true));
        var plain = dialect.encoder(new AnswerForm("i", 1, false, true));
        events.forEach(stream::event);
        events.forEach(plain::gather);
        assertThat(stream.end(new byte[0])).isNotNull();
        assertThat(plain.plain()).isNotEmpty();
    }

    @Property(tries = 2000)
    void anyStreamIsReadOrBrokenAndNeverEndsInSilence(@ForAll("streams") byte[] bytes) {
        AnswerDecoder decoder = new GeminiDialect().decoder();
        FrameParser frames = new GeminiDialect().frames(1 << 20);
        List<ChatEvent> events = new ArrayList<>();
        try {
            frames.feed(bytes, 0, bytes.length, (name, data) -> decoder.event(name, data, events::add));
            frames.end((name, data) -> decoder.event(name, data, events::add));
        } catch (BrokenAnswer e) {
            assertThat(e.getMessage()).isNotEmpty();
            return;
        }
        boolean said = events.stream().anyMatch(ChatEvent.Finished.class::isInstance);
        assertThat(decoder.finished()).isEqualTo(said);
        assertThat(decoder.ended()).isEqualTo(said);
    }

    @Property(tries = 4000)
    void anyRequestIsUnderstoodOrInvalid(@ForAll("requests") byte[] bytes) {
        for (Dialect dialect : DIALECTS) {
            try {
                Body body = Body.parse(bytes);
                byte[] forwarded = dialect.forward(body, TARGET).body();
                // numbers out of all range go on as they are, so it is not read as a tree
                assertThatCode(() -> Body.parse(forwarded)).doesNotThrowAnyException();
                assertThat(dialect.encode(dialect.decode(body), TARGET).body().isObject())
                        .isTrue();
            } catch (InvalidRequest e) {
                assertThat(e.message()).isNotEmpty();
            }
        }
    }

    @Property(tries = 2000)
    void anyErrorHasAMessage(@ForAll("answers") byte[] bytes) {
        assertThat(new GeminiDialect().readError(503, bytes).message()).isNotBlank();
        assertThat(new GeminiDialect().readError(503, bytes).status()).isEqualTo(503);
    }

    @Provide
    Arbitrary<byte[]> answers() {
        return Arbitraries.oneOf(
                Mangled.of(Golden.bytes("gemini/answer-full.json")),
                Mangled.of(
                        "{\"embeddings\":[{\"values\":[0.1,2]},{\"values\":[]}],\"usageMetadata\":{\"promptTokenCount\":3}}"
                                .getBytes(StandardCharsets.UTF_8)),
                Mangled.of("{\"totalTokens\":3,\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}"
                        .getBytes(StandardCharsets.UTF_8)),
                Mangled.of(
                        "{\"error\":{\"code\":429,\"message\":\"m\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"retryDelay\":\"39s\"},{\"reason\":\"R\"}]}}"
                                .getBytes(StandardCharsets.UTF_8)),
                Mangled.noise());
    }

    @Provide
    Arbitrary<byte[]> streams() {
        return Mangled.of(Golden.bytes("gemini/stream-tools.sse"));
    }

    @Provide
    Arbitrary<byte[]> requests() {
        String none = GeminiSeal.none();
        return Arbitraries.oneOf(
                Mangled.of(Golden.bytes("gemini/request-full.json")),
                Mangled.of(
                        ("{\"generateContentRequest\":{\"model\":\"m\",\"contents\":[{\"parts\":[{\"functionCall\":{},\"thoughtSignature\":\""
                                        + none + "\"}]}]},\"content\":{\"parts\":[{\"text\":\"a\"}]}}")
                                .getBytes(StandardCharsets.UTF_8)),
                Mangled.of("{\"requests\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]},\"outputDimensionality\":3}]}"
                        .getBytes(StandardCharsets.UTF_8)),
                Mangled.noise());
    }
}
