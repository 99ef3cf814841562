package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Encoded;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.Golden;
import dev.signalbox.dialect.openai.OpenAiDialect;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request in one language and the same in the other, behaviour by behaviour, whole. */
class PairsTest {

    private static final Dialect ANTHROPIC = new AnthropicDialect();
    private static final Dialect OPENAI = new OpenAiDialect();

    @ParameterizedTest
    @ValueSource(
            strings = {"system", "turns", "images", "documents", "tools", "results", "thinking", "sampling", "format"})
    void aRequestInAnthropicsLanguageIsOneInOpenAis(String behaviour) {
        assertThat(Json.text(translated(ANTHROPIC, OPENAI, "gpt-4o", "pairs/" + behaviour + ".json")))
                .isEqualTo(Json.text(Golden.json("anthropic/pairs/" + behaviour + ".to-openai.json")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"system", "turns", "images", "documents", "tools", "results", "thinking", "sampling", "format"})
    void aRequestInOpenAisLanguageIsOneInAnthropics(String behaviour) {
        assertThat(Json.text(translated(OPENAI, ANTHROPIC, "claude-sonnet-4-5", "pairs/" + behaviour + ".openai.json")))
                .isEqualTo(Json.text(Golden.json("anthropic/pairs/" + behaviour + ".openai.to-anthropic.json")));
    }

    private static JsonNode translated(Dialect from, Dialect to, String model, String file) {
        Encoded encoded =
                to.encode(from.decode(Body.parse(Golden.bytes("anthropic/" + file))), Target.of(model, false, 64000));
        ObjectNode pair = Json.object();
        pair.set("body", encoded.body());
        ArrayNode unsaid = pair.putArray("unsaid");
        encoded.unsaid().stream().map(Unsaid::path).forEach(unsaid::add);
        ArrayNode emulated = pair.putArray("emulated");
        encoded.emulated().forEach(emulated::add);
        return pair;
    }
}
