package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Dialect.Allowance;
import dev.signalbox.chat.Dialect.UpstreamError;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    private static final long DAY = Duration.ofDays(1).toMillis();

    private static UpstreamError error(int status, String message) {
        return new UpstreamError(status, "", "", message, null);
    }

    private static @Nullable Duration of(UpstreamError error, String... headers) {
        return RetryAfter.of(error, headers(headers)::get, Allowance.USUAL, NOON);
    }

    private static Map<String, String> headers(String... namesAndValues) {
        var headers = new HashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after, 7, 7000",
        "retry-after, ' 7 ', 7000",
        "retry-after, 0, 0",
        "retry-after, 0.5, 500",
        "retry-after, 0.0001, 1",
        "retry-after, 1.9, 1900",
        "retry-after, -3, 0",
        "retry-after, 99999999, 86400000",
        "retry-after, 99999999999999999999, 86400000",
        "retry-after-ms, 250, 250",
        "retry-after-ms, 250.5, 251",
        "retry-after-ms, -1, 0",
        "x-ms-retry-after-ms, 1500, 1500",
        "retry-after, 'Sun, 01 Mar 2026 12:00:30 GMT', 30000",
        "retry-after, 'Mon, 1 Mar 2026 12:00:30 GMT', 30000",
        "retry-after, 'Sunday, 01-Mar-26 12:01:00 GMT', 60000",
        "retry-after, 'Sun Mar  1 12:00:05 2026', 5000",
        "retry-after, 'Sun, 01 Mar 2026 11:00:00 GMT', 0",
        "retry-after, 'Sunday, 06-Nov-94 08:49:37 GMT', 0",
        "retry-after, 'Fri, 31 Dec 9999 23:59:59 GMT', 86400000",
    })
    void whatIsSaidOutright(String header, String value, long millis) {
        assertThat(of(error(429, "slow down"), header, value)).isEqualTo(Duration.ofMillis(millis));
        assertThat(of(error(503, "busy"), header, value)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "soon",
                "NaN",
                "Infinity",
                "-Infinity",
                "1e9",
                "0x10",
                "1d",
                "",
                " ",
                "7;8",
                "1,5",
                "Sun, 41 Mar 2026 12:00:30 GMT",
                "Sun, 01 Mar 2026 12:00:30 CET",
                "99999999999999999999999999999999999999999999999999999999999999999999999999999999"
            })
    void nonsenseSaysNothing(String value) {
        assertThat(of(error(429, "slow down"), "retry-after", value)).isNull();
        assertThat(of(error(429, "slow down"), "retry-after-ms", value)).isNull();
    }

    @Test
    void millisecondsGoBeforeSecondsAndNonsenseBeforeNothing() {
        assertThat(of(error(429, ""), "retry-after", "2", "retry-after-ms", "1500"))
                .isEqualTo(Duration.ofMillis(1500));
        assertThat(of(error(429, ""), "retry-after", "2", "retry-after-ms", "soon"))
                .isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({
        "1s, 1000",
        "6m0s, 360000",
        "120ms, 120",
        "7.66s, 7660",
        "2m59.56s, 179560",
        "1h0m0s, 3600000",
        "1d2h, 86400000",
        "12ms, 12",
        "55, 55000",
        "0, 0",
        "0.25, 250",
        "-5, 0",
        "1772366430, 30000",
        "1772366430000, 30000",
        "1772366430000.0, 30000",
        "2026-03-01T12:00:30Z, 30000",
        "2026-03-01T13:00:30+01:00, 30000",
        "2026-03-01T12:00:30.500Z, 30500",
        "2026-03-01T11:00:00Z, 0",
        "9999-12-31T23:59:59Z, 86400000",
        "'Sun, 01 Mar 2026 12:00:30 GMT', 30000",
    })
    void aLimitOfWhichNothingIsLeft(String reset, long millis) {
        assertThat(of(
                        error(429, "slow down"),
                        "x-ratelimit-remaining-requests",
                        "0",
                        "x-ratelimit-reset-requests",
                        reset))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "soon", "NaN", "1s2", "s", "1x", "1 fortnight", "2026-13-01T00:00:00Z", "1e300", "Infinity"})
    void aResetThatIsNone(String reset) {
        assertThat(of(error(429, ""), "x-ratelimit-remaining", "0", "x-ratelimit-reset", reset))
                .isNull();
    }

    @Test
    void onlyTheLimitOfWhichNothingIsLeftBinds() {
        String[] headers = {
            "x-ratelimit-remaining-requests", "14370",
            "x-ratelimit-reset-requests", "2m59.56s",
            "x-ratelimit-remaining-tokens", "0",
            "x-ratelimit-reset-tokens", "7.66s"
        };
        assertThat(of(error(429, ""), headers)).isEqualTo(Duration.ofMillis(7660));
        headers[1] = "0";
        assertThat(of(error(429, ""), headers)).as("both bind").isEqualTo(Duration.ofMillis(179_560));
        headers[1] = "1";
        headers[5] = "-1";
        assertThat(of(error(429, ""), headers)).as("-1 is not known").isNull();
    }

    @Test
    void whereNobodySaysHowMuchIsLeftTheLastToBeginAnewBinds() {
        assertThat(of(error(429, ""), "x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "12s"))
                .isEqualTo(Duration.ofSeconds(12));
        assertThat(of(
                        error(429, ""),
                        "x-ratelimit-reset-requests",
                        "12s",
                        "x-ratelimit-remaining-tokens",
                        "0",
                        "x-ratelimit-reset-tokens",
                        "3s"))
                .as("it is said of another")
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(of(error(503, ""), "x-ratelimit-reset-requests", "12s")).isNull();
    }

    @Test
    void limitsMeanNothingWhereTheyAreNotTheReason() {
        String[] headers = {"x-ratelimit-remaining", "0", "x-ratelimit-reset", "30"};
        assertThat(of(error(503, "busy"), headers)).isNull();
        assertThat(of(error(500, "oops"), headers)).isNull();
        assertThat(of(error(429, "slow"), headers)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aTimeThatIsSaidGoesBeforeOneThatFollows() {
        assertThat(of(error(429, ""), "retry-after", "2", "x-ratelimit-remaining", "0", "x-ratelimit-reset", "30"))
                .isEqualTo(Duration.ofSeconds(2));
        var inBody = new UpstreamError(429, "", "", "retry in 5s", null, Duration.ofSeconds(39));
        assertThat(of(inBody, "x-ratelimit-remaining", "0", "x-ratelimit-reset", "30"))
                .isEqualTo(Duration.ofSeconds(39));
    }

    @Test
    void aLanguageHasHeadersOfItsOwn() {
        Map<String, String> headers = headers(
                "anthropic-ratelimit-requests-remaining", "49",
                "anthropic-ratelimit-requests-reset", "2026-03-01T12:00:01Z",
                "anthropic-ratelimit-input-tokens-remaining", "0",
                "anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:00:25Z",
                "anthropic-ratelimit-output-tokens-remaining", "8000",
                "anthropic-ratelimit-output-tokens-reset", "2026-03-01T12:09:00Z");
        List<Allowance> own = new AnthropicDialect().allowances();
        assertThat(RetryAfter.of(error(429, ""), headers::get, own, NOON)).isEqualTo(Duration.ofSeconds(25));
        assertThat(of(
                        error(429, ""),
                        headers.entrySet().stream()
                                .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                                .toArray(String[]::new)))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Rate limit reached on tokens per min (TPM). Please try again in 20s. Visit the site. | 20000",
                "Please try again in 9m38.016s. Need more tokens? | 578016",
                "Please try again in 6ms. | 6",
                "Please try again in 1h2m3s. | 3723000",
                "Limit 6000, Used 5034, Requested 1443. Please try again in 4.77s. | 4770",
                "Please retry after 45 seconds. | 45000",
                "Please retry after 86400 seconds. Please contact us | 86400000",
                "Rate limit is exceeded. Try again in 50 seconds. | 50000",
                "Please retry in 34.074824224s. | 34075",
                "Please wait 5 minutes before you come back | 300000",
                "Please wait for 1 minute 30 seconds | 90000",
                "try again in 2 days | 86400000",
            })
    void whatStandsInTheMessage(String message, long millis) {
        assertThat(of(error(429, message))).isEqualTo(Duration.ofMillis(millis));
        assertThat(RetryAfter.of(error(503, message))).isEqualTo(Duration.ofMillis(millis));
        assertThat(of(error(400, message))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Please try again later.",
                "Too many tokens, please wait before trying again.",
                "We retry 3 models",
                "try again in a moment",
                "You sent 20 seconds of audio",
                "retry after 99999999999999999999 seconds"
            })
    void aMessageWithoutATime(String message) {
        assertThat(of(error(429, message))).isNull();
    }

    @Test
    void headersInTheBodyAreHeadersToo() {
        var error = new UpstreamError(
                429,
                "",
                "429",
                "Rate limit exceeded: free-models-per-min",
                null,
                null,
                Map.of("x-ratelimit-limit", "20", "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1772366430000"));
        assertThat(of(error)).isEqualTo(Duration.ofSeconds(30));
    }

    @Property
    void whateverIsSaidItIsNothingOrBetweenNowAndADay(@ForAll String value) {
        for (Duration said : new Duration[] {
            of(error(429, ""), "retry-after", value),
            of(error(429, ""), "retry-after-ms", value),
            of(error(429, ""), "x-ratelimit-remaining", "0", "x-ratelimit-reset", value),
            of(error(429, "please try again in " + value))
        }) {
            if (said != null) {
                assertThat(said.toMillis()).isBetween(0L, DAY);
            }
        }
    }
}
