package dev.signalbox.limits.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {

    @ParameterizedTest
    @CsvSource({
        "DAY, 2026-03-01T00:00:00Z, 2026-03-01T00:00:00Z, 2026-03-02T00:00:00Z",
        "DAY, 2026-03-01T23:59:59.999Z, 2026-03-01T00:00:00Z, 2026-03-02T00:00:00Z",
        "WEEK, 2026-03-01T12:00:00Z, 2026-02-23T00:00:00Z, 2026-03-02T00:00:00Z",
        "WEEK, 2026-03-02T00:00:00Z, 2026-03-02T00:00:00Z, 2026-03-09T00:00:00Z",
        "WEEK, 2027-01-01T00:00:00Z, 2026-12-28T00:00:00Z, 2027-01-04T00:00:00Z",
        "MONTH, 2028-02-29T12:00:00Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
        "MONTH, 2026-12-31T23:59:59Z, 2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z",
    })
    void beginsAndEndsInUtc(Window window, Instant moment, Instant begin, Instant end) {
        assertThat(window.begin(moment)).isEqualTo(begin);
        assertThat(window.end(begin)).isEqualTo(end);
    }

    @Property
    void everyMomentIsInOneWindow(
            @ForAll Window window, @ForAll @LongRange(min = 0, max = 4_000_000_000L) long second) {
        Instant moment = Instant.ofEpochSecond(second);
        Instant begin = window.begin(moment);
        Instant end = window.end(begin);

        assertThat(begin).isBeforeOrEqualTo(moment);
        assertThat(window.begin(begin)).isEqualTo(begin);
        if (end != null) {
            assertThat(end).isAfter(moment);
            assertThat(window.begin(end)).isEqualTo(end);
            assertThat(window.begin(end.minusNanos(1))).isEqualTo(begin);
        }
    }
}
