package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Big bodies, long lines, many chunks and slow readers, with little memory. */
@Timeout(120)
class VolumeIT {

    private static final int PICTURE = 24 << 20;
    private static final int CHUNKS = 10_000;
    private static final String COUNTED =
            IntStream.range(0, CHUNKS).mapToObj(i -> i + " ").collect(Collectors.joining());

    private static final Lanes SAME = Lanes.of(8);
    private static final Lanes OTHER = Lanes.anthropicFirst(4).each("signalbox.models.m%d.max-output-tokens", "1000");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(SAME).heap("320m");

    @RegisterExtension
    static final Gateway TRANSLATING = Gateway.with(OTHER).heap("448m");

    private static final FakeVendor VENDOR = new FakeVendor().answers(EveryVendor.sound());

    @RegisterExtension
    static final Gateway EVERY = EveryVendor.behind(Gateway.bare(), VENDOR).heap("448m");

    @AfterAll
    static void close() {
        VENDOR.close();
    }

    /** A picture that no decoder would take: what passes unread may hold anything that base64 is written with. */
    private static String picture() {
        return "iVBORw0KGgoAAAANSUhEUgAA" + "QUJDREVG".repeat(PICTURE / 8);
    }

    private static String asking(String model, String picture) {
        return """
                {"model":"%s","messages":[{"role":"user","content":[{"type":"text","text":"what is it?"},\
                {"type":"image_url","image_url":{"url":"data:image/png;base64,%s"}}]}],"last":1e-7}""".formatted(model, picture);
    }

    private static int post(Gateway gateway, String body) throws IOException, InterruptedException {
        return postAt(gateway, "/v1/chat/completions", body).statusCode();
    }

