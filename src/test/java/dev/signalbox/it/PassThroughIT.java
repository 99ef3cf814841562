package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The caller and the provider speak the same language: what the gateway does not know passes untouched, both ways. */
@Timeout(60)
class PassThroughIT {

    private static final Lanes LANES = Lanes.of(20)
            .set("signalbox.providers.a0.defaults.temperature", "0.10")
            .set("signalbox.providers.a0.defaults.max-tokens", "2000")
            .set("signalbox.providers.a1.headers.x-team", "search")
            .set("signalbox.models.m3.pricing.input", "2.50")
            .set("signalbox.models.m3.pricing.output", "10")
            .set("signalbox.models.m3.pricing.cached-input", "1.25")
            .set("signalbox.forward-headers[0]", "x-forwarded-on-purpose");

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        for (int i = 0; i < 5; i++) {
            LANES.next();
        }
    }

    @Test
    void whatIsNotKnownReachesTheProviderAsItWasWritten() {
        Lane lane = LANES.next();
        String strange = """
                "temperature":0.20,"top_p":1e-7,"seed":12345678901234567890,"price":1.10,"big":1E400,\
                "new_field":{"deep":[1.0,{"x":null}],"text":"\\u00e9\\/\\ud83d\\ude00"},"another":[true,-0.0]""";

        assertThat(GATEWAY.chat(Shapes.with(lane.model(), strange)).statusCode())
                .isEqualTo(200);

        assertThat(lane.first().only().body())
                .contains(
                        "\"temperature\":0.20",
                        "\"top_p\":1e-7",
                        "\"seed\":12345678901234567890",
                        "\"price\":1.10",
                        "\"big\":1E400",
                        "[1.0,{\"x\":null}]",
                        "-0.0");
        assertThat(lane.first().only().json().path("new_field").path("text").asText())
                .isEqualTo("é/😀");
    }

    @Test
    void whatIsNotKnownReachesTheCallerAsItWasWritten() {
        Lane lane = LANES.next();
        String answer = """
                {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"up-x","score":0.20,\
                "tiny":1e-7,"huge":12345678901234567890,"choices":[{"index":0,"message":{"role":"assistant",\
                "content":"hi","annotations":[{"new":1.0}]},"finish_reason":"some_new_reason"}],\
                "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"cost":0.000010}}""";
        lane.first().answers(OpenAiAnswers.json(200, answer));

        assertThat(GATEWAY.ask(lane.model()).asString()).isEqualTo(answer);
    }

    @Test
    void onlyTheModelOfTheRequestIsReplaced() {
        Lane lane = LANES.next();
        String question = Shapes.with(lane.model(), "\"tools\":[],\"logit_bias\":{\"50256\":-100}");

        GATEWAY.chat(question);

        ObjectNode expected = Shapes.object(question).put("model", Lanes.FIRST_MODEL);
        assertThat(lane.first().only().json()).isEqualTo(expected);
    }

    @Test
    void theModelOfTheAnswerIsTheUpstreams() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.ask(lane.model());

        assertThat(Shapes.json(answer.asString()).path("model").asText()).isEqualTo("up-2024-08-06");
        assertThat(answer.header("x-signalbox-model")).isEqualTo(Lanes.FIRST_MODEL);
    }

    @Test
    void theProviderGetsItsOwnCredentialAndNothingOfTheCallers() {
        Lane lane = LANES.next();

        GATEWAY.ask(
                lane.model(),
                "authorization",
                "Bearer sk-of-the-caller",
                "x-api-key",
                "sk-of-the-caller-too",
                "cookie",
                "session=sk-of-the-caller-as-well",
                "x-something",
                "private",
                "x-signalbox-tags",
                "a=b",
                "x-signalbox-retries",
                "0");

        Received request = lane.first().only();
        assertThat(request.header("authorization")).isEqualTo("Bearer " + lane.firstKey());
        assertThat(request.headers().toString()).doesNotContain("of-the-caller", "private");
        assertThat(request.headers().keySet())
                .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("x-signalbox"));
    }

    @Test
    void onlyHeadersOfTheAllowListGoOn() {
        Lane lane = LANES.next();

        GATEWAY.ask(
                lane.model(),
                "openai-beta",
                "assistants=v2",
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "tracestate",
                "vendor=1",
                "x-forwarded-on-purpose",
                "yes",
                "x-forwarded-for",
                "10.0.0.1");

        Received request = lane.first().only();
        assertThat(request.header("openai-beta")).isEqualTo("assistants=v2");
        assertThat(request.header("traceparent")).contains("0af7651916cd43dd8448eb211c80319c");
        assertThat(request.header("tracestate")).isEqualTo("vendor=1");
        assertThat(request.header("x-forwarded-on-purpose")).isEqualTo("yes");
        assertThat(request.header("x-forwarded-for")).isNull();
    }

    @Test
    void aProvidersDefaultsHoldForCallersWhoSetNone() {
        Lane lane = LANES.lane(0);

        GATEWAY.chat(Shapes.with(lane.model(), "\"temperature\":0.9"));

        JsonNode request = lane.first().only().json();
        assertThat(request.path("temperature").decimalValue()).isEqualByComparingTo("0.9");
        assertThat(request.path("max_tokens").asInt()).isEqualTo(2000);
    }

    @Test
    void aProvidersOwnHeadersAreSent() {
        Lane lane = LANES.lane(1);

        GATEWAY.ask(lane.model());

        assertThat(lane.first().only().header("x-team")).isEqualTo("search");
    }

    @Test
    void anAnswerSaysWhatItTook() {
        Lane lane = LANES.lane(3);

        Response answer = GATEWAY.ask(lane.model(), "x-request-id", "mine-1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(answer.header("x-signalbox-request-id")).isNotBlank().isNotEqualTo("mine-1");
        assertThat(answer.header("x-request-id")).isEqualTo("mine-1");
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        assertThat(answer.header("x-signalbox-model")).isEqualTo(Lanes.FIRST_MODEL);
        assertThat(answer.header("x-signalbox-strategy")).isEqualTo("priority");
        assertThat(answer.header("x-signalbox-attempts")).isEqualTo("1");
        assertThat(answer.header("x-signalbox-cache")).isIn("off", "miss");
        // 5 uncached at 2.50, 2 cached at 1.25 and 5 of the answer at 10, all per million
        assertThat(answer.header("x-signalbox-cost-usd")).isEqualTo("0.000065");
        assertThat(Double.parseDouble(answer.header("x-signalbox-latency-ms"))).isPositive();
        assertThat(Double.parseDouble(answer.header("x-signalbox-overhead-ms")))
                .isNotNegative()
                .isLessThanOrEqualTo(Double.parseDouble(answer.header("x-signalbox-latency-ms")));
        assertThat(answer.header("server-timing"))
                .contains("admit;dur=", "route;dur=", "connect;dur=", "first-token;dur=");
    }

    @Test
    void anUnknownPriceIsNotSaidToBeNothing() {
        Lane lane = LANES.next();

        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.header("x-signalbox-cost-usd")).isNull();
        JsonNode row = GATEWAY.row(answer.header("x-signalbox-request-id"));
        assertThat(row.path("cost_usd").isNull()).isTrue();
        assertThat(row.path("price").isNull()).isTrue();
    }

    @Test
    void theRowOfAnAnswerHasItsTokensAndItsCost() {
        Lane lane = LANES.lane(3);

        JsonNode row = GATEWAY.row(GATEWAY.ask(lane.model(), "x-signalbox-tags", "team=blue,env=it")
                .header("x-signalbox-request-id"));

        assertThat(row.path("model").asText()).isEqualTo(lane.model());
        assertThat(row.path("provider").asText()).isEqualTo(lane.firstName());
        assertThat(row.path("deployment").asText()).isEqualTo(lane.firstName() + "/" + Lanes.FIRST_MODEL);
        assertThat(row.path("status").asInt()).isEqualTo(200);
        assertThat(row.path("stream").asBoolean()).isFalse();
        assertThat(row.path("estimated").asBoolean()).isFalse();
        assertThat(row.path("strategy").asText()).isEqualTo("priority");
        assertThat(row.path("input_tokens").asInt()).isEqualTo(5);
        assertThat(row.path("output_tokens").asInt()).isEqualTo(4);
        assertThat(row.path("cached_tokens").asInt()).isEqualTo(2);
        assertThat(row.path("reasoning_tokens").asInt()).isEqualTo(1);
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0.000065");
        assertThat(row.path("price").path("input").decimalValue()).isEqualByComparingTo("2.5");
        assertThat(row.path("tags").path("team").asText()).isEqualTo("blue");
        assertThat(row.path("attempts")).hasSize(1);
        assertThat(row.path("attempts").path(0).path("provider").asText()).isEqualTo(lane.firstName());
        assertThat(row.path("attempts").path(0).path("model").asText()).isEqualTo(Lanes.FIRST_MODEL);
        assertThat(row.path("attempts").path(0).path("status").asInt()).isEqualTo(200);
        assertThat(row.path("time").asText()).endsWith("Z");
        assertThat(row.has("first_token_ms")).isTrue();
        assertThat(row.has("key_id")).isTrue();
    }

    @Test
    void redirectsOfAVendorAreNotFollowed() {
        Lane lane = LANES.next();
        FakeVendor elsewhere = LANES.next().first();
        lane.first().answers(OpenAiAnswers.json(307, "{}", "location", elsewhere.url() + "/chat/completions"));

        Response answer = GATEWAY.ask(lane.model());

        assertThat(elsewhere.received()).isEmpty();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
    }
}
