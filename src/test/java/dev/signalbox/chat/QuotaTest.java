package dev.signalbox.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Quota.Left;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaTest {

    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.250Z");

    private static Map<String, String> told(Dialect dialect, Quota quota) {
        Map<String, String> headers = new LinkedHashMap<>();
        dialect.tell(quota, headers::put);
        return headers;
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.000000001S, 1ms",
        "PT0.02S, 20ms",
        "PT1S, 1s",
        "PT8.64S, 8.64s",
        "PT1.0015S, 1.002s",
        "PT59.9999S, 1m0s",
        "PT60.5S, 1m0.5s",
        "PT6M, 6m0s",
        "PT1M1.1S, 1m1.1s"
    })
    void durationsAreWrittenAsOpenAiDoes(Duration time, String text) {
        assertThat(Quota.text(time)).isEqualTo(text);
    }

    @Property
    void nothingIsSaidToBeThereSoonerThanItIs(@ForAll @LongRange(min = 0, max = 61_000_000_000L) long nanos) {
        String text = Quota.text(Duration.ofNanos(nanos));
        Duration read = Duration.parse("PT"
                + (text.endsWith("ms")
                        ? Integer.parseInt(text.substring(0, text.length() - 2)) / 1_000.0 + "S"
                        : text.toUpperCase(java.util.Locale.ROOT)));
        assertThat(read.toNanos() - nanos).isBetween(0L, 999_999L);
    }

    @Test
    void eachLanguageHasItsHeaders() {
        var quota = new Quota(
                TIME,
                new Left(60, 59, Duration.ofMillis(60_500)),
                new Left(100_000, 99_988, Duration.ofMillis(60_750)));

        assertThat(told(new OpenAiDialect(), quota))
                .isEqualTo(Map.of(
                        "x-ratelimit-limit-requests", "60",
                        "x-ratelimit-remaining-requests", "59",
                        "x-ratelimit-reset-requests", "1m0.5s",
                        "x-ratelimit-limit-tokens", "100000",
                        "x-ratelimit-remaining-tokens", "99988",
                        "x-ratelimit-reset-tokens", "1m0.75s"));
        assertThat(told(new AnthropicDialect(), quota))
                .isEqualTo(Map.of(
                        "anthropic-ratelimit-requests-limit", "60",
                        "anthropic-ratelimit-requests-remaining", "59",
                        "anthropic-ratelimit-requests-reset", "2026-03-01T12:01:01Z",
                        "anthropic-ratelimit-tokens-limit", "100000",
                        "anthropic-ratelimit-tokens-remaining", "99988",
                        "anthropic-ratelimit-tokens-reset", "2026-03-01T12:01:01Z"));
    }

    @Test
    void whatIsNotLimitedIsNotTold() {
        assertThat(told(new OpenAiDialect(), new Quota(TIME, null, new Left(1, 0, Duration.ZERO))))
                .containsOnlyKeys(
                        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens");
    }
}
