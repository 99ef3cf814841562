package dev.signalbox.provider.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Embeddings in Google Cloud's own shapes. */
class VectorsTest {

    private static final Dialect MANY = new VertexPredictions(true);
    private static final Dialect ONE = new VertexPredictions(false);
    private static final Dialect NEW = new VertexEmbeddings();

    private static Prompt prompt(Map<Setting, Given> settings, List<Leftover> leftovers, String... texts) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            parts.add(new Part.Text(texts[i], null, "input[" + i + "]"));
        }
        return new Prompt(List.of(new Message(Role.USER, parts, "input")), List.of(), null, settings, leftovers);
    }

    private static Encoded encode(Dialect dialect, Prompt prompt) {
        return dialect.encode(prompt, Dialect.Target.of("text-embedding-005", false, null));
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static final Map<Setting, Given> SAID = Map.of(
            Setting.DIMENSIONS, new Given(IntNode.valueOf(256), "dimensions"),
            Setting.EMBEDDING_PURPOSE, new Given(TextNode.valueOf("search_query"), "input_type"));

    @Test
    void textsBecomeInstances() {
        Encoded encoded = encode(MANY, prompt(SAID, List.of(), "one", "two"));

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body()).isEqualTo(json("""
                {"instances":[{"content":"one","task_type":"RETRIEVAL_QUERY"},{"content":"two","task_type":"RETRIEVAL_QUERY"}],\
                "parameters":{"outputDimensionality":256}}"""));
    }

    @Test
    void theNewerModelsTakeContent() {
        var title = new Leftover("title", TextNode.valueOf("T"));

        Encoded encoded = encode(NEW, prompt(SAID, List.of(title), "one"));

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.body()).isEqualTo(json("""
                {"content":{"parts":[{"text":"one"}]},\
                "embedContentConfig":{"taskType":"RETRIEVAL_QUERY","title":"T","outputDimensionality":256}}"""));
    }

    @Test
    void aSecondTextIsRefusedWhereOneIsTaken() {
        for (Dialect dialect : List.of(ONE, NEW)) {
            assertThat(encode(dialect, prompt(Map.of(), List.of(), "one", "two"))
                            .unsaid())
                    .containsExactly(new Unsaid("input[1]", "embeds one text in a request", true));
        }
    }

    @Test
    void whatHasNoFieldIsNamed() {
        var user = Map.of(Setting.USER, new Given(TextNode.valueOf("u"), "user"));
        var odd = new Leftover("something_new", IntNode.valueOf(1));

        assertThat(encode(MANY, prompt(user, List.of(odd), "one")).unsaid())
                .extracting(Unsaid::path, Unsaid::hint)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("user", true),
                        org.assertj.core.groups.Tuple.tuple("something_new", false));
    }

    private static List<ChatEvent> read(Dialect dialect, String json) {
        return Dialect.read(dialect.decoder(), json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void predictionsAreRead() {
        List<ChatEvent> events = read(MANY, """
                {"predictions":[{"embeddings":{"statistics":{"token_count":3,"truncated":false},"values":[0.5,-1]}},\
                {"embeddings":{"values":[2,3e-1],"statistics":{"token_count":4}}}],"metadata":{"billableCharacterCount":9}}""");

        assertThat(events).hasSize(4);
        assertThat(((ChatEvent.Embedded) events.get(1)).vector()).containsExactly(0.5f, -1f);
        assertThat(((ChatEvent.Embedded) events.get(2)).index()).isEqualTo(1);
        assertThat(((ChatEvent.Embedded) events.get(2)).vector()).containsExactly(2f, 0.3f);
        assertThat(events.get(3)).isEqualTo(new ChatEvent.Used(new Usage(7, 0, 0, 0, 0)));
    }

    @Test
    void theNewerModelsAnswerIsRead() {
        List<ChatEvent> events = read(NEW, """
                {"embedding":{"values":[1.0]},"usageMetadata":{"promptTokenCount":5},"truncated":false}""");

        assertThat(((ChatEvent.Embedded) events.get(1)).vector()).containsExactly(1f);
        assertThat(events.get(2)).isEqualTo(new ChatEvent.Used(new Usage(5, 0, 0, 0, 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"predictions\":[]}",
                "{\"predictions\":[{}]}",
                "{\"predictions\":[{\"embeddings\":{\"values\":[\"x\"]}}],\"embedding\":{\"values\":[null]}}",
                "{\"error\":{\"code\":503,\"message\":\"m\",\"status\":\"UNAVAILABLE\"}}",
            })
    void whatIsNoAnswerIsToldSo(String json) {
        for (Dialect dialect : List.of(MANY, NEW)) {
            assertThatThrownBy(() -> read(dialect, json)).isInstanceOf(Dialect.BrokenAnswer.class);
        }
    }

    @Property(tries = 300)
    void anyBytesAreEventsOrABrokenAnswer(@ForAll byte[] bytes) {
        for (Dialect dialect : List.of(MANY, NEW)) {
            try {
                dialect.decoder().answer(bytes, _ -> {});
            } catch (Dialect.BrokenAnswer told) {
                assertThat(told.getMessage()).isNotBlank();
            }
        }
    }
}
