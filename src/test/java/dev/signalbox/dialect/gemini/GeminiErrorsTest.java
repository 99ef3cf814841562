package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.Golden;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiErrorsTest {

    private final GeminiDialect dialect = new GeminiDialect();

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_ARGUMENT",
        "401, UNAUTHENTICATED",
        "402, FAILED_PRECONDITION",
        "403, PERMISSION_DENIED",
        "404, NOT_FOUND",
        "405, UNIMPLEMENTED",
        "413, INVALID_ARGUMENT",
        "415, INVALID_ARGUMENT",
        "429, RESOURCE_EXHAUSTED",
        "500, INTERNAL",
        "503, UNAVAILABLE",
        "504, DEADLINE_EXCEEDED",
        "529, UNAVAILABLE",
    })
    void aFailureHasGooglesWordAndOurCode(int status, String word) {
        assertThat(dialect.error(new SignalboxException(status, "our_code", "What \"happened\".", null)))
                .asString()
                .isEqualTo(
                        "{\"error\":{\"code\":" + status + ",\"message\":\"What \\\"happened\\\".\",\"status\":\""
                                + word
                                + "\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"our_code\",\"domain\":\"signalbox\"}]}}");
    }

    @Test
    void theFieldAtFaultTheTriesAndTheWaitAreTold() {
        List<Attempt> attempts =
                List.of(new Attempt("a", "m", 429, "rate_limited", 12), new Attempt("b", "n", null, "timeout", 3));
        byte[] body = dialect.error(new SignalboxException(
                503, "all_providers_exhausted", "All failed.", "contents[0]", attempts, Duration.ofMillis(39_500)));

        assertThat(Golden.json(body)).isEqualTo(Golden.parse("""
                        {"error":{"code":503,"message":"All failed.","status":"UNAVAILABLE","details":[
                          {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"all_providers_exhausted","domain":"signalbox"},
                          {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"contents[0]","description":"All failed."}]},
                          {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"39.5s"}],
                         "attempts":[{"provider":"a","model":"m","status":429,"error":"rate_limited","duration_ms":12},
                          {"provider":"b","model":"n","status":null,"error":"timeout","duration_ms":3}]}}"""));
        assertThat(dialect.readError(503, body).retryAfter()).isEqualTo(Duration.ofMillis(39_500));
        assertThat(dialect.readError(503, body).code()).isEqualTo("all_providers_exhausted");
        assertThat(dialect.readError(503, body).param()).isEqualTo("contents[0]");
    }

    @Test
    void aLimitSaysWhenToComeBack() {
        String body = """
                {"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[
                  {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests"}]},
                  {"@type":"type.googleapis.com/google.rpc.Help","links":[]},
                  {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"39.073s"}]}}""";
        UpstreamError expected = new UpstreamError(
                429,
                "RESOURCE_EXHAUSTED",
                "",
                "You exceeded your current quota, please check your plan and billing details.",
                null,
                Duration.ofMillis(39_073));

        assertThat(read(429, body)).isEqualTo(expected);
        assertThat(read(429, "[" + body + "]")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"39s, 39000", "0s, 0", "-5s, 0", "0.0001s, 1", "999999999s, 86400000"})
    void everyDelayIsUnderstood(String delay, long millis) {
        assertThat(read(429, retryIn(delay)).retryAfter()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"soon", "s", "39", "1e999999999s", "NaNs"})
    void nonsenseIsNoDelay(String delay) {
        Duration read = read(429, retryIn(delay)).retryAfter();

        assertThat(read == null || read.equals(Duration.ofDays(1))).isTrue();
    }

    private static String retryIn(String delay) {
        return "{\"error\":{\"message\":\"m\",\"details\":[{\"retryDelay\":\"" + delay + "\"}]}}";
    }

    @Test
    void theReasonIsRead() {
        assertThat(
                        read(
                                400,
                                "{\"error\":{\"code\":400,\"message\":\"API key not valid. Please pass a valid API key.\",\"status\":\"INVALID_ARGUMENT\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\",\"domain\":\"googleapis.com\"}]}}"))
                .isEqualTo(new UpstreamError(
                        400,
                        "INVALID_ARGUMENT",
                        "API_KEY_INVALID",
                        "API key not valid. Please pass a valid API key.",
                        null));
        assertThat(read(403, "{\"message\":\"no\"}").message()).isEqualTo("no");
        assertThat(read(403, "{\"error\":\"no\"}").message()).isEqualTo("no");
    }

    @Test
    void aProxysPageIsNoMessage() {
        assertThat(read(502, "<html><body>Bad gateway, key AIza</body></html>").message())
                .isEqualTo("the upstream answered with status 502 and no message");
        assertThat(read(503, "upstream connect error").message()).isEqualTo("upstream connect error");
    }

    @Property
    void anyBodyIsAnErrorWithAMessage(@ForAll byte[] body) {
        assertThat(dialect.readError(500, body).message()).isNotBlank();
    }

    private UpstreamError read(int status, String body) {
        return dialect.readError(status, body.getBytes(StandardCharsets.UTF_8));
    }
}
