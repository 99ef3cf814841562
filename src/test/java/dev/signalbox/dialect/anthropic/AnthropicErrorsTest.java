package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.SignalboxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicErrorsTest {

    private final AnthropicDialect dialect = new AnthropicDialect();

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request_error",
        "401, authentication_error",
        "402, billing_error",
        "403, permission_error",
        "404, not_found_error",
        "405, invalid_request_error",
        "413, request_too_large",
        "415, invalid_request_error",
        "429, rate_limit_error",
        "500, api_error",
        "503, api_error",
        "504, timeout_error",
        "529, overloaded_error",
    })
    void aFailureHasTheVendorsTypeAndOurCode(int status, String type) {
        assertThat(dialect.error(new SignalboxException(status, "our_code", "What \"happened\".", "model")))
                .asString()
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"" + type
                        + "\",\"code\":\"our_code\",\"message\":\"What \\\"happened\\\".\"}}");
    }

    @Test
    void whatWasTriedIsTold() {
        List<Attempt> attempts =
                List.of(new Attempt("a", "m", 429, "rate_limited", 12), new Attempt("b", "n", null, "timeout", 3));

        assertThat(dialect.error(
                        new SignalboxException(503, "all_providers_exhausted", "All failed.", null, attempts, null)))
                .asString()
                .contains("""
                        "attempts":[{"provider":"a","model":"m","status":429,"error":"rate_limited","duration_ms":12},\
                        {"provider":"b","model":"n","status":null,"error":"timeout","duration_ms":3}]""");
    }

    @Test
    void theVendorsWordsAreKept() {
        assertThat(read(529, """
                        {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}""")).isEqualTo(new UpstreamError(529, "overloaded_error", "", "Overloaded", null));
        assertThat(read(400, "{\"error\":{\"type\":\"t\",\"code\":\"c\",\"message\":\"m\"}}"))
                .isEqualTo(new UpstreamError(400, "t", "c", "m", null));
        assertThat(read(403, "{\"message\":\"no\"}").message()).isEqualTo("no");
        assertThat(read(403, "{\"error\":\"no\"}").message()).isEqualTo("no");
    }

    @Test
    void aProxysPageIsNoMessage() {
        assertThat(read(502, "<html><body>Bad gateway, key sk-123</body></html>")
                        .message())
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
