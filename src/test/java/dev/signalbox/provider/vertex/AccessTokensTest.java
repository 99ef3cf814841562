package dev.signalbox.provider.vertex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.provider.vertex.TokenEndpoint.Granted;
import dev.signalbox.upstream.UpstreamFailure;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Tokens in time: who waits, who does not, and when the next one is asked for. */
class AccessTokensTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Hands hands = new Hands();
    private final Queue<UniEmitter<? super Granted>> asked = new ArrayDeque<>();
    private int times;
    private final AccessTokens tokens = new AccessTokens(
            "cloud",
            () -> {
                times++;
                return Uni.createFrom().<Granted>emitter(asked::add);
            },
            hands);

    private static final class Hands extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private UniAssertSubscriber<String> ask() {
        return tokens.token().subscribe().withSubscriber(UniAssertSubscriber.create());
    }

    private void grant(String token, Duration lifetime) {
        asked.remove().complete(new Granted(token, lifetime));
    }

    private void have(String token) {
        ask();
        grant(token, HOUR);
    }

    @Test
    void allWhoWaitShareOneRequest() {
        List<UniAssertSubscriber<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(ask());
        }
        assertThat(times).isEqualTo(1);

        grant("one", HOUR);

        waiting.forEach(one -> one.assertCompleted().assertItem("one"));
        assertThat(times).isEqualTo(1);
    }

    @Test
    void aTokenIsKeptWhileItIsYoung() {
        have("one");
        hands.pass(Duration.ofMinutes(56));

        ask().assertItem("one");

        assertThat(times).isEqualTo(1);
    }

    @Test
    void theOldOneIsGivenOutWhileTheNextOneIsComing() {
        have("one");
        hands.pass(Duration.ofMinutes(57));

        ask().assertItem("one");
        ask().assertItem("one");
        assertThat(times).isEqualTo(2);
        grant("two", HOUR);

        ask().assertItem("two");
        assertThat(times).isEqualTo(2);
    }

    @Test
    void aFailedRenewalFailsNobodyAndIsTriedAgainAfterAPause() {
        have("one");
        hands.pass(Duration.ofMinutes(57));
        ask().assertItem("one");
        asked.remove().fail(new NoToken("nobody is there", null));

        ask().assertItem("one");
        assertThat(times).isEqualTo(2);
        hands.pass(Duration.ofSeconds(11));
        ask().assertItem("one");
        assertThat(times).isEqualTo(3);
        grant("two", HOUR);
        ask().assertItem("two");
    }

    @Test
    void aTokenThatIsOverIsNotGivenOut() {
        have("one");
        hands.pass(HOUR);

        UniAssertSubscriber<String> waiting = ask();
        waiting.assertNotTerminated();
        grant("two", HOUR);

        waiting.assertItem("two");
    }

    @Test
    void aTokenThatIsOverIsAskedForAtOnceAlsoAfterAFailure() {
        have("one");
        hands.pass(Duration.ofMinutes(59));
        ask().assertItem("one");
        asked.remove().fail(new NoToken("nobody is there", null));
        hands.pass(Duration.ofMinutes(1).minusSeconds(5));

        UniAssertSubscriber<String> waiting = ask();

        assertThat(times).isEqualTo(3);
        grant("two", HOUR);
        waiting.assertItem("two");
    }

    @Test
    void aTokenWithoutALifetimeIsUsedOnce() {
        UniAssertSubscriber<String> first = ask();
        grant("one", Duration.ZERO);
        first.assertItem("one");

        UniAssertSubscriber<String> second = ask();
        assertThat(times).isEqualTo(2);
        grant("two", Duration.ZERO);
        second.assertItem("two");
    }

    @Test
    void whoeverWaitsForNothingIsToldWhoseFaultItIs() {
        UniAssertSubscriber<String> refused = ask();
        asked.remove().fail(new NoToken.Refused("the credentials are refused", 400));
        UniAssertSubscriber<String> unreachable = ask();
        asked.remove().fail(new IllegalStateException("secret words"));

        assertThat(((UpstreamFailure) refused.assertFailed().getFailure()).kind())
                .isEqualTo(Kind.CREDENTIAL_REJECTED);
        UpstreamFailure nobody = (UpstreamFailure) unreachable.assertFailed().getFailure();
        assertThat(nobody.kind()).isEqualTo(Kind.CONNECT_FAILED);
        assertThat(nobody.message()).doesNotContain("secret words");
    }

    @Test
    void oneWhoGoesAwayDoesNotStopTheOthers() {
        UniAssertSubscriber<String> first = ask();
        UniAssertSubscriber<String> second = ask();
        first.cancel();

        grant("one", HOUR);

        second.assertItem("one");
    }

    @Test
    void bothTokensAreSecretsWhileOneMayStillBeUnderWay() {
        have("one");
        hands.pass(Duration.ofMinutes(58));
        have("two");

        assertThat(tokens.secrets()).containsExactlyInAnyOrder("one", "two");
    }
}
