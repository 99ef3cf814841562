package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clients.Gateway.Upstream;
import com.openai.client.OpenAIClient;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("openai-java: tools")
class ToolsTest {

    private final OpenAIClient client = Gateway.client();

    @ParameterizedTest(name = "a tool call: {0}")
    @EnumSource
    void call(Upstream upstream) {
        var params = Gateway.ask(upstream.model, "call get_weather for Paris")
                .addTool(Gateway.weather())
                .toolChoice(ChatCompletionToolChoiceOption.Auto.AUTO)
                .build();
        var choice = client.chat().completions().create(params).choices().getFirst();
        assertEquals(ChatCompletion.Choice.FinishReason.TOOL_CALLS, choice.finishReason());
        List<ChatCompletionMessageFunctionToolCall> calls = calls(choice.message());
        assertEquals(1, calls.size());
        assertEquals("get_weather", calls.getFirst().function().name());
    }

    @ParameterizedTest(name = "parallel calls, whole, streamed, and their results: {0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SIMULATOR")
    void roundTrip(Upstream upstream) {
        var params = Gateway.ask(upstream.model, "call both for Paris and Tokyo").addTool(Gateway.weather());
        ChatCompletionMessage plain =
                client.chat().completions().create(params.build()).choices().getFirst().message();
        var whole = ChatCompletionAccumulator.create();
        try (var stream = client.chat().completions().createStreaming(params.build())) {
            stream.stream().forEach(whole::accumulate);
        }
        ChatCompletionMessage streamed =
                whole.chatCompletion().choices().getFirst().message();
        for (ChatCompletionMessage message : List.of(plain, streamed)) {
            List<ChatCompletionMessageFunctionToolCall> calls = calls(message);
            assertEquals(
                    List.of("call_paris01", "call_tokyo02"),
                    calls.stream().map(ChatCompletionMessageFunctionToolCall::id).toList());
            assertTrue(calls.get(1).function().arguments().contains("Tokyo"));
        }
        params.addMessage(streamed);
        for (ChatCompletionMessageFunctionToolCall call : calls(streamed)) {
            params.addMessage(ChatCompletionToolMessageParam.builder()
                    .toolCallId(call.id())
                    .content("18 °C")
                    .build());
        }
        assertEquals(
                "Paris 18 °C, Tokyo 25 °C.",
                client.chat()
                        .completions()
                        .create(params.build())
                        .choices()
                        .getFirst()
                        .message()
                        .content()
                        .orElseThrow());
    }

    private static List<ChatCompletionMessageFunctionToolCall> calls(ChatCompletionMessage message) {
        return message.toolCalls().orElseThrow().stream()
                .map(call -> call.asFunction())
                .toList();
    }
}
