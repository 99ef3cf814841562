package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clients.Gateway.Upstream;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("openai-java: errors")
class ErrorsTest {

    private final OpenAIClient client = Gateway.client();

    private void create(ChatCompletionCreateParams.Builder params) {
        client.chat().completions().create(params.build());
    }

    @Test
    @DisplayName("NotFoundException 404 model_not_found")
    void modelNotFound() {
        var e = assertThrows(NotFoundException.class, () -> create(Gateway.ask("gpt-mok", "hi")));
        assertEquals(Optional.of("model_not_found"), e.code());
        assertTrue(e.getMessage().contains("gpt-mock"), e.getMessage());
        assertFalse(e.headers().values("x-signalbox-request-id").isEmpty());
    }

    @Test
    @DisplayName("BadRequestException 400 naming the field")
    void badRequest() {
        var e = assertThrows(
                BadRequestException.class,
                () -> create(Gateway.ask("claude-mock", "hi").putAdditionalBodyProperty("tools", JsonValue.from(7))));
        assertEquals(Optional.of("invalid_request"), e.code());
        assertTrue(e.getMessage().contains("tools"), e.getMessage());
    }

    @Test
    @DisplayName("InternalServerException 503 all_providers_exhausted, with its attempts, also for streams")
    void exhausted() {
        var e = assertThrows(InternalServerException.class, () -> create(Gateway.ask("doomed", "hi")));
        assertEquals(503, e.statusCode());
        assertEquals(Optional.of("all_providers_exhausted"), e.code());
        assertTrue(e.body().toString().contains("attempts"), e.body().toString());
        var streamed = assertThrows(InternalServerException.class, () -> client.chat()
                .completions()
                .createStreaming(Gateway.ask("doomed", "hi").build()));
        assertEquals(503, streamed.statusCode());
    }

    @ParameterizedTest(name = "a vendor''s 400 is passed through: {0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SIMULATOR")
    void passedThrough(Upstream upstream) {
        var e = assertThrows(BadRequestException.class, () -> create(Gateway.ask(upstream.model, "your fault")));
        assertTrue(e.getMessage().contains("the mock does not like it"), e.getMessage());
    }

    @ParameterizedTest(name = "a stream that breaks off throws: {0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SIMULATOR")
    void brokenStream(Upstream upstream) {
        var params = Gateway.ask(upstream.model, "breaks off").build();
        try (var stream = client.chat().completions().createStreaming(params)) {
            assertThrows(OpenAIException.class, () -> stream.stream().forEach(_chunk -> {}));
        }
    }

    @Test
    @DisplayName("UnauthorizedException 401 invalid_api_key")
    void unauthorized() {
        var stranger = Gateway.clientOfKeys("clients-wrong-key");
        var params = Gateway.ask("echo", "hi").build();
        var e = assertThrows(
                UnauthorizedException.class, () -> stranger.chat().completions().create(params));
        assertEquals(Optional.of("invalid_api_key"), e.code());
        Gateway.clientOfKeys("clients-full-key").chat().completions().create(params);
    }

    @Test
    @DisplayName("PermissionDeniedException 403 model_not_allowed")
    void notAllowed() {
        var narrow = Gateway.clientOfKeys("clients-narrow-key");
        var e = assertThrows(
                PermissionDeniedException.class,
                () -> narrow.chat().completions().create(Gateway.ask("other", "hi").build()));
        assertEquals(Optional.of("model_not_allowed"), e.code());
    }
}
