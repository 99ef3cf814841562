package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded.Unsaid;
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

        assertThat(dialect.unsaid(body, Target.of("up", false, null)))
                .extracting(Unsaid::path)
                .containsExactly("messages[1].content[0]", "messages[1].content[1]", "messages[2].content[0]");
        assertThat(dialect.unsaid(body, Target.of("up", false, null))).allMatch(Unsaid::hint);
        assertThat(dialect.forward(body, Target.of("up", false, null)))
                .asString()
                .isEqualTo("""
                {"model":"up","x":1.50,"messages":[{"role":"user","content":"\\"signalbox:"},{"role":"assistant","content":[\
                {"type":"thinking","thinking":"b","signature":"own"},{"type":"text","text":"c"}]}]}""");
    }

    @Test
    void wordsThatLookLikeASealStay() {
        Body body = body(
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"signalbox:a:b\"}]}]}");

        assertThat(dialect.unsaid(body, Target.of("up", false, null))).isEqualTo(List.of());
        assertThat(dialect.forward(body, Target.of("up", false, null)))
                .asString()
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"signalbox:a:b\"}]}],\"model\":\"up\"}");
    }

    private static Body body(String json) {
        return Body.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
