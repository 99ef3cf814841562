package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What others say counts for as long as they say, is then found out, and goes behind what happens here. */
class RumourTest {

    private static final Duration SAID = Duration.ofSeconds(30);
    private static final String WHAT = "it is down";

    private final Time time = new Time();
    private final Rumour rumour = new Rumour(time::nanos);

    @Test
    void itCountsUntilItsEnd() {
        assertThat(rumour.why()).isNull();
        assertThat(rumour.hear(WHAT, SAID)).isTrue();
        time.pass(SAID.minusNanos(1));
        assertThat(rumour.why()).isEqualTo(WHAT);
        assertThat(rumour.tries()).as("too early to find out").isFalse();
        time.pass(Duration.ofNanos(1));
        assertThat(rumour.why()).isNull();
    }

    @Test
    void oneAttemptAfterTheOtherFindsOut() {
        rumour.hear(WHAT, SAID);
        time.pass(SAID);

        assertThat(rumour.tries()).isTrue();
        assertThat(rumour.why()).isEqualTo(WHAT);
        rumour.tried();
        assertThat(rumour.why())
                .as("it was about something else, and says nothing")
                .isNull();
    }

    @Test
    void whoIsAnsweredKnowsBetter() {
        rumour.hear(WHAT, SAID);
        rumour.answered();

        assertThat(rumour.why()).isNull();
        assertThat(rumour.hear(WHAT, SAID)).isFalse();
        time.pass(Duration.ofMinutes(5));
        assertThat(rumour.hear(WHAT, SAID)).isTrue();
    }

    @Test
    void whoWasAnsweredAMomentAgoDoesNotListen() {
        rumour.answered();
        assertThat(rumour.hear(WHAT, SAID)).isFalse();
        time.pass(Duration.ofSeconds(5));
        assertThat(rumour.hear(WHAT, SAID)).isTrue();
    }

    @Test
    void afterAFailureHereOthersAreHeardAgain() {
        rumour.hear(WHAT, SAID);
        rumour.answered();
        rumour.failed(SAID);

        assertThat(rumour.why()).isNull();
        assertThat(rumour.hear(WHAT, SAID)).isTrue();
    }

    @Test
    void whoFindsOutThatItIsTrueWaitsOnceMore() {
        rumour.hear(WHAT, SAID);
        rumour.failed(SAID);
        time.pass(SAID);
        assertThat(rumour.why())
                .as("what failed before its end changes nothing")
                .isNull();

        rumour.failed(Duration.ofSeconds(10));

        assertThat(rumour.why()).isEqualTo(WHAT);
        time.pass(Duration.ofSeconds(10));
        assertThat(rumour.why()).isNull();
        rumour.failed(Duration.ZERO);
        assertThat(rumour.hear(WHAT, SAID)).isTrue();
    }

    /** A replica with a broken network says the same again and again. */
    @Test
    void whoCriesAllTheTimeIsBelievedForASmallPartOfIt() {
        long avoided = 0;
        long asked = 0;
        for (int second = 0; second < 3_600; second++) {
            if (second % 30 == 0) {
                rumour.hear(WHAT, SAID);
            }
            if (rumour.why() == null) {
                boolean findsOut = rumour.tries();
                asked++;
                rumour.answered();
                if (findsOut) {
                    rumour.tried();
                }
            } else {
                avoided++;
            }
            time.pass(Duration.ofSeconds(1));
        }
        assertThat(avoided).isLessThan(asked / 8);
    }

    @Test
    void nothingIsLeftOfWhatIsOver() {
        assertThat(rumour.hear(WHAT, Duration.ZERO)).isFalse();
        rumour.hear(WHAT, SAID);
        rumour.forget();
        assertThat(rumour.why()).isNull();
    }
}
