package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent.Counted;
import dev.signalbox.chat.ChatEvent.Wire;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerEncoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.chat.Prompt.Message;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.Golden;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiCountingTest {

    private static final String CONTENTS = "{'contents':[{'role':'user','parts':[{'text':'a'}]}]}";
    private static final String WHOLE =
            "{'generateContentRequest':{'model':'models/x','systemInstruction':{'parts':[{'text':'s'}]},'contents':[{'role':'user','parts':[{'text':'a'}]}]}}";
    private static final String FLAT =
            "{'systemInstruction':{'parts':[{'text':'s'}]},'contents':[{'role':'user','parts':[{'text':'a'}]}]}";

    private final GeminiCounting dialect = new GeminiCounting();
    private final Target target = Target.of("x", false, null);

    @Test
    void bothFormsAreReadAndWrittenAgain() {
        assertThat(dialect.operation()).isEqualTo(Operation.COUNT_TOKENS);
        for (String request : new String[] {CONTENTS, WHOLE}) {
            assertThat(dialect.encode(dialect.decode(body(request)), target).body())
                    .isEqualTo(Golden.parse(request.replace('\'', '"')));
        }
        assertThat(GeminiCounting.flat()
                        .encode(dialect.decode(body(WHOLE)), target)
                        .body())
                .isEqualTo(Golden.parse(FLAT.replace('\'', '"')));
        assertThat(dialect.encode(dialect.decode(body(FLAT)), target).body())
                .isEqualTo(Golden.parse(WHOLE.replace('\'', '"')));
    }

    @Test
    void pathsAndLeftoversAreThoseOfTheBody() {
        Prompt prompt = dialect.decode(
                body(WHOLE.replace("'model'", "'labels':{},'model'").replace("}}", "},'odd':1}")));

        assertThat(prompt.messages())
                .extracting(Message::path)
                .containsExactly("generateContentRequest.systemInstruction", "generateContentRequest.contents[0]");
        assertThat(prompt.leftovers())
                .extracting(Leftover::path)
                .containsExactlyInAnyOrder("generateContentRequest.labels", "odd");
    }

    @Test
    void settingsCountForNothing() {
        Prompt prompt = new GeminiDialect().decode(Body.parse(Golden.bytes("gemini/request-full.json")));

        assertThat(dialect.encode(prompt, target).body().at("/generateContentRequest/generationConfig/temperature"))
                .isEmpty();
        assertThat(dialect.encode(prompt, target).body().at("/generateContentRequest/tools/0/functionDeclarations"))
                .hasSize(2);
    }

    @Test
    void theModelOfABodyIsThatOfTheAddress() {
        byte[] contents = utf8(CONTENTS);

        assertThat(dialect.forward(Body.parse(contents), target).body()).isSameAs(contents);
        assertThat(dialect.forward(
                                body("{'generate_content_request': {'model':'models/y' ,'x':1.50},'model':'z'}"),
                                target)
                        .body())
                .asString()
                .isEqualTo("{\"generate_content_request\": {\"model\":\"models/x\",\"x\":1.50}}");
    }

    @Test
    void aCountIsReadAndWritten() {
        byte[] json = utf8("{'totalTokens':31,'promptTokensDetails':[{'modality':'TEXT','tokenCount':31}]}");
        Wire wire = (Wire) Dialect.read(dialect.passing(true), json).getFirst();
        AnswerEncoder encoder = dialect.encoder(new AnswerForm("id", 0, false, true));
        encoder.gather(new Counted(7, true));

        assertThat(Dialect.read(dialect.decoder(), json)).containsExactly(new Counted(31, false));
        assertThat(encoder.plain()).asString().isEqualTo("{\"totalTokens\":7}");
        assertThat(wire.usage()).isEqualTo(Usage.NONE);
        encoder.gather(wire);
        assertThat(encoder.plain()).isSameAs(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{'totalTokens':'x'}", "{'error':{'code':500}}"})
    void whatHoldsNoCountIsBroken(String json) {
        assertThatThrownBy(() -> Dialect.read(dialect.decoder(), utf8(json))).isInstanceOf(BrokenAnswer.class);
    }

    private static Body body(String json) {
        return Body.parse(utf8(json));
    }

    private static byte[] utf8(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
