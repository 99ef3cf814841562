package dev.signalbox.dialect.ollama;

import static dev.signalbox.dialect.Reading.json;
import static dev.signalbox.dialect.Reading.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Reading;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OllamaEmbeddingsTest {

    private static final OllamaEmbeddings DIALECT = new OllamaEmbeddings();

    private static Prompt prompt(Map<Setting, Given> settings, List<Leftover> leftovers) {
        List<Part> parts = List.of(new Part.Text("a", null, "input[0]"), new Part.Text("b", null, "input[1]"));
        return new Prompt(List.of(new Message(Role.USER, parts, "input")), List.of(), null, settings, leftovers);
    }

    @Test
    void textsAndTheLengthOfTheirVectors() {
        Encoded encoded = DIALECT.encode(
                prompt(
                        Map.of(
                                Setting.DIMENSIONS, new Given(IntNode.valueOf(256), "dimensions"),
                                Setting.EMBEDDING_PURPOSE, new Given(TextNode.valueOf("search_query"), "taskType"),
                                Setting.USER, new Given(TextNode.valueOf("u"), "user")),
                        List.of(new Leftover("x", TextNode.valueOf("y")))),
                new Target(
                        "nomic",
                        false,
                        null,
                        Map.of(
                                "num_ctx",
                                json("8192"),
                                "keep_alive",
                                json("'5m'"),
                                "temperature",
                                json("1"),
                                "dimensions",
                                json("9")),
                        Quirks.NONE,
                        Map.of()));

        assertThat((JsonNode) encoded.body()).isEqualTo(json("""
                {'model':'nomic','input':['a','b'],'dimensions':256,'options':{'num_ctx':8192},'keep_alive':'5m','truncate':false}"""));
        assertThat(encoded.unsaid())
                .containsExactlyInAnyOrder(
                        new Unsaid("taskType", "makes vectors for no special purpose"),
                        Unsaid.hint("user", "has no field for an end user"),
                        new Unsaid("x", "has no such field"));
    }

    @Test
    void vectorsComeInTheirOrder() {
        List<ChatEvent> events = plain(DIALECT.decoder(), """
                {'model':'nomic','embeddings':[[0.5,-1],[2e-3,3]],'total_duration':1,'prompt_eval_count':7}""");

        assertThat(events.getFirst()).isEqualTo(new ChatEvent.Started(null, "nomic"));
        assertThat(((ChatEvent.Embedded) events.get(1)).vector()).containsExactly(0.5f, -1f);
        assertThat(((ChatEvent.Embedded) events.get(2)).vector()).containsExactly(0.002f, 3f);
        assertThat(((ChatEvent.Embedded) events.get(2)).index()).isEqualTo(1);
        assertThat(events.getLast()).isEqualTo(new ChatEvent.Used(new Usage(7, 0, 0, 0, 0)));
    }

    @Test
    void anAnswerWithoutVectorsIsNone() {
        assertThatThrownBy(() -> plain(DIALECT.decoder(), "{'error':'no'}"))
                .isInstanceOf(BrokenAnswer.class)
                .hasMessage("no");
        assertThatThrownBy(() -> plain(DIALECT.decoder(), "{'model':'m'}")).isInstanceOf(BrokenAnswer.class);
    }

    @Property(tries = 3000)
    void anyBytesAreReadOrBroken(@ForAll long seed) {
        String json = "{'model':'m','embeddings':[[0.5,1e3],[2]],'prompt_eval_count':7,'error':null}";
        Reading.survives(DIALECT::decoder, Reading.spoiled(json, seed));
    }
}
