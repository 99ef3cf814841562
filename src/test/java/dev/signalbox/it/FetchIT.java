package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pictures that callers name by address, for a server that takes bytes only. */
@Timeout(60)
class FetchIT {

    private static final String PNG = "\u0089PNG\r\n\u001a\nrest";

    private static final FakeVendor FILES = new FakeVendor();

    private static final Lanes LANES = lanes();

    private static final Lanes OTHERS = lanes();

    @RegisterExtension
    static final Gateway FETCHING = Gateway.with(LANES)
            .and("signalbox.fetch.enabled", "true")
            .and("signalbox.fetch.allow", "127.0.0.1")
            .and("signalbox.fetch.max-bytes", "10K")
            .and("signalbox.fetch.timeout", "500ms");

    @RegisterExtension
    static final Gateway NOT_FETCHING = Gateway.with(OTHERS);

    private static Lanes lanes() {
        return Lanes.of(12)
                .each("signalbox.providers.a%d.kind", "ollama")
                .each("signalbox.models.only%d.deployments[0].provider", "a%d")
                .set("signalbox.models.two.deployments[0].provider", "a10")
                .set("signalbox.models.two.deployments[1].provider", "a11");
    }

    @AfterEach
    void forget() {
        FILES.received().clear();
    }

    @AfterAll
    static void close() {
        FILES.close();
    }

    @Test
    void theServerGetsTheBytes() {
        Lane lane = answering(LANES.next());
        FILES.answers(file(PNG, "text/html"));

        Response answer = ask(FETCHING, "only" + lane.number(), FILES.root() + "/a.png?x=1&y=%20");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(lane.first()
                        .only()
                        .json()
                        .path("messages")
                        .path(0)
                        .path("images")
                        .path(0)
                        .asText())
                .isEqualTo(Base64.getEncoder().encodeToString(PNG.getBytes(ISO_8859_1)));
        assertThat(FILES.only().path()).isEqualTo("/a.png?x=1&y=%20");
        assertThat(FILES.only().header("authorization")).isNull();
        assertThat(FILES.only().header("x-signalbox-request-id")).isNull();
        assertThat(answer.header("x-signalbox-dropped")).isNull();
    }

    @Test
    void itIsFetchedOnceForAllCandidates() {
        Lane first = LANES.lane(10);
        first.first().answers(OpenAiAnswers.error(500, "server_error", "no"));
        answering(LANES.lane(11));
        FILES.answers(file(PNG, "image/png"));

        Response answer = ask(FETCHING, "two", FILES.root() + "/a.png");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo("a11");
        assertThat(FILES.received()).hasSize(1);
    }

    @Test
    void aRedirectToAnInnerAddressIsRefused() {
        FILES.answers(OpenAiAnswers.json(302, "", "location", "http://127.0.0.2:1/a.png"));

        assertRefused(FETCHING, FILES.root() + "/a.png", "invalid_request", "public address");
    }

    @Test
    void anInnerAddressIsRefusedWithoutNamingIt() {
        assertRefused(FETCHING, "http://169.254.169.254/latest/meta-data/", "invalid_request", "public address");
        assertRefused(FETCHING, "http://[::1]:1/a.png", "invalid_request", "public address");
        assertThat(FILES.received()).isEmpty();
    }

    @Test
    void whatIsTooLargeIsRefused() {
        FILES.answers(file(PNG + "x".repeat(20_000), "image/png"));

        assertRefused(FETCHING, FILES.root() + "/a.png", "invalid_request", "max-bytes");
    }

    @Test
    void whatIsTooSlowIsRefused() {
        FILES.answers((_, wire) -> wire.silent());

        assertRefused(FETCHING, FILES.root() + "/a.png", "invalid_request", "longer than 500 ms");
        FILES.awaitHangUp(Duration.ofSeconds(5));
    }

    @Test
    void whatIsNoPictureIsRefusedWhateverTheServerSays() {
        FILES.answers(file("<html>please log in</html>", "image/png"));

        assertRefused(FETCHING, FILES.root() + "/a.png", "invalid_request", "not an image");
    }

    @Test
    void anotherCandidateMayTakeTheAddressItself() {
        Lane lane = LANES.next();
        FILES.answers(OpenAiAnswers.json(404, ""));

        Response answer = ask(FETCHING, lane.model(), FILES.root() + "/a.png");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }

    @Test
    void unlessItIsSaidSoNothingIsFetched() {
        assertRefused(NOT_FETCHING, FILES.root() + "/a.png", "unsupported_parameter", "fetching is off");
        assertThat(FILES.received()).isEmpty();

        Lane lane = OTHERS.next();
        Response answer = ask(NOT_FETCHING, lane.model(), FILES.root() + "/a.png");
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).isEmpty();
    }

    private static void assertRefused(Gateway gateway, String url, String code, String words) {
        Lane lane = (gateway == FETCHING ? LANES : OTHERS).next();

        Response answer = ask(gateway, "only" + lane.number(), url);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("param").asText()).isEqualTo("messages[0].content[1]");
        assertThat(error.path("message").asText())
                .contains("messages[0].content[1]", words)
                .doesNotContain("127.0.0.2", "169.254");
        assertThat(lane.first().received()).isEmpty();
    }

    private static Lane answering(Lane lane) {
        lane.first().answers(OpenAiAnswers.json(200, """
                        {"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"a cat"},\
                        "done_reason":"stop","done":true,"prompt_eval_count":26,"eval_count":4}"""));
        return lane;
    }

    private static Answer file(String bytes, String mediaType) {
        return (_, wire) -> {
            byte[] body = bytes.getBytes(ISO_8859_1);
            wire.write(("HTTP/1.1 200 OK\r\ncontent-type: " + mediaType + "\r\ncontent-length: " + body.length
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII))
                    .write(body);
        };
    }

    private static Response ask(Gateway gateway, String model, String url) {
        return gateway.chat("""
                {"model":"%s","messages":[{"role":"user","content":[{"type":"text","text":"what is it?"},\
                {"type":"image_url","image_url":{"url":%s}}]}]}""".formatted(model, Shapes.quoted(url)));
    }
}
