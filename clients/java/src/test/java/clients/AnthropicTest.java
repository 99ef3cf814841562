package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clients.Gateway.Upstream;
import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("anthropic-java: messages")
class AnthropicTest {

    private final AnthropicClient client = client("CLIENTS_GATEWAY", "any");

    private static AnthropicClient client(String address, String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(System.getenv(address))
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private static MessageCreateParams.Builder ask(String model, String text) {
        return MessageCreateParams.builder().model(model).maxTokens(200).addUserMessage(text);
    }

    private static String text(Message message) {
        return message.content().getFirst().text().orElseThrow().text();
    }

    @ParameterizedTest(name = "plain: {0}")
    @EnumSource
    void plain(Upstream upstream) {
        Message answer =
                client.messages().create(ask(upstream.model, "Say hello").build());
        assertEquals(upstream.upstreamModel, answer.model().asString());
        assertEquals(upstream.hello, text(answer));
        assertEquals(StopReason.END_TURN, answer.stopReason().orElseThrow());
        assertTrue(answer.usage().inputTokens() > 0 && answer.usage().outputTokens() > 0);
    }

    @ParameterizedTest(name = "streamed: {0}")
    @EnumSource
    void streamed(Upstream upstream) {
        var whole = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream =
                client.messages().createStreaming(ask(upstream.model, "Say hello").build())) {
            stream.stream().forEach(whole::accumulate);
        }
        assertEquals(upstream.hello, text(whole.message()));
        assertEquals(StopReason.END_TURN, whole.message().stopReason().orElseThrow());
    }

    @ParameterizedTest(name = "tools: {0}")
    @EnumSource
    void tools(Upstream upstream) {
        Tool weather = Tool.builder()
                .name("get_weather")
                .inputSchema(Tool.InputSchema.builder()
                        .properties(JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .build())
                .build();
        Message answer = client.messages()
                .create(ask(upstream.model, "call get_weather").addTool(weather).build());
        var call = answer.content().stream()
                .flatMap(block -> block.toolUse().stream())
                .findFirst()
                .orElseThrow();
        assertEquals("get_weather", call.name());
        assertEquals(StopReason.TOOL_USE, answer.stopReason().orElseThrow());
        if (upstream != Upstream.ANTHROPIC) { // the mock's own answer passes as it is, and is of an older version
            assertTrue(call.caller().isDirect());
        }
    }

    @Test
    @DisplayName("messages().countTokens()")
    void counts() {
        assertEquals(
                9,
                client.messages()
                        .countTokens(MessageCountTokensParams.builder()
                                .model("gpt-mock")
                                .addUserMessage("hello world")
                                .build())
                        .inputTokens());
    }

    @Test
    @DisplayName("models().list() and retrieve()")
    void models() {
        List<String> ids = client.models().list().autoPager().stream()
                .map(model -> model.id())
                .toList();
        assertTrue(ids.containsAll(List.of("echo", "gpt-mock", "claude-mock")), ids.toString());
        assertEquals("claude-mock", client.models().retrieve("claude-mock").id());
    }

    @Test
    @DisplayName("errors are typed")
    void errors() {
        assertThrows(NotFoundException.class, () -> client.messages()
                .create(ask("nobody", "hi").build()));
        assertThrows(BadRequestException.class, () -> client.messages()
                .create(ask("", "hi").build()));
        var exhausted = assertThrows(InternalServerException.class, () -> client.messages()
                .create(ask("doomed", "hi").build()));
        assertEquals(503, exhausted.statusCode());
        assertThrows(UnauthorizedException.class, () -> client("CLIENTS_GATEWAY_KEYS", "nobodys-key")
                .messages()
                .create(ask("echo", "hi").build()));
        assertEquals(
                "hi",
                text(client("CLIENTS_GATEWAY_KEYS", "clients-full-key")
                        .messages()
                        .create(ask("echo", "hi").build())));
    }
}
