package dev.signalbox.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - MINUTE);

    private record Admitted(long at, long tokens) {}

    @Test
    void soManyRequestsAndNoMore() {
        var pace = new Pace(3, null, now::get);
        assertThat(taken(pace, 5, 1)).isEqualTo(3);
        assertThat(pace.requestsLeft()).isEqualTo(new Headroom(0, 3));
        assertThat(pace.tokensLeft()).isNull();
    }

    @Test
    void theyComeBackAMinuteLater() {
        var pace = new Pace(2, null, now::get);
        pace.take(0);
        now.addAndGet(MINUTE / 2);
        pace.take(0);
        now.addAndGet(MINUTE / 2 - 1);
        assertThat(pace.take(0)).isNull();
        now.addAndGet(1 + SlidingMinute.SLICE_NANOS);
        assertThat(taken(pace, 3, 0)).isEqualTo(1);
    }

    @Test
    void itIsTheTokensThatBindWhenTheyAreFewer() {
        var pace = new Pace(100, 1_000L, now::get);
        assertThat(taken(pace, 10, 300)).isEqualTo(3);
        assertThat(pace.take(100)).isNotNull();
        assertThat(pace.tokensLeft()).isEqualTo(new Headroom(0, 1_000));
        assertThat(pace.requestsLeft()).isEqualTo(new Headroom(96, 100));
    }

    @Test
    void whatWasNotUsedIsThereForTheNext() {
        var pace = new Pace(null, 1_000L, now::get);
        Taken first = Objects.requireNonNull(pace.take(1_000));
        assertThat(pace.take(1)).isNull();
        first.settle(400);
        first.settle(0);
        first.giveBack();
        assertThat(pace.tokensLeft()).isEqualTo(new Headroom(600, 1_000));
    }

    @Test
    void whatWasUsedBeyondExpectationCountsFromWhenItIsKnown() {
        var pace = new Pace(null, 1_000L, now::get);
        Taken first = Objects.requireNonNull(pace.take(100));
        now.addAndGet(MINUTE / 2);
        first.settle(1_500);
        assertThat(pace.tokensLeft()).isEqualTo(new Headroom(-500, 1_000));
        now.addAndGet(MINUTE / 2 + SlidingMinute.SLICE_NANOS);
        assertThat(pace.tokensLeft()).isEqualTo(new Headroom(-400, 1_000));
        now.addAndGet(MINUTE / 2);
        assertThat(pace.tokensLeft()).isEqualTo(new Headroom(1_000, 1_000));
    }

    @Test
    void anAttemptThatNeverReachedTheVendorTookNothing() {
        var pace = new Pace(1, 10L, now::get);
        Objects.requireNonNull(pace.take(10)).giveBack();
        assertThat(pace.requestsLeft()).isEqualTo(new Headroom(1, 1));
        assertThat(pace.tokensLeft()).isEqualTo(new Headroom(10, 10));
    }

    @Test
    void whatIsSettledLongAfterItsMinuteChangesNothing() {
        var pace = new Pace(1, 10L, now::get);
        Taken first = Objects.requireNonNull(pace.take(10));
        now.addAndGet(10 * MINUTE);
        first.giveBack();
        assertThat(pace.requestsLeft()).isEqualTo(new Headroom(1, 1));
        assertThat(pace.tokensLeft()).isEqualTo(new Headroom(10, 10));
    }

    @Test
    void aRequestLargerThanTheLimitNeedsAFreeMinute() {
        var pace = new Pace(null, 1_000L, now::get);
        pace.take(1);
        assertThat(pace.take(5_000)).isNull();
        now.addAndGet(pace.waitNanos(5_000));
        assertThat(pace.take(5_000)).isNotNull();
        assertThat(pace.take(0)).isNull();
        assertThat(pace.tokensLeft()).isEqualTo(new Headroom(-4_000, 1_000));
    }

    @Property
    void inNoMinuteIsMoreAdmittedThanTheLimits(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 20) int requests,
            @ForAll @IntRange(min = 50, max = 500) int tokens) {
        var random = new SplittableRandom(seed);
        var pace = new Pace(requests, (long) tokens, now::get);
        var admitted = new ArrayList<Admitted>();
        for (int i = 0; i < 300; i++) {
            now.addAndGet(random.nextLong(random.nextBoolean() ? MINUTE / 100 : MINUTE / 5));
            long asked = random.nextLong(50);
            Taken taken = pace.take(asked);
            if (taken != null) {
                switch (random.nextInt(4)) {
                    case 0 -> taken.giveBack();
                    case 1 -> {
                        long used = random.nextLong(asked + 1);
                        taken.settle(used);
                        admitted.add(new Admitted(now.get(), used));
                    }
                    default -> admitted.add(new Admitted(now.get(), asked));
                }
            }
        }
        for (int i = 0; i < admitted.size(); i++) {
            long from = admitted.get(i).at();
            List<Admitted> minute = admitted.subList(i, admitted.size()).stream()
                    .takeWhile(one -> one.at() - from < MINUTE)
                    .toList();
            assertThat(minute).hasSizeLessThanOrEqualTo(requests);
            assertThat(minute.stream().mapToLong(Admitted::tokens).sum()).isLessThanOrEqualTo(tokens);
        }
    }

    @Property
    void itSaysExactlyWhenItWillAdmit(@ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int asked) {
        var random = new SplittableRandom(seed);
        var pace = new Pace(5, 100L, now::get);
        for (int i = 0; i < 50; i++) {
            now.addAndGet(random.nextLong(MINUTE / 10));
            pace.take(random.nextLong(60));
        }
        long wait = pace.waitNanos(asked);
        if (wait > 0) {
            assertThat(wait).isLessThanOrEqualTo(MINUTE + SlidingMinute.SLICE_NANOS);
            now.addAndGet(wait - 1);
            assertThat(pace.take(asked)).isNull();
            now.addAndGet(1);
        }
        assertThat(pace.take(asked)).isNotNull();
    }

    @Test
    void manyThreadsTogetherGetNoMoreThanTheLimit() throws InterruptedException {
        var pace = new Pace(1_000, null, now::get);
        var got = new AtomicInteger();
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> got.addAndGet((int) taken(pace, 500, 1))))
                .toList();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        }
        assertThat(got).hasValue(1_000);
    }

    private static long taken(Pace pace, int tries, long tokens) {
        return IntStream.range(0, tries).filter(_ -> pace.take(tokens) != null).count();
    }
}
