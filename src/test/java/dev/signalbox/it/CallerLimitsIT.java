package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How fast keys and teams may ask, and what they are told of it. */
@Timeout(60)
class CallerLimitsIT {

    private static final String ADMIN = "admin-key-0123456789";
    private static final Lanes LANES = Lanes.of(8);

    @RegisterExtension
    static final Gateway GATEWAY = limited(Map.of(
                    "two",
                    "requests-per-minute=2",
                    "tokens",
                    "tokens-per-minute=30",
                    "one-at-a-time",
                    "concurrent=1",
                    "many",
                    "requests-per-minute=25",
                    "a",
                    "requests-per-minute=100",
                    "b",
                    "tokens-per-minute=100000",
                    "stream",
                    "requests-per-minute=5",
                    "messages",
                    "requests-per-minute=3"))
            .and("signalbox.auth.keys.a.team", "duo")
            .and("signalbox.auth.keys.b.team", "duo")
            .and("signalbox.auth.teams.duo.rate-limit.requests-per-minute", "3")
            .and("signalbox.auth.keys.free.key", "sk-free")
            .and("signalbox.auth.admin-key", ADMIN);

    /** A gateway with keys of such names, each with a limit. */
    private static Gateway limited(Map<String, String> limits) {
        Gateway gateway = Gateway.with(LANES);
        limits.forEach((key, limit) -> {
            String[] parts = limit.split("=");
            gateway.and("signalbox.auth.keys." + key + ".key", "sk-" + key)
                    .and("signalbox.auth.keys." + key + ".rate-limit." + parts[0], parts[1]);
        });
        return gateway;
    }

    private static Response ask(String key, Lane lane) {
        return GATEWAY.ask(lane.model(), "authorization", "Bearer sk-" + key);
    }

    private static List<String> limits(Response answer) {
        List<String> told = new ArrayList<>();
        answer.headers().forEach(header -> {
            if (header.getName().contains("ratelimit") && !header.getName().contains("reset")) {
                told.add(header.getName() + "=" + header.getValue());
            }
        });
        told.sort(null);
        return told;
    }

