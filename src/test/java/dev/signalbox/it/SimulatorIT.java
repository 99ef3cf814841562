package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The provider that answers by itself. */
@Timeout(60)
class SimulatorIT {

    private static Gateway simulated(Gateway gateway, String name, String... settings) {
        gateway.and("signalbox.providers." + name + ".kind", "simulator");
        gateway.and("signalbox.providers." + name + ".max-retries", "0");
        for (int i = 0; i < settings.length; i += 2) {
            gateway.and("signalbox.providers." + name + "." + settings[i], settings[i + 1]);
        }
        gateway.and("signalbox.models." + name + ".deployments[0].provider", name);
        gateway.and("signalbox.models." + name + ".deployments[0].model", "sim");
        gateway.and("signalbox.models." + name + ".pricing.input", "1");
        return gateway.and("signalbox.models." + name + ".pricing.output", "2");
    }

    private static Gateway configured() {
        Gateway gateway = Gateway.bare();
        simulated(gateway, "echo");
        simulated(gateway, "fixed", "reply", "Grüße aus dem Stellwerk");
        simulated(gateway, "slow", "latency", "400ms", "first-token-after", "300ms", "tokens-per-second", "20");
        for (String failure : new String[] {"429", "500", "timeout", "disconnect", "malformed"}) {
            simulated(gateway, "f" + failure, "failure-rate", "1", "failure", failure, "timeout", "500ms");
            gateway.and("signalbox.models.f" + failure + ".fallbacks[0]", "echo");
            simulated(gateway, "only" + failure, "failure-rate", "1", "failure", failure, "timeout", "500ms");
        }
        simulated(gateway, "seeded1", "failure-rate", "0.5", "seed", "42", "circuit.volume", "1000");
        simulated(gateway, "seeded2", "failure-rate", "0.5", "seed", "42", "circuit.volume", "1000");
        return gateway;
    }

    @RegisterExtension
    static final Gateway GATEWAY = configured();

    @Test
    void itSaysWhatItIsTold() {
        Response answer = GATEWAY.chat(Shapes.question("echo", "hello, 世界 🌍"));

        JsonNode chat = Shapes.json(answer.asString());
        assertThat(chat.path("object").asText()).isEqualTo("chat.completion");
        assertThat(chat.path("id").asText()).isNotBlank();
        assertThat(chat.path("created").isIntegralNumber()).isTrue();
        assertThat(chat.path("model").asText()).isEqualTo("sim");
        JsonNode choice = chat.path("choices").path(0);
        assertThat(choice.path("index").asInt()).isZero();
        assertThat(choice.path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(choice.path("message").path("content").asText()).isEqualTo("hello, 世界 🌍");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        JsonNode usage = chat.path("usage");
        assertThat(usage.path("prompt_tokens").asInt()).isPositive();
        assertThat(usage.path("completion_tokens").asInt()).isPositive();
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path("prompt_tokens").asInt()
                        + usage.path("completion_tokens").asInt());
        assertThat(new java.math.BigDecimal(answer.header("x-signalbox-cost-usd")))
                .isPositive();
    }

