package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.PLAIN;
import static dev.signalbox.dialect.openai.Sample.body;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.tree;
import static dev.signalbox.dialect.openai.Sample.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Dialect.BrokenAnswer;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts as vectors, there and back. */
class VectorsTest {

    private static final OpenAiEmbeddings DIALECT = new OpenAiEmbeddings();

    @Test
    void aRequestIsTextsAndSettings() {
        Prompt prompt = DIALECT.decode(body(json(
                "{'model':'m','input':['a','b'],'dimensions':3,'user':'u','encoding_format':'base64','odd':[1.0]}")));

        assertThat(prompt.messages())
                .containsExactly(new Message(
                        Role.USER,
                        List.of(new Part.Text("a", null, "input[0]"), new Part.Text("b", null, "input[1]")),
                        "input"));
        assertThat(prompt.settings().keySet()).containsExactlyInAnyOrder(Setting.DIMENSIONS, Setting.USER);
        assertThat(prompt.leftovers()).extracting(Leftover::path).containsExactly("odd");
        assertThat(DIALECT.encode(prompt, PLAIN).body())
                .isEqualTo(tree(json("{'model':'m','input':['a','b'],'user':'u','dimensions':3}")));
        assertThat(DIALECT.encode(prompt, PLAIN).unsaid())
                .extracting(Unsaid::path)
                .containsExactly("odd");
    }

    @Test
    void aPurposeIsAHintAndOtherThingsAreNamed() {
        Encoded encoded = DIALECT.encode(
                new Prompt(
                        List.of(new Message(
                                Role.USER,
                                List.of(
                                        new Part.Text("a", null, "x"),
                                        new Part.Image(new Part.Media.Url("u"), null, null, "y")),
                                "m")),
                        List.of(),
                        null,
                        Map.of(
                                Setting.EMBEDDING_PURPOSE, new Given(tree("\"classification\""), "taskType"),
                                Setting.SEED, new Given(tree("1"), "seed")),
                        List.of()),
                PLAIN);

        assertThat(encoded.unsaid()).extracting(Unsaid::path).containsExactlyInAnyOrder("y", "taskType", "seed");
        assertThat(encoded.unsaid())
                .filteredOn(Unsaid::hint)
                .extracting(Unsaid::path)
                .containsExactly("taskType");
        assertThat(encoded.unsaid())
                .filteredOn(Unsaid::required)
                .extracting(Unsaid::path)
                .containsExactly("y");
    }

    @Test
    void vectorsMayBeNumbersOrBase64() {
        String both = json("{'object':'list','model':'u','data':[{'index':1,'embedding':[0.5,-1e-3],'x':[{}]},"
                + "{'embedding':'AAAAPwAAgL8=','index':0}],'usage':{'prompt_tokens':3,'total_tokens':3}}");

        List<ChatEvent> events = Dialect.read(DIALECT.decoder(), utf8(both));

        assertThat(events.getFirst()).isEqualTo(new ChatEvent.Started(null, "u"));
        assertThat(((ChatEvent.Embedded) events.get(1)).vector()).containsExactly(0.5f, -0.001f);
        assertThat(((ChatEvent.Embedded) events.get(2)).vector()).containsExactly(0.5f, -1f);
        assertThat(events.getLast()).isEqualTo(new ChatEvent.Used(new Usage(3, 0, 0, 0, 0)));
        assertThat(events).hasSize(4);
    }

    @Test
    void anAnswerIsWrittenInOrder() {
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm("i", 1, false, true, body("{}")));
        encoder.gather(new ChatEvent.Started(null, "m"));
        encoder.gather(new ChatEvent.Embedded(1, new float[] {1}));
        encoder.gather(new ChatEvent.Embedded(0, new float[] {0.1f, -1e-7f}));
        encoder.gather(new ChatEvent.Used(new Usage(3, 0, 0, 0, 0)));

