package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A drill fails as many attempts as it should, and ends by itself. */
class DrillTest {

    private final Time time = new Time();
    private final Drill drill = new Drill("p", time, new Random(7));

    private Fault fault(double rate) {
        return new Fault(
                Breakdown.SERVER_ERROR, rate, Duration.ZERO, time.instant().plus(Duration.ofMinutes(1)));
    }

    @Test
    void itEndsByItself() {
        assertThat(drill.draw()).isNull();
        drill.follow(fault(1));
        time.pass(Duration.ofMillis(59_999));
        assertThat(drill.draw()).isEqualTo(Breakdown.SERVER_ERROR);
        time.pass(Duration.ofMillis(1));
        assertThat(drill.now()).isNull();
        assertThat(drill.draw()).isNull();
    }

    @Test
    void itCanBeEnded() {
        drill.follow(fault(1));
        drill.follow(null);
        assertThat(drill.now()).isNull();
    }

    @Test
    void whatIsOrderedAgainGoesOn() {
        assertThat(drill.follow(fault(1))).isFalse();
        assertThat(drill.follow(fault(1))).as("it is the same").isFalse();
        assertThat(drill.follow(fault(0.5))).isTrue();
        assertThat(drill.follow(null)).isTrue();
        assertThat(drill.follow(null)).isFalse();
    }

    @Test
    void whatIsOverIsNotBegun() {
        Fault fault = fault(1);
        time.pass(Duration.ofMinutes(1));
        assertThat(drill.follow(fault)).isFalse();
        assertThat(drill.now()).isNull();
    }

    @Test
    void anotherTakesItsPlace() {
        drill.follow(fault(1));
        drill.follow(fault(0));
        assertThat(drill.draw()).isNull();
    }

    @Test
    void itFailsItsShare() {
        drill.follow(fault(0.3));
        long failed =
                IntStream.range(0, 10_000).filter(_ -> drill.draw() != null).count();
        assertThat(failed / 10_000.0).isCloseTo(0.3, within(0.02));
    }

    @Test
    void theSameSeedFailsTheSameAttempts() {
        var again = new Drill("p", time, new Random(7));
        drill.follow(fault(0.5));
        again.follow(fault(0.5));
        assertThat(IntStream.range(0, 100).mapToObj(_ -> drill.draw()))
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(_ -> again.draw()).toList());
    }

    @Test
    void itSaysWhatItIs() {
        var fault = new Fault(Breakdown.RATE_LIMITED, 0.3, Duration.ofMillis(250), time.instant());
        assertThat(fault.inWords()).isEqualTo("fault drill: 429 at rate 0.3, 250 ms late, until 2026-03-01T12:00:00Z");
    }

    @Test
    void nonsenseIsNoFault() {
        for (double rate : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> fault(rate)).hasMessageContaining("rate");
        }
    }

    @Test
    void everyBreakdownHasItsWord() {
        for (Breakdown each : Breakdown.values()) {
            assertThat(Breakdown.of(each.word())).isEqualTo(each);
        }
        assertThatThrownBy(() -> Breakdown.of("404")).hasMessageContaining("429, 500, timeout, disconnect, malformed");
    }
}
