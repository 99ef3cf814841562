package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clients.Gateway.Upstream;
import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.errors.ClientException;
import com.google.genai.errors.ServerException;
import com.google.genai.types.FinishReason;
import com.google.genai.types.GenerateContentConfig;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("google-genai: models")
class GenAiTest {

    private static final GenerateContentConfig LIMIT =
            GenerateContentConfig.builder().maxOutputTokens(200).build();

    private final Client client = Client.builder()
            .apiKey("any")
            .httpOptions(HttpOptions.builder()
                    .baseUrl(System.getenv("CLIENTS_GATEWAY"))
                    .build())
            .build();

    @ParameterizedTest(name = "plain: {0}")
    @EnumSource
    void plain(Upstream upstream) {
        GenerateContentResponse answer = client.models.generateContent(upstream.model, "Say hello", LIMIT);
        assertEquals(upstream.hello, answer.text());
        assertEquals(FinishReason.Known.STOP, answer.finishReason().knownEnum());
        assertEquals(upstream.upstreamModel, answer.modelVersion().orElseThrow());
        assertTrue(answer.usageMetadata().orElseThrow().promptTokenCount().orElseThrow() > 0);
    }

    @ParameterizedTest(name = "streamed: {0}")
    @EnumSource
    void streamed(Upstream upstream) {
        var text = new StringBuilder();
        try (ResponseStream<GenerateContentResponse> stream =
                client.models.generateContentStream(upstream.model, "Say hello", LIMIT)) {
            for (GenerateContentResponse piece : stream) {
                String words = piece.text();
                text.append(words == null ? "" : words);
            }
        }
        assertEquals(upstream.hello, text.toString());
    }

    @Test
    @DisplayName("errors are typed")
    void errors() {
        assertEquals(404, assertThrows(ClientException.class, () -> client.models.generateContent("nobody", "hi", LIMIT))
                .code());
        assertEquals(503, assertThrows(ServerException.class, () -> client.models.generateContent("doomed", "hi", LIMIT))
                .code());
    }
}
