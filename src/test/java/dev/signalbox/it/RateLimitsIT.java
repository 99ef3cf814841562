package dev.signalbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.it.FakeVendor.Answer;
import dev.signalbox.it.FakeVendor.Received;
import dev.signalbox.it.Lanes.Lane;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A vendor that limits us is left alone for as long as it asks, while another key or candidate answers. */
@Timeout(60)
class RateLimitsIT {

    private static final int TWO_KEYS = 0;
    private static final int TWO_KEYS_REJECTED = 1;
    private static final int TWO_KEYS_ALTERNATING = 2;

    private static final Lanes LANES = Lanes.of(36)
            .set("signalbox.providers.a0.api-keys[1]", "sk-spare-0")
            .set("signalbox.providers.a1.api-keys[1]", "sk-spare-1")
            .set("signalbox.providers.a2.api-keys[1]", "sk-spare-2")
            .each("signalbox.models.only%d.deployments[0].provider", "a%d")
            .each("signalbox.models.only%d.deployments[0].model", Lanes.FIRST_MODEL);

    @RegisterExtension
    static final Gateway GATEWAY = Gateway.with(LANES);

    static {
        for (int i = 0; i < 3; i++) {
            LANES.next();
        }
    }

    /** The same rest of two seconds (or so), in the ways in which vendors say it. */
    static Stream<Arguments> waysToSayTwoSeconds() {
        return Stream.of(
                way("in seconds", () -> new String[] {"retry-after", "2"}),
                way("in fractions of a second", () -> new String[] {"retry-after", "1.9"}),
                way("in milliseconds", () -> new String[] {"retry-after-ms", "2000"}),
                way("in both", () -> new String[] {"retry-after", "2", "retry-after-ms", "1900"}),
                way("as a date", () -> new String[] {
                    "retry-after",
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(
                            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(3))
                }),
                way("as a date of old", () ->
                        new String[] {"retry-after", inThreeSeconds("EEEE, dd-MMM-yy HH:mm:ss 'GMT'")}),
                way("as a date of C", () -> new String[] {"retry-after", inThreeSeconds("EEE MMM ppd HH:mm:ss uuuu")}),
                way("as the requests' reset", () -> new String[] {
                    "x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "2s",
                    "x-ratelimit-remaining-tokens", "900", "x-ratelimit-reset-tokens", "6m0s"
                }),
                way("as the longer of two resets", () -> new String[] {
                    "x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "120ms",
                    "x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "1.9s"
                }),
                way("as a time since 1970", () -> new String[] {
                    "x-ratelimit-remaining", "0", "x-ratelimit-reset", Long.toString(System.currentTimeMillis() + 2_500)
                }),
                way("as a date of the internet", () -> new String[] {
                    "x-ratelimit-remaining-tokens",
                    "0",
                    "x-ratelimit-reset-tokens",
                    inThreeSeconds("uuuu-MM-dd'T'HH:mm:ss'Z'")
                }));
    }

    private static String inThreeSeconds(String form) {
        return DateTimeFormatter.ofPattern(form, Locale.ENGLISH)
                .format(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(3));
    }

    private static Arguments way(String name, Supplier<String[]> headers) {
        return Arguments.argumentSet(name, headers);
    }

    private static Answer limited(String... headers) {
        return OpenAiAnswers.error(429, "rate_limit_exceeded", "slow down", headers);
    }

