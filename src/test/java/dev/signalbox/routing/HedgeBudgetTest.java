package dev.signalbox.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HedgeBudgetTest {

    private static final double SHARE = 0.02;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final HedgeBudget budget = new HedgeBudget(nanos::get);

    @Test
    void aFewAttemptsAreFreeSoThatThereIsABeginning() {
        for (int i = 0; i < 10; i++) {
            assertThat(budget.take(1_000, SHARE)).isTrue();
        }
        assertThat(budget.take(1_000, SHARE)).isFalse();
    }

    @Test
    void afterThatSecondAttemptsCostNoMoreThanTheirShare() {
        useUpTheBeginning();
        budget.requested(50_000 + 500);
        assertThat(budget.take(1_000, SHARE)).isTrue();
        assertThat(budget.take(1_000, SHARE)).isFalse();
    }

    @Test
    void whatWasSpentLongAgoIsForgotten() {
        useUpTheBeginning();
        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(budget.take(1_000, SHARE)).isFalse();
        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(budget.take(1_000, SHARE)).isTrue();
    }

    @Test
    void afterAPauseNothingOfBeforeIsLeft() {
        useUpTheBeginning();
        nanos.addAndGet(Duration.ofHours(3).toNanos());
        assertThat(budget.take(1_000, SHARE)).isTrue();
    }

    private void useUpTheBeginning() {
        for (int i = 0; i < 10; i++) {
            assertThat(budget.take(1, SHARE)).isTrue();
        }
        assertThat(budget.take(1_000, SHARE)).isFalse();
    }
}
