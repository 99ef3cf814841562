package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource({
        "429, rate_limit_exceeded, Slow down, RATE_LIMITED",
        "429, insufficient_quota, You exceeded your current quota, QUOTA_EXHAUSTED",
        "402, '', Payment required, QUOTA_EXHAUSTED",
        "401, invalid_api_key, Incorrect API key, CREDENTIAL_REJECTED",
        "403, '', Forbidden, CREDENTIAL_REJECTED",
        "403, model_not_found, Project does not have access to model x, MODEL_UNAVAILABLE",
        "404, model_not_found, No such model, MODEL_UNAVAILABLE",
        "301, '', Moved, MODEL_UNAVAILABLE",
        "408, '', Request timeout, SERVER_ERROR",
        "500, '', Oops, SERVER_ERROR",
        "502, '', Bad gateway, SERVER_ERROR",
        "503, '', Busy, OVERLOADED",
        "529, overloaded_error, Overloaded, OVERLOADED",
        "400, context_length_exceeded, Too long, CONTEXT_TOO_LONG",
        "400, '', This model's maximum context length is 8192 tokens, CONTEXT_TOO_LONG",
        "400, '', prompt is too long: 200001 tokens > 200000 maximum, CONTEXT_TOO_LONG",
        "400, content_filter, The response was filtered, CONTENT_FILTERED",
        "400, content_policy_violation, Rejected, CONTENT_FILTERED",
        "400, '', Your credit balance is too low, QUOTA_EXHAUSTED",
        "400, '', messages is required, INVALID_REQUEST",
        "400, API_KEY_INVALID, Pass a valid one, CREDENTIAL_REJECTED",
        "400, '', API key not valid. Please pass a valid API key., CREDENTIAL_REJECTED",
        "400, '', The input token count (5) exceeds the maximum number of tokens allowed (4)., CONTEXT_TOO_LONG",
        "422, '', Unprocessable, INVALID_REQUEST",
        "499, CANCELLED, The operation was cancelled, SERVER_ERROR",
        "400, API_KEY_INVALID, API key not valid. Please pass a valid API key., CREDENTIAL_REJECTED",
        "400, FAILED_PRECONDITION, User location is not supported for the API use., MODEL_UNAVAILABLE",
        "400, '', the input token count is 40000 but model only supports up to 32768, CONTEXT_TOO_LONG",
    })
    void anErrorMeansWhatItSays(int status, String code, String message, Kind kind) {
        assertThat(Failures.kind(new UpstreamError(status, "", code, message, null), null))
                .isEqualTo(kind);
    }

    @Test
    void whoSaysWhenToComeBackIsNotOutOfMoney() {
        var error = new UpstreamError(
                429, "RESOURCE_EXHAUSTED", "", "You exceeded your current quota", null, Duration.ofSeconds(34));

        UpstreamFailure failure = Failures.of(new Dialect.BrokenAnswer("error", error));

        assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(34));
    }

    @Test
    void aLimitThatSaysWhenToComeBackIsNoMissingMoney() {
        String words = "You exceeded your current quota, please check your plan and billing details.";
        Duration soon = Duration.ofSeconds(39);

        assertThat(Failures.kind(new UpstreamError(429, "", "", words, null), null))
                .isEqualTo(Kind.QUOTA_EXHAUSTED);
        assertThat(Failures.kind(new UpstreamError(429, "", "", words, null), soon))
                .isEqualTo(Kind.RATE_LIMITED);
        assertThat(Failures.of(new Dialect.BrokenAnswer("error", new UpstreamError(429, "", "", words, null, soon)))
                        .retryAfter())
                .isEqualTo(soon);
    }

    @Test
    void theBodySaysWhenToComeBackWhereNoHeaderDoes() {
        byte[] body =
                "{\"error\":{\"code\":503,\"details\":[{\"retryDelay\":\"39s\"}]}}".getBytes(StandardCharsets.UTF_8);
        var dialect = new GeminiDialect();

        assertThat(Failures.of(dialect, 503, _ -> null, body, NOON).retryAfter())
                .isEqualTo(Duration.ofSeconds(39));
        assertThat(Failures.of(dialect, 503, Map.of("retry-after", "7")::get, body, NOON)
                        .retryAfter())
                .isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void anErrorInsideASuccessIsClassifiedByItsWords() {
        var broken =
                new Dialect.BrokenAnswer("error", new UpstreamError(529, "overloaded_error", "", "Overloaded", null));
        assertThat(Failures.of(broken).kind()).isEqualTo(Kind.OVERLOADED);
    }

    @Test
    void anAnswerThatIsNoneIsWorthAnotherAttempt() {
        UpstreamFailure failure = Failures.of(new Dialect.BrokenAnswer("not JSON", null));
        assertThat(failure.kind()).isEqualTo(Kind.INVALID_ANSWER);
        assertThat(failure.kind().isWorthRetrying()).isTrue();
    }

    @Test
    void aTransportsExceptionIsNoAnswer() {
        UpstreamFailure failure = Failures.of(new IllegalStateException(new IOException("Connection reset by peer")));
        assertThat(failure.kind()).isEqualTo(Kind.CONNECT_FAILED);
    }

    @Test
    void theUpstreamsWordsAreKept() {
        byte[] body = "{\"error\":{\"message\":\"bad temperature\",\"param\":\"temperature\"}}"
                .getBytes(StandardCharsets.UTF_8);
        UpstreamFailure failure = Failures.of(new OpenAiDialect(), 400, _ -> null, body, NOON);
        assertThat(failure.message()).isEqualTo("bad temperature");
        assertThat(failure.body()).isEqualTo(body);
    }
}
