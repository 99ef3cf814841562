package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.PLAIN;
import static dev.signalbox.dialect.openai.Sample.STREAM;
import static dev.signalbox.dialect.openai.Sample.body;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.stream;
import static dev.signalbox.dialect.openai.Sample.tree;
import static dev.signalbox.dialect.openai.Sample.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Chunkings;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are gone on with. */
class CompletionsTest {

    private static final OpenAiCompletions DIALECT = new OpenAiCompletions();

    private static final String TEXT = stream(
                    "{'id':'c','object':'text_completion','model':'u','choices':[{'text':' hällo','index':0,'logprobs':null,'finish_reason':null}],'usage':null}",
                    "{'id':'c','object':'text_completion','model':'u','choices':[{'text':'','index':0,'finish_reason':'length'}]}",
                    "{'id':'c','object':'text_completion','model':'u','choices':[],'usage':{'prompt_tokens':2,'completion_tokens':3,'total_tokens':5}}")
            + "data: [DONE]\n\n";

    private static final List<ChatEvent> HEARD = List.of(
            new ChatEvent.Started("c", "u"),
            new ChatEvent.Text(" hällo"),
            new ChatEvent.Finished(FinishReason.LENGTH, null),
            new ChatEvent.Used(new Usage(2, 0, 0, 3, 0)));

    @Test
    void aTextBecomesAMessageOfTheUser() {
        Encoded chat = Sample.DIALECT.encode(
                DIALECT.decode(
                        body(
                                json(
                                        "{'model':'x','prompt':['once'],'max_tokens':5,'temperature':0.20,'stop':'a','n':1,'best_of':1,'echo':false,'suffix':'','logit_bias':{},'stream':true,'user':'u','seed':1}"))),
                PLAIN);

        assertThat(chat.body())
                .isEqualTo(tree(
                        json("{'model':'m','messages':[{'role':'user','content':'once'}],'max_completion_tokens':5,"
                                + "'temperature':0.20,'seed':1,'stop':['a'],'user':'u','n':1}")));
        assertThat(chat.unsaid()).isEmpty();
    }

    @Test
    void itGoesBackToWhatItWas() {
        Encoded again = DIALECT.encode(
                DIALECT.decode(body(json("{'model':'x','prompt':'once','max_tokens':5,'stop':['a']}"))), STREAM);

        assertThat(again.body())
                .isEqualTo(
                        tree(
                                json(
                                        "{'model':'m','prompt':'once','stop':['a'],'stream':true,'stream_options':{'include_usage':true},'max_tokens':5}")));
        assertThat(again.unsaid()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'echo':true", "'best_of':2", "'suffix':'z'", "'logprobs':3", "'logit_bias':{'1':2}", "'odd':1"})
    void whatNoChatCanSayIsNamed(String field) {
        Encoded chat = Sample.DIALECT.encode(DIALECT.decode(body(json("{'prompt':'a'," + field + "}"))), PLAIN);

        assertThat(chat.unsaid()).extracting(Unsaid::path).containsExactly(field.substring(1, field.indexOf('\'', 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"['a','b']", "[1,2]", "[[1,2]]", "[]", "5", "null"})
    void severalTextsAndTokensAreNoChat(String prompt) {
        assertThatThrownBy(() -> DIALECT.decode(body("{\"prompt\":" + json(prompt) + "}")))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isEqualTo("prompt"));
    }

    @Test
    void aStreamIsHeardTheSameHoweverItIsCut() {
        for (byte[] bytes : Chunkings.writings(TEXT)) {
            Chunkings.each(bytes, pieces -> {
                AnswerDecoder decoder = DIALECT.decoder();
                assertThat(Sample.hear(decoder, pieces)).isEqualTo(HEARD);
                assertThat(decoder.finished()).isTrue();
            });
        }
    }

    @Test
    void aStreamIsWrittenAsText() {
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm("own", 7, true, true));
        var told = new StringBuilder();
        HEARD.forEach(event -> told.append(new String(encoder.event(event), UTF_8)));
        told.append(new String(encoder.end(utf8(": facts\n\n")), UTF_8));

        assertThat(told)
                .hasToString(stream(
                                "{'id':'c','object':'text_completion','created':7,'model':'u','choices':[{'text':' hällo','index':0,'logprobs':null,'finish_reason':null}]}",
                                "{'id':'c','object':'text_completion','created':7,'model':'u','choices':[{'text':'','index':0,'logprobs':null,'finish_reason':'length'}]}",
                                "{'id':'c','object':'text_completion','created':7,'model':'u','choices':[],'usage':{'prompt_tokens':2,'completion_tokens':3,'total_tokens':5,'prompt_tokens_details':{'cached_tokens':0},'completion_tokens_details':{'reasoning_tokens':0}}}")
                        + ": facts\n\ndata: [DONE]\n\n");
    }

    @Test
    void aPlainAnswerIsWrittenAsText() {
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm("own", 7, false, true));
        HEARD.forEach(encoder::gather);
        encoder.gather(new ChatEvent.Thinking("unheard"));

        String plain = new String(encoder.plain(), UTF_8);
        assertThat(tree(plain).at("/choices/0"))
                .isEqualTo(tree(json("{'text':' hällo','index':0,'logprobs':null,'finish_reason':'length'}")));
        assertThat(Dialect.read(DIALECT.decoder(), utf8(plain))).isEqualTo(HEARD);
    }

    @Test
    void aBrokenStreamEndsWithAnErrorAndNoEndMark() {
        AnswerEncoder encoder = DIALECT.encoder(new AnswerForm("own", 7, true, true));
        encoder.event(new ChatEvent.Text("a"));

        assertThat(new String(encoder.broken(new SignalboxException(502, "c", "m", null), new byte[0]), UTF_8))
                .startsWith("data: {\"error\":")
                .doesNotContain("[DONE]");
    }
}
