package dev.signalbox.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.strategy.WarmPrefixes.Prefix;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmPrefixesTest {

    private static final Profile A = Some.some("a").candidate().profile();
    private static final Profile B = Some.some("b").candidate().profile();
    private static final Prefix SYSTEM = new Prefix(11, 1_000);
    private static final Prefix FIRST = new Prefix(12, 1_200);
    private static final Prefix SECOND = new Prefix(13, 1_500);

    private final AtomicLong now = new AtomicLong(-5);
    private final WarmPrefixes prefixes = new WarmPrefixes(100, now::get);

    @Test
    void theLongestThatWasSentToTheSameIsWarm() {
        prefixes.sent(A, List.of(SYSTEM, FIRST));
        assertThat(prefixes.tokens(A, List.of(SYSTEM, FIRST, SECOND))).isEqualTo(1_200);
        assertThat(prefixes.tokens(A, List.of(SYSTEM, new Prefix(99, 1_100)))).isEqualTo(1_000);
        assertThat(prefixes.tokens(A, List.of(new Prefix(99, 1_100)))).isZero();
        assertThat(prefixes.tokens(B, List.of(SYSTEM, FIRST))).isZero();
    }

    @Test
    void itIsWarmForFiveMinutesFromWhenItWasLastSent() {
        prefixes.sent(A, List.of(SYSTEM, FIRST));
        now.addAndGet(WarmPrefixes.WARM);
        assertThat(prefixes.tokens(A, List.of(SYSTEM))).isEqualTo(1_000);
        prefixes.sent(A, List.of(SYSTEM));
        now.addAndGet(1);
        assertThat(prefixes.tokens(A, List.of(SYSTEM, FIRST))).isEqualTo(1_000);
    }

    @Test
    void theNewestAreRememberedAndTheOldestForgotten() {
        prefixes.sent(A, List.of(SYSTEM));
        for (int i = 0; i < 99; i++) {
            prefixes.sent(A, List.of(new Prefix(1_000 + i, 5)));
        }
        assertThat(prefixes.tokens(A, List.of(SYSTEM))).isEqualTo(1_000);
        for (int i = 0; i < 100; i++) {
            prefixes.sent(B, List.of(new Prefix(2_000 + i, 7)));
        }
        assertThat(prefixes.tokens(A, List.of(SYSTEM))).isZero();
        for (int i = 0; i < 100; i++) {
            assertThat(prefixes.tokens(B, List.of(new Prefix(2_000 + i, 7)))).isEqualTo(7);
        }
    }
}