        assertThat(tree(new String(encoder.plain(), UTF_8)))
                .isEqualTo(
                        tree(json("{'object':'list','data':[{'object':'embedding','index':0,'embedding':[0.1,-1.0E-7]},"
                                + "{'object':'embedding','index':1,'embedding':[1.0]}],'model':'m',"
                                + "'usage':{'prompt_tokens':3,'total_tokens':3}}")));
    }

    @Property(tries = 500)
    void numbersSurviveBothWaysOfWritingThem(@ForAll("vectors") float[] vector, @ForAll boolean base64) {
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm(
                "i",
                1,
                false,
                true,
                body(base64 ? "{\"encoding_format\":\"base64\"}" : "{\"encoding_format\":\"float\"}")));
        encoder.gather(new ChatEvent.Embedded(0, vector));
        List<ChatEvent> read = Dialect.read(DIALECT.decoder(), encoder.plain());
        assertThat(((ChatEvent.Embedded) read.get(1)).vector()).containsExactly(vector);
        assertThat(new String(encoder.plain(), UTF_8).contains("\"embedding\":\""))
                .isEqualTo(base64);
    }

    @Provide
    Arbitrary<float[]> vectors() {
        return Arbitraries.floats().array(float[].class).ofMinSize(1).ofMaxSize(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{'data':[]}",
                "{'data':{}}",
                "{'data':[5]}",
                "{'data':[{'index':0}]}",
                "{'data':[{'embedding':['x']}]}",
                "{'data':[{'embedding':'%'}]}",
                "{'data':[{'embedding':[1e99]}]}",
                "{'data':[{'embedding':'AADAfw=='}]}",
                "{'data':[{'embedding':[1],'index':-1}]}",
                "{'error':{'message':'no'}}",
                "{'data':[{'embedding':[1]}"
            })
    void whatHoldsNoVectorsIsBroken(String answer) {
        assertThatThrownBy(() -> Dialect.read(DIALECT.decoder(), utf8(json(answer))))
                .isInstanceOf(BrokenAnswer.class);
    }

    @Test
    void whatPassesIsTheSameBytesWithItsUsage() {
        byte[] answer = utf8(
                json("{'data':[ {'embedding':[0.10]} ],'model':'u','usage':{'total_tokens':3,'prompt_tokens':3}}"));
        List<ChatEvent> events = Dialect.read(DIALECT.passing(true), answer);

        assertThat(events).singleElement().isInstanceOfSatisfying(ChatEvent.Wire.class, wire -> {
            assertThat(wire.data()).isSameAs(answer);
            assertThat(wire.usage()).isEqualTo(new Usage(3, 0, 0, 0, 0));
            assertThat(wire.model()).isEqualTo("u");
        });
        assertThatThrownBy(() -> Dialect.read(DIALECT.passing(true), utf8("{\"data\":5}")))
                .isInstanceOf(BrokenAnswer.class);
        assertThatThrownBy(() -> Dialect.read(DIALECT.passing(true), utf8("{\"data\":[],\"error\":{\"code\":429}}")))
                .isInstanceOf(BrokenAnswer.class);
    }

    @Test
    void whatIsJudgedIsCounted() {
        var moderations = new OpenAiModerations();

        Prompt one = moderations.decode(Body.parse(utf8("{\"model\":\"m\",\"input\":\"a\"}")));
        Prompt several = moderations.decode(Body.parse(
                utf8(json("{'input':['a',{'type':'text','text':'b'},{'type':'image_url','image_url':{}}],'odd':1}"))));

        assertThat(one.messages().getFirst().parts()).containsExactly(new Part.Text("a", null, "input"));
        assertThat(several.messages().getFirst().parts())
                .containsExactly(new Part.Text("a", null, "input[0]"), new Part.Text("b", null, "input[1]"));
        assertThat(several.leftovers()).extracting(Prompt.Leftover::path).containsExactly("input[2]", "odd");
    }

    @Property(tries = 3000)
    void anyBytesAreReadOrBroken(@ForAll("spoiled") byte[] bytes) {
        for (AnswerDecoder decoder :
                List.of(DIALECT.decoder(), DIALECT.passing(true), new OpenAiModerations().decoder())) {
            var events = new ArrayList<ChatEvent>();
            try {
                decoder.answer(bytes, events::add);
                assertThat(decoder.ended()).isTrue();
            } catch (BrokenAnswer e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Provide
    Arbitrary<byte[]> spoiled() {
        byte[] good = utf8(json(
                "{'data':[{'embedding':[0.5,1],'index':0},{'embedding':'AAAAPw=='}],'usage':{'prompt_tokens':1}}"));
        return Arbitraries.integers().between(0, 1 << 20).list().ofMaxSize(4).map(places -> {
            byte[] bytes = good.clone();
            places.forEach(place -> bytes[place % bytes.length] = (byte) (place / 255));
            return bytes;
        });
    }
}
