package dev.signalbox.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.signalbox.strategy.Observed.Window;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final Statistics statistics = new Statistics(100, now::get);

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(statistics.view()).isEqualTo(Observed.NOTHING);
    }

    @Test
    void windowsLookBackOnTheLast() {
        IntStream.range(0, 60).forEach(_ -> statistics.succeeded(null, ms(1_000)));
        IntStream.range(0, 10).forEach(_ -> statistics.failed());
        IntStream.range(0, 40).forEach(_ -> statistics.succeeded(null, ms(100)));
        Observed view = statistics.view();
        // 110 calls: the last 100 are 50 of 1 s, 10 failures and 40 of 0.1 s
        assertThat(view.total()).isEqualTo(110);
        assertThat(view.hundred()).isEqualTo(new Window(90, 10, (50 * 1_000.0 + 40 * 100.0) / 90));
        assertThat(view.fifty()).isEqualTo(new Window(40, 10, 100.0));
        assertThat(view.history()).isEqualTo(view.hundred());
    }

    @Test
    void aShortHistoryIsTheBoundOfAllWindows() {
        Statistics few = new Statistics(3, now::get);
        few.failed();
        IntStream.rangeClosed(1, 3).forEach(i -> few.succeeded(null, ms(i * 100L)));
        assertThat(few.view().fifty()).isEqualTo(new Window(3, 0, 200.0));
        assertThat(few.view().hundred()).isEqualTo(new Window(3, 0, 200.0));
        assertThatThrownBy(() -> new Statistics(0, now::get)).hasMessageContaining("history-size");
    }

    @Test
    void aLongHistoryIsLongerThanTheWindows() {
        Statistics many = new Statistics(500, now::get);
        IntStream.range(0, 300).forEach(_ -> many.failed());
        IntStream.range(0, 100).forEach(_ -> many.succeeded(null, ms(10)));
        assertThat(many.view().hundred()).isEqualTo(new Window(100, 0, 10.0));
        assertThat(many.view().history()).isEqualTo(new Window(100, 300, 10.0));
    }

    @Test
    void averagesDecay() {
        statistics.succeeded(ms(100), ms(1_000));
        statistics.succeeded(ms(200), ms(2_000));
        statistics.succeeded(null, ms(1_000));
        // 100 + 0.2 x 100 = 120; 1000 + 0.2 x 1000 = 1200, 1200 - 0.2 x 200 = 1160
        assertThat(statistics.view().firstTokenMillis()).isCloseTo(120, within(1e-9));
        assertThat(statistics.view().responseMillis()).isCloseTo(1_160, within(1e-9));
    }

    @Test
    void aFailureIsNoTime() {
        statistics.succeeded(ms(100), ms(1_000));
        statistics.failed();
        assertThat(statistics.view().responseMillis()).isEqualTo(1_000);
        assertThat(statistics.view().hundred()).isEqualTo(new Window(1, 1, 1_000.0));
    }

    @Test
    void anOldAverageIsForgotten() {
        statistics.succeeded(ms(100), ms(9_000));
        now.addAndGet(Statistics.FORGOTTEN);
        assertThat(statistics.view().responseMillis()).isEqualTo(9_000);
        now.addAndGet(1);
        assertThat(statistics.view().responseMillis()).isNull();
        assertThat(statistics.view().firstTokenMillis()).isNull();
        statistics.succeeded(null, ms(100));
        assertThat(statistics.view().responseMillis()).as("it begins anew").isEqualTo(100);
    }

    @Test
    void errorsAreRecentForAMinute() {
        statistics.failed();
        now.addAndGet(TimeUnit.SECONDS.toNanos(40));
        statistics.failed();
        statistics.succeeded(null, ms(1));
        assertThat(statistics.view().recentErrors()).isEqualTo(2);
        now.addAndGet(TimeUnit.SECONDS.toNanos(20));
        assertThat(statistics.view().recentErrors()).isEqualTo(1);
        now.addAndGet(TimeUnit.SECONDS.toNanos(40));
        assertThat(statistics.view().recentErrors()).isZero();
    }

    @Test
    void scoresAreAveragedAndOldOnesFade() {
        statistics.scored(1);
        statistics.scored(0.5);
        assertThat(statistics.view().scores()).isEqualTo(new Observed.Scores(2, 0.75));
        IntStream.range(0, 1_000).forEach(_ -> statistics.scored(0));
        assertThat(statistics.view().scores().count()).isEqualTo(100);
        assertThat(statistics.view().scores().mean()).isLessThan(0.001);
        assertThatThrownBy(() -> statistics.scored(1.1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aViewNeverChanges() {
        statistics.succeeded(null, ms(10));
        Observed before = statistics.view();
        statistics.failed();
        assertThat(before.hundred()).isEqualTo(new Window(1, 0, 10.0));
    }

    @Test
    void nothingIsLostHoweverManyThreadsRecord() {
        Statistics many = new Statistics(2_000, now::get);
        IntStream.range(0, 1_000).parallel().forEach(i -> {
            many.begun();
            if (i % 4 == 0) {
                many.failed();
            } else {
                many.succeeded(null, ms(7));
            }
            many.ended();
        });
        assertThat(many.view().history()).isEqualTo(new Window(750, 250, 7.0));
        assertThat(many.active()).isZero();
    }

    @Test
    void itCountsWhatIsUnderWayAndWhatWaits() {
        statistics.begun();
        statistics.begun();
        statistics.ended();
        statistics.queued();
        statistics.queued();
        statistics.unqueued();
        assertThat(statistics.active()).isEqualTo(1);
        assertThat(statistics.waiting()).isEqualTo(1);
    }

    /** Sums that are kept as calls come and go are those of the calls that are there. */
    @Property
    void sumsAreThoseOfTheLastCalls(
            @ForAll @IntRange(min = 1, max = 130) int size,
            @ForAll @Size(max = 400) List<@LongRange(min = -1, max = 1_000_000_000_000L) Long> calls) {
        Statistics any = new Statistics(size, new AtomicLong()::get);
        for (long call : calls) {
            if (call < 0) {
                any.failed();
            } else {
                any.succeeded(null, Duration.ofNanos(call));
            }
        }
        Observed view = any.view();
        assertThat(view.history()).isEqualTo(windowOf(calls, size));
        assertThat(view.hundred()).isEqualTo(windowOf(calls, Math.min(size, 100)));
        assertThat(view.fifty()).isEqualTo(windowOf(calls, Math.min(size, 50)));
        assertThat(view.recentErrors()).isEqualTo(view.history().failures());
        double[] times = last(calls, size).stream()
                .filter(call -> call >= 0)
                .mapToDouble(call -> call / 1e6)
                .toArray();
        assertThat(any.responseMillis()).isEqualTo(times);
    }

    private static List<Long> last(List<Long> calls, int most) {
        return calls.subList(Math.max(0, calls.size() - most), calls.size());
    }

    private static Window windowOf(List<Long> calls, int most) {
        long[] times = last(calls, most).stream()
                .mapToLong(call -> call)
                .filter(call -> call >= 0)
                .toArray();
        int failures = last(calls, most).size() - times.length;
        return new Window(
                times.length,
                failures,
                times.length == 0 ? null : LongStream.of(times).sum() / 1e6 / times.length);
    }

    @Test
    void theTailIsKnownOnceThereIsOne() {
        IntStream.rangeClosed(1, 19).forEach(i -> statistics.succeeded(ms(i), ms(1_000)));
        IntStream.range(0, 50).forEach(_ -> statistics.failed());
        assertThat(statistics.p95(true)).isNull();
        statistics.succeeded(ms(20), ms(1_000));
        assertThat(statistics.p95(true)).isEqualTo(ms(19));
        assertThat(statistics.p95(false)).isNull();
        IntStream.rangeClosed(1, 30).forEach(i -> statistics.succeeded(null, ms(i)));
        assertThat(statistics.p95(false)).isEqualTo(ms(29));
    }
}
