package clients;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The clients under test, and what they ask. */
final class Gateway {

    /** One model for each upstream kind. */
    enum Upstream {
        SIMULATOR("echo", "sim-1", "Say hello"),
        OPENAI("gpt-mock", "gpt-4o-mini", "Hello from the mock of the vendors."),
        OPENAI_COMPATIBLE("compatible-mock", "llama-3.3-70b", "Hello from the mock of the vendors."),
        ANTHROPIC("claude-mock", "claude-sonnet-4-5", "Hello from the mock of the vendors.");

        final String model;
        final String upstreamModel;
        final String hello;

        Upstream(String model, String upstreamModel, String hello) {
            this.model = model;
            this.upstreamModel = upstreamModel;
            this.hello = hello;
        }
    }

    private Gateway() {}

    static OpenAIClient client() {
        return client("CLIENTS_GATEWAY", "any");
    }

    static OpenAIClient clientOfKeys(String key) {
        return client("CLIENTS_GATEWAY_KEYS", key);
    }

    private static OpenAIClient client(String address, String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(System.getenv(address) + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    static ChatCompletionCreateParams.Builder ask(String model, String text) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(text);
    }

    static ChatCompletionFunctionTool weather() {
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("get_weather")
                        .description("The weather in a city")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                                .build())
                        .build())
                .build();
    }
}
