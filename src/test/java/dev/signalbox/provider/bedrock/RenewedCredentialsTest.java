package dev.signalbox.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.upstream.UpstreamFailure;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Credentials that expire, and those who wait for new ones. */
class RenewedCredentialsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<UniEmitter<? super AwsCredentials>> fetches = new ArrayList<>();
    private Instant now = START;
    private final Clock clock = new Clock() {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };
    private final RenewedCredentials credentials =
            new RenewedCredentials(() -> Uni.createFrom().emitter(fetches::add), clock);

    private static AwsCredentials until(String id, Instant expires) {
        return new AwsCredentials(id, "secret", null, expires);
    }

    private List<String> ask() {
        List<String> told = new ArrayList<>();
        credentials.get().subscribe().with(given -> told.add(given.accessKeyId()), failure -> told.add("failed"));
        return told;
    }

    @Test
    void theyAreFetchedOnceForAllWhoWait() {
        List<String> first = ask();
        List<String> second = ask();
        assertThat(fetches).hasSize(1);

        fetches.getFirst().complete(until("a", START.plusSeconds(3600)));

        assertThat(first).containsExactly("a");
        assertThat(second).containsExactly("a");
        assertThat(ask()).containsExactly("a");
        assertThat(fetches).hasSize(1);
    }

    @Test
    void nobodyWaitsWhileTheOldOnesAreGood() {
        ask();
        fetches.getFirst().complete(until("a", START.plusSeconds(3600)));
        now = START.plus(Duration.ofMinutes(56));

        assertThat(ask()).containsExactly("a");
        assertThat(ask()).containsExactly("a");
        assertThat(fetches).hasSize(2);

        fetches.get(1).complete(until("b", START.plusSeconds(7200)));
        assertThat(ask()).containsExactly("b");
    }

    @Test
    void aFailureToRenewIsNoFailureWhileTheOldOnesAreGood() {
        ask();
        fetches.getFirst().complete(until("a", START.plusSeconds(3600)));
        now = START.plus(Duration.ofMinutes(56));
        ask();
        fetches.get(1).fail(new IOException("gone"));

        assertThat(ask()).containsExactly("a");
        assertThat(fetches).hasSize(3);
    }

    @Test
    void expiredOnesAreNotGiven() {
        ask();
        fetches.getFirst().complete(until("a", START.plusSeconds(3600)));
        now = START.plusSeconds(3600);

        List<String> told = ask();

        assertThat(told).isEmpty();
        fetches.get(1).fail(new IOException("gone"));
        assertThat(told).containsExactly("failed");
        assertThat(ask()).isEmpty();
        assertThat(fetches).hasSize(3);
    }

    @Test
    void thoseThatDoNotExpireAreFetchedOnce() {
        ask();
        fetches.getFirst().complete(until("a", null));
        now = START.plus(Duration.ofDays(1000));

        assertThat(ask()).containsExactly("a");
        assertThat(fetches).hasSize(1);
    }

    @Test
    void failuresToFetchAreFailuresOfTheUpstream() {
        var broken = new RenewedCredentials(() -> Uni.createFrom().failure(new IOException("secret words")), clock);

        assertThatThrownBy(() -> broken.get().await().indefinitely())
                .isInstanceOfSatisfying(UpstreamFailure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(UpstreamFailure.Kind.CONNECT_FAILED);
                    assertThat(failure).hasMessageNotContaining("secret words");
                });
    }
}
