package dev.signalbox.dialect.cohere;

import static dev.signalbox.dialect.Reading.json;
import static dev.signalbox.dialect.Reading.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CohereEmbeddingsTest {

    private static final CohereEmbeddings DIALECT = new CohereEmbeddings();
    private static final Target TARGET = Target.of("embed-v4.0", false, null);

    private static Prompt texts(int count, Map<Setting, Given> settings) {
        List<Part> parts = IntStream.range(0, count)
                .<Part>mapToObj(i -> new Part.Text("t" + i, null, "input[" + i + "]"))
                .toList();
        return new Prompt(List.of(new Message(Role.USER, parts, "input")), List.of(), null, settings, List.of());
    }

    @Test
    void textsAndWhatTheyAreFor() {
        Encoded encoded = DIALECT.encode(
                texts(
                        2,
                        Map.of(
                                Setting.DIMENSIONS, new Given(IntNode.valueOf(256), "dimensions"),
                                Setting.EMBEDDING_PURPOSE, new Given(TextNode.valueOf("search_query"), "taskType"))),
                TARGET);

        assertThat(encoded.unsaid()).isEmpty();
        assertThat(encoded.emulated()).isEmpty();
        assertThat(encoded.body()).isEqualTo(json("""
                {'model':'embed-v4.0','texts':['t0','t1'],'output_dimension':256,'input_type':'search_query','truncate':'NONE',\
                'embedding_types':['float']}"""));
    }

    @Test
    void withoutAPurposeTheyAreDocumentsAndThatIsDisclosed() {
        Encoded encoded = DIALECT.encode(texts(1, Map.of()), TARGET);
        assertThat(encoded.body().path("input_type").asText()).isEqualTo("search_document");
        assertThat(encoded.emulated()).containsExactly("input_type");

        Encoded configured = DIALECT.encode(
                texts(1, Map.of()),
                new Target(
                        "m",
                        false,
                        null,
                        Map.of("input_type", "clustering", "truncate", "END", "temperature", 1),
                        Quirks.NONE,
                        Map.of()));
        assertThat(configured.emulated()).isEmpty();
        assertThat(configured.body()).isEqualTo(json("""
                {'model':'m','texts':['t0'],'input_type':'clustering','truncate':'END','embedding_types':['float']}"""));
    }

    @ParameterizedTest
    @CsvSource({
        "search_document,search_document,false",
        "classification,classification,false",
        "clustering,clustering,false",
        "similarity,clustering,true",
        "question_answering,search_query,true",
        "fact_verification,search_query,true",
        "code_query,search_query,true"
    })
    void purposes(String asked, String said, boolean emulated) {
        Encoded encoded = DIALECT.encode(
                texts(1, Map.of(Setting.EMBEDDING_PURPOSE, new Given(TextNode.valueOf(asked), "taskType"))), TARGET);
        assertThat(encoded.body().path("input_type").asText()).isEqualTo(said);
        assertThat(encoded.emulated()).isEqualTo(emulated ? List.of("taskType") : List.of());
    }

    @Test
    void moreTextsThanItTakesAreNamed() {
        assertThat(DIALECT.encode(texts(96, Map.of()), TARGET).unsaid()).isEmpty();

        List<Unsaid> unsaid = DIALECT.encode(texts(98, Map.of()), TARGET).unsaid();
        assertThat(unsaid).extracting(Unsaid::path).containsExactly("input[96]", "input[97]");
        assertThat(unsaid).allMatch(Unsaid::required);
    }

    @Test
    void whatIsNoTextAndWhatItDoesNotKnowIsNamed() {
        Prompt prompt = new Prompt(
                List.of(new Message(
                        Role.USER,
                        List.of(new Part.Image(new Part.Media.Url("https://e.org"), null, null, "input[0]")),
                        "input")),
                List.of(),
                null,
                Map.of(Setting.USER, new Given(TextNode.valueOf("u"), "user")),
                List.of(new Leftover("encoding", TextNode.valueOf("x"))));
        assertThat(DIALECT.encode(prompt, TARGET).unsaid())
                .containsExactly(
                        new Unsaid("input[0]", "makes vectors of texts only", true),
                        Unsaid.hint("user", "has no field for an end user"),
                        new Unsaid("encoding", "has no such field"));
    }

    @Test
    void vectorsComeInTheirOrder() {
        List<ChatEvent> events =
                plain(DIALECT.encode(texts(2, Map.of()), TARGET).decoder().get(), """
                {'id':'e1','texts':['t0','t1'],'embeddings':{'int8':[[1]],'float':[[0.5,-1],[2e-3,3]]},'meta':{'api_version':{'version':'2'},\
                'billed_units':{'input_tokens':2}},'response_type':'embeddings_by_type'}""");

        assertThat(events.getFirst()).isEqualTo(new ChatEvent.Started("e1", "embed-v4.0"));
        assertThat(((ChatEvent.Embedded) events.get(1)).vector()).containsExactly(0.5f, -1f);
        assertThat(((ChatEvent.Embedded) events.get(2)).vector()).containsExactly(0.002f, 3f);
        assertThat(((ChatEvent.Embedded) events.get(2)).index()).isEqualTo(1);
        assertThat(events.getLast()).isEqualTo(new ChatEvent.Used(new Usage(2, 0, 0, 0, 0)));
        assertThat(events).hasSize(4);
    }

    @Test
    void anAnswerWithoutVectorsIsNone() {
        assertThatThrownBy(() -> plain(DIALECT.decoder(), "{'message':'no such model'}"))
                .isInstanceOf(BrokenAnswer.class)
                .hasMessage("no such model");
        assertThatThrownBy(() -> plain(DIALECT.decoder(), "{'embeddings':{'float':[['x']]}}"))
                .isInstanceOf(BrokenAnswer.class);
    }

    @Property(tries = 3000)
    void anyBytesAreReadOrBroken(@ForAll long seed) {
        String json =
                "{'id':'e','embeddings':{'float':[[0.5,1e3],[2]],'int8':[[1]]},'meta':{'tokens':{'input_tokens':2}},'message':'m'}";
        Reading.survives(DIALECT::decoder, Reading.spoiled(json, seed));
    }
}
