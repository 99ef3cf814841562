package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.catalogue.ProviderEntry.HealthCheck;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a provider is unhealthy, and when it is healthy again. */
class HealthTest {

    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final UpstreamFailure FAILURE =
            new UpstreamFailure(Kind.SERVER_ERROR, "oops", 500, null, null, null, null);

    private final Time time = new Time();
    private final Health health = new Health("p", check(3, 2), time, time::nanos);
    private int exchanges;

    private static HealthCheck check(int failures, int recoveries) {
        return new HealthCheck(null, INTERVAL, failures, recoveries, Duration.ofSeconds(5));
    }

    private void fails() {
        fails("p/a", 1);
    }

    private void fails(String deployment, int deployments) {
        health.failed("exchange-" + exchanges++, deployment, () -> deployments, FAILURE);
    }

    private void becomesUnhealthy() {
        fails();
        fails();
        fails();
        assertThat(health.isHealthy()).isFalse();
    }

    @Test
    void failuresInARowMakeItUnhealthy() {
        fails();
        fails();
        assertThat(health.isHealthy()).isTrue();
        fails();
        assertThat(health.isHealthy()).isFalse();
        assertThat(health.letsPass()).isFalse();
    }

    @Test
    void anAnswerEndsTheRow() {
        for (int i = 0; i < 10; i++) {
            fails();
            fails();
            health.answered();
        }
        assertThat(health.isHealthy()).isTrue();
        assertThat(health.view().lastFailure()).isNull();
    }

    @Test
    void retriesOfOneExchangeCountOnce() {
        for (int i = 0; i < 10; i++) {
            health.failed("the same", "p/a", () -> 1, FAILURE);
        }
        assertThat(health.isHealthy()).isTrue();
        fails();
        fails();
        assertThat(health.isHealthy()).isFalse();
    }

    @Test
    void successesInARowMakeItHealthyAgain() {
        becomesUnhealthy();
        health.answered();
        fails();
        health.answered();
        assertThat(health.isHealthy()).isFalse();
        health.answered();
        assertThat(health.isHealthy()).isTrue();
        fails();
        fails();
        assertThat(health.isHealthy()).isTrue();
    }

    @Test
    void probesCountAsAttemptsDo() {
        becomesUnhealthy();
        health.probed(200);
        health.answered();
        assertThat(health.isHealthy()).isTrue();
        health.unreachable("timeout");
        fails();
        health.probed(503);
        assertThat(health.isHealthy()).isFalse();
        assertThat(health.view().lastFailure()).contains("HTTP 503");
    }

    @Test
    void whatIsRefusedCanBeReached() {
        for (int status : new int[] {200, 301, 401, 403, 404, 405, 429}) {
            becomesUnhealthy();
            health.probed(status);
            health.probed(status);
            assertThat(health.isHealthy()).as("HTTP " + status).isTrue();
        }
    }

    @Test
    void aRejectedProbeIsShownUntilItIsNot() {
        health.probed(401);
        assertThat(health.view().rejectedProbe()).isEqualTo(401);
        assertThat(health.isHealthy()).isTrue();
        health.probed(200);
        assertThat(health.view().rejectedProbe()).isNull();
    }

    @Test
    void oneDeploymentOfSeveralDoesNotBenchItsProvider() {
        for (int i = 0; i < 10; i++) {
            fails("p/broken", 2);
        }
        assertThat(health.isHealthy()).isTrue();
        fails("p/other", 2);
        assertThat(health.isHealthy()).isFalse();
    }

    @Test
    void aProbeThatFailsIsAboutAllOfThem() {
        fails("p/broken", 2);
        fails("p/broken", 2);
        health.unreachable("ConnectException");
        assertThat(health.isHealthy()).isFalse();
    }

    @Test
    void withoutAProbeOneAttemptAnIntervalFindsOut() {
        becomesUnhealthy();
        time.pass(INTERVAL.minusMillis(1));
        assertThat(health.letsPass()).isFalse();
        time.pass(Duration.ofMillis(1));
        assertThat(health.letsPass()).isTrue();
        health.asked();
        assertThat(health.letsPass()).isFalse();
        time.pass(INTERVAL);
        assertThat(health.letsPass()).isTrue();
    }

    @Test
    void withAProbeNoAttemptHasTo() {
        health.nextProbe(time.instant());
        becomesUnhealthy();
        time.pass(INTERVAL.multipliedBy(10));
        assertThat(health.letsPass()).isFalse();
    }

    @Test
    void itOutlivesItsConfiguration() {
        fails();
        fails();
        health.follow(check(4, 1));
        fails();
        assertThat(health.isHealthy()).isTrue();
        fails();
        assertThat(health.isHealthy()).isFalse();
        health.answered();
        assertThat(health.isHealthy()).isTrue();
    }

    @Test
    void anAnswerProvesItWellForAWhile() {
        assertThat(health.isProvenWithin(INTERVAL)).isFalse();
        health.answered();
        time.pass(INTERVAL.minusMillis(1));
        assertThat(health.isProvenWithin(INTERVAL)).isTrue();
        time.pass(Duration.ofMillis(1));
        assertThat(health.isProvenWithin(INTERVAL)).isFalse();
        health.answered();
        fails();
        assertThat(health.isProvenWithin(INTERVAL)).isFalse();
    }

    @Test
    void itSaysSinceWhenAndWhy() {
        time.pass(Duration.ofSeconds(10));
        becomesUnhealthy();
        assertThat(health.view().since()).isEqualTo("2026-03-01T12:00:10Z");
        assertThat(health.view().lastFailure()).isEqualTo("server_error (HTTP 500) at 2026-03-01T12:00:10Z");
    }

    @Test
    void aDeploymentThatIsNotThereIsLeftAloneForAMinute() {
        var misconfiguration = new Misconfiguration(time::nanos);
        var notThere = new UpstreamFailure(Kind.MODEL_UNAVAILABLE, "no such model", 404, null, null, null, null);
        assertThat(misconfiguration.isFresh()).isFalse();
        assertThat(misconfiguration.found(notThere)).isTrue();
        assertThat(misconfiguration.found(notThere)).isFalse();
        time.pass(Duration.ofSeconds(59));
        assertThat(misconfiguration.isFresh()).isTrue();
        time.pass(Duration.ofSeconds(1));
        assertThat(misconfiguration.isFresh()).isFalse();
        assertThat(misconfiguration.why()).isEqualTo("model_unavailable (HTTP 404)");
        misconfiguration.repaired();
        assertThat(misconfiguration.why()).isNull();
    }
}
