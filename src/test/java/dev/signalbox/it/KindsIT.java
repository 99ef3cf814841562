package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind that speaks like OpenAI: its credential, and what of a caller's own words is put otherwise for it. */
@Timeout(60)
class KindsIT {

    private static final List<String> KINDS = List.of(
            "openai", "openai-compatible", "groq", "together", "mistral", "deepseek", "xai", "openrouter", "vllm");

    private static final Map<String, FakeVendor> VENDORS = new HashMap<>();

    @RegisterExtension
    static final Gateway GATEWAY = gateway();

    private static Gateway gateway() {
        Gateway gateway = Gateway.bare();
        for (String kind : KINDS) {
            FakeVendor vendor = new FakeVendor();
            VENDORS.put(kind, vendor);
            gateway.and("signalbox.providers." + kind + ".kind", kind);
            gateway.and("signalbox.providers." + kind + ".base-url", vendor.url());
            gateway.and("signalbox.providers." + kind + ".api-keys[0]", "sk-of-" + kind);
        }
        return gateway;
    }

    static List<String> kinds() {
        return KINDS;
    }

    @AfterAll
    static void closeVendors() {
        VENDORS.values().forEach(FakeVendor::close);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itIsAskedAtItsAddressWithItsKey(String kind) {
        Response answer = GATEWAY.ask(kind + "/org/model-1");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        FakeVendor.Received asked = VENDORS.get(kind).received().getLast();
        assertThat(asked.path()).isEqualTo("/v1/chat/completions");
        assertThat(asked.header("authorization")).isEqualTo("Bearer sk-of-" + kind);
        assertThat(asked.json())
                .isEqualTo(Shapes.json(
                        "{\"model\":\"org/model-1\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itsStreamsAreCountedForCallersWhoDoNotWantToKnow(String kind) {
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(kind + "/m"))) {
            List<String> blocks = listener.rest();

            assertThat(Listener.text(blocks)).isEqualTo("hello");
            assertThat(String.join("", blocks)).doesNotContain("\"usage\"");
            assertThat(Listener.facts(blocks).path("output_tokens").asInt()).isEqualTo(4);
            JsonNode asked = VENDORS.get(kind).received().getLast().json();
            assertThat(asked.path("stream_options").path("include_usage").asBoolean(false))
                    .isEqualTo(!kind.equals("mistral"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "openai/gpt-4o|max_tokens|max_tokens",
                "openai/o3-mini|max_tokens|max_completion_tokens",
                "openai/gpt-5|max_tokens|max_completion_tokens",
                "openai-compatible/x|max_completion_tokens|max_completion_tokens",
                "groq/x|max_completion_tokens|max_completion_tokens",
                "together/x|max_completion_tokens|max_tokens",
                "mistral/x|max_completion_tokens|max_tokens",
                "mistral/x|seed|random_seed",
                "deepseek/x|max_completion_tokens|max_tokens",
                "xai/x|max_completion_tokens|max_completion_tokens",
                "vllm/x|max_completion_tokens|max_completion_tokens"
            })
    void fieldsHaveTheNamesThatItKnows(String model, String given, String wanted) {
        JsonNode asked = asked(Shapes.with(model, "\"" + given + "\":7"));

        assertThat(asked.path(wanted).asInt()).isEqualTo(7);
        assertThat(asked.has(given)).isEqualTo(given.equals(wanted));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "groq|\"logit_bias\":{\"1\":2}|logit_bias",
                "groq|\"n\":2|n",
                "mistral|\"logprobs\":true|logprobs",
                "mistral|\"store\":true|store",
                "deepseek|\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{}}}|response_format"
            })
    void whatItRefusesIsRefusedBeforeItIsAsked(String kind, String field, String name) {
        Response answer = GATEWAY.chat(Shapes.with(kind + "/m", field));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo("unsupported_parameter");
        assertThat(Shapes.json(answer.asString()).at("/error/param").asText()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "groq|\"n\":1,\"logprobs\":false",
                "mistral|\"logit_bias\":{ },\"store\":null,\"stream_options\":null",
            })
    void whatMeansNothingIsLeftOutInSilence(String kind, String fields) {
        JsonNode asked = asked(Shapes.with(kind + "/m", fields));

        assertThat(asked.size()).isEqualTo(2);
    }

    @Test
    void idsOfCallsFitMistral() {
        JsonNode asked = asked("""
                {"model":"mistral/m","tool_choice":"required","messages":[{"role":"developer","content":"be"},\
                {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}},\
                {"id":"abcDEF123","type":"function","function":{"name":"g","arguments":"{}"}}]},\
                {"role":"tool","tool_call_id":"call_1","content":"1"},{"role":"tool","tool_call_id":"abcDEF123","content":"2"}]}""");

        assertThat(asked.at("/messages/0/role").asText()).isEqualTo("system");
        assertThat(asked.at("/tool_choice").asText()).isEqualTo("any");
        String first = asked.at("/messages/1/tool_calls/0/id").asText();
        assertThat(first).matches("[a-zA-Z0-9]{9}").isNotEqualTo("abcDEF123");
        assertThat(asked.at("/messages/2/tool_call_id").asText()).isEqualTo(first);
        assertThat(asked.at("/messages/1/tool_calls/1/id").asText()).isEqualTo("abcDEF123");
        assertThat(asked.at("/messages/3/tool_call_id").asText()).isEqualTo("abcDEF123");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "openai/m||messages[0].reasoning_content",
                "mistral/m||messages[0].reasoning_content",
                "groq/llama||messages[0].reasoning_content",
                "groq/openai/gpt-oss-20b|reasoning|",
                "deepseek/m|reasoning_content|",
                "vllm/m|reasoning_content|",
                "openai-compatible/m|reasoning_content|"
            })
    void earlierThoughtsGoWhereItTakesThem(String model, String field, String dropped) {
        Response answer = GATEWAY.chat("{\"model\":\"" + model
                + "\",\"messages\":[{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"hm\"},"
                + "{\"role\":\"user\",\"content\":\"b\"}]}");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        JsonNode message = VENDORS.get(model.substring(0, model.indexOf('/')))
                .received()
                .getLast()
                .json()
                .at("/messages/0");
        assertThat(message.size()).isEqualTo(field == null ? 2 : 3);
        if (field != null) {
            assertThat(message.path(field).asText()).isEqualTo("hm");
        }
        assertThat(answer.header("x-signalbox-dropped")).isEqualTo(dropped);
    }

    @Test
    void whoIsStrictIsToldOfDroppedThoughts() {
        Response answer = GATEWAY.chat(
                "{\"model\":\"openai/m\",\"messages\":[{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"hm\"}]}",
                "x-signalbox-translation",
                "strict");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.asString()).contains("messages[0].reasoning_content");
    }

    @Test
    void usageMayStandInAFieldOfTheVendorsOwn() {
        VENDORS.get("groq")
                .answers(OpenAiAnswers.events(
                        List.of(
                                OpenAiAnswers.delta("hello"),
                                OpenAiAnswers.data(
                                        "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}}"),
                                OpenAiAnswers.DONE),
                        Wire.Chunking.EVENTS));
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("groq/m"))) {
            JsonNode facts = Listener.facts(listener.rest());

            assertThat(facts.path("input_tokens").asInt()).isEqualTo(9);
            assertThat(facts.path("output_tokens").asInt()).isEqualTo(3);
            assertThat(facts.path("estimated").asBoolean()).isFalse();
        } finally {
            VENDORS.get("groq").answers(OpenAiAnswers.hello());
        }
    }

    private static JsonNode asked(String body) {
        Response answer = GATEWAY.chat(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        String model = Shapes.json(body).path("model").asText();
        return VENDORS.get(model.substring(0, model.indexOf('/')))
                .received()
                .getLast()
                .json();
    }
}