    @ParameterizedTest
    @MethodSource("waysToSayTwoSeconds")
    void aLimitedVendorIsNotCalledUntilItsRestEnds(Supplier<String[]> headers) {
        Lane lane = LANES.next();
        lane.first().answers(limited(headers.get()), OpenAiAnswers.hello());

        Response first = GATEWAY.ask(lane.model());
        long rested = System.nanoTime();
        assertThat(first.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        Response second = GATEWAY.ask(lane.model());
        assertThat(second.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received()).hasSize(1);

        Await.until(
                "the vendor is asked again",
                () -> lane.firstName().equals(GATEWAY.ask(lane.model()).header("x-signalbox-provider")));
        assertThat(lane.first().received()).hasSize(2);
        assertThat(Duration.ofNanos(lane.first().received().get(1).nanos() - rested))
                .isGreaterThan(Duration.ofMillis(800));
    }

    @Test
    void whatStandsInTheMessageIsUnderstood() {
        Lane lane = LANES.next();
        lane.first()
                .answers(OpenAiAnswers.error(
                        429,
                        "rate_limit_exceeded",
                        "Limit 6000, Used 5034. Please try again in 9m38.016s. See /billing."));

        Response answer = GATEWAY.ask("only" + lane.number());

        assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(570, 579);
    }

    @Test
    void aRequestThatIsTooLargeForTheAccountRestsNoKey() {
        Lane lane = LANES.next();
        lane.first()
                .answers(
                        OpenAiAnswers.error(
                                413,
                                "rate_limit_exceeded",
                                "Request too large for model `m` on tokens per minute (TPM)"),
                        OpenAiAnswers.hello());

        GATEWAY.ask("only" + lane.number());

        assertThat(GATEWAY.ask("only" + lane.number()).statusCode()).isEqualTo(200);
        assertThat(lane.first().received()).hasSize(2);
    }

    @Test
    void aLimitWithoutATimeIsARestToo() {
        Lane lane = LANES.next();
        lane.first().answers(limited());

        GATEWAY.ask(lane.model());
        GATEWAY.ask(lane.model());
        GATEWAY.ask(lane.model());

        assertThat(lane.first().received()).hasSize(1);
        assertThat(lane.second().received()).hasSize(3);
    }

    @Test
    void whenTheOnlyOneRestsTheCallerIsToldForHowLong() {
        Lane lane = LANES.next();
        lane.first().answers(limited("retry-after", "30"));

        Response limited = GATEWAY.ask("only" + lane.number());
        Response resting = GATEWAY.ask("only" + lane.number());

        for (Response answer : List.of(limited, resting)) {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(Shapes.json(answer.asString()).path("error").path("code").asText())
                    .isEqualTo("all_providers_exhausted");
            assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(25, 31);
        }
        assertThat(lane.first().received()).hasSize(1);
        JsonNode attempts = Shapes.json(limited.asString()).path("error").path("attempts");
        assertThat(attempts).hasSize(1);
        assertThat(attempts.path(0).path("status").asInt()).isEqualTo(429);
    }

    @Test
    void whenAllRestTheCallerIsToldOfTheShortestRest() {
        Lane lane = LANES.next();
        lane.first().answers(limited("retry-after", "300"));
        lane.second().answers(limited("retry-after", "20"));

        GATEWAY.ask(lane.model());
        Response answer = GATEWAY.ask(lane.model());

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(10, 21);
        assertThat(lane.first().received()).hasSize(1);
        assertThat(lane.second().received()).hasSize(1);
    }

    @Test
    void aShortRestIsWaitedForWithinReason() {
        Lane lane = LANES.next();
        lane.first().answers(limited("retry-after-ms", "300"), OpenAiAnswers.hello());

        GATEWAY.ask("only" + lane.number());
        Await.until(
                "it answers again", () -> GATEWAY.ask("only" + lane.number()).statusCode() == 200);

        assertThat(lane.first().received()).hasSize(2);
    }

    static Stream<Arguments> restsThatAreOver() {
        return Stream.of(
                way("no seconds", () -> new String[] {"retry-after", "0"}),
                way("no milliseconds", () -> new String[] {"retry-after-ms", "0"}),
                way("less than nothing", () -> new String[] {"retry-after", "-5"}),
                way("nonsense", () -> new String[] {"retry-after", "soon"}),
                way("a date in the past", () -> new String[] {"retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"}));
    }

    @ParameterizedTest
    @MethodSource("restsThatAreOver")
    void aVendorThatSetsNoRestIsNotHammered(Supplier<String[]> headers) {
        Lane lane = LANES.next();
        lane.first().answers(limited(headers.get()));

        Response answer = GATEWAY.ask(lane.model(), "x-signalbox-timeout", "10s");

        assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.secondName());
        assertThat(lane.first().received().size()).isLessThanOrEqualTo(3);
    }

