package dev.signalbox.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallerLineTest {

    private final EmbeddedChannel caller = new EmbeddedChannel();

    @BeforeEach
    void connect() {
        caller.freezeTime();
        caller.pipeline().addFirst(new CallerLine());
    }

    private void minutesGoBy(int minutes) {
        for (int i = 0; i < minutes; i++) {
            caller.advanceTimeBy(1, TimeUnit.MINUTES);
            caller.runScheduledPendingTasks();
        }
    }

    @Test
    void aConnectionOnWhichNothingHappensIsClosed() {
        minutesGoBy(9);
        assertThat(caller.isOpen()).isTrue();

        minutesGoBy(1);
        assertThat(caller.isOpen()).isFalse();
    }

    @Test
    void whatIsSentCounts() {
        for (int chunk = 0; chunk < 20; chunk++) {
            minutesGoBy(9);
            caller.writeOutbound(Unpooled.buffer().writeByte('x'));
        }
        assertThat(caller.isOpen()).isTrue();

        minutesGoBy(10);
        assertThat(caller.isOpen()).isFalse();
    }

    /** Whoever began a request that does not go on is sent away sooner. */
    @Test
    void whoBeginsAndSaysNoMoreHasHalfAMinute() {
        minutesGoBy(9);
        caller.writeInbound(Unpooled.buffer().writeByte('P'));
        caller.advanceTimeBy(29, TimeUnit.SECONDS);
        caller.runScheduledPendingTasks();
        assertThat(caller.isOpen()).isTrue();

        caller.advanceTimeBy(2, TimeUnit.SECONDS);
        caller.runScheduledPendingTasks();
        assertThat(caller.isOpen()).isFalse();
    }

    @Test
    void nothingIsLeftBehindByAConnectionThatEnds() {
        caller.writeInbound(Unpooled.buffer().writeByte('P'));
        caller.close();
        caller.runPendingTasks();

        assertThat(caller.runScheduledPendingTasks()).isEqualTo(-1);
    }
}
