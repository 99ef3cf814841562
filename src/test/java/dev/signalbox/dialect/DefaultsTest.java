package dev.signalbox.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.Quirks;
import dev.signalbox.chat.Dialect.Target;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.bedrock.BedrockDialect;
import dev.signalbox.dialect.cohere.CohereDialect;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.ollama.OllamaDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.dialect.responses.ResponsesDialect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A provider's defaults hold for callers who say nothing, whatever they speak, and give way to those who say something. */
class DefaultsTest {

    private static final Set<String> LIMITS = Set.of(
            "max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens", "maxTokens", "num_predict");

    /** A request in a language: silent, or with a limit of 7 tokens and a temperature of 0.5. */
    private record Request(String name, Dialect in, String silent, String outspoken) {}

    private record Upstream(String name, Dialect out, String model, Quirks quirks) {}

    private static final List<Request> REQUESTS = List.of(
            new Request(
                    "chat with max_tokens",
                    new OpenAiDialect(),
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":7,\"temperature\":0.5}"),
            new Request(
                    "chat with max_completion_tokens",
                    new OpenAiDialect(),
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":null}",
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_completion_tokens\":7,\"temperature\":0.5}"),
            new Request(
                    "responses",
                    new ResponsesDialect(),
                    "{\"model\":\"m\",\"input\":\"hi\"}",
                    "{\"model\":\"m\",\"input\":\"hi\",\"max_output_tokens\":7,\"temperature\":0.5}"),
            new Request(
                    "anthropic",
                    new AnthropicDialect(),
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                    "{\"model\":\"m\",\"max_tokens\":7,\"temperature\":0.5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"),
            new Request(
                    "gemini",
                    new GeminiDialect(),
                    "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}]}",
                    "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}],\"generationConfig\":{\"maxOutputTokens\":7,\"temperature\":0.5}}"),
            new Request(
                    "gemini in snake case",
                    new GeminiDialect(),
                    "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}],\"generation_config\":{}}",
                    "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}],\"generation_config\":{\"max_output_tokens\":7,\"temperature\":0.5}}"));

    private static final Quirks OLD_LIMIT = new Quirks(
            Map.of("max_completion_tokens", "max_tokens"),
            true,
            Set.of(),
            Set.of(),
            Set.of(),
            Set.of(),
            "max_tokens",
            0,
            0,
            "required",
            Quirks.Thoughts.UNSAID,
            false,
            true,
            null);

    private static final List<Upstream> UPSTREAMS = List.of(
            new Upstream("chat", new OpenAiDialect(), "gpt-4o", Quirks.NONE),
            new Upstream("chat that knows max_tokens only", new OpenAiDialect(), "mixtral", OLD_LIMIT),
            new Upstream("responses", new ResponsesDialect(), "gpt-4o", Quirks.NONE),
            new Upstream("anthropic", new AnthropicDialect(), "claude-sonnet-4-5", Quirks.NONE),
            new Upstream("gemini", new GeminiDialect(), "gemini-2.0-flash", Quirks.NONE),
            new Upstream("bedrock", new BedrockDialect(), "amazon.nova-pro-v1:0", Quirks.NONE),
            new Upstream("cohere", new CohereDialect(), "command-a-03-2025", Quirks.NONE),
            new Upstream("ollama", new OllamaDialect(), "llama3.2", Quirks.NONE));

    static Stream<Arguments> everyPair() {
        return REQUESTS.stream()
                .flatMap(request -> UPSTREAMS.stream()
                        .flatMap(upstream -> Stream.of("max_tokens", "max_completion_tokens")
                                .map(name -> Arguments.argumentSet(
                                        request.name() + " to " + upstream.name() + " with default " + name,
                                        request,
                                        upstream,
                                        name))));
    }

    @ParameterizedTest
    @MethodSource("everyPair")
    void theyHoldForWhoSaysNothing(Request request, Upstream upstream, String name) {
        JsonNode sent = sent(request.in(), request.silent(), upstream, name);

        assertThat(values(sent, LIMITS)).containsExactly("2000");
        assertThat(values(sent, Set.of("temperature"))).containsExactly("0.1");
    }

    @ParameterizedTest
    @MethodSource("everyPair")
    void theyGiveWayToWhoSaysSomething(Request request, Upstream upstream, String name) {
        JsonNode sent = sent(request.in(), request.outspoken(), upstream, name);

        assertThat(values(sent, LIMITS)).containsExactly("7");
        assertThat(values(sent, Set.of("temperature"))).containsExactly("0.5");
    }

    private static JsonNode sent(Dialect in, String json, Upstream upstream, String limit) {
        Body body = Body.parse(json.getBytes(StandardCharsets.UTF_8));
        Map<String, Object> defaults = Map.of(limit, number("2000"), "temperature", number("0.1"));
        var target = new Target(upstream.model(), false, null, defaults, upstream.quirks(), Map.of());
        return in.id().equals(upstream.out().id())
                ? read(upstream.out().forward(body, target).body())
                : upstream.out().encode(in.decode(body), target).body();
    }

    private static JsonNode number(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode read(byte[] json) {
        try {
            return Json.read(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands under one of these names, anywhere. */
    private static List<String> values(JsonNode tree, Set<String> names) {
        List<String> values = new ArrayList<>();
        tree.properties().forEach(member -> {
            if (names.contains(member.getKey()) && !member.getValue().isNull()) {
                values.add(member.getValue().asText());
            } else {
                values.addAll(values(member.getValue(), names));
            }
        });
        return values;
    }
}