    @Test
    void itStreamsTheSame() {
        try (Listener listener = Listener.ask(GATEWAY, """
                {"model":"echo","stream":true,"stream_options":{"include_usage":true},\
                "messages":[{"role":"system","content":"be brief"},{"role":"user","content":"one two three 世界"}]}""")) {
            List<String> blocks = listener.rest();
            List<JsonNode> chunks = Listener.chunks(blocks);

            assertThat(Listener.text(blocks)).isEqualTo("one two three 世界");
            assertThat(chunks)
                    .allSatisfy(
                            chunk -> assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk"));
            assertThat(chunks.stream().map(chunk -> chunk.path("id").asText()).distinct())
                    .hasSize(1);
            assertThat(chunks)
                    .filteredOn(
                            chunk -> chunk.path("choices").path(0).path("delta").has("role"))
                    .hasSize(1);
            assertThat(chunks)
                    .filteredOn(chunk -> chunk.path("choices")
                            .path(0)
                            .path("finish_reason")
                            .asText("")
                            .equals("stop"))
                    .hasSize(1);
            assertThat(chunks.getLast().path("usage").path("completion_tokens").asInt())
                    .isPositive();
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
    }

    @Test
    void itMayAlwaysSayTheSame() {
        assertThat(Shapes.json(GATEWAY.ask("fixed").asString())
                        .path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo("Grüße aus dem Stellwerk");
    }

    @Test
    void itTakesItsTime() {
        long begun = System.nanoTime();
        GATEWAY.ask("slow");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(390));

        begun = System.nanoTime();
        try (Listener listener =
                Listener.ask(GATEWAY, Shapes.streamed("slow").replace("hi", "one two three four five six"))) {
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(290));
            listener.rest();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(500));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"429", "500", "timeout", "disconnect", "malformed"})
    void itsFailuresAreSurvivedLikeThoseOfOthers(String failure) {
        Response answer = GATEWAY.ask("f" + failure);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo("echo");
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed("f" + failure))) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo("echo");
            assertThat(listener.rest().getLast()).isEqualTo("data: [DONE]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"429", "500", "timeout", "disconnect", "malformed"})
    void itsFailuresAreToldLikeThoseOfOthers(String failure) {
        Response answer = GATEWAY.ask("only" + failure);

        assertThat(answer.statusCode()).isIn(503, 504);
        assertThat(Shapes.json(answer.asString()).path("error").path("attempts"))
                .hasSize(1);
    }

    @Test
    void aSeedMakesItsFailuresComeInTheSameOrder() {
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            first.add(GATEWAY.ask("seeded1").statusCode());
            second.add(GATEWAY.ask("seeded2").statusCode());
        }

        assertThat(first).isEqualTo(second).contains(200, 503);
    }

    private static String withTools(String words, boolean stream) {
        return """
                {"model":"echo","stream":%s,"messages":[{"role":"user","content":"%s"}],"tools":[{"type":"function",\
                "function":{"name":"get_weather","parameters":{"type":"object","properties":{}}}}]}""".formatted(stream, words);
    }

    @Test
    void itCallsAToolWhenItIsToldTo() {
        JsonNode choice = Shapes.json(GATEWAY.chat(withTools("please call get_weather", false))
                        .asString())
                .path("choices")
                .path(0);

        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        JsonNode call = choice.path("message").path("tool_calls").path(0);
        assertThat(call.path("id").asText()).isNotBlank();
        assertThat(call.path("type").asText()).isEqualTo("function");
        assertThat(call.path("function").path("name").asText()).isEqualTo("get_weather");
        assertThat(Shapes.json(call.path("function").path("arguments").asText()).isObject())
                .isTrue();
    }

    @Test
    void itCallsAToolInAStream() {
        try (Listener listener = Listener.ask(GATEWAY, withTools("call get_weather", true))) {
            List<JsonNode> calls = new ArrayList<>();
            for (JsonNode chunk : Listener.chunks(listener.rest())) {
                chunk.path("choices").path(0).path("delta").path("tool_calls").forEach(calls::add);
            }
            assertThat(calls.getFirst().path("index").asInt()).isZero();
            assertThat(calls.getFirst().path("function").path("name").asText()).isEqualTo("get_weather");
        }
    }

    @Test
    void itDoesNotCallAToolThatIsNotOffered() {
        assertThat(Shapes.json(GATEWAY.chat(withTools("call get_secrets", false))
                                .asString())
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo("stop");
    }

    @Test
    void itStopsWhenItsTokensAreUsedUp() {
        Response answer = GATEWAY.chat("""
                {"model":"echo","max_tokens":2,"messages":[{"role":"user",\
                "content":"a long sentence that has many more words than two tokens could ever hold"}]}""");

        JsonNode chat = Shapes.json(answer.asString());
        assertThat(chat.path("choices").path(0).path("finish_reason").asText()).isEqualTo("length");
        assertThat(chat.path("usage").path("completion_tokens").asInt()).isLessThanOrEqualTo(2);
    }
}