    private static JsonNode refused(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(429);
        JsonNode error = Shapes.json(answer.asString()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("rate_limited");
        return error;
    }

    /** {@code 1m0.5s}, {@code 59.872s} or {@code 20ms}. */
    private static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.replace("ms", "")))
                : Duration.parse("PT" + text);
    }

    @Test
    void soManyRequestsAMinute() {
        Lane lane = LANES.lane(0);
        Response first = ask("two", lane);
        Response second = ask("two", lane);

        assertThat(limits(first)).containsExactly("x-ratelimit-limit-requests=2", "x-ratelimit-remaining-requests=1");
        assertThat(limits(second)).containsExactly("x-ratelimit-limit-requests=2", "x-ratelimit-remaining-requests=0");
        Response third = ask("two", lane);
        JsonNode error = refused(third);
        assertThat(error.path("type").asText()).isEqualTo("rate_limit_error");
        assertThat(error.path("message").asText()).isEqualTo("the key has used its 2 requests a minute");
        assertThat(limits(third)).containsExactly("x-ratelimit-limit-requests=2", "x-ratelimit-remaining-requests=0");
        assertThat(Integer.parseInt(third.header("retry-after"))).isBetween(50, 61);
        assertThat(duration(third.header("x-ratelimit-reset-requests")))
                .isBetween(Duration.ofSeconds(50), Duration.ofMillis(60_500));
        assertThat(lane.first().received()).hasSize(2);
        JsonNode row = GATEWAY.row(third.header("x-signalbox-request-id"), ADMIN);
        assertThat(row.path("status").asInt()).isEqualTo(429);
        assertThat(row.path("key_name").asText()).isEqualTo("two");
        assertThat(row.path("cost_usd").decimalValue()).isZero();
    }

    @Test
    void tokensAreWhatTheAnswerTookInTruth() {
        Lane lane = LANES.lane(1);

        // an answer takes twelve tokens, and the question is guessed to have five
        Response first = ask("tokens", lane);
        assertThat(limits(first)).containsExactly("x-ratelimit-limit-tokens=30", "x-ratelimit-remaining-tokens=18");
        Response second = ask("tokens", lane);
        assertThat(limits(second)).containsExactly("x-ratelimit-limit-tokens=30", "x-ratelimit-remaining-tokens=6");
        Response third = ask("tokens", lane);

        assertThat(refused(third).path("message").asText()).contains("30 tokens a minute");
        assertThat(limits(third)).containsExactly("x-ratelimit-limit-tokens=30", "x-ratelimit-remaining-tokens=6");
        assertThat(third.header("retry-after")).isNotNull();
        assertThat(lane.first().received()).hasSize(2);
    }

    @Test
    void soManyAtTheSameTime() {
        Lane lane = LANES.lane(2);
        var held = new CompletableFuture<Void>();
        lane.first().answers((request, wire) -> {
            held.join();
            OpenAiAnswers.hello().play(request, wire);
        });
        var first = CompletableFuture.supplyAsync(() -> ask("one-at-a-time", lane), Thread::startVirtualThread);
        Await.until("the first is under way", () -> lane.first().received().size() == 1);

        Response second = ask("one-at-a-time", lane);

        assertThat(refused(second).path("message").asText()).contains("1 requests under way");
        assertThat(second.header("retry-after")).isEqualTo("1");
        held.complete(null);
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(ask("one-at-a-time", lane).statusCode()).isEqualTo(200);
    }

    @Test
    void aCallerWhoHangsUpIsNoLongerUnderWay() {
        Lane lane = LANES.lane(3);
        lane.first()
                .answers(
                        (_, wire) ->
                                wire.events().send(OpenAiAnswers.stream("hello").subList(0, 2), Wire.Chunking.EVENTS),
                        OpenAiAnswers.hello());
        try (Listener listener =
                Listener.ask(GATEWAY, Shapes.streamed(lane.model()), "authorization", "Bearer sk-one-at-a-time")) {
            listener.next();
        }

        Await.until("it may ask again", () -> ask("one-at-a-time", lane).statusCode() == 200);
    }

    @Test
    void manyAtOnceGetNoMoreThanTheLimit() {
        Lane lane = LANES.lane(4);

        List<CompletableFuture<Response>> all = IntStream.range(0, 60)
                .mapToObj(_ -> CompletableFuture.supplyAsync(() -> ask("many", lane), Thread::startVirtualThread))
                .toList();

        assertThat(all.stream().filter(answer -> answer.join().statusCode() == 200))
                .hasSize(25);
        assertThat(lane.first().received()).hasSize(25);
    }

    @Test
    void theKeysOfATeamShareItsLimitAndAreToldTheOneThatBinds() {
        Lane lane = LANES.lane(5);

        assertThat(limits(ask("a", lane)))
                .containsExactly("x-ratelimit-limit-requests=3", "x-ratelimit-remaining-requests=2");
        assertThat(limits(ask("b", lane)))
                .containsExactly(
                        "x-ratelimit-limit-requests=3",
                        "x-ratelimit-limit-tokens=100000",
                        "x-ratelimit-remaining-requests=1",
                        "x-ratelimit-remaining-tokens=99988");
        ask("a", lane);

        assertThat(refused(ask("b", lane)).path("message").asText())
                .isEqualTo("the team has used its 3 requests a minute");
        assertThat(lane.first().received()).hasSize(3);
    }

    @Test
    void streamsAreToldToo() {
        Lane lane = LANES.lane(6);
        try (Listener listener =
                Listener.ask(GATEWAY, Shapes.streamed(lane.model()), "authorization", "Bearer sk-stream")) {
            assertThat(listener.header("x-ratelimit-limit-requests")).isEqualTo("5");
            assertThat(listener.header("x-ratelimit-remaining-requests")).isEqualTo("4");
            listener.rest();
        }
    }

    @Test
    void anthropicsClientsAreToldInTheirHeaders() {
        String body = """
            {"model":"m6","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}\
            """;
        Instant before = Instant.now();

        Response answer = GATEWAY.post("/v1/messages", body, "x-api-key", "sk-messages");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("anthropic-ratelimit-requests-limit")).isEqualTo("3");
        assertThat(answer.header("anthropic-ratelimit-requests-remaining")).isEqualTo("2");
        String reset = answer.header("anthropic-ratelimit-requests-reset");
        assertThat(reset).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(OffsetDateTime.parse(reset).toInstant()).isBetween(before, before.plusSeconds(70));
        assertThat(answer.header("x-ratelimit-limit-requests")).isNull();
        while (answer.statusCode() == 200) {
            answer = GATEWAY.post("/v1/messages", body, "x-api-key", "sk-messages");
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(Shapes.json(answer.asString()).at("/error/type").asText()).isEqualTo("rate_limit_error");
        assertThat(Shapes.json(answer.asString()).at("/error/code").asText()).isEqualTo("rate_limited");
        assertThat(answer.header("anthropic-ratelimit-requests-remaining")).isEqualTo("0");
        assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(1, 61);
    }

    @Test
    void whoHasNoLimitsIsToldOfNone() {
        Response answer = ask("free", LANES.lane(7));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(limits(answer)).isEmpty();
    }
}
