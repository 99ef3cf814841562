package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One more vendor that speaks like OpenAI is configuration alone. */
@Timeout(120)
class QuirksIT {

    private static final FakeVendor VENDOR = new FakeVendor();

    @RegisterExtension
    static final Gateway GATEWAY = vendor();

    private static Gateway vendor() {
        String quirks = "signalbox.providers.odd.quirks.";
        return Gateway.bare()
                .and("signalbox.providers.odd.kind", "openai-compatible")
                .and("signalbox.providers.odd.base-url", VENDOR.url())
                .and("signalbox.providers.odd.headers.x-tenant", "t-1")
                .and(quirks + "usage-in-stream", "false")
                .and(quirks + "rename.seed", "random_state")
                .and(quirks + "rename.top_p", "nucleus")
                .and(quirks + "refuse", "logit_bias,messages.name,user")
                .and(quirks + "take", "top_k")
                .and(quirks + "parts", "text,image")
                .and(quirks + "response-formats", "text,json_object")
                .and(quirks + "output-limit", "max_tokens")
                .and(quirks + "most-stops", "1")
                .and(quirks + "tool-call-id-length", "6")
                .and(quirks + "required-tool", "must")
                .and(quirks + "thoughts", "reasoning")
                .and(quirks + "thoughts-with-calls", "true")
                .and(quirks + "developer-role", "false")
                .and(quirks + "reasoning-models", "deep-*")
                .and(quirks + "reasoning-rename", "max_tokens:thought_limit")
                .and(quirks + "completions", "false")
                .and(quirks + "embeddings", "false")
                .and(quirks + "moderations", "true")
                .and(quirks + "moderation-model", "judge-1")
                .and(quirks + "responses", "false");
    }

    @AfterAll
    static void closeVendor() {
        VENDOR.close();
    }

    @Test
    void itIsAskedInItsOwnWords() {
        JsonNode asked = asked("""
                {"model":"odd/deep-1","seed":4,"top_p":0.50,"max_tokens":9,"tool_choice":"required","user":"u","other":[1.0],\
                "messages":[{"role":"developer","content":"be"},{"role":"assistant","content":null,"reasoning_content":"hm",\
                "tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},\
                {"role":"tool","tool_call_id":"call_1","content":"1"}]}""");
        String id = asked.at("/messages/2/tool_call_id").asText();

        assertThat(id).matches("[a-zA-Z0-9]{6}");
        assertThat(asked).isEqualTo(Shapes.json("""
                {"model":"deep-1","random_state":4,"nucleus":0.50,"thought_limit":9,"tool_choice":"must","other":[1.0],\
                "messages":[{"role":"system","content":"be"},{"role":"assistant","content":null,"reasoning":"hm",\
                "tool_calls":[{"id":"%1$s","type":"function","function":{"name":"f","arguments":"{}"}}]},\
                {"role":"tool","tool_call_id":"%1$s","content":"1"}]}""".formatted(id)));
        assertThat(VENDOR.received().getLast().header("x-tenant")).isEqualTo("t-1");
    }

    private static JsonNode asked(String body) {
        Response answer = GATEWAY.chat(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-dropped")).isEqualTo("user");
        return VENDOR.received().getLast().json();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"logit_bias\":{\"1\":1}|logit_bias",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\"}}|response_format"
            })
    void whatItDoesNotTakeIsRefused(String field, String name) {
        Response answer = GATEWAY.chat(Shapes.with("odd/m", field));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/param").asText()).isEqualTo(name);
    }

    @Test
    void itsStreamsAreNotAskedForUsage() {
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("odd/m"))) {
            assertThat(Listener.text(listener.rest())).isEqualTo("hello");
        }
        assertThat(VENDOR.received().getLast().json().has("stream_options")).isFalse();
    }

    @Test
    void itJudgesWithItsOwnModel() {
        VENDOR.answers(OpenAiAnswers.json(200, "{\"results\":[]}"));
        Response answer = GATEWAY.post("/v1/moderations", "{\"input\":\"x\"}");
        VENDOR.answers(OpenAiAnswers.hello());

        assertThat(answer.asString()).isEqualTo("{\"results\":[]}");
        assertThat(VENDOR.received().getLast().json().path("model").asText()).isEqualTo("judge-1");
    }

    @Test
    void itMakesNoVectors() {
        assertThat(GATEWAY.post("/v1/embeddings", "{\"model\":\"odd/m\",\"input\":\"x\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void textsAreGoneOnWithInAChat() {
        Response answer = GATEWAY.post(
                "/v1/completions",
                "{\"model\":\"odd/m\",\"prompt\":\"x\",\"top_k\":3,\"stop\":\"a\",\"max_tokens\":2}");

        assertThat(Shapes.json(answer.asString()).at("/choices/0/text").asText())
                .as(answer.asString())
                .isEqualTo("hello");
        assertThat(VENDOR.received().getLast().json())
                .isEqualTo(
                        Shapes.json(
                                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":2,\"top_k\":3,\"stop\":[\"a\"]}"));
        assertThat(GATEWAY.post("/v1/completions", "{\"model\":\"odd/m\",\"prompt\":\"x\",\"stop\":[\"a\",\"b\"]}")
                        .asString())
                .contains("stop[1]");
    }

    @ParameterizedTest
    @CsvSource({
        "usage-in-stream,perhaps",
        "thoughts,aloud",
        "parts,smell",
        "response-formats,xml",
        "output-limit,most",
        "most-stops,many",
        "tool-call-id-length,-1",
        "developer-role,1",
        "reasoning-rename,max_tokens",
        "embeddings,no"
    })
    void aQuirkThatNobodyKnowsStopsTheStart(String name, String value) {
        try (Gateway gateway = Gateway.bare()
                .and("signalbox.providers.odd.kind", "openai-compatible")
                .and("signalbox.providers.odd.base-url", "http://127.0.0.1:9/v1")
                .and("signalbox.providers.odd.quirks." + name, value)) {
            gateway.expectStartFailure("signalbox.providers.odd.quirks." + name, value);
        }
    }
}