    @Test
    void whenOneKeyIsLimitedTheOtherOneAnswersAtOnce() {
        Lane lane = LANES.lane(TWO_KEYS);
        Answer limited = limited("retry-after", "30");
        lane.first().answers((request, wire) -> {
            if (request.header("authorization").endsWith(lane.firstKey())) {
                limited.play(request, wire);
            } else {
                OpenAiAnswers.hello().play(request, wire);
            }
        });

        for (int i = 0; i < 4; i++) {
            assertThat(GATEWAY.ask(lane.model()).header("x-signalbox-provider")).isEqualTo(lane.firstName());
        }

        assertThat(lane.first().received())
                .filteredOn(request -> request.header("authorization").endsWith(lane.firstKey()))
                .hasSizeLessThanOrEqualTo(1);
        assertThat(lane.second().received()).isEmpty();
    }

    @Test
    void whenOneKeyIsRejectedTheOtherOneAnswers() {
        Lane lane = LANES.lane(TWO_KEYS_REJECTED);
        lane.first().answers((request, wire) -> {
            if (request.header("authorization").endsWith(lane.firstKey())) {
                wire.answer(401, OpenAiAnswers.error("invalid_api_key", "revoked"));
            } else {
                OpenAiAnswers.hello().play(request, wire);
            }
        });

        for (int i = 0; i < 4; i++) {
            Response answer = GATEWAY.ask(lane.model());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.header("x-signalbox-provider")).isEqualTo(lane.firstName());
        }

        assertThat(lane.first().received())
                .filteredOn(request -> request.header("authorization").endsWith(lane.firstKey()))
                .hasSize(1);
    }

    @Test
    void aRejectedCredentialIsReportedToTheOperatorWithoutTheCredential() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(401, "invalid_api_key", "no: " + lane.firstKey()));

        GATEWAY.ask(lane.model());

        Await.until(
                "a line of the log",
                () -> GATEWAY.log().lines().anyMatch(line -> line.contains("WARN") && line.contains(lane.firstName())));
        assertThat(GATEWAY.log()).doesNotContain(lane.firstKey());
    }

    @Test
    void keysTakeTurns() {
        Lane lane = LANES.lane(TWO_KEYS_ALTERNATING);

        for (int i = 0; i < 6; i++) {
            GATEWAY.ask(lane.model());
        }

        assertThat(lane.first().received().stream()
                        .map((Received request) -> request.header("authorization"))
                        .distinct())
                .hasSize(2);
    }

    @Test
    void aVendorWithoutMoneyRestsForLong() {
        Lane lane = LANES.next();
        lane.first().answers(OpenAiAnswers.error(429, "insufficient_quota", "You exceeded your current quota"));

        Response answer = GATEWAY.ask("only" + lane.number());

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(Integer.parseInt(answer.header("retry-after"))).isGreaterThan(60);
    }

    @Test
    void aLimitedVendorIsNotAnUnhealthyOne() {
        Lane lane = LANES.next();
        lane.first().answers(limited("retry-after-ms", "1"));

        for (int i = 0; i < 30; i++) {
            GATEWAY.ask(lane.model());
        }

        assertThat(GATEWAY.metrics()
                        .lines()
                        .filter(line -> line.startsWith("signalbox_circuit_state{")
                                && line.contains("\"" + lane.firstName() + "/")))
                .singleElement()
                .asString()
                .endsWith(" 0.0");
    }
}
