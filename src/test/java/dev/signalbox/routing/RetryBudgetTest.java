package dev.signalbox.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final RetryBudget budget = new RetryBudget(0.2, 10, TimeUnit.SECONDS.toNanos(10), now::get);

    @Test
    void aQuietGatewayMayRetryUpToTheFloor() {
        budget.requested();
        assertThat(taken(20)).isEqualTo(10);
    }

    @Test
    void aBusyGatewayMayRetryAFifthOfItsRequests() {
        IntStream.range(0, 200).forEach(_ -> budget.requested());
        assertThat(taken(100)).isEqualTo(40);
    }

    @Test
    void whatIsOlderThanTheWindowIsForgotten() {
        IntStream.range(0, 200).forEach(_ -> budget.requested());
        assertThat(taken(100)).isEqualTo(40);
        now.addAndGet(TimeUnit.SECONDS.toNanos(10));
        assertThat(taken(100)).isEqualTo(10);
    }

    @Test
    void whatIsYoungerThanTheWindowIsNot() {
        assertThat(taken(100)).isEqualTo(10);
        now.addAndGet(TimeUnit.SECONDS.toNanos(8));
        assertThat(taken(100)).isZero();
    }

    @Test
    void manyThreadsTogetherHaveOneBudget() throws InterruptedException {
        var taken = new AtomicLong();
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                    IntStream.range(0, 1_000).forEach(_ -> budget.requested());
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        threads = IntStream.range(0, 8)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> taken.addAndGet(taken(1_000))))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken).hasValue(1_600);
    }

    @Test
    void theWindowMovesOnWithoutAHole() {
        IntStream.range(0, 100).forEach(_ -> {
            budget.requested();
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        });
        assertThat(taken(100)).as("a fifth of 90 to 100").isBetween(18L, 20L);
    }

    private long taken(int tries) {
        return IntStream.range(0, tries).filter(_ -> budget.take()).count();
    }
}
