package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.catalogue.ProviderEntry.HealthCheck;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When a provider is probed, and what its answers mean. */
class ProberTest {

    private static final Duration INTERVAL = Duration.ofSeconds(30);
    /** An interval and the most jitter. */
    private static final Duration LONGEST = Duration.ofSeconds(33);

    private final Time time = new Time();
    private final Health health =
            new Health("p", new HealthCheck(null, INTERVAL, 2, 1, Duration.ofHours(1)), time, time::nanos);
    private final Drill drill = new Drill("p", time, new Random(1));
    private final Credentials credentials = new Credentials(List.of("key"), time::nanos);
    private final List<String> asked = new ArrayList<>();
    private final Deque<UniEmitter<? super Integer>> open = new ArrayDeque<>();
    private final Prober prober = new Prober(this::ask, credentials, health, drill, time, new Random(1), time);

    private Uni<Integer> ask(String credential) {
        asked.add(credential);
        return Uni.createFrom().emitter(emitter -> open.add(emitter));
    }

    private void answers(int status) {
        open.remove().complete(status);
    }

    @Test
    void theFirstProbeComesAfterAnInterval() {
        prober.start();
        time.pass(INTERVAL.minusMillis(1));
        assertThat(asked).isEmpty();
        time.pass(LONGEST.minus(INTERVAL));
        assertThat(asked).containsExactly("key");
    }

    @Test
    void theyNeverOverlap() {
        prober.start();
        time.pass(LONGEST.multipliedBy(5));
        assertThat(asked).hasSize(1);
        answers(200);
        time.pass(LONGEST);
        assertThat(asked).hasSize(2);
    }

    @Test
    void theJitterDiffersFromOneProviderToAnother() {
        var other = new Prober(this::ask, credentials, health, drill, time, new Random(2), time);
        prober.start();
        var first = health.view().nextProbe();
        other.start();
        assertThat(health.view().nextProbe())
                .isNotEqualTo(first)
                .isBetween(time.instant().plus(INTERVAL), time.instant().plus(LONGEST));
    }

    @Test
    void failuresMakeItUnhealthyAndAnswersHealthy() {
        prober.start();
        time.pass(LONGEST);
        answers(500);
        time.pass(LONGEST);
        open.remove().fail(new java.net.ConnectException("sk-secret@host"));
        assertThat(health.isHealthy()).isFalse();
        assertThat(health.view().lastFailure()).contains("ConnectException").doesNotContain("secret");
        time.pass(LONGEST);
        answers(404);
        assertThat(health.isHealthy()).isTrue();
    }

    @Test
    void nothingIsAskedWhenARequestWasAnswered() {
        prober.start();
        for (int i = 0; i < 10; i++) {
            time.pass(Duration.ofSeconds(20));
            health.answered();
        }
        assertThat(asked).isEmpty();
        time.pass(LONGEST.multipliedBy(2));
        assertThat(asked).hasSize(1);
    }

    @Test
    void whoIsLimitedIsNotAsked() {
        prober.start();
        credentials.rest("key", Duration.ofMinutes(5));
        time.pass(Duration.ofMinutes(4));
        assertThat(asked).isEmpty();
        assertThat(health.isHealthy()).isTrue();
        time.pass(Duration.ofMinutes(2));
        assertThat(asked).hasSize(1);
    }

    @Test
    void itStops() {
        prober.start();
        prober.stop();
        assertThat(time.timers()).isZero();
        assertThat(health.view().nextProbe()).isNull();
    }

    @Test
    void itDoesNotGoOnWhenItWasStoppedWhileAsking() {
        prober.start();
        time.pass(LONGEST);
        prober.stop();
        answers(200);
        assertThat(time.timers()).isZero();
    }

    @Test
    void aDrillStandsInFrontOfIt() {
        drill.follow(new Fault(
                Breakdown.SERVER_ERROR, 1, Duration.ZERO, time.instant().plus(Duration.ofMinutes(2))));
        prober.start();
        time.pass(LONGEST.multipliedBy(2));
        assertThat(asked).isEmpty();
        assertThat(health.isHealthy()).isFalse();
        time.pass(LONGEST.multipliedBy(3));
        assertThat(asked).hasSize(1);
        answers(200);
        assertThat(health.isHealthy()).isTrue();
    }
}
