package dev.signalbox.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Received;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a vendor answers on any wire, the caller gets a whole answer, an error, or a stream that ends with an end mark or an
 * error event: never a silent end, and never a failure of the gateway's own.
 */
@Timeout(120)
class UpstreamFuzzIT {

    private static final long SEED = Long.getLong("signalbox.fuzz.seed", 20_261_121);
    private static final int ANSWERS = Integer.getInteger("signalbox.fuzz.requests", 500);
    private static final Duration HANG = Duration.ofSeconds(15);
    private static final int WORKERS = 8;
    private static final AtomicInteger PLAYED = new AtomicInteger();

    private static final FakeVendor VENDOR = new FakeVendor()
            .answers(EveryVendor.answering(
                    UpstreamFuzzIT::spoiled, body -> Spoil.request(random(), new String(body, UTF_8))));

    @RegisterExtension
    static final Gateway GATEWAY = EveryVendor.behind(Gateway.bare(), VENDOR).heap("192m");

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static Random random() {
        return new Random(SEED + PLAYED.incrementAndGet() * 7_919L);
    }

    private static List<byte[]> spoiled(Received request, List<byte[]> events) {
        Random random = random();
        if (!request.path().contains("converse-stream")) {
            events.replaceAll(event -> random.nextInt(4) > 0
                    ? event
                    : Spoil.data(random, new String(event, UTF_8)).getBytes(UTF_8));
            return random.nextInt(3) == 0 ? events : Spoil.events(random, events);
        }
        return Spoil.events(random, new java.util.ArrayList<>(events));
    }

    /** A way to ask, and the model that is asked so. */
    record Way(String path, String body, List<String> ends) {

        boolean isStream() {
            return body.contains("\"stream\":true") || path.contains(":streamGenerateContent");
        }

        Way of(String model) {
            return new Way(path.replace("MODEL", model.replace("/", "%2F")), body.replace("MODEL", model), ends);
        }
    }

    private static final String GEMINI = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}]}";
    private static final String CHAT =
            "{\"model\":\"MODEL\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String MESSAGES = CHAT.replace("\"stream\"", "\"max_tokens\":99,\"stream\"");
    private static final String INPUT = "{\"model\":\"MODEL\",\"stream\":true,\"input\":\"hi\"}";

    private static final List<Way> WAYS = List.of(
            new Way("/v1/chat/completions", CHAT, Streams.CHAT),
            new Way("/v1/chat/completions", CHAT.replace("true", "false"), List.of("\"choices\"")),
            new Way("/v1/responses", INPUT, Streams.RESPONSES),
            new Way("/v1/responses", INPUT.replace("true", "false"), List.of("\"output\"")),
            new Way("/v1/messages", MESSAGES, Streams.ANTHROPIC),
            new Way("/v1/messages", MESSAGES.replace("true", "false"), List.of("\"content\"")),
            new Way("/v1beta/models/MODEL:streamGenerateContent?alt=sse", GEMINI, Streams.GEMINI),
            new Way("/v1beta/models/MODEL:streamGenerateContent", GEMINI, Streams.GEMINI),
            new Way("/v1beta/models/MODEL:generateContent", GEMINI, List.of("\"candidates\"")));

    static List<String> models() {
        return EveryVendor.MODELS.stream()
                .filter(model -> !model.startsWith("simulator"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("models")
    void whateverAVendorSaysTheCallerIsNotLeftInTheDark(String model) {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        var next = new AtomicInteger();
        var good = new AtomicInteger();
        int logged = GATEWAY.log().length();

        try (var workers = Executors.newFixedThreadPool(WORKERS)) {
            for (int i = 0; i < WORKERS; i++) {
                workers.execute(() -> {
                    for (int n = next.getAndIncrement(); n < ANSWERS && wrong.size() < 20; n = next.getAndIncrement()) {
                        one(WAYS.get(n % WAYS.size()).of(model), model, wrong, good);
                    }
                });
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(good.get()).as("answers that are no errors").isPositive();
        assertThat(GATEWAY.log().substring(logged)).doesNotContain("failed inside", " ERROR ", "Exception", "Error:");
        assertThat(GATEWAY.request().get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(GATEWAY.ask("simulator/x").statusCode()).isEqualTo(200);
        Await.until("nobody is inside any more", () -> GATEWAY.metrics().contains("signalbox_active_requests 0.0"));
    }

    private static void one(Way way, String model, Queue<String> wrong, AtomicInteger good) {
        String told = way.path() + " of " + model + (way.isStream() ? ", streamed: " : ": ");
        try {
            HttpResponse<byte[]> answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create(GATEWAY.url() + way.path()))
                            .timeout(HANG)
                            .header("content-type", "application/json")
                            .POST(BodyPublishers.ofString(way.body()))
                            .build(),
                    BodyHandlers.ofByteArray());
            String text = new String(answer.body(), UTF_8);
            good.addAndGet(answer.statusCode() == 200 ? 1 : 0);
            String problem = problem(way, answer, text);
            if (problem != null) {
                wrong.add(told + problem + "\n  said: " + answer.statusCode() + " "
                        + (text.length() > 2_500 ? text.substring(0, 2_500) : text));
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            wrong.add(told + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String problem(Way way, HttpResponse<byte[]> answer, String text) {
        int status = answer.statusCode();
        String type = answer.headers().firstValue("content-type").orElse("");
        if (status == 200 && type.startsWith("text/event-stream")) {
            return way.isStream() ? Streams.problem(text, way.ends()) : "a stream that nobody asked for";
        }
        if (!type.startsWith("application/json")) {
            return "it is " + type;
        }
        JsonNode json = Shapes.json(text);
        if (status == 200 && json.isArray()) {
            return Streams.isWhole(text, way.ends()) ? null : "a silent end";
        }
        if (status == 200) {
            return way.ends().stream().anyMatch(text::contains) ? null : "no answer";
        }
        JsonNode error = json.isArray() ? json.path(0).path("error") : json.path("error");
        if (!error.path("message").isTextual()) {
            return "an error without words";
        }
        return status == 503 || status == 504 || (status >= 400 && status < 500) ? null : "the gateway failed";
    }
}
