package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.dialect.bedrock.Frames;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's language in, Bedrock's out, signed with keys of the environment. */
@Timeout(60)
class BedrockIT {

    private static final String MODEL = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private static final String PATH = "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/";
    private static final String ARN = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc123";
    private static final String SECRET = "canary/SECRET+access-key-of-the-environment";
    private static final String TOKEN = "session-token-of-the-environment";
    private static final int WITH_KEY = 0;
    private static final int WITH_ARN = 1;
    private static final int WITH_JSON = 2;
    private static final int LANE_COUNT = 40;

    private static final Lanes LANES = lanes();

    @RegisterExtension
    static final Gateway GATEWAY = gateway();

    private static Lanes lanes() {
        Lanes lanes = Lanes.of(LANE_COUNT)
                .each("signalbox.providers.a%d.kind", "bedrock")
                .each("signalbox.providers.a%d.region", "eu-central-1")
                .each("signalbox.models.m%d.deployments[0].model", MODEL)
                .set("signalbox.models.m1.deployments[0].model", ARN)
                .set(
                        "signalbox.providers.a2.credentials",
                        "{\"accessKeyId\":\"AKIDJSON\",\"secretAccessKey\":\"json-secret\"}");
        for (int i = 0; i < LANE_COUNT; i++) {
            Lane lane = lanes.lane(i);
            lanes.set(
                    "signalbox.providers." + lane.firstName() + ".base-url",
                    lane.first().root());
            lane.first().answers(BedrockAnswers.hello());
        }
        lanes.next();
        lanes.next();
        lanes.next();
        return lanes;
    }