    private static HttpResponse<String> postAt(Gateway gateway, String path, String body)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(gateway.url() + path))
                    .header("content-type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build();
            return client.send(request, BodyHandlers.ofString());
        }
    }

    @Test
    void aBodyOfManyMegabytesPassesUnharmed() throws Exception {
        Lane lane = SAME.next();
        String body = asking(lane.model(), picture());

        for (int i = 0; i < 3; i++) {
            assertThat(post(GATEWAY, body)).isEqualTo(200);
            String sent = lane.first().received().getLast().body();
            assertThat(sent.equals(body.replace("\"" + lane.model() + "\"", "\"" + Lanes.FIRST_MODEL + "\"")))
                    .as("the body with only the model's name changed")
                    .isTrue();
        }
    }

    @Test
    void aPictureOfManyMegabytesIsTranslatedUnharmed() throws Exception {
        Lane lane = OTHER.next();
        String picture = picture();

        assertThat(post(TRANSLATING, asking(lane.model(), picture).replace(",\"last\":1e-7", "")))
                .isEqualTo(200);
        var source = lane.first()
                .only()
                .json()
                .path("messages")
                .path(0)
                .path("content")
                .path(1)
                .path("source");
        assertThat(source.path("media_type").asText()).isEqualTo("image/png");
        assertThat(source.path("data").asText().equals(picture))
                .as("the picture")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "chat/m, /messages/0/content/1/image_url/url, 'data:image/png;base64,'",
        "gem/m, /contents/0/parts/1/inlineData/data, ''",
        "rock/m, /messages/0/content/1/image/source/bytes, ''",
        "claude/claude-sonnet-4-5, /messages/0/content/1/source/data, ''",
    })
    void aPictureOfManyMegabytesReachesEveryWireFromEveryDoor(String model, String at, String before) throws Exception {
        String picture = picture();
        String gemini = """
                {"contents":[{"role":"user","parts":[{"text":"what is it?"},\
                {"inlineData":{"mimeType":"image/png","data":"%s"}}]}],"generationConfig":{"maxOutputTokens":50}}""".formatted(picture);

        assertThat(postAt(EVERY, "/v1beta/models/" + model.replace("/", "%2F") + ":generateContent", gemini)
                        .statusCode())
                .isEqualTo(200);
        assertReceived(at, before + picture);
        assertThat(post(EVERY, asking(model, picture).replace(",\"last\":1e-7", "")))
                .isEqualTo(200);
        assertReceived(at, before + picture);
    }

    private static void assertReceived(String at, String wanted) {
        assertThat(VENDOR.received().removeLast().json().at(at).asText().equals(wanted))
                .as("the picture")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?alt=sse"})
    void tenThousandChunksArriveInOrderAtGooglesDoor(String alt) throws Exception {
        Lane same = SAME.next();
        same.first().answers(OpenAiAnswers.events(OpenAiAnswers.stream(COUNTED), Chunking.EVENTS));
        assertCounted(GATEWAY, same.model(), alt);

        VENDOR.answers(OpenAiAnswers.events(GeminiAnswers.stream(COUNTED), Chunking.EVENTS), EveryVendor.sound());
        assertCounted(EVERY, "gem%2Fm", alt);
    }

    private static void assertCounted(Gateway gateway, String model, String alt) throws Exception {
        HttpResponse<String> answer = postAt(
                gateway,
                "/v1beta/models/" + model + ":streamGenerateContent" + alt,
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"count\"}]}]}");
        assertThat(answer.statusCode()).isEqualTo(200);
        List<JsonNode> chunks = new ArrayList<>();
        if (alt.isEmpty()) {
            Shapes.json(answer.body()).forEach(chunks::add);
        } else {
            answer.body()
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .forEach(line -> chunks.add(Shapes.json(line.substring("data: ".length()))));
        }
        var text = new StringBuilder();
        for (JsonNode chunk : chunks) {
            text.append(chunk.at("/candidates/0/content/parts/0/text").asText(""));
        }
        assertThat(text.toString()).isEqualTo(COUNTED);
        assertThat(chunks).hasSizeGreaterThan(CHUNKS - 1);
    }

    @Test
    void aLineOfMegabytesArrivesWhole() {
        Lane lane = SAME.next();
        String words = "long ".repeat(600_000);
        lane.first()
                .answers(OpenAiAnswers.events(
                        List.of(
                                OpenAiAnswers.role(),
                                OpenAiAnswers.delta(words),
                                OpenAiAnswers.finish("stop"),
                                OpenAiAnswers.DONE),
                        Chunking.EVENTS));

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(Listener.text(listener.rest()).equals(words))
                    .as("three million characters")
                    .isTrue();
        }
    }

    @Test
    void tenThousandChunksArriveInOrder() {
        Lane lane = SAME.next();
        lane.first().answers(OpenAiAnswers.events(OpenAiAnswers.stream(COUNTED), Chunking.EVENTS));

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(Listener.text(listener.rest())).isEqualTo(COUNTED);
        }
    }

    @Test
    void tenThousandChunksOfAnotherLanguageArriveInOrder() {
        Lane lane = OTHER.next();
        List<String> events = new ArrayList<>(AnthropicAnswers.stream(COUNTED));
        lane.first().answers(OpenAiAnswers.events(events, Chunking.EVENTS));

        try (Listener listener = Listener.ask(TRANSLATING, Shapes.streamed(lane.model()))) {
            assertThat(Listener.text(listener.rest())).isEqualTo(COUNTED);
        }
    }

    @Test
    void aReaderWhoDoesNotReadStopsTheVendorAndNotTheGateway() throws Exception {
        Lane lane = SAME.next();
        var sent = new AtomicLong();
        String chunk = OpenAiAnswers.delta("x".repeat(64 << 10));
        lane.first().answers((_, wire) -> {
            wire.events().send(OpenAiAnswers.role());
            for (int i = 0; i < 16_384; i++) {
                wire.send(chunk);
                sent.addAndGet(chunk.length());
            }
            wire.end();
        });

        try (var socket = new Socket("127.0.0.1", GATEWAY.port())) {
            byte[] body = Shapes.streamed(lane.model()).getBytes(UTF_8);
            socket.getOutputStream()
                    .write(
                            ("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                                            + "content-length: " + body.length + "\r\n\r\n")
                                    .getBytes(UTF_8));
            socket.getOutputStream().write(body);
            long[] before = {-1};
            int[] still = {0};
            Await.until("the vendor is held back", Duration.ofSeconds(60), () -> {
                long now = sent.get();
                still[0] = now > 0 && now == before[0] ? still[0] + 1 : 0;
                before[0] = now;
                return still[0] > 20;
            });
            assertThat(sent.get()).as("bytes taken from the vendor").isLessThan(64L << 20);
        }
        lane.first().awaitHangUp(Duration.ofSeconds(10));
        assertThat(GATEWAY.ask(SAME.next().model()).statusCode()).isEqualTo(200);
    }
}
