package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.STREAM;
import static dev.signalbox.dialect.openai.Sample.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Chunkings;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.Golden;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole streams and requests, as files under {@code golden/openai}, one for each behaviour. */
class GoldenTest {

    @ParameterizedTest
    @ValueSource(strings = {"text", "parallel-tools", "thinking", "azure-refusal", "careless-server"})
    void aStreamIsHeardTheSameHoweverItIsCut(String name) {
        String expected = file(name + ".events");
        for (byte[] bytes : Chunkings.writings(file(name + ".sse"))) {
            Chunkings.each(bytes, pieces -> {
                AnswerDecoder decoder = DIALECT.decoder();
                assertThat(lines(Sample.hear(decoder, pieces))).isEqualTo(expected);
                assertThat(decoder.finished()).isTrue();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "parallel-tools", "thinking", "azure-refusal", "careless-server"})
    void whatWasHeardIsToldAgainAsOpenAiTellsIt(String name) {
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm("chatcmpl-own", 1_700_000_000, true, true));
        var told = new StringBuilder();
        Sample.hear(DIALECT.decoder(), file(name + ".sse"))
                .forEach(event -> told.append(new String(encoder.event(event), UTF_8)));
        told.append(new String(encoder.end(utf8(": signalbox {}\n\n")), UTF_8));
        assertThat(told).hasToString(file(name + ".to-openai.sse"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "parallel-tools", "thinking", "azure-refusal", "careless-server"})
    void whatPassesIsTheSameBytes(String name) {
        var passed = new StringBuilder();
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm("chatcmpl-own", 1_700_000_000, true, true));
        AnswerDecoder decoder = DIALECT.passing(true);
        Sample.hear(decoder, file(name + ".sse"))
                .forEach(event -> passed.append(new String(encoder.event(event), UTF_8)));
        assertThat(decoder.finished()).isTrue();
        assertThat(passed)
                .hasToString(file(name + ".sse").replaceAll("(: OPENROUTER PROCESSING|data: \\[DONE])\n\n", ""));
    }

    @Test
    void aRequestWithEverythingIsTranslatedWithoutSecretLoss() throws IOException {
        Encoded encoded = DIALECT.encode(DIALECT.decode(Body.parse(utf8(file("full.json")))), STREAM);
        assertThat(encoded.body()).isEqualTo(Json.read(file("full.to-openai.json")));
        assertThat(encoded.unsaid().stream()
                        .map(unsaid -> unsaid.path() + ": " + unsaid.reason() + "\n")
                        .collect(joining()))
                .isEqualTo(file("full.to-openai.unsaid"));
        assertThat(encoded.emulated()).containsExactly("messages[4].content[1]");
    }

    @Test
    void aRequestThatIsForwardedChangesInThreePlaces() {
        byte[] forwarded =
                DIALECT.forward(Body.parse(utf8(file("full.json"))), STREAM).body();
        String asked = file("full.json");
        // between members, white space is not kept
        assertThat(new String(forwarded, UTF_8).replaceAll("\\s", ""))
                .isEqualTo(asked.replace("\"gpt-4o\"", "\"m\"")
                        .replace("\"include_usage\": false", "\"include_usage\":true")
                        .replaceAll(",\\s*\"signalbox_thinking\": \\[[^]]*]", "")
                        .replaceAll("\\s", ""));
    }

    private static String lines(List<ChatEvent> events) {
        return events.stream().map(event -> event + "\n").collect(joining());
    }

    private static String file(String name) {
        return Golden.text("openai/" + name);
    }
}
