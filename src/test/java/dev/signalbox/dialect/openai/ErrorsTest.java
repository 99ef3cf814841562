package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Attempt;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.chat.SignalboxException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorsTest {

    @Test
    void anErrorOfOpenAiIsReadWhole() {
        assertThat(read(
                        429,
                        "{'error':{'message':'slow down','type':'tokens','param':null,'code':'rate_limit_exceeded'}}"))
                .isEqualTo(new UpstreamError(429, "tokens", "rate_limit_exceeded", "slow down", null));
        assertThat(read(
                        400,
                        "{'error':{'message':'no','type':'invalid_request_error','param':'messages[0]','code':400}}"))
                .isEqualTo(new UpstreamError(400, "invalid_request_error", "400", "no", "messages[0]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'message':'busy','type':'BadRequest','code':400}                        | busy
            {'error':'not loaded'}                                                   | not loaded
            {'error':'bad','message':'the model is gone'}                            | the model is gone
            {'detail':'Not Found'}                                                   | Not Found
            {'detail':[{'loc':['body','messages',0],'msg':'field required'},{'msg':'x'}]} | body.messages.0: field required; x
            [{'error':{'message':'from a list'}}]                                    | from a list
            {'statusCode':404,'message':'Resource not found'}                        | Resource not found
            """)
    void otherServersErrorsAreUnderstood(String body, String message) {
        assertThat(read(503, body).message()).isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  \n", "<!DOCTYPE html><html>secret</html>", "<html><body>502 Bad Gateway</body></html>"})
    void aPageOrNothingIsToldAsItsStatus(String body) {
        assertThat(read(502, body)).isEqualTo(new UpstreamError(502, "", "", "HTTP 502", null));
    }

    @Test
    void bytesThatAreNoTextAreToldAsTheirStatus() {
        assertThat(DIALECT.readError(500, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0})
                        .message())
                .isEqualTo("HTTP 500");
    }

    @Test
    void aBodyOfUnknownFormIsCutShort() {
        assertThat(read(500, "upstream connect error").message()).isEqualTo("upstream connect error");
        assertThat(read(500, "x".repeat(9000)).message()).hasSize(503).endsWith("...");
        assertThat(read(500, "{'weird':'" + "x".repeat(9000) + "'}").message())
                .startsWith("HTTP 500: {")
                .hasSizeLessThan(520);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Incorrect API key provided: sk-proj-abcdEFGH1234. You can find",
                "Incorrect API key provided: sk-pr****************1234.",
                "Incorrect API key provided: ABCDEFGH1234.",
                "header was Authorization: Bearer ABCDEFGH1234",
                "header was 'Bearer ABCDEFGH1234'",
                "gsk_ABCDEFGH1234 is revoked",
                "AIzaABCDEFGH1234 is revoked",
                "GET /v1?key=ABCDEFGH1234&x=1"
            })
    void aKeyIsNeverPassedOn(String message) {
        assertThat(read(401, "{'error':{'message':\"" + message + "\",'code':'invalid_api_key'}}")
                        .message())
                .doesNotContain("1234")
                .contains("***");
        assertThat(read(401, message).message()).doesNotContain("1234").contains("***");
    }

    @Test
    void wordsThatOnlyLookLikeTheBeginningOfAKeyStay() {
        String message = "The task-runner asked for risk-free sk and pk values";
        assertThat(read(400, message).message()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource({
        "400,invalid_request,invalid_request_error",
        "401,invalid_api_key,invalid_request_error",
        "402,budget_exceeded,insufficient_quota",
        "403,model_not_allowed,permission_error",
        "404,model_not_found,invalid_request_error",
        "405,method_not_allowed,invalid_request_error",
        "413,request_too_large,invalid_request_error",
        "415,unsupported_media_type,invalid_request_error",
        "429,rate_limited,rate_limit_error",
        "503,shutting_down,server_error",
        "504,timeout,server_error"
    })
    void aFailureHasTheTypeThatOpenAisClientsKnow(int status, String code, String type) {
        assertThat(error(new SignalboxException(status, code, "m \"q\"", null)))
                .isEqualTo(json("{'error':{'message':'m \\\"q\\\"','type':'" + type + "','param':null,'code':'" + code
                        + "'}}"));
    }

    @Test
    void aValidatorMayStandBehindTheMessage() {
        assertThat(read(
                                422,
                                json(
                                        "{'object':'error','message':{'detail':[{'type':'extra_forbidden','loc':['body','store'],"
                                                + "'msg':'Extra inputs are not permitted','input':true}]},'type':'invalid_request_error'}"))
                        .message())
                .isEqualTo("body.store: Extra inputs are not permitted");
    }

    @Test
    void aFailureTellsWhatWasTried() {
        var attempts =
                List.of(new Attempt("openai", "gpt", 429, "rate_limited", 12), new Attempt("b", "m", null, null, 0));
        assertThat(error(new SignalboxException(503, "c", "m", "p", attempts, null)))
                .isEqualTo(json("{'error':{'message':'m','type':'server_error','param':'p','code':'c','attempts':["
                        + "{'provider':'openai','model':'gpt','status':429,'error':'rate_limited','duration_ms':12},"
                        + "{'provider':'b','model':'m','status':null,'error':null,'duration_ms':0}]}}"));
    }

    private static UpstreamError read(int status, String body) {
        return DIALECT.readError(status, utf8(json(body)));
    }

    private static String error(SignalboxException failure) {
        return new String(DIALECT.error(failure), UTF_8);
    }
}
