package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.it.RawCaller.Answer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no request, or that two servers could read as different requests, are refused, and nothing behind them is read. */
@Timeout(90)
class SmugglingIT {

    private static final String ADMIN = "admin-key-0123456789";
    private static final String KEY = "sk-caller-0123456789";
    private static final int SOON = 5_000;

    private static final Lanes LANES = Lanes.of(1);

    @RegisterExtension
    static final Gateway GATEWAY =
            Gateway.with(LANES).and("signalbox.auth.admin-key", ADMIN).and("signalbox.auth.keys.ci.key", KEY);

    private static final String BODY = Shapes.question("m0");
    private static final String START = "POST /v1/chat/completions HTTP/1.1\r\n";
    private static final String HEADERS =
            "host: localhost\r\nauthorization: Bearer " + KEY + "\r\ncontent-type: application/json\r\n";
    private static final String LENGTH = "content-length: " + BODY.length() + "\r\n";
    private static final String CHUNKED = "transfer-encoding: chunked\r\n";
    private static final String CHUNKS = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n0\r\n\r\n";

    /** A second request that must never be seen. */
    private static final String HIDDEN = "GET /q/health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";

    private static void refused(String bytes, int status) throws IOException {
        int asked = LANES.lane(0).first().received().size();
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send(bytes + HIDDEN);
            Answer answer = caller.answer(SOON);
            assertThat(answer).as(bytes).isNotNull();
            assertThat(answer.status()).as(bytes).isEqualTo(status);
            assertThat(answer.code()).as(bytes + answer).isEqualTo("invalid_request");
            assertThat(answer.head()).contains("\r\nx-signalbox-request-id: req_");
            Answer next = caller.answer(SOON);
            assertThat(next == null || next.status() >= 400)
                    .as("what stands behind it is not read: %s", next)
                    .isTrue();
        }
        assertThat(LANES.lane(0).first().received()).hasSize(asked);
        assertThat(GATEWAY.ask("m0", "authorization", "Bearer " + KEY).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
                "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
                "transfer-encoding: identity, chunked\r\n",
                "transfer-encoding: chunked, identity\r\n",
                "transfer-encoding: gzip, chunked\r\n",
                "transfer-encoding: xchunked\r\n",
                "transfer-encoding: \"chunked\"\r\n",
                "transfer-encoding: \u000bchunked\r\n",
                "transfer-encoding : chunked\r\n",
                "transfer-encoding:\r\n chunked\r\n",
                "transfer-encoding\r\n: chunked\r\n",
                "x: a\rtransfer-encoding: chunked\r\n",
                "x: a\u0000\r\ntransfer-encoding: chunked\r\n",
                "transfer-encoding:\r\n",
            })
    void anotherTransferEncodingThanChunkedIsRefused(String encoding) throws IOException {
        refused(START + HEADERS + encoding + "\r\n" + CHUNKS, 400);
    }

    @Test
    void chunksNeedTheVersionThatHasThem() throws IOException {
        refused(START.replace("1.1", "1.0") + HEADERS + CHUNKED + "\r\n" + CHUNKS, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "+57",
                "0x39",
                "1e2",
                "abc",
                "",
                "5, 5",
                "5 5",
                "99999999999999999999999",
                "5\r\ncontent-length: 6",
                "5\r\ncontent-length: 5",
                "\u00b2"
            })
    void aLengthThatIsNoneIsRefused(String length) throws IOException {
        refused(START + HEADERS + "content-length: " + length + "\r\n\r\n" + BODY, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n",
                "x y: z\r\n",
                "x-signalbox-strategy : cost\r\n",
                "x: a\u0000b\r\n",
                "x: a\u0001b\r\n",
                "x: a\rb\r\n",
                "host: other.example\r\n"
            })
    void aHeadThatIsNoneIsRefused(String header) throws IOException {
        refused(START + HEADERS + header + LENGTH + "\r\n" + BODY, 400);
    }

    @Test
    void linesEndAsTheyMust() throws IOException {
        refused((START + HEADERS + LENGTH + "\r\n").replace("\r\n", "\n") + BODY, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/models",
                "GET /v1/models HTTP/one",
                "G\u0001T /v1/models HTTP/1.1",
                "GET /v1/models x HTTP/1.1",
                "nonsense"
            })
    void aFirstLineThatIsNoneIsRefused(String line) throws IOException {
        refused(line + "\r\n" + HEADERS + "\r\n", 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models/%zz",
                "/v1/models/%",
                "/v1/models/%4",
                "/v1/models/a\u001b[31mb",
                "/v1/models/a\u009bb",
                "/v1/models/a\"b",
                "/v1/models/{a}",
                "/v1/models?key=%zz",
                "/admin\\v1\\keys",
                "/admin/v1/keys/%",
                "/%zz"
            })
    void anAddressThatIsNoneIsRefused(String path) throws IOException {
        refused("GET " + path + " HTTP/1.1\r\n" + HEADERS + "\r\n", 400);
    }

    @Test
    void whatIsTooLongIsToldSo() throws IOException {
        refused("GET /v1/models/" + "a".repeat(20_000) + " HTTP/1.1\r\n" + HEADERS + "\r\n", 414);
        refused("GET /v1/models HTTP/1.1\r\nx: " + "a".repeat(40_000) + "\r\n" + HEADERS + "\r\n", 431);
        refused("GET /v1/models HTTP/1.1\r\n" + "x: a\r\n".repeat(20_000) + HEADERS + "\r\n", 431);
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send("GET /v1/models/" + "a".repeat(10_000) + " HTTP/1.1\r\n" + HEADERS + "\r\n");
            Answer answer = caller.answer(SOON);
            assertThat(answer.status()).isEqualTo(414);
            assertThat(answer.code()).isEqualTo("invalid_request");
        }
    }

    @Test
    void theLanguageOfTheDoorIsSpokenHereToo() throws IOException {
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send("POST /v1beta/models/%zz:generateContent HTTP/1.1\r\n" + HEADERS + "\r\n");
            Answer answer = caller.answer(SOON);
            assertThat(Shapes.json(answer.body()).at("/error/details/0/reason").asText())
                    .isEqualTo("invalid_request");
        }
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send("POST /v1/messages HTTP/1.1\r\nanthropic-version: 2023-06-01\r\n" + HEADERS
                    + "transfer-encoding: gzip\r\n\r\n");
            Answer answer = caller.answer(SOON);
            assertThat(Shapes.json(answer.body()).path("type").asText()).isEqualTo("error");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FFFFFFFFFFFFFFFFFF\r\n",
                "-1\r\n",
                "zz\r\n",
                " 5\r\n",
                "0x5\r\n",
                "5\nhello\n0\n\n",
                "5\r\nhelloXX0\r\n\r\n"
            })
    void chunksThatAreNoneEndTheConnection(String chunks) throws IOException {
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send(START + HEADERS + CHUNKED + "\r\n" + chunks + HIDDEN);
            Answer answer = caller.answer(SOON);
            assertThat(answer == null || answer.status() == 400)
                    .as("%s", answer)
                    .isTrue();
            assertThat(caller.isHungUpOnWithin(SOON)).isTrue();
        }
    }

    @Test
    void aRefusalKeepsItsPlaceInTheLine() throws IOException {
        String good = START + HEADERS + LENGTH + "\r\n" + BODY;
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send(good + good + "GET /%zz HTTP/1.1\r\n\r\n" + good);
            assertThat(caller.answer(SOON).status()).isEqualTo(200);
            assertThat(caller.answer(SOON).status()).isEqualTo(200);
            Answer refused = caller.answer(SOON);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("invalid_request");
            assertThat(caller.answer(SOON)).isNull();
        }
    }

    /** However the address is written, it leads to no resource without the admin key. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/v1/keys",
                "/admin;a=b/v1/keys",
                "/admin;/v1/keys",
                "/admin/v1;a=b/keys",
                "/admin/v1/keys;a=b",
                "//admin/v1/keys",
                "/admin//v1/keys",
                "/./admin/v1/keys",
                "/v1/../admin/v1/keys",
                "/v1/%2e%2e/admin/v1/keys",
                "/v1/..;/admin/v1/keys",
                "/;/admin/v1/keys",
                "/%61dmin/v1/keys",
                "/admin%2fv1%2fkeys",
                "/admin%3ba=b/v1/keys",
                "/ADMIN/v1/keys",
                "/admin/v1/keys/",
                "http://localhost/admin;a=b/v1/keys",
                "/q/../admin;a=b/v1/keys",
                "/admin;a=b/v1/requests",
                "/admin;a=b/v1/providers",
                "/admin;a=b/v1/config",
                "/admin;a=b/v1/usage"
            })
    void theAdminApiIsClosedWithoutItsKey(String path) throws IOException {
        for (String key :
                List.of("", "authorization: Bearer " + KEY + "\r\n", "authorization: Basic " + ADMIN + "\r\n")) {
            for (String method : List.of("GET", "HEAD", "POST", "PATCH", "DELETE")) {
                try (var caller = new RawCaller(GATEWAY)) {
                    caller.send(method + " " + path + " HTTP/1.1\r\nhost: localhost\r\n" + key
                            + "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
                    Answer answer = caller.answer(SOON, method.equals("HEAD"));
                    assertThat(answer.status()).as("%s %s", method, answer).isIn(401, 404, 405);
                    assertThat(answer.isJson()).isTrue();
                }
            }
        }
    }

    @Test
    void theAdminApiTakesNoBodyWithoutAnEnd() throws IOException {
        String admin = "POST /admin/v1/keys HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " + ADMIN
                + "\r\ncontent-type: application/json\r\n";
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send(admin + CHUNKED + "\r\n2\r\n{}\r\n0\r\n\r\n");
            assertThat(caller.answer(SOON).status()).isEqualTo(411);
        }
        try (var caller = new RawCaller(GATEWAY)) {
            caller.send(admin + "content-length: 2000000\r\n\r\n{");
            Answer answer = caller.answer(SOON);
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.code()).isEqualTo("request_too_large");
        }
    }
}
