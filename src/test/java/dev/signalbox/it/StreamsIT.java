package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of the caller's own language: what passes, what is added at the end, and when. */
@Timeout(60)
class StreamsIT {

    private static final String ASKED_FOR_USAGE = """
            {"model":"%s","stream":true,"stream_options":{"include_usage":true},\
            "messages":[{"role":"user","content":"hi"}]}""";

    private static final Lanes LANES = Lanes.of(30)
            .set("signalbox.models.m0.pricing.input", "2.50")
            .set("signalbox.models.m0.pricing.output", "10")
            .set("signalbox.models.m0.pricing.cached-input", "1.25")
            .set("signalbox.providers.a1.quirks.usage-in-stream", "false");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        LANES.next();
        LANES.next();
    }

    /** Everything that OpenAI and servers like it put into a stream. */
    private static List<String> colourful() {
        List<String> events = new ArrayList<>();
        events.add(": comment of the vendor\n\n");
        events.add(OpenAiAnswers.role());
        events.add(OpenAiAnswers.delta("Grüße, "));
        events.add(OpenAiAnswers.delta("世界 🌍 "));
        events.add(OpenAiAnswers.data("""
                {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"up","x":0.20,\
                "y":12345678901234567890,"obfuscation":"aB3","choices":[{"index":0,"delta":{"content":"end",\
                "new_field":[1e-7]},"finish_reason":null}]}"""));
        events.add("data: {\"id\":\"chatcmpl-1\",\ndata: \"choices\":[]}\n\n");
        events.add("event: message\nid: 7\nretry: 10\n"
                + OpenAiAnswers.finish("stop").replace("\n", "\r\n"));
        events.add(OpenAiAnswers.usage());
        events.add(OpenAiAnswers.DONE);
        return events;
    }

    @ParameterizedTest
    @EnumSource
    void aStreamIsTheSameHoweverItsBytesArrive(Chunking chunking) {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.events(colourful(), chunking));

        try (Listener listener = Listener.ask(GATEWAY, ASKED_FOR_USAGE.formatted(lane.model()))) {
            List<String> blocks = listener.rest();

            assertThat(Listener.text(blocks)).isEqualTo("Grüße, 世界 🌍 end");
            assertThat(blocks)
                    .anySatisfy(block -> assertThat(block)
                            .contains("\"x\":0.20", "\"y\":12345678901234567890", "\"obfuscation\":\"aB3\"", "[1e-7]"));
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            assertThat(blocks).filteredOn("data: [DONE]"::equals).hasSize(1);
            assertThat(Listener.chunks(blocks))
                    .filteredOn(chunk -> "stop"
                            .equals(chunk.path("choices")
                                    .path(0)
                                    .path("finish_reason")
                                    .asText()))
                    .hasSize(1);
            assertThat(Listener.facts(blocks).path("output_tokens").asInt()).isEqualTo(4);
        }
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void theHeadOfAStreamIsThatOfAStream() {
        Lane lane = LANES.next();

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()), "x-request-id", "mine-2")) {
            assertThat(listener.status()).isEqualTo(200);
            assertThat(listener.header("content-type")).startsWith("text/event-stream");
            assertThat(listener.id()).isNotBlank();
            assertThat(listener.header("x-request-id")).isEqualTo("mine-2");
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.firstName());
            assertThat(listener.header("x-signalbox-model")).isEqualTo(Lanes.FIRST_MODEL);
            assertThat(listener.header("x-signalbox-strategy")).isEqualTo("priority");
            assertThat(listener.header("x-signalbox-attempts")).isEqualTo("1");
            assertThat(listener.header("x-signalbox-cache")).isIn("off", "miss");
            assertThat(listener.header("x-signalbox-cost-usd")).isNull();
            assertThat(listener.header("x-signalbox-latency-ms")).isNull();
            assertThat(listener.header("x-signalbox-overhead-ms")).isNull();
            assertThat(listener.header("server-timing"))
                    .contains("admit;dur=", "route;dur=", "connect;dur=", "first-token;dur=");
        }
    }

    @Test
    void usageIsAlwaysAskedForAndKeptFromCallersWhoDidNot() {
        Lane lane = LANES.next();

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();

            assertThat(lane.first()
                            .only()
                            .json()
                            .path("stream_options")
                            .path("include_usage")
                            .asBoolean())
                    .isTrue();
            assertThat(Listener.chunks(blocks))
                    .noneMatch(chunk -> chunk.hasNonNull("usage"))
                    .noneMatch(chunk -> chunk.path("choices").isEmpty());
            assertThat(Listener.facts(blocks).path("output_tokens").asInt()).isEqualTo(4);
        }
    }

    @Test
    void usageIsKeptForCallersWhoAsked() {
        Lane lane = LANES.next();

        try (Listener listener = Listener.ask(GATEWAY, ASKED_FOR_USAGE.formatted(lane.model()))) {
            List<JsonNode> chunks = Listener.chunks(listener.rest());

            assertThat(chunks.getLast().path("choices")).isEmpty();
            assertThat(chunks.getLast().path("usage")).isEqualTo(Shapes.json(OpenAiAnswers.USAGE));
        }
    }

    @Test
    void usageThatTheVendorDoesNotTellIsCountedForCallersWhoAsked() {
        Lane lane = LANES.next();
        lane.first()
                .answers(OpenAiAnswers.events(
                        List.of(
                                OpenAiAnswers.role(),
                                OpenAiAnswers.delta("four words of it"),
                                OpenAiAnswers.finish("stop")),
                        Chunking.EVENTS));

        try (Listener listener = Listener.ask(GATEWAY, ASKED_FOR_USAGE.formatted(lane.model()))) {
            List<String> blocks = listener.rest();
            List<JsonNode> chunks = Listener.chunks(blocks);

            assertThat(chunks.getLast().path("choices")).isEmpty();
            assertThat(chunks.getLast().path("id")).isEqualTo(chunks.getFirst().path("id"));
            assertThat(chunks.getLast().path("usage").path("completion_tokens").asInt())
                    .isEqualTo(Listener.facts(blocks).path("output_tokens").asInt())
                    .isPositive();
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
    }

    @Test
    void aCallerWhoRefusesUsageDoesNotGetItEither() {
        Lane lane = LANES.next();
        String refusing = ASKED_FOR_USAGE.formatted(lane.model()).replace("true}", "false,\"other\":1.0}");

        try (Listener listener = Listener.ask(GATEWAY, refusing)) {
            assertThat(Listener.chunks(listener.rest())).noneMatch(chunk -> chunk.hasNonNull("usage"));
        }
        assertThat(lane.first()
                        .only()
                        .json()
                        .path("stream_options")
                        .path("include_usage")
                        .asBoolean())
                .isTrue();
        assertThat(lane.first().only().body()).contains("\"other\":1.0");
    }

    @Test
    void aServerThatDoesNotUnderstandTheQuestionForUsageIsNotAsked() {
        Lane lane = LANES.lane(1);
        List<String> events = OpenAiAnswers.stream("no usage");
        events.remove(OpenAiAnswers.usage());
        lane.first().answers(OpenAiAnswers.events(events, Chunking.EVENTS));

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();

            assertThat(lane.first().only().json().has("stream_options")).isFalse();
            assertThat(Listener.facts(blocks).path("output_tokens").asInt()).isPositive();
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
        assertThat(GATEWAY.row(lastId()).path("estimated").asBoolean()).isTrue();
    }

    private static String lastId() {
        return Shapes.json(GATEWAY.request().get("/admin/v1/requests?limit=1").asString())
                .path("data")
                .path(0)
                .path("id")
                .asText();
    }

    @Test
    void theFactsStandDirectlyBeforeTheEndMark() {
        Lane lane = LANES.lane(0);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();

            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            assertThat(blocks.get(blocks.size() - 2)).startsWith(": signalbox {");
            JsonNode facts = Listener.facts(blocks);
            assertThat(facts.path("id").asText()).isEqualTo(listener.id());
            assertThat(facts.path("provider").asText()).isEqualTo(lane.firstName());
            assertThat(facts.path("model").asText()).isEqualTo(lane.model());
            assertThat(facts.path("deployment").asText()).isEqualTo(lane.firstName() + "/" + Lanes.FIRST_MODEL);
            assertThat(facts.path("strategy").asText()).isEqualTo("priority");
            assertThat(facts.path("attempts")).hasSize(1);
            assertThat(facts.path("cached_tokens").asInt()).isEqualTo(2);
            assertThat(facts.path("reasoning_tokens").asInt()).isEqualTo(1);
            assertThat(facts.path("input_tokens").asInt()).isEqualTo(5);
            assertThat(facts.path("output_tokens").asInt()).isEqualTo(4);
            assertThat(facts.path("cache_write_tokens").asInt()).isZero();
            assertThat(facts.path("cost_usd").decimalValue()).isEqualByComparingTo("0.000065");
            assertThat(facts.path("latency_ms").isNumber()).isTrue();
            assertThat(facts.path("first_token_ms").isNumber()).isTrue();
            JsonNode row = GATEWAY.row(listener.id());
            for (String key : List.of("id", "provider", "model", "deployment", "strategy", "attempts")) {
                assertThat(facts.path(key)).as(key).isEqualTo(row.path(key));
            }
            assertThat(facts.path("input_tokens")).isEqualTo(row.path("input_tokens"));
            assertThat(row.path("stream").asBoolean()).isTrue();
            assertThat(row.path("status").asInt()).isEqualTo(200);
        }
    }

    @Test
    void eachChunkIsForwardedAsItArrives() {
        Lane lane = LANES.next();
        var heard = new CountDownLatch(1);
        lane.first().answers((_, wire) -> {
            wire.events().send(OpenAiAnswers.role()).send(OpenAiAnswers.delta("one "));
            try {
                heard.await();
            } catch (InterruptedException e) {
                throw new java.io.InterruptedIOException();
            }
            wire.send(
                            List.of(OpenAiAnswers.delta("two"), OpenAiAnswers.finish("stop"), OpenAiAnswers.DONE),
                            Chunking.EVENTS)
                    .end();
        });

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> first = List.of(listener.next(), listener.next());
            assertThat(Listener.text(first)).isEqualTo("one ");
            heard.countDown();
            assertThat(Listener.text(listener.rest())).isEqualTo("two");
        }
    }

    @Test
    void nothingIsSentBeforeTheFirstToken() {
        Lane lane = LANES.next();
        var goOn = new CountDownLatch(1);
        lane.first().answers((_, wire) -> {
            wire.events().send(": OPENROUTER PROCESSING\n\n").send(OpenAiAnswers.role());
            wire.send(OpenAiAnswers.chunk("{\"content\":null}", "null"));
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new java.io.InterruptedIOException();
            }
            wire.cut();
        });

        var asked = Listener.asking(GATEWAY, Shapes.streamed(lane.model()));
        Await.until("the vendor is asked", () -> !lane.first().received().isEmpty());
        Gateway.pause(Duration.ofMillis(300));
        assertThat(asked).isNotDone();
        goOn.countDown();

        try (Listener listener = Listener.of(asked)) {
            assertThat(listener.status()).isEqualTo(200);
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
            assertThat(Listener.text(listener.rest())).isEqualTo("hello");
        }
    }

    @Test
    void aToolCallIsAFirstToken() {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events()
                    .send(OpenAiAnswers.role())
                    .send(OpenAiAnswers.chunk("""
                            {"tool_calls":[{"index":0,"id":"call_1","type":"function",\
                            "function":{"name":"look","arguments":""}}]}""", "null"))
                    .silent(Duration.ofMillis(300))
                    .send(OpenAiAnswers.chunk(
                            "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]}", "null"))
                    .send(List.of(OpenAiAnswers.finish("tool_calls"), OpenAiAnswers.DONE), Chunking.EVENTS)
                    .end();
        });

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();
            assertThat(blocks).anyMatch(block -> block.contains("\"call_1\""));
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
    }

    @Test
    void aStreamWithoutATokenIsStillAnAnswer() {
        Lane lane = LANES.next();
        lane.first()
                .answers(OpenAiAnswers.events(
                        List.of(OpenAiAnswers.role(), OpenAiAnswers.finish("stop"), OpenAiAnswers.DONE),
                        Chunking.EVENTS));

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.firstName());
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
    }

    @Test
    void manyStreamsShareFewConnections() {
        Lane lane = LANES.next();

        for (int i = 0; i < 10; i++) {
            try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
                assertThat(Listener.text(listener.rest())).isEqualTo("hello");
            }
        }

        assertThat(lane.first().connectionsOpened()).isLessThan(10);
    }

    @Test
    void manyStreamsAtOnceAreAllWhole() throws InterruptedException {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events();
            for (int i = 0; i < 10; i++) {
                wire.send(OpenAiAnswers.delta("w")).silent(Duration.ofMillis(30));
            }
            wire.send(List.of(OpenAiAnswers.finish("stop"), OpenAiAnswers.DONE), Chunking.EVENTS)
                    .end();
        });
        var whole = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();

        for (int i = 0; i < 200; i++) {
            callers.add(Thread.ofVirtual().start(() -> {
                try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
                    List<String> blocks = listener.rest();
                    if (Listener.text(blocks).equals("w".repeat(10)) && "data: [DONE]".equals(blocks.getLast())) {
                        whole.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join(Duration.ofSeconds(30));
        }

        assertThat(whole).hasValue(200);
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void aStreamOfNothingIsNone() {
        Lane lane = LANES.next();

        assertThat(GATEWAY.chat(Shapes.with(lane.model(), "\"stream\":null")).contentType())
                .startsWith("application/json");
        assertThat(GATEWAY.chat(Shapes.with(lane.model(), "\"stream\":false")).contentType())
                .startsWith("application/json");
    }
}
