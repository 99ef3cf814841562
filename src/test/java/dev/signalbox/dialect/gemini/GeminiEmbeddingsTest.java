package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Embedded;
import dev.signalbox.chat.ChatEvent.Started;
import dev.signalbox.chat.ChatEvent.Used;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Golden;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiEmbeddingsTest {

    private static final String BATCH =
            "{'requests':[{'model':'models/x','content':{'parts':[{'text':'a'}]},'taskType':'RETRIEVAL_QUERY','outputDimensionality':3},"
                    + "{'model':'models/x','content':{'parts':[{'text':'b'}]},'taskType':'RETRIEVAL_QUERY','outputDimensionality':3}]}";

    private final GeminiEmbeddings dialect = new GeminiEmbeddings();

    @Test
    void aBatchIsReadAndWrittenAgain() {
        Prompt prompt = dialect.decode(body(BATCH));

        assertThat(dialect.operation()).isEqualTo(Operation.EMBEDDINGS);
        assertThat(prompt.messages())
                .containsExactly(new Message(
                        Role.USER,
                        List.of(
                                new Part.Text("a", null, "requests[0].content.parts[0]"),
                                new Part.Text("b", null, "requests[1].content.parts[0]")),
                        "requests"));
        assertThat(prompt.settings())
                .isEqualTo(Map.of(
                        Setting.DIMENSIONS, new Given(Golden.parse("3"), "requests[0].outputDimensionality"),
                        Setting.EMBEDDING_PURPOSE,
                                new Given(Golden.parse("\"search_query\""), "requests[0].taskType")));
        assertThat(prompt.leftovers()).isEmpty();
        Encoded encoded = dialect.encode(prompt, Target.of("x", false, null));
        assertThat(encoded.body()).isEqualTo(Golden.parse(BATCH.replace('\'', '"')));
        assertThat(encoded.unsaid()).isEmpty();
    }

    @Test
    void theAnswerIsOfTheModelThatWasAsked() {
        Encoded encoded = dialect.encode(dialect.decode(body(BATCH)), Target.of("x", false, null));

        assertThat(Dialect.read(
                        encoded.decoder().get(),
                        "{\"embeddings\":[{\"values\":[1]}]}".getBytes(StandardCharsets.UTF_8)))
                .contains(new Started(null, "x"));
    }

    @Test
    void oneTextIsReadInEitherSpelling() {
        Prompt prompt = dialect.decode(body(
                "{'model':'m','content':{'parts':{'text':'a'}},'task_type':'CLUSTERING','output_dimensionality':'5'}"));

        assertThat(prompt.messages().getFirst().parts()).containsExactly(new Part.Text("a", null, "content.parts"));
        assertThat(prompt.setting(Setting.DIMENSIONS).value().asInt()).isEqualTo(5);
        assertThat(prompt.setting(Setting.EMBEDDING_PURPOSE).value().asText()).isEqualTo("clustering");
    }

    @Test
    void whatOthersCannotSayIsLeftOver() {
        Prompt prompt = dialect.decode(
                body(
                        "{'requests':[{'content':{'parts':[{'text':'a'},{'text':'b'}]},'title':'t','outputDimensionality':3},{'content':{'parts':[{'text':'c'}]},'taskType':'ODD','outputDimensionality':4}]}"));

        assertThat(prompt.leftovers())
                .extracting(Leftover::path)
                .containsExactly(
                        "requests[0].content.parts[1]",
                        "requests[0].title",
                        "requests[1].outputDimensionality",
                        "requests[1].taskType");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'content':1}", "{'content':{}}", "{'requests':1}", "{'requests':[{}]}"})
    void aWrongTypeIsNamed(String body) {
        assertThatThrownBy(() -> dialect.decode(body(body))).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void otherLanguagesAreSaidOrUnsaid() {
        Prompt prompt = new Prompt(
                List.of(new Message(
                        Role.USER,
                        List.of(new Part.Text("a", null, "input[0]"), new Part.Refusal("b", "input[1]")),
                        "input")),
                List.of(),
                null,
                Map.of(
                        Setting.USER, new Given(Golden.parse("\"u\""), "user"),
                        Setting.TEMPERATURE, new Given(Golden.parse("1"), "temperature"),
                        Setting.EMBEDDING_PURPOSE, new Given(Golden.parse("\"odd\""), "purpose")),
                List.of(new Leftover("x", Golden.parse("1"))));
        Encoded encoded = dialect.encode(
                prompt, new Target("m", false, null, Map.of("dimensions", 7), Dialect.Quirks.NONE, Map.of()));

        assertThat(encoded.body())
                .isEqualTo(
                        Golden.parse(
                                "{\"requests\":[{\"model\":\"models/m\",\"content\":{\"parts\":[{\"text\":\"a\"}]},\"outputDimensionality\":7}]}"));
        assertThat(encoded.unsaid())
                .extracting(unsaid ->
                        unsaid.path() + (unsaid.hint() ? " hint" : "") + (unsaid.required() ? " required" : ""))
                .containsExactlyInAnyOrder("user hint", "temperature", "purpose", "input[1] required", "x");
    }

    @Test
    void theModelOfABodyIsThatOfTheAddress() {
        assertThat(forwarded("{'content':{'parts':[{'text':'a'}]},'x':1.50}", Map.of()))
                .isEqualTo("{'content':{'parts':[{'text':'a'}]},'x':1.50}");
        assertThat(forwarded("{'model':'models/y','content':{}}", Map.of("dimensions", 7)))
                .isEqualTo("{'content':{},'outputDimensionality':7}");
        assertThat(forwarded("{'requests':[{'model':'models/y','content':{},'x':1.50}]}", Map.of()))
                .isEqualTo("{'requests':[{'model':'models/x','content':{},'x':1.50}]}");
    }

    @Test
    void aModelThatIsTunedIsNamedAsItIs() {
        Prompt prompt = dialect.decode(body("{'content':{'parts':[{'text':'a'}]}}"));

        assertThat(dialect.encode(prompt, Target.of("tunedModels/t", false, null))
                        .body()
                        .at("/requests/0/model")
                        .asText())
                .isEqualTo("tunedModels/t");
    }

    private String forwarded(String json, Map<String, Object> defaults) {
        byte[] bytes = dialect.forward(
                        body(json), new Target("x", false, null, defaults, Dialect.Quirks.NONE, Map.of()))
                .body();
        return new String(bytes, StandardCharsets.UTF_8).replace('"', '\'');
    }

    @Test
    void vectorsAreReadOneOrMany() {
        List<ChatEvent> many = Dialect.read(
                dialect.decoder(),
                utf8(
                        "{'embeddings':[{'values':[0.1,-2,3e-5]},{'values':[],'statistics':{}}],'usageMetadata':{'promptTokenCount':4}}"));
        List<ChatEvent> one = Dialect.read(dialect.decoder(), utf8("{'embedding':{'values':[0.25]}}"));

        assertThat(many)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new Started(null, ""),
                        new Embedded(0, new float[] {0.1f, -2f, 3e-5f}),
                        new Embedded(1, new float[0]),
                        new Used(new Usage(4, 0, 0, 0, 0)));
        assertThat(one)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(new Started(null, ""), new Embedded(0, new float[] {0.25f}));
    }

    @Test
    void vectorsAreWrittenAsTheCallerAskedForThem() {
        assertThat(written(body(BATCH))).isEqualTo("{'embeddings':[{'values':[0.1]},{'values':[2.0,3.0E-5]}]}");
        assertThat(written(body("{'content':{}}"))).isEqualTo("{'embedding':{'values':[0.1]}}");
    }

    private String written(Body request) {
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 0, false, true, request));
        encoder.gather(new Started(null, "m"));
        encoder.gather(new Embedded(1, new float[] {2f, 3e-5f}));
        encoder.gather(new Embedded(0, new float[] {0.1f}));
        encoder.gather(new Used(Usage.NONE));
        return new String(encoder.plain(), StandardCharsets.UTF_8).replace('"', '\'');
    }

    @Test
    void theSameLanguagePassesUnchanged() {
        byte[] json = utf8("{'embedding':{'values':[0.10]},'usageMetadata':{'promptTokenCount':4}}");
        Wire wire = (Wire) Dialect.read(dialect.passing(true), json).getFirst();

        assertThat(wire.data()).isSameAs(json);
        assertThat(wire.usage()).isEqualTo(new Usage(4, 0, 0, 0, 0));
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 0, false, true));
        encoder.gather(wire);
        assertThat(encoder.plain()).isSameAs(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "{'embeddings':1}",
                "{'embedding':1}",
                "{'embedding':{'values':['a']}}",
                "{'error':{'code':500,'message':'m'}}",
                "[{'error':{'code':500}}]"
            })
    void whatHoldsNoVectorsIsBroken(String json) {
        assertThatThrownBy(() -> Dialect.read(dialect.decoder(), utf8(json))).isInstanceOf(BrokenAnswer.class);
    }

    private static Body body(String json) {
        return Body.parse(utf8(json));
    }

    private static byte[] utf8(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
