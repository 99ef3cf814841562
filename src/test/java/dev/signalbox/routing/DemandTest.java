package dev.signalbox.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.catalogue.Capabilities;
import dev.signalbox.catalogue.Capabilities.Capability;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Encoded.Unsaid;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemandTest {

    private static final String PLAIN = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String TOOL = """
            {"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f"}}]}""";
    private static final String PICTURE = """
            {"messages":[{"role":"user","content":"hi"},{"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""";
    private static final String DOCUMENT = """
            {"messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf",
            "file_data":"data:application/pdf;base64,AAAA"}}]}]}""";

    private boolean decoded;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TOOLS|tools|calls no tools",
                "VISION|messages[1].content[1]|sees no images",
                "DOCUMENTS|messages[0].content[0]|reads no documents"
            })
    void whatADeploymentIsKnownNotToServeIsNamed(Capability lacking, String path, String reason) {
        String body = switch (lacking) {
            case TOOLS -> TOOL;
            case VISION -> PICTURE;
            case DOCUMENTS -> DOCUMENT;
            case AUDIO, REASONING, STRUCTURED_OUTPUT -> PLAIN;
        };

        Unsaid unmet = demand(body, Operation.CHAT).unmetBy(without(Set.of(lacking)));

        assertThat(unmet).isEqualTo(new Unsaid(path, reason, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {TOOL, PICTURE, DOCUMENT, PLAIN})
    void whatIsUnknownExcludesNobodyAndIsNotLookedAt(String body) {
        assertThat(demand(body, Operation.CHAT).unmetBy(without(Set.of()))).isNull();
        assertThat(decoded).isFalse();
    }

    @Test
    void aRequestWithoutAnyOfItIsNotDecoded() {
        DeploymentEntry none = without(Set.of(Capability.values()));

        assertThat(demand(PLAIN, Operation.CHAT).unmetBy(none)).isNull();
        assertThat(demand("{\"tools\":[ ],\"messages\":[]}", Operation.CHAT).unmetBy(none))
                .isNull();
        assertThat(decoded).isFalse();
    }

    @Test
    void aWordIsNoPicture() {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"an image of a file as pdf document\"}]}";

        assertThat(demand(body, Operation.CHAT).unmetBy(without(Set.of(Capability.values()))))
                .isNull();
    }

    @Test
    void aBodyThatCannotBeReadExcludesNobody() {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":7,\"image\":1}]}";

        assertThat(demand(body, Operation.CHAT).unmetBy(without(Set.of(Capability.VISION))))
                .isNull();
    }

    @Test
    void aModelOfAnotherOperationIsNotAsked() {
        var embeddings = new DeploymentEntry(
                "p", "m", 1, 1, null, null, null, new Capabilities(Set.of(), Set.of(), Operation.EMBEDDINGS), Set.of());

        assertThat(demand(PLAIN, Operation.CHAT).unmetBy(embeddings))
                .isEqualTo(new Unsaid("model", "cannot be asked for chat", true));
        assertThat(demand(PLAIN, Operation.EMBEDDINGS).unmetBy(embeddings)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "500, , false",
        "6500, , true",
        "4000, , false",
        "4000, 300, false",
        "4000, 400, true",
        "500, 5000, false"
    })
    void aWindowHoldsPromptAndAnswer(int characters, Integer asked, boolean tooLong) {
        String most = asked == null ? "" : ",\"max_tokens\":" + asked;
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(characters) + "\"}]" + most + "}";

        assertThat(demand(body, Operation.CHAT).isTooLongFor(windowOf(1_000))).isEqualTo(tooLong);
        assertThat(demand(body, Operation.CHAT).isTooLongFor(windowOf(null))).isFalse();
    }

    @Test
    void aPictureIsNotCountedByItsLength() {
        String body = PICTURE.replace("AAAA", "aB3/".repeat(100_000));

        assertThat(demand(body, Operation.CHAT).isTooLongFor(windowOf(1_000))).isFalse();
        assertThat(decoded).isFalse();
    }

    private Demand demand(String json, Operation operation) {
        var body = Body.parse(json.getBytes(UTF_8));
        var arrival = new Exchange.Arrival("id", Instant.EPOCH, 0, Caller.ANYONE, Controls.NONE, Map.of());
        return new Demand(new Exchange(
                arrival,
                "openai",
                operation,
                "m",
                false,
                false,
                body,
                () -> {
                    decoded = true;
                    return new OpenAiDialect().decode(body);
                },
                null));
    }

    private static DeploymentEntry without(Set<Capability> lacking) {
        return new DeploymentEntry(
                "p", "m", 1, 1, null, null, null, new Capabilities(Set.of(), lacking, null), Set.of());
    }

    private static DeploymentEntry windowOf(Integer tokens) {
        return new DeploymentEntry("p", "m", 1, 1, null, tokens, null, Capabilities.UNKNOWN, Set.of());
    }
}
