package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.body;
import static dev.signalbox.dialect.openai.Sample.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Target;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ForwardedRequestTest {

    @Test
    void onlyTheModelChanges() {
        String asked =
                "{\"model\":\"gpt\",\"temperature\":0.20,\"x\":{ \"y\" : [1,2.50] },\"messages\":[ {\"role\":\"user\"}]}";
        assertThat(forward(asked, target("up/gpt-4o", false))).isEqualTo(asked.replace("\"gpt\"", "\"up/gpt-4o\""));
    }

    @Test
    void aStreamIsAskedForUsage() {
        assertThat(forward("{'model':'m','stream':true}", target("m", true)))
                .isEqualTo(json("{'model':'m','stream':true,'stream_options':{'include_usage':true}}"));
        assertThat(forward("{'model':'m','stream':true,'stream_options':null}", target("m", true)))
                .isEqualTo(json("{'model':'m','stream':true,'stream_options':{'include_usage':true}}"));
    }

    @Test
    void otherStreamOptionsStay() {
        assertThat(forward(
                        "{'model':'m','stream':true,'stream_options':{'include_usage':false,'include_obfuscation': false}}",
                        target("m", true)))
                .isEqualTo(
                        json(
                                "{'model':'m','stream':true,'stream_options':{'include_usage':true,'include_obfuscation': false}}"));
    }

    @Test
    void whoAsksForUsageIsForwardedAsItIs() {
        String asked = json("{'model':'m','stream':true,'stream_options': { 'include_usage' : true } }");
        assertThat(forward(asked, target("m", true))).isEqualTo(asked.replace("} }", "}}"));
    }

    @Test
    void anUpstreamThatKnowsNoUsageInStreamsIsNotAsked() {
        var target = new Target("m", true, null, Map.of(), new Dialect.Quirks(Map.of(), false), Map.of());
        assertThat(forward("{'model':'m','stream':true}", target)).isEqualTo(json("{'model':'m','stream':true}"));
    }

    @Test
    void nothingIsAskedOfAPlainAnswer() {
        assertThat(forward("{'model':'m'}", target("m", false))).isEqualTo(json("{'model':'m'}"));
    }

    @Test
    void aMemberIsRenamedWithItsValueAsWritten() {
        var target = new Target(
                "m",
                false,
                null,
                Map.of(),
                new Dialect.Quirks(Map.of("max_completion_tokens", "max_tokens"), true),
                Map.of());
        assertThat(forward("{'max_completion_tokens': 1e2,'model':'m'}", target))
                .isEqualTo(json("{'model':'m','max_tokens':1e2}"));
        assertThat(forward("{'model':'m','max_completion_tokens':null}", target))
                .isEqualTo(json("{'model':'m'}"));
        assertThat(forward("{'model':'m','max_completion_tokens':7,'max_tokens':5}", target))
                .isEqualTo(json("{'model':'m','max_tokens':5}"));
    }

    @Test
    void defaultsOfChatsAreNotForVectorsAndTexts() {
        var defaults = new TreeMap<String, Object>(
                Map.of("temperature", 0.1, "max_tokens", 9, "reasoning_effort", "low", "dimensions", 3));
        var target = new Target("m", false, null, defaults, Dialect.Quirks.NONE, Map.of());

        assertThat(new String(
                        new OpenAiEmbeddings()
                                .forward(body(json("{'input':'a'}")), target)
                                .body(),
                        UTF_8))
                .isEqualTo(json("{'input':'a','model':'m','dimensions':3}"));
        assertThat(new String(
                        new OpenAiCompletions()
                                .forward(body(json("{'prompt':'a'}")), target)
                                .body(),
                        UTF_8))
                .isEqualTo(json("{'prompt':'a','model':'m','max_tokens':9,'temperature':0.1}"));
        assertThat(forward("{'messages':[]}", target))
                .isEqualTo(
                        json("{'messages':[],'model':'m','max_tokens':9,'reasoning_effort':'low','temperature':0.1}"));
    }

    @Test
    void defaultsFillOnlyWhatTheCallerLeftOpen() {
        var defaults = new TreeMap<String, Object>(
                Map.of("temperature", new BigDecimal("0.10"), "max_tokens", 2000, "stop", new String[] {"x"}));
        var target = new Target("m", false, null, defaults, Dialect.Quirks.NONE, Map.of());
        assertThat(forward("{'model':'m','temperature':null}", target))
                .isEqualTo(json("{'model':'m','temperature':0.10,'max_tokens':2000,'stop':['x']}"));
        assertThat(forward("{'model':'m','temperature':1,'max_completion_tokens':5,'stop':'y'}", target))
                .isEqualTo(json("{'model':'m','temperature':1,'max_completion_tokens':5,'stop':'y'}"));
    }

    @Test
    void aDefaultIsGivenUnderTheNameThatTheUpstreamWants() {
        var target = new Target(
                "m",
                false,
                null,
                Map.of("max_tokens", 9),
                new Dialect.Quirks(Map.of("max_tokens", "max_completion_tokens"), true),
                Map.of());
        assertThat(forward("{'model':'m'}", target)).isEqualTo(json("{'model':'m','max_completion_tokens':9}"));
    }

    private static Target target(String model, boolean stream) {
        return new Target(model, stream, null, Map.of(), Dialect.Quirks.NONE, Map.of());
    }

    private static String forward(String asked, Target target) {
        return new String(Sample.DIALECT.forward(body(json(asked)), target).body(), UTF_8);
    }
}
