package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever callers send to any door, they get an answer or are told what is wrong, in the door's own JSON; it is never the
 * gateway that fails, and it is none the worse for it.
 */
@Timeout(120)
class DoorsFuzzIT {

    private static final long SEED = Long.getLong("signalbox.fuzz.seed", 20_261_121);
    private static final int REQUESTS = Integer.getInteger("signalbox.fuzz.requests", 500);
    private static final Duration HANG = Duration.ofSeconds(15);
    private static final int WORKERS = 8;

    private static final FakeVendor VENDOR = new FakeVendor().answers(EveryVendor.sound());

    @RegisterExtension
    static final Gateway GATEWAY = EveryVendor.behind(Gateway.bare(), VENDOR)
            .and("signalbox.max-body-size", "1M")
            .heap("192m");

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\","
                    + "\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}},\"strict\":true}}]";

    private static final String CHAT =
            "{\"model\":\"MODEL\",\"stream\":STREAM,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                    + TOOLS
                    + ",\"tool_choice\":\"auto\",\"n\":1,\"max_tokens\":50,\"temperature\":0.5,\"stop\":[\"a\"],"
                    + "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\"}}},"
                    + "\"stream_options\":{\"include_usage\":true},\"reasoning_effort\":\"low\"}";

    private static final String RESPONSES = "{\"model\":\"MODEL\",\"stream\":STREAM,\"instructions\":\"be\",\"input\":["
            + "{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"a\"},{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,AAAA\"},"
            + "{\"type\":\"input_file\",\"filename\":\"a.pdf\",\"file_data\":\"data:application/pdf;base64,JVBERi0=\"}]},"
            + "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"t\"}],\"encrypted_content\":\"x\"},"
            + "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"b\"},{\"type\":\"refusal\",\"refusal\":\"no\"}]},"
            + "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"{}\"},"
            + "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"ok\"}],"
            + "\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"object\"},\"strict\":false}],\"tool_choice\":{\"type\":\"function\",\"name\":\"f\"},"
            + "\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{}}},\"reasoning\":{\"effort\":\"low\",\"summary\":\"auto\"},"
            + "\"include\":[\"reasoning.encrypted_content\"],\"store\":true,\"max_output_tokens\":50,\"metadata\":{\"a\":\"b\"},\"truncation\":\"disabled\"}";

