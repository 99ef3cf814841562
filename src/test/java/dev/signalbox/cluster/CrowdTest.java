package dev.signalbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CrowdTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Crowd crowd = new Crowd();

    @Test
    void whoNobodyWasSeenByIsAlone() {
        assertThat(crowd.count()).isOne();
    }

    @Test
    void thoseCountThatAreSeen() {
        crowd.seen("e", 3, 0);
        assertThat(crowd.count()).isEqualTo(3);
        crowd.seen("e", 2, SECOND);
        assertThat(crowd.count()).isEqualTo(2);
        crowd.seen("e", 4, 2 * SECOND);
        assertThat(crowd.count()).isEqualTo(4);
    }

    @Test
    void afterAnOutageTheOthersHaveTimeToBeSeenAgain() {
        crowd.seen("e", 3, 0);
        crowd.seen("e", 1, 60 * SECOND);
        assertThat(crowd.count()).isEqualTo(3);
        crowd.seen("e", 2, 62 * SECOND);
        crowd.seen("e", 2, 64 * SECOND);
        assertThat(crowd.count()).isEqualTo(3);
        crowd.seen("e", 2, 65 * SECOND);
        assertThat(crowd.count()).isEqualTo(2);
    }

    @Test
    void likewiseWhenRedisComesBackEmptyAtOnce() {
        crowd.seen("e", 3, 0);
        crowd.seen("f", 1, SECOND);
        assertThat(crowd.count()).isEqualTo(3);
        crowd.seen("f", 4, 2 * SECOND);
        crowd.seen("f", 3, 4 * SECOND);
        assertThat(crowd.count()).isEqualTo(4);
        crowd.seen("f", 3, 6 * SECOND);
        assertThat(crowd.count()).isEqualTo(3);
    }
}