    private static Gateway gateway() {
        Gateway gateway = Gateway.with(LANES)
                .environment("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
                .environment("AWS_SECRET_ACCESS_KEY", SECRET)
                .environment("AWS_SESSION_TOKEN", TOKEN);
        for (int i = 0; i < LANE_COUNT; i++) {
            if (i != WITH_KEY) {
                gateway.without("signalbox.providers.a" + i + ".api-keys[0]");
            }
        }
        return gateway;
    }

    private static void assertSigned(Received request, String id, String secret) {
        AwsSignature signature = AwsSignature.of(request);
        assertThat(signature.accessKeyId()).isEqualTo(id);
        assertThat(signature.region()).isEqualTo("eu-central-1");
        assertThat(signature.service()).isEqualTo("bedrock");
        assertThat(signature.signedHeaders()).contains("host", "x-amz-date");
        assertThat(signature.signature()).isEqualTo(signature.expected(request, secret));
    }

    @Test
    void aPlainRequestIsSignedAndItsAnswerTold() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.chat(Shapes.with(lane.model(), "\"max_tokens\":100,\"temperature\":0.20"));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        JsonNode chat = Shapes.json(answer.asString());
        assertThat(chat.path("model").asText()).isEqualTo(MODEL);
        JsonNode choice = chat.path("choices").path(0);
        assertThat(choice.path("message").path("content").asText()).isEqualTo("hello");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(chat.path("usage").path("prompt_tokens").asInt()).isEqualTo(131);
        assertThat(chat.path("usage").path("completion_tokens").asInt()).isEqualTo(9);
        Received request = lane.first().only();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo(PATH + "converse");
        assertThat(request.header("x-amz-security-token")).isEqualTo(TOKEN);
        assertThat(request.json()).isEqualTo(Shapes.json("""
                {"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":100,"temperature":0.20}}"""));
        assertSigned(request, "AKIDENVIRONMENT", SECRET);
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("input_tokens").asInt()).isEqualTo(11);
        assertThat(row.path("cached_tokens").asInt()).isEqualTo(100);
        assertThat(row.path("cache_write_tokens").asInt()).isEqualTo(20);
        assertThat(row.path("output_tokens").asInt()).isEqualTo(9);
    }

    @Test
    void namesThatAreArnsAreSignedToo() {
        Lane lane = LANES.lane(WITH_ARN);

        assertThat(GATEWAY.ask(lane.model()).statusCode()).isEqualTo(200);
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(Listener.text(listener.rest())).isEqualTo("hello");
        }

        String path =
                "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Aapplication-inference-profile%2Fabc123/";
        assertThat(lane.first().received())
                .extracting(Received::path)
                .containsExactly(path + "converse", path + "converse-stream");
        lane.first().received().forEach(request -> assertSigned(request, "AKIDENVIRONMENT", SECRET));
    }

    @Test
    void aKeyOfBedrocksOwnNeedsNoSignature() {
        Lane lane = LANES.lane(WITH_KEY);

        assertThat(GATEWAY.ask(lane.model()).statusCode()).isEqualTo(200);

        assertThat(lane.first().only().header("authorization")).isEqualTo("Bearer " + lane.firstKey());
        assertThat(lane.first().only().header("x-amz-date")).isNull();
    }

    @Test
    void credentialsOfAProviderAreItsOwn() {
        Lane lane = LANES.lane(WITH_JSON);

        assertThat(GATEWAY.ask(lane.model()).statusCode()).isEqualTo(200);

        assertSigned(lane.first().only(), "AKIDJSON", "json-secret");
        assertThat(lane.first().only().header("x-amz-security-token")).isNull();
    }

    private static final String LONG = "Grüße, 世界 🌍 end";

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50, 100_000})
    void wordsAreTheSameHoweverTheirBytesArrive(int size) {
        Lane lane = LANES.next();
        lane.first().answers(BedrockAnswers.pieces(BedrockAnswers.stream(LONG), size));

        try (Listener listener = Listener.ask(
                GATEWAY, Shapes.with(lane.model(), "\"stream\":true,\"stream_options\":{\"include_usage\":true}"))) {
            List<String> blocks = listener.rest();
            List<JsonNode> chunks = Listener.chunks(blocks);
            assertThat(Listener.text(blocks)).isEqualTo(LONG);
            assertThat(chunks.getFirst().path("model").asText()).isEqualTo(MODEL);
            assertThat(chunks.getLast().path("usage").path("prompt_tokens").asInt())
                    .isEqualTo(131);
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
        Received request = lane.first().only();
        assertThat(request.path()).isEqualTo(PATH + "converse-stream");
        assertThat(request.header("accept")).contains("application/vnd.amazon.eventstream");
        assertSigned(request, "AKIDENVIRONMENT", SECRET);
    }

    private static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"mcp:get.weather","parameters":{"type":"object"}}}],\
            "messages":[{"role":"user","content":"weather?"}%s]""";

    @Test
    void toolsAreCalledAndAnswered() {
        Lane lane = LANES.next();
        Answer hello = BedrockAnswers.hello();
        lane.first()
                .answers(
                        (request, wire) -> wire.answer(
                                200,
                                BedrockAnswers.message(
                                        "{\"toolUse\":{\"toolUseId\":\"tooluse_1\",\"name\":%s,\"input\":{\"city\":\"Köln\"}}}"
                                                .formatted(request.json()
                                                        .path("toolConfig")
                                                        .findValue("name")),
                                        "tool_use")),
                        hello);

        String ask = "{\"model\":\"" + lane.model() + "\"," + TOOLS;
        JsonNode choice = Shapes.json(GATEWAY.chat(ask.formatted("") + "}").asString())
                .path("choices")
                .path(0);
        JsonNode call = choice.path("message").path("tool_calls").path(0);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(call.path("id").asText()).isEqualTo("tooluse_1");
        assertThat(call.path("function").path("name").asText()).isEqualTo("mcp:get.weather");
        assertThat(Shapes.json(call.path("function").path("arguments").asText()))
                .isEqualTo(Shapes.json("{\"city\":\"Köln\"}"));

        Response second = GATEWAY.chat(ask.formatted("," + choice.path("message")
                        + ",{\"role\":\"tool\",\"tool_call_id\":\"tooluse_1\",\"content\":\"rain\"}")
                + "}");
        assertThat(second.statusCode()).as(second.asString()).isEqualTo(200);
        JsonNode messages = lane.first().received().get(1).json().path("messages");
        assertThat(messages.path(1)
                        .path("content")
                        .path(0)
                        .path("toolUse")
                        .path("toolUseId")
                        .asText())
                .isEqualTo("tooluse_1");
        assertThat(messages.path(2).path("content").path(0).path("toolResult")).isEqualTo(Shapes.json("""
                {"toolUseId":"tooluse_1","content":[{"text":"rain"}]}"""));
    }

    @Test
    void whatCannotBeSaidIsRefusedByName() {
        Lane lane = LANES.next();

        Response answer =
                GATEWAY.chat(Shapes.with(lane.model(), "\"seed\":5"), "x-signalbox-provider", lane.firstName());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                .isEqualTo("unsupported_parameter");
        assertThat(answer.asString()).contains("seed");
        assertThat(lane.first().received()).isEmpty();
    }

    private static byte[] damaged(byte[] frame) {
        byte[] damaged = frame.clone();
        damaged[frame.length / 2] ^= 1;
        return damaged;
    }

    static Stream<Arguments> breaksBeforeTheFirstToken() {
        return Stream.of(
                Arguments.argumentSet("throttled", BedrockAnswers.error(429, "ThrottlingException", "Too many tokens")),
                Arguments.argumentSet("no service", BedrockAnswers.error(503, "ServiceUnavailableException", "down")),
                Arguments.argumentSet("the model broke", BedrockAnswers.error(424, "ModelErrorException", "broke")),
                Arguments.argumentSet(
                        "no access",
                        BedrockAnswers.error(
                                403,
                                "AccessDeniedException",
                                "You don't have access to the model with the specified model ID.")),
                Arguments.argumentSet(
                        "no such model",
                        BedrockAnswers.error(400, "ValidationException", "The provided model identifier is invalid.")),
                Arguments.argumentSet(
                        "an exception at once",
                        BedrockAnswers.stream(List.of(Frames.exception("throttlingException", "slow down")))),
                Arguments.argumentSet(
                        "an exception after the start",
                        BedrockAnswers.stream(List.of(
                                BedrockAnswers.start(), Frames.exception("modelStreamErrorException", "broke")))),
                Arguments.argumentSet("a cut", BedrockAnswers.cut(List.of(BedrockAnswers.start()))),
                Arguments.argumentSet(
                        "damage",
                        BedrockAnswers.stream(List.of(BedrockAnswers.start(), damaged(BedrockAnswers.text("a"))))));
    }

    @ParameterizedTest
    @MethodSource("breaksBeforeTheFirstToken")
    void aStreamThatBreaksBeforeItsFirstTokenGoesElsewhere(Answer broken) {
        Lane lane = LANES.next();
        lane.first().answers(broken);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
            assertThat(Listener.text(listener.rest())).isEqualTo("hello");
        }
    }

    private static List<byte[]> begun(byte[]... more) {
        var frames = new ArrayList<>(List.of(BedrockAnswers.start(), BedrockAnswers.text("half ")));
        frames.addAll(List.of(more));
        return frames;
    }

    static Stream<Arguments> breaksAfterTheFirstToken() {
        return Stream.of(
                Arguments.argumentSet(
                        "an exception",
                        BedrockAnswers.stream(begun(Frames.exception("internalServerException", "broke")))),
                Arguments.argumentSet("a cut", BedrockAnswers.cut(begun())),
                Arguments.argumentSet("an end without an end", BedrockAnswers.stream(begun())),
                Arguments.argumentSet("damage", BedrockAnswers.stream(begun(damaged(BedrockAnswers.text("b"))))));
    }

    @ParameterizedTest
    @MethodSource("breaksAfterTheFirstToken")
    void aStreamThatBreaksAfterItsFirstTokenEndsWithAnError(Answer broken) {
        Lane lane = LANES.next();
        lane.first().answers(broken);

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            Listener.assertBrokeBehind("half ", listener.rest());
        }
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void aStreamWithoutUsageIsWholeNonetheless() {
        Lane lane = LANES.next();
        lane.first()
                .answers(BedrockAnswers.stream(List.of(
                        BedrockAnswers.start(),
                        BedrockAnswers.text("all"),
                        BedrockAnswers.end("end_turn").getFirst())));

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();
            assertThat(Listener.text(blocks)).isEqualTo("all");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
        }
    }

    @Test
    void theCallersOwnMistakeIsTheirs() {
        Lane lane = LANES.next();
        lane.first().answers(BedrockAnswers.error(400, "ValidationException", "The text field is blank."));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.asString()).contains("The text field is blank.");
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void secretsAreToldToNobody() {
        assertThat(GATEWAY.log())
                .doesNotContain(
                        SECRET, TOKEN, "json-secret", LANES.lane(WITH_KEY).firstKey());
    }
}