    private static final String COUNT =
            "{\"model\":\"MODEL\",\"system\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                    + "\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}]}";

    private static final String GEMINI_CONTENT = "{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}";

    /** Where it stands, and how an error looks there. */
    private enum Shape {
        OPENAI,
        ANTHROPIC,
        GEMINI
    }

    static Stream<Arguments> doors() throws IOException {
        String full = golden("openai/full.json")
                .replace("\"gpt-4o\"", "\"MODEL\"")
                .replace("\"stream\": true", "\"stream\": STREAM");
        String messages = golden("anthropic/request-full.json")
                .replace("\"claude-sonnet-4-5\"", "\"MODEL\"")
                .replace("\"stream\": true", "\"stream\": STREAM");
        String contents = golden("gemini/request-full.json");
        return Stream.of(
                Arguments.of(Shape.OPENAI, "/v1/chat/completions", List.of(CHAT, full)),
                Arguments.of(Shape.OPENAI, "/v1/responses", List.of(RESPONSES)),
                Arguments.of(
                        Shape.OPENAI,
                        "/v1/completions",
                        List.of(
                                "{\"model\":\"MODEL\",\"stream\":STREAM,\"prompt\":[\"a\"],\"suffix\":null,\"echo\":false,\"logprobs\":null,\"max_tokens\":9,\"best_of\":1,\"n\":1}")),
                Arguments.of(
                        Shape.OPENAI,
                        "/v1/embeddings",
                        List.of(
                                "{\"model\":\"MODEL\",\"input\":[\"a\",\"b\"],\"encoding_format\":\"base64\",\"dimensions\":3,\"user\":\"u\"}",
                                "{\"model\":\"MODEL\",\"input\":[[1,2],[3]]}")),
                Arguments.of(
                        Shape.OPENAI,
                        "/v1/moderations",
                        List.of(
                                "{\"model\":\"MODEL\",\"input\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.org/a.png\"}}]}",
                                "{\"model\":\"MODEL\",\"input\":[\"a\",\"b\"]}")),
                Arguments.of(
                        Shape.ANTHROPIC,
                        "/v1/messages",
                        List.of(
                                messages,
                                messages,
                                COUNT.replace("\"system\"", "\"max_tokens\":50,\"stream\":STREAM,\"system\""))),
                Arguments.of(Shape.ANTHROPIC, "/v1/messages/count_tokens", List.of(COUNT)),
                Arguments.of(
                        Shape.GEMINI,
                        "/v1beta/models/MODEL:generateContent",
                        List.of(contents, "{\"contents\":[" + GEMINI_CONTENT + "]}")),
                Arguments.of(
                        Shape.GEMINI,
                        "/v1beta/models/MODEL:streamGenerateContent",
                        List.of(contents, "{\"contents\":[" + GEMINI_CONTENT + "]}")),
                Arguments.of(
                        Shape.GEMINI,
                        "/v1beta/models/MODEL:streamGenerateContent?alt=sse",
                        List.of(contents, "{\"contents\":[" + GEMINI_CONTENT + "]}")),
                Arguments.of(
                        Shape.GEMINI,
                        "/v1beta/models/MODEL:countTokens",
                        List.of(
                                "{\"contents\":[" + GEMINI_CONTENT + "]}",
                                "{\"generateContentRequest\":" + contents + "}")),
                Arguments.of(
                        Shape.GEMINI,
                        "/v1beta/models/MODEL:embedContent",
                        List.of("{\"content\":" + GEMINI_CONTENT
                                + ",\"taskType\":\"RETRIEVAL_QUERY\",\"title\":\"t\",\"outputDimensionality\":2}")),
                Arguments.of(
                        Shape.GEMINI,
                        "/v1beta/models/MODEL:batchEmbedContents",
                        List.of("{\"requests\":[{\"model\":\"models/x\",\"content\":" + GEMINI_CONTENT
                                + ",\"outputDimensionality\":2}]}")));
    }

    private static String golden(String name) throws IOException {
        return Files.readString(Path.of("src/test/resources/golden", name), UTF_8);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("doors")
    void nothingThatIsSentMakesTheGatewayFail(Shape shape, String path, List<String> samples) throws Exception {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        var next = new AtomicInteger();
        int logged = GATEWAY.log().length();
        var good = new AtomicInteger();

        try (var workers = Executors.newFixedThreadPool(WORKERS)) {
            for (int i = 0; i < WORKERS; i++) {
                workers.execute(() -> {
                    for (int n = next.getAndIncrement();
                            n < REQUESTS && wrong.size() < 20;
                            n = next.getAndIncrement()) {
                        one(shape, path, samples, n, wrong, good);
                    }
                });
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(good.get()).as("answers that are no refusals").isPositive();
        assertThat(GATEWAY.log().substring(logged)).doesNotContain("failed inside", " ERROR ", "Exception", "Error:");
        assertThat(GATEWAY.request().get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(GATEWAY.ask("simulator/x").statusCode()).isEqualTo(200);
        Await.until("nobody is inside any more", () -> GATEWAY.metrics().contains("signalbox_active_requests 0.0"));
    }

    private static void one(
            Shape shape, String path, List<String> samples, int number, Queue<String> wrong, AtomicInteger good) {
        var random = new Random(SEED + number * 7_919L + path.hashCode());
        String model = EveryVendor.MODELS.get(random.nextInt(EveryVendor.MODELS.size()));
        String sample = samples.get(random.nextInt(samples.size()))
                .replace("\"MODEL\"", Shapes.quoted(model))
                .replace("STREAM", String.valueOf(random.nextBoolean()));
        byte[] body = number % 50 == 0 ? sample.getBytes(UTF_8) : Spoil.request(random, sample);
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(GATEWAY.url() + path.replace("MODEL", model.replace("/", "%2F"))))
                .timeout(HANG)
                .header("content-type", "application/json");
        if (shape == Shape.ANTHROPIC) {
            request.header("anthropic-version", "2026-10-21");
        }
        switch (random.nextInt(12)) {
            case 0 -> {
                request.header("content-encoding", "gzip");
                body = random.nextBoolean() ? gzipped(body) : Spoil.bytes(random, gzipped(body));
            }
            case 1 -> request.header("x-signalbox-translation", "strict");
            case 2 ->
                request.header(
                        List.of(
                                        "x-signalbox-timeout",
                                        "x-signalbox-retries",
                                        "x-signalbox-fallback",
                                        "x-signalbox-tags",
                                        "x-signalbox-provider",
                                        "anthropic-beta",
                                        "openai-beta",
                                        "traceparent")
                                .get(random.nextInt(8)),
                        List.of("x", "-1", "a=b,c", "\u00e4", "99999999999999999999", "true", "20s", ",")
                                .get(random.nextInt(8)));
            default -> {}
        }
        String told = path + " #" + number + " of " + model + ": ";
        try {
            HttpResponse<byte[]> answer =
                    CLIENT.send(request.POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray());
            String text = new String(answer.body(), UTF_8);
            if (answer.statusCode() == 200) {
                good.incrementAndGet();
            }
            String problem = problem(shape, answer, text);
            if (problem != null) {
                wrong.add(told + problem + "\n  asked: " + cut(new String(body, UTF_8)) + "\n  said: "
                        + answer.statusCode() + " " + cut(text));
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            wrong.add(told + e + "\n  asked: " + cut(new String(body, UTF_8)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String cut(String text) {
        return text.length() > 2_500 ? text.substring(0, 2_500) + "..." : text;
    }

    /** What is not as it must be; null when nothing is. */
    private static String problem(Shape shape, HttpResponse<byte[]> answer, String text) {
        int status = answer.statusCode();
        if (status >= 500) {
            return "the gateway failed";
        }
        String type = answer.headers().firstValue("content-type").orElse("");
        if (status == 200 && type.startsWith("text/event-stream")) {
            return Streams.problem(text, ends(shape));
        }
        if (!type.startsWith("application/json")) {
            return "it is " + type;
        }
        JsonNode json = Shapes.json(text);
        if (status == 200) {
            return json.isObject() || json.isArray() ? null : "no answer";
        }
        JsonNode error = shape == Shape.GEMINI && json.isArray() ? json.path(0).path("error") : json.path("error");
        boolean shaped = error.path("message").isTextual()
                && !error.path("message").asText().isBlank()
                && switch (shape) {
                    case OPENAI ->
                        error.path("code").isTextual() && error.path("type").isTextual();
                    case ANTHROPIC ->
                        json.path("type").asText().equals("error")
                                && error.path("type").isTextual();
                    case GEMINI ->
                        error.path("code").asInt() == status
                                && error.path("status").isTextual();
                };
        return shaped ? null : "an error in no shape of the door";
    }

    private static List<String> ends(Shape shape) {
        return switch (shape) {
            case OPENAI ->
                Stream.concat(Streams.CHAT.stream(), Streams.RESPONSES.stream()).toList();
            case ANTHROPIC -> Streams.ANTHROPIC;
            case GEMINI -> Streams.GEMINI;
        };
    }

    private static byte[] gzipped(byte[] plain) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
