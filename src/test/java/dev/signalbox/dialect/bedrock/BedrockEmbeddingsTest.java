package dev.signalbox.dialect.bedrock;

import static dev.signalbox.dialect.bedrock.Asked.hints;
import static dev.signalbox.dialect.bedrock.Asked.json;
import static dev.signalbox.dialect.bedrock.Asked.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.ChatEvent.Embedded;
import dev.signalbox.chat.ChatEvent.Started;
import dev.signalbox.chat.ChatEvent.Used;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Prompt.Role;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Usage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts in, vectors out. */
class BedrockEmbeddingsTest {

    private static final String TITAN = "amazon.titan-embed-text-v2:0";
    private static final String EMBED = "cohere.embed-multilingual-v3";
    private static final BedrockEmbeddings DIALECT = new BedrockEmbeddings();

    private static Prompt prompt(Map<Setting, String> settings, String... texts) {
        List<Part> parts = new ArrayList<>();
        for (String text : texts) {
            parts.add(new Part.Text(text, null, "input[" + parts.size() + "]"));
        }
        Map<Setting, Given> given = new EnumMap<>(Setting.class);
        settings.forEach((setting, value) -> given.put(setting, new Given(json(value), setting.name())));
        return new Prompt(
                List.of(new Message(Role.USER, parts, "input")),
                List.of(),
                null,
                given,
                List.of(new Leftover("encoding", json("null")), new Leftover("truncate", json("'END'"))));
    }

    private static Encoded encoded(String model, Prompt prompt) {
        return DIALECT.encode(prompt, Target.of(model, false, null));
    }

    @Test
    void titanTakesOneText() {
        Encoded one = encoded(TITAN, prompt(Map.of(Setting.DIMENSIONS, "256", Setting.USER, "'u'"), "a"));

        assertThat(one.body()).isEqualTo(json("{'inputText':'a','dimensions':256}"));
        assertThat(refused(one)).containsExactly("truncate");
        assertThat(hints(one)).containsExactly("USER");
        assertThat(encoded(TITAN, prompt(Map.of(), "a", "b")).unsaid())
                .anyMatch(unsaid -> unsaid.path().equals("input[1]") && unsaid.required());
        assertThat(refused(encoded("amazon.titan-embed-text-v1", prompt(Map.of(Setting.DIMENSIONS, "256"), "a"))))
                .containsExactly("DIMENSIONS", "truncate");
    }

    @Test
    void othersTakeMany() {
        Encoded many = encoded(EMBED, prompt(Map.of(Setting.EMBEDDING_PURPOSE, "'clustering'"), "a", "b"));

        assertThat(many.body())
                .isEqualTo(json("{'texts':['a','b'],'input_type':'clustering','embedding_types':['float']}"));
        assertThat(refused(many)).containsExactly("truncate");
        assertThat(encoded("us.cohere.embed-v4:0", prompt(Map.of(Setting.DIMENSIONS, "512"), "a"))
                        .body())
                .isEqualTo(json("{'texts':['a'],'input_type':'search_document','embedding_types':['float'],"
                        + "'output_dimension':512}"));
        String[] tooMany = new String[97];
        java.util.Arrays.fill(tooMany, "a");
        assertThat(encoded(EMBED, prompt(Map.of(), tooMany)).unsaid())
                .anyMatch(unsaid -> unsaid.path().equals("input[96]") && unsaid.required());
    }

    @Test
    void modelsThatMakeNoVectorsAreRefused() {
        assertThat(encoded(Asked.CLAUDE, prompt(Map.of(), "a")).unsaid())
                .anyMatch(unsaid -> unsaid.path().equals("model") && unsaid.required());
        assertThat(encoded(TITAN, prompt(Map.of())).unsaid()).anyMatch(Encoded.Unsaid::required);
        assertThat(refused(encoded(
                        TITAN, prompt(Map.of(Setting.TEMPERATURE, "1", Setting.EMBEDDING_PURPOSE, "'x'"), "a"))))
                .containsExactlyInAnyOrder("TEMPERATURE", "EMBEDDING_PURPOSE", "truncate");
    }

    private static List<ChatEvent> read(String model, String answer) {
        return Dialect.read(
                Objects.requireNonNull(encoded(model, prompt(Map.of(), "a")).decoder())
                        .get(),
                answer.replace('\'', '"').getBytes(UTF_8));
    }

    @Test
    void vectorsAreRead() {
        List<ChatEvent> events = read(TITAN, "{'embedding':[0.5,-1],'inputTextTokenCount':3}");

        assertThat(events.getFirst()).isEqualTo(new Started(null, TITAN));
        assertThat(((Embedded) events.get(1)).vector()).containsExactly(0.5f, -1f);
        assertThat(events.get(2)).isEqualTo(new Used(new Usage(3, 0, 0, 0, 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'embeddings':{'float':[[1],[2]]}}", "{'embeddings':[[1],[2]],'texts':['a','b']}"})
    void manyVectorsAreReadInOrder(String answer) {
        List<ChatEvent> events = read(EMBED, answer);

        assertThat(events).hasSize(3);
        assertThat(((Embedded) events.get(1)).index()).isZero();
        assertThat(((Embedded) events.get(2)).index()).isEqualTo(1);
        assertThat(((Embedded) events.get(2)).vector()).containsExactly(2f);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "{}", "{'embedding':[]}", "{'embeddings':[['a']]}", "{'embeddings':{'int8':[[1]]}}"})
    void whatHoldsNoVectorIsBroken(String answer) {
        assertThatThrownBy(() -> read(EMBED, answer)).isInstanceOf(BrokenAnswer.class);
    }

    // Counting

    @Test
    void tokensAreCountedOfWhatWouldBeSaid() {
        var counting = new BedrockCounting();
        Encoded encoded = counting.encode(
                Asked.openAi("{'model':'m','max_tokens':5,'messages':[{'role':'system','content':'s'},"
                        + "{'role':'user','content':'hi'}],'tools':[{'type':'function','function':{'name':'f'}}]}"),
                Target.of(Asked.CLAUDE, false, null));

        JsonNode counted = encoded.body().path("input").path("converse");
        assertThat(counted.path("system")).isEqualTo(json("[{'text':'s'}]"));
        assertThat(counted.path("messages")).hasSize(1);
        assertThat(counted.path("toolConfig").path("tools")).hasSize(1);
        assertThat(counted.has("inferenceConfig")).isFalse();
        assertThat(Dialect.read(
                        Objects.requireNonNull(encoded.decoder()).get(), "{\"inputTokens\":12}".getBytes(UTF_8)))
                .containsExactly(new Started(null, Asked.CLAUDE), new ChatEvent.Counted(12, false));
        for (String broken : List.of("", "{}", "{\"inputTokens\":-1}", "{\"inputTokens\":\"x\"}")) {
            assertThatThrownBy(() -> Dialect.read(counting.decoder(), broken.getBytes(UTF_8)))
                    .isInstanceOf(BrokenAnswer.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-3-haiku-20240307-v1:0,true",
        "global.anthropic.claude-opus-4-7,true",
        "anthropic.claude-v2:1,false",
        "amazon.nova-pro-v1:0,false",
        "some-imported-model,false",
    })
    void tokensAreCountedForSomeModels(String model, boolean counts) {
        assertThat(new BedrockCounting().counts(model)).isEqualTo(counts);
    }
}
