package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clients.Gateway.Upstream;
import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.models.Model;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("openai-java: chat")
class ChatTest {

    private final OpenAIClient client = Gateway.client();

    @ParameterizedTest(name = "plain: {0}")
    @EnumSource
    void plain(Upstream upstream) {
        ChatCompletion answer = client.chat()
                .completions()
                .create(Gateway.ask(upstream.model, "Say hello").build());
        answer.validate();
        assertEquals(upstream.upstreamModel, answer.model());
        ChatCompletion.Choice choice = answer.choices().getFirst();
        assertEquals(upstream.hello, choice.message().content().orElseThrow());
        assertEquals(ChatCompletion.Choice.FinishReason.STOP, choice.finishReason());
        var usage = answer.usage().orElseThrow();
        assertEquals(usage.totalTokens(), usage.promptTokens() + usage.completionTokens());
        assertTrue(usage.completionTokens() > 0);
    }

    @ParameterizedTest(name = "streamed: {0}")
    @EnumSource
    void streamed(Upstream upstream) {
        var whole = ChatCompletionAccumulator.create();
        var params = Gateway.ask(upstream.model, "Say hello")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        long chunks;
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            chunks = stream.stream().peek(whole::accumulate).count();
        }
        assertTrue(chunks > 2, "in pieces");
        ChatCompletion answer = whole.chatCompletion();
        assertEquals(upstream.hello, answer.choices().getFirst().message().content().orElseThrow());
        assertTrue(answer.usage().orElseThrow().completionTokens() > 0);
    }

    @ParameterizedTest(name = "async: {0}")
    @EnumSource
    void async(Upstream upstream) throws Exception {
        ChatCompletion answer = client.async()
                .chat()
                .completions()
                .create(Gateway.ask(upstream.model, "Say hello").build())
                .get(20, TimeUnit.SECONDS);
        assertEquals(upstream.hello, answer.choices().getFirst().message().content().orElseThrow());
    }

    @ParameterizedTest(name = "headers by withRawResponse(): {0}")
    @EnumSource
    void headers(Upstream upstream) {
        var response = client.chat()
                .completions()
                .withRawResponse()
                .create(Gateway.ask(upstream.model, "Say hello").build());
        assertEquals(List.of(upstream.upstreamModel), response.headers().values("x-signalbox-model"));
        assertEquals(
                response.requestId().orElseThrow(),
                response.headers().values("x-signalbox-request-id").getFirst());
    }

    @Test
    @DisplayName("a stream that is closed midway leaves everything fine")
    void leftMidway() {
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(Gateway.ask("claude-mock", "slowly").build())) {
            assertTrue(stream.stream().limit(3).count() > 0);
        }
        plain(Upstream.ANTHROPIC);
    }

    @Test
    @DisplayName("models().list() and retrieve()")
    void models() {
        List<String> ids =
                client.models().list().data().stream().map(Model::id).toList();
        assertTrue(ids.containsAll(List.of("echo", "gpt-mock", "compatible-mock", "claude-mock")), ids.toString());
        assertEquals("claude-mock", client.models().retrieve("claude-mock").id());
    }
}
