package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import dev.signalbox.it.Wire.Chunking;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's language in, Gemini's out: addresses, credentials, and a vendor that misbehaves. */
@Timeout(60)
class GeminiIT {

    private static final int VERSIONED = 0;
    private static final int TWO_KEYS = 1;

    private static final Lanes LANES = lanes();

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    private static Lanes lanes() {
        Lanes lanes = GeminiAnswers.lanes(60)
                .each("signalbox.models.only%d.deployments[0].provider", "a%d")
                .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL)
                .set("signalbox.providers.a1.api-keys[1]", "AIza-spare-1")
                .each("signalbox.providers.a%d.first-token-timeout", "800ms")
                .each("signalbox.providers.a%d.idle-timeout", "800ms");
        lanes.set(
                "signalbox.providers.a0.base-url", lanes.lane(VERSIONED).first().root() + "/v1");
        lanes.next();
        lanes.next();
        return lanes;
    }

    private static String only(Lane lane) {
        return "only" + lane.number();
    }

    @Test
    void theVendorIsAskedAsItsOwnClientWould() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        Received request = lane.first().only();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v1beta/models/up-a:generateContent");
        assertThat(request.header("x-goog-api-key")).isEqualTo(lane.firstKey());
        assertThat(request.header("authorization")).isNull();
        assertThat(request.header("content-type")).startsWith("application/json");
        JsonNode content = request.json().path("contents").path(0);
        assertThat(content.path("role").asText()).isEqualTo("user");
        assertThat(content.path("parts").path(0).path("text").asText()).isEqualTo("hi");
    }

    @Test
    void itsAnswerIsToldAsOpenAiWould() {
        Lane lane = LANES.next();

        JsonNode chat = Shapes.json(GATEWAY.ask(lane.model()).asString());

        assertThat(chat.path("model").asText()).isEqualTo("gemini-up");
        JsonNode choice = chat.path("choices").path(0);
        assertThat(choice.path("message").path("content").asText()).isEqualTo("hello");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        JsonNode usage = chat.path("usage");
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(100);
        assertThat(usage.path("prompt_tokens_details").path("cached_tokens").asInt())
                .isEqualTo(40);
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(14);
    }

    @Test
    void aVersionInTheAddressIsNotDoubled() {
        Lane lane = LANES.lane(VERSIONED);

        GATEWAY.ask(lane.model());

        assertThat(lane.first().only().path()).isEqualTo("/v1/models/up-a:generateContent");
    }

    @ParameterizedTest
    @EnumSource
    void aStreamHasNoEndMarkAndEndsWellAllTheSame(Chunking chunking) {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.events(GeminiAnswers.stream("Grüße, 世界 🌍 end"), chunking));

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();

            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.firstName());
            assertThat(Listener.text(blocks)).isEqualTo("Grüße, 世界 🌍 end");
            assertThat(blocks.getLast()).isEqualTo("data: [DONE]");
            JsonNode facts = Listener.facts(blocks);
            assertThat(facts.path("input_tokens").asInt()).isEqualTo(60);
            assertThat(facts.path("cached_tokens").asInt()).isEqualTo(40);
            assertThat(facts.path("output_tokens").asInt()).isEqualTo(9);
            assertThat(facts.path("reasoning_tokens").asInt()).isEqualTo(5);
        }
        Received request = lane.first().only();
        assertThat(request.path()).isEqualTo("/v1beta/models/up-a:streamGenerateContent?alt=sse");
        assertThat(request.header("x-goog-api-key")).isEqualTo(lane.firstKey());
    }

    @ParameterizedTest
    @CsvSource({
        "401,UNAUTHENTICATED,credential_rejected",
        "403,PERMISSION_DENIED,credential_rejected",
        "404,NOT_FOUND,model_unavailable",
        "429,RESOURCE_EXHAUSTED,rate_limited",
        "499,CANCELLED,server_error",
        "500,INTERNAL,server_error",
        "502,BAD_GATEWAY,server_error",
        "503,UNAVAILABLE,overloaded",
        "504,DEADLINE_EXCEEDED,server_error",
    })
    void everyFailureMakesRoomForTheNext(int status, String name, String kind) {
        Lane lane = LANES.next();
        lane.first().answers(GeminiAnswers.error(status, name, "no"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        JsonNode first = GATEWAY.row(answer.header("x-signalbox-request-id"))
                .path("attempts")
                .path(0);
        assertThat(first.path("error").asText()).isEqualTo(kind);
        assertThat(first.path("status").asInt()).isEqualTo(status);
    }

    @Test
    void aKeyThatIsRefusedWithA400IsOursAndNotTheCallers() {
        Lane lane = LANES.next();
        lane.first()
                .answers(GeminiAnswers.error(
                        400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", """
                {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}"""));

        Response answer = GATEWAY.ask(only(lane));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.asString()).contains("all_providers_exhausted", "credential_rejected");
    }

    @Test
    void theCallersOwnFaultIsToldInTheVendorsWords() {
        Lane lane = LANES.next();
        lane.first()
                .answers(GeminiAnswers.error(400, "INVALID_ARGUMENT", "temperature must be in the range [0.0, 2.0]"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Shapes.json(answer.asString()).path("error").path("message").asText())
                .contains("temperature must be in the range");
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void aKeyRestsForAsLongAsTheVendorSaysInTheBody() {
        Lane lane = LANES.next();
        lane.first()
                .answers(GeminiAnswers.error(
                        429,
                        "RESOURCE_EXHAUSTED",
                        "You exceeded your current quota, please check your plan and billing details.",
                        GeminiAnswers.retryInfo("34.07s")));

        assertThat(GATEWAY.ask(only(lane)).statusCode()).isEqualTo(503);
        Response again = GATEWAY.ask(only(lane));

        assertThat(again.statusCode()).isEqualTo(503);
        assertThat(Integer.parseInt(again.header("retry-after"))).isBetween(25, 35);
        assertThat(lane.first().received()).hasSize(1);
    }

    @Test
    void theNextKeyIsUsedAtOnce() {
        Lane lane = LANES.lane(TWO_KEYS);
        lane.first()
                .answers(
                        GeminiAnswers.error(429, "RESOURCE_EXHAUSTED", "slow down", GeminiAnswers.retryInfo("60s")),
                        GeminiAnswers.hello());

        assertThat(GATEWAY.ask(only(lane)).statusCode()).isEqualTo(200);
        GATEWAY.ask(only(lane));

        List<String> keys = lane.first().received().stream()
                .map(request -> request.header("x-goog-api-key"))
                .toList();
        assertThat(keys).hasSize(3);
        assertThat(keys.get(1)).isNotEqualTo(keys.get(0)).isEqualTo(keys.get(2));
    }

    @Test
    void anErrorInAStreamBeforeItsFirstTokenMakesRoomForTheNext() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(GeminiAnswers.event(GeminiAnswers.errorBody(503, "UNAVAILABLE", "overloaded")))
                        .end());

        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.secondName());
            assertThat(Listener.text(listener.rest())).isEqualTo("hello");
        }
    }

    @Test
    void anErrorInAStreamAfterItsFirstTokenIsTold() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) -> wire.events()
                        .send(GeminiAnswers.delta("half "))
                        .send(GeminiAnswers.event(GeminiAnswers.errorBody(500, "INTERNAL", "it broke")))
                        .end());

        broken(lane);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStreamThatIsCutIsNeverTakenForWhole(boolean politely) {
        Lane lane = LANES.next();
        lane.first().answers((_, wire) -> {
            wire.events().send(GeminiAnswers.delta("half "));
            if (politely) {
                wire.end();
            } else {
                wire.reset();
            }
        });

        broken(lane);
    }

    @Test
    void aStreamThatFallsSilentIsNeverTakenForWhole() {
        Lane lane = LANES.next();
        lane.first()
                .answers((_, wire) ->
                        wire.events().send(GeminiAnswers.delta("half ")).silent());

        broken(lane);
    }

    private static void broken(Lane lane) {
        try (Listener listener = Listener.ask(GATEWAY, Shapes.streamed(lane.model()))) {
            List<String> blocks = listener.rest();
            assertThat(blocks).doesNotContain("data: [DONE]");
            assertThat(blocks).anySatisfy(block -> assertThat(block).startsWith("data: {\"error\""));
            assertThat(listener.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        }
        assertThat(lane.second().received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"candidates\":7}", "<html>busy</html>"})
    void whatIsNoAnswerMakesRoomForTheNext(String body) {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.json(200, body));

        assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../files", "x/../../files", "a/./b", "models/.."})
    void aNameThatLeadsElsewhereIsNotAsked(String name) {
        Lane lane = LANES.next();

        Response answer = GATEWAY.ask(lane.firstName() + "/" + name);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(lane.first().received()).isEmpty();
    }

    @Test
    void noKeyIsEverTold() {
        for (int status : new int[] {200, 400, 401, 403, 404, 429, 500}) {
            Lane lane = LANES.next();
            lane.first().answers((request, wire) -> {
                String gossip = GeminiAnswers.errorBody(
                        status, "GOSSIP", "API key " + request.header("x-goog-api-key") + " is not welcome");
                wire.answer(status, gossip);
            });

            Response answer = GATEWAY.ask(only(lane));

            assertThat(answer.headers() + answer.asString()).doesNotContain(lane.firstKey());
        }
        assertThat(GATEWAY.log()).doesNotContain("sk-first-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_AI_API_KEY"})
    void aKeyInTheEnvironmentIsAProvider(String variable) {
        try (Gateway gateway = Gateway.bare().environment(variable, "AIza-environment")) {
            gateway.start();

            assertThat(gateway.log()).contains("gemini/").doesNotContain("AIza-environment");
        }
    }
}
