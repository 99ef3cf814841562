package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong, the caller gets JSON that OpenAI's clients understand, and a message that names the field. */
@Timeout(60)
class ErrorsIT {

    private static final int MOST = 64 * 1024;

    private static final String KEY = "sk-of-the-caller";

    private static final Lanes LANES = Lanes.of(2);

    @RegisterExtension
    static final Gateway GATEWAY =
            Gateway.with(LANES).and("signalbox.max-body-size", "64K").and("signalbox.auth.keys.ci.key", KEY);

    private static final String AUTHORIZATION = "Bearer " + KEY;

    private static Response chat(String body, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "authorization";
        all[1] = AUTHORIZATION;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return GATEWAY.chat(body, all);
    }

    private static JsonNode error(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(answer.header("x-signalbox-request-id")).isNotBlank();
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("type").asText()).isNotBlank();
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.has("param")).isTrue();
        return error;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1", "/v1/", "/v1/nothing", "/v1/chat", "/v1/chat/completions/x", "/v2/chat", "/%2e%2e/etc"})
    void unknownPathsAreErrorsInJson(String path) {
        error(GATEWAY.request().header("authorization", AUTHORIZATION).get(path), 404, "not_found");
        error(
                GATEWAY.request()
                        .header("authorization", AUTHORIZATION)
                        .header("content-type", "application/json")
                        .body("{}")
                        .post(path),
                404,
                "not_found");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/v1/chat/completions,POST",
        "PUT,/v1/chat/completions,POST",
        "DELETE,/v1/chat/completions,POST",
        "POST,/v1/models,GET",
        "DELETE,/v1/models/m0,GET",
    })
    void aWrongMethodIsAnErrorThatSaysTheRightOne(String method, String path, String right) {
        Response answer = GATEWAY.request()
                .header("authorization", AUTHORIZATION)
                .header("content-type", "application/json")
                .request(method, path);

        error(answer, 405, "method_not_allowed");
        assertThat(answer.header("allow")).contains(right);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"})
    void aBodyThatIsNotSaidToBeJsonIsRefused(String type) {
        Response answer = GATEWAY.request()
                .header("authorization", AUTHORIZATION)
                .header("content-type", type)
                .body(Shapes.question("m0"))
                .post("/v1/chat/completions");

        error(answer, 415, "unsupported_media_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "Application/JSON"})
    void jsonMayBeSaidInManyWays(String type) {
        Response answer = GATEWAY.request()
                .header("authorization", AUTHORIZATION)
                .header("content-type", type)
                .body(Shapes.question("m0"))
                .post("/v1/chat/completions");

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "not json",
                "{\"model\":\"m0\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]",
                "{\"model\":\"m0\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]} trailing",
                "{'model':'m0'}",
                "[]",
                "\"text\"",
                "null",
                "{\"model\":\"m0\",\"temperature\":NaN,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
            })
    void bodiesThatAreNoJsonObjectAreRefused(String body) {
        error(chat(body), 400, "invalid_request");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model|{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "model|{\"model\":7,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "model|{\"model\":null,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "model|{\"model\":\"\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "messages|{\"model\":\"m0\"}",
                "messages|{\"model\":\"m0\",\"messages\":\"hi\"}",
                "messages|{\"model\":\"m0\",\"messages\":{}}",
                "messages|{\"model\":\"m0\",\"messages\":[]}",
                "messages|{\"model\":\"m0\",\"messages\":null}",
                "stream|{\"model\":\"m0\",\"stream\":\"yes\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "stream|{\"model\":\"m0\",\"stream\":1,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "stream_options|{\"model\":\"m0\",\"stream\":true,\"stream_options\":7,"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "include_usage|{\"model\":\"m0\",\"stream\":true,\"stream_options\":{\"include_usage\":\"yes\"},"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
            })
    void wrongTypesAreRefusedByTheNameOfTheField(String field, String body) {
        JsonNode error = error(chat(body), 400, "invalid_request");

        assertThat(error.path("message").asText()).contains(field);
        assertThat(error.path("param").asText()).contains(field);
        assertThat(LANES.lane(1).first().received()).isEmpty();
    }

    @Test
    void theModelOfTheSecondOfTwoIsNotTheOneThatIsUsedInSecret() {
        Response answer = chat("""
                {"model":"m0","model":"m1","messages":[{"role":"user","content":"hi"}]}""");

        assertThat(answer.statusCode()).isEqualTo(400);
        error(answer, 400, "invalid_request");
    }

    @Test
    void aBodyAboveTheLimitIsRefusedByItsLength() {
        error(chat(Shapes.question("m0", "x".repeat(MOST))), 413, "request_too_large");
    }

    @Test
    void aBodyAboveTheLimitIsRefusedWhenItsLengthIsNotSaid() throws IOException {
        String answer = raw(
                "transfer-encoding: chunked\r\n", ("8000\r\n" + "x".repeat(0x8000) + "\r\n").repeat(3) + "0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413").contains("\"request_too_large\"");
    }

    @Test
    void aBodyAboveTheLimitIsRefusedBeforeItIsSent() throws IOException {
        String answer = raw("content-length: 100000000\r\n", "{");

        assertThat(answer).startsWith("HTTP/1.1 413").contains("\"request_too_large\"");
    }

    @Test
    void aCallerWhoWaitsForPermissionToSendGetsIt() throws IOException {
        String body = Shapes.question("m0");
        try (Socket socket = new Socket("127.0.0.1", GATEWAY.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(head("expect: 100-continue\r\ncontent-length: " + body.length() + "\r\n"));
            byte[] first = socket.getInputStream().readNBytes(12);
            assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
            socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
            byte[] rest = socket.getInputStream().readNBytes(40);
            assertThat(new String(rest, StandardCharsets.US_ASCII)).contains("HTTP/1.1 200");
        }
    }

    private static byte[] head(String headers) {
        return ("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                        + "authorization: " + AUTHORIZATION + "\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends this and reads the answer while it is still sending, as far as the gateway lets it. */
    private static String raw(String headers, String body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", GATEWAY.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(head(headers));
            socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
            var answer = new StringBuilder();
            byte[] buffer = new byte[8192];
            while (!answer.toString().contains("}}")) {
                int read = socket.getInputStream().read(buffer);
                if (read < 0) {
                    break;
                }
                answer.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }
            return answer.toString();
        }
    }

    @Test
    void gzippedBodiesAreRead() {
        Response answer = packed(Packed.gzip(Shapes.question("m0", "gezippt")), "gzip");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(LANES.lane(0).first().received().getLast().body()).contains("gezippt");
        assertThat(LANES.lane(0).first().received().getLast().header("content-encoding"))
                .isNull();
    }

    @Test
    void theSizeOfAGzippedBodyIsThatOfWhatIsInIt() {
        byte[] bomb = Packed.gzip(Shapes.question("m0", "x".repeat(200 * MOST)));
        assertThat(bomb.length).isLessThan(MOST);

        error(packed(bomb, "gzip"), 413, "request_too_large");
    }

    @Test
    void truncatedGzipIsRefused() {
        byte[] whole = Packed.gzip(Shapes.question("m0"));

        error(packed(java.util.Arrays.copyOf(whole, whole.length - 12), "gzip"), 400, "invalid_request");
    }

    @Test
    void whatIsNoGzipIsRefused() {
        error(packed(Shapes.question("m0").getBytes(StandardCharsets.UTF_8), "gzip"), 400, "invalid_request");
    }

    @Test
    void otherEncodingsAreRefused() {
        error(packed(new byte[] {1, 2, 3}, "br"), 415, "unsupported_media_type");
    }

    private static Response packed(byte[] body, String encoding) {
        return GATEWAY.request()
                .header("authorization", AUTHORIZATION)
                .header("content-type", "application/json")
                .header("content-encoding", encoding)
                .body(body)
                .post("/v1/chat/completions");
    }

    @Test
    void deepNestingIsRefusedAndHurtsNobody() {
        String deep = "[".repeat(20_000) + "]".repeat(20_000);

        Response answer = chat(Shapes.with("m0", "\"deep\":" + deep));

        assertThat(answer.statusCode()).isIn(200, 400);
        assertThat(chat(Shapes.question("m0")).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "ISO-8859-1"})
    void bodiesThatAreNotInUtf8AreRefused(String charset) throws IOException {
        byte[] body = Shapes.question("m0", "Grüße").getBytes(charset);

        error(
                GATEWAY.request()
                        .header("authorization", AUTHORIZATION)
                        .header("content-type", "application/json")
                        .body(body)
                        .post("/v1/chat/completions"),
                400,
                "invalid_request");
    }

    @Test
    void anErrorKeepsTheCallersOwnId() {
        Response answer = chat("{", "x-request-id", "mine-3");

        assertThat(answer.header("x-request-id")).isEqualTo("mine-3");
    }
}
