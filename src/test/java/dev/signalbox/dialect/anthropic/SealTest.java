package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SealTest {

    private final AnthropicDialect dialect = new AnthropicDialect();

    @Property
    void everySealComesBackToItsVendor(@ForAll String value) {
        assertThat(Seal.read(Seal.said(value, "gemini"))).isEqualTo(new Seal(value, "gemini"));
        if (!value.startsWith("signalbox:")) {
            assertThat(Seal.read(Seal.said(value, "anthropic"))).isEqualTo(new Seal(value, "anthropic"));
        }
    }

    @Property
    void aSealIsFoundWhereverItStands(@ForAll String before, @ForAll String after) {
        byte[] with = (before + "\"signalbox:x:" + after).getBytes(StandardCharsets.UTF_8);

        assertThat(Seal.mayBeIn(with)).isTrue();
    }

    @Property
    void nothingIsFoundWhereThereIsNone(@ForAll String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        assertThat(Seal.mayBeIn(bytes)).isEqualTo(text.contains("\"signalbox:"));
    }

    @Test
    void theMarkIsFoundAtEveryOffset() {
        for (int i = 0; i < 40; i++) {
            byte[] bytes = ("s\"igna".repeat(8).substring(0, i) + "\"signalbox:").getBytes(StandardCharsets.UTF_8);
            assertThat(Seal.mayBeIn(bytes)).as("at %d", i).isTrue();
        }
    }

    @Test
    void foreignThoughtsAreNotForwarded() {
        Body body = body("""
                {"model":"m","x":1.50,"messages":[{"role":"user","content":"\\"signalbox:"},{"role":"assistant","content":[\
                {"type":"thinking","thinking":"a","signature":"signalbox:gemini:x"},{"type":"redacted_thinking","data":"signalbox:responses:y"},\
                {"type":"thinking","thinking":"b","signature":"own"},{"type":"text","text":"c"}]},\
                {"role":"assistant","content":[{"type":"thinking","thinking":"d","signature":"signalbox:gemini:z"}]}]}""");

        assertThat(dialect.forward(body, Target.of("up", false, null)).unsaid())
                .extracting(Unsaid::path)
                .containsExactly("messages[1].content[0]", "messages[1].content[1]", "messages[2].content[0]");
        assertThat(dialect.forward(body, Target.of("up", false, null)).unsaid()).allMatch(Unsaid::hint);
        assertThat(dialect.forward(body, Target.of("up", false, null)).body())
                .asString()
                .isEqualTo("""
                {"model":"up","x":1.50,"messages":[{"role":"user","content":"\\"signalbox:"},{"role":"assistant","content":[\
                {"type":"thinking","thinking":"b","signature":"own"},{"type":"text","text":"c"}]}]}""");
    }

    @Test
    void thoughtsThatNobodySealedAreKnownForAnothers() {
        for (boolean stream : new boolean[] {false, true}) {
            var encoder = dialect.encoder(new Dialect.AnswerForm("id", 0, stream, true));
            var events = List.<ChatEvent>of(
                    new ChatEvent.Started("a", "m"),
                    new ChatEvent.Thinking("hm"),
                    new ChatEvent.Text("ho"),
                    new ChatEvent.Finished(FinishReason.STOP, null));
            var said = new StringBuilder();
            for (ChatEvent event : events) {
                if (stream) {
                    said.append(new String(encoder.event(event), StandardCharsets.UTF_8));
                } else {
                    encoder.gather(event);
                }
            }
            if (!stream) {
                said.append(new String(encoder.plain(), StandardCharsets.UTF_8));
            }
            assertThat(said).contains("\"signature\":\"signalbox:none:\"");
        }
        Body echoed = body("""
                {"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"signalbox:none:"},\
                {"type":"text","text":"ho"}]}]}""");
        assertThat(dialect.forward(echoed, Target.of("up", false, null)).body())
                .asString()
                .doesNotContain("thinking");
        assertThat(dialect.decode(echoed).messages().getFirst().parts().getFirst())
                .isEqualTo(new Part.Thinking("hm", null, null, "messages[0].content[0]"));
    }

    @Test
    void wordsThatLookLikeASealStay() {
        Body body = body(
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"signalbox:a:b\"}]}]}");

        assertThat(dialect.forward(body, Target.of("up", false, null)).unsaid()).isEqualTo(List.of());
        assertThat(dialect.forward(body, Target.of("up", false, null)).body())
                .asString()
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"signalbox:a:b\"}]}],\"model\":\"up\"}");
    }

    private static Body body(String json) {
        return Body.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
