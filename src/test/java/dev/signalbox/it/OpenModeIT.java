package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Open mode is for programs on this machine, not for web pages that its user happens to look at. */
@Timeout(60)
class OpenModeIT {

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.bare();

    private static final String QUESTION = Shapes.question("simulator");

    /** The status of a request with exactly these headers. */
    private static int status(String start, String body, String... headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", GATEWAY.port())) {
            socket.setSoTimeout(10_000);
            var head = new StringBuilder(start).append(" HTTP/1.1\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            head.append("content-length: ")
                    .append(body.length())
                    .append("\r\n\r\n")
                    .append(body);
            socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(12);
            return Integer.parseInt(new String(answer, 9, 3, StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:80", "127.8.9.1", "[::1]", "[::1]:8080"})
    void programsOfThisMachineMayAsk(String host) throws IOException {
        assertThat(status("POST /v1/chat/completions", QUESTION, "host: " + host, "content-type: application/json"))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.org",
                "example.org:8080",
                "localhost.example.org",
                "127.0.0.1.example.org",
                "10.0.0.1",
                "0.0.0.0",
                "192.168.1.1:8080",
                "1270.0.0.1",
            })
    void aForeignHostIsRefusedEverywhere(String host) throws IOException {
        for (String path : new String[] {
            "GET /v1/models", "GET /admin/v1/requests", "GET /q/metrics", "GET /q/health/ready", "GET /"
        }) {
            assertThat(status(path, "", "host: " + host)).as(path).isEqualTo(403);
        }
        assertThat(status("POST /v1/chat/completions", QUESTION, "host: " + host, "content-type: application/json"))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org",
                "http://example.org",
                "null",
                "http://localhost.example.org",
                "http://localhost@example.org",
                "file://",
                "nonsense"
            })
    void aForeignOriginIsRefusedEverywhere(String origin) throws IOException {
        for (String path : new String[] {"GET /v1/models", "GET /admin/v1/requests", "GET /q/metrics"}) {
            assertThat(status(path, "", "host: localhost", "origin: " + origin))
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(status(
                        "POST /v1/chat/completions",
                        QUESTION,
                        "host: localhost",
                        "content-type: application/json",
                        "origin: " + origin))
                .isEqualTo(403);
        assertThat(status(
                        "OPTIONS /v1/chat/completions",
                        "",
                        "host: localhost",
                        "access-control-request-method: POST",
                        "origin: " + origin))
                .isEqualTo(403);
    }

    @Test
    void itsOwnOriginMayAsk() throws IOException {
        assertThat(status(
                        "POST /v1/chat/completions",
                        QUESTION,
                        "host: localhost:" + GATEWAY.port(),
                        "content-type: application/json",
                        "origin: http://localhost:" + GATEWAY.port()))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain;application/json",
        "application/jsonp",
    })
    void whatAFormCanSendIsRefused(String type) throws IOException {
        for (String path : new String[] {"POST /v1/chat/completions", "POST /admin/v1/keys", "POST /v1/nothing"}) {
            assertThat(status(path, QUESTION, "host: localhost", "content-type: " + type))
                    .as(path)
                    .isEqualTo(403);
        }
    }

    @Test
    void aWriteWithoutAContentTypeIsRefused() throws IOException {
        assertThat(status("POST /v1/chat/completions", QUESTION, "host: localhost"))
                .isEqualTo(403);
        assertThat(status("POST /admin/v1/keys", "{}", "host: localhost")).isEqualTo(403);
    }

    @Test
    void refusalsAreJson() {
        Response answer = GATEWAY.ask("simulator", "origin", "https://example.org");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(Shapes.json(answer.asString()).path("error").path("message").asText())
                .isNotBlank();
        assertThat(answer.header("access-control-allow-origin")).isNull();
    }

    @Test
    void aCallersCredentialIsIgnored() {
        assertThat(GATEWAY.ask("simulator", "authorization", "Bearer whatever").statusCode())
                .isEqualTo(200);
        assertThat(GATEWAY.ask("simulator").statusCode()).isEqualTo(200);
    }

    @Test
    void theAdminApiIsOpen() {
        assertThat(GATEWAY.request().get("/admin/v1/requests").statusCode()).isEqualTo(200);
    }

    @Test
    void theStartIsRefusedWhenOthersCouldReachIt() {
        try (Gateway gateway =
                Gateway.bare().and("quarkus.http.host", "0.0.0.0").and("signalbox.auth.mode", "open")) {
            gateway.expectStartFailure("signalbox.auth.mode", "loopback");
        }
    }

    @Test
    void withoutAModeItIsNotOpenToOthers() {
        try (Gateway gateway =
                Gateway.bare().and("quarkus.http.host", "0.0.0.0").start()) {
            assertThat(gateway.ask("simulator").statusCode()).isEqualTo(401);
        }
    }
}
