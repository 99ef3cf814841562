package dev.signalbox.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedPaceTest {

    private static final Rates THREE = new Rates(3, null, null);

    private final AtomicLong now = new AtomicLong(Duration.ofDays(1).toNanos());
    private final AtomicInteger asked = new AtomicInteger();
    private final Tallies tallies = new Tallies(now::get, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), null);

    /** Others who have nothing else to count. */
    private final Entrance entrance = new Entrance() {
        @Override
        public boolean isShared() {
            return true;
        }

        @Override
        public int replicas() {
            return 1;
        }

        @Override
        public Entry attempt(String provider, Rates rates, long expected) {
            return tallies.attempt(provider, rates, expected);
        }

        @Override
        public Uni<Entry> enter(Entry entry) {
            asked.incrementAndGet();
            try {
                return Uni.createFrom().item(entry.alone(1));
            } catch (SignalboxException e) {
                return Uni.createFrom().failure(e);
            }
        }
    };

    private final SharedPace pace = new SharedPace("p", THREE, entrance, now::get);

    private @Nullable Taken take() {
        return pace.take(10).await().indefinitely();
    }

    @Test
    void whoWasRefusedIsNotAskedForAgainForASecond() {
        for (int i = 0; i < 3; i++) {
            assertThat(take()).isNotNull();
        }
        assertThat(take()).isNull();
        assertThat(asked.get()).isEqualTo(4);

        assertThat(pace.waitNanos(10)).isEqualTo(Duration.ofMillis(60_500).toNanos());
        assertThat(take()).isNull();
        assertThat(asked.get()).isEqualTo(4);

        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(pace.waitNanos(10)).isZero();
        assertThat(take()).isNull();
        assertThat(asked.get()).isEqualTo(5);
    }

    @Test
    void whatIsLeftIsWhatWasHeardLast() {
        assertThat(pace.requestsLeft()).isEqualTo(new Headroom(3, 3));
        assertThat(pace.tokensLeft()).isNull();
        take();

        assertThat(pace.requestsLeft()).isEqualTo(new Headroom(2, 3));
        now.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(pace.requestsLeft()).isEqualTo(new Headroom(3, 3));
    }

    @Test
    void whatNeverReachedTheVendorIsGivenBack() {
        Taken first = take();
        take();
        take();
        assertThat(first).isNotNull();
        first.giveBack();

        assertThat(take()).isNotNull();
        assertThat(take()).isNull();
    }

    @Test
    void anAttemptIsNotUnderWayForeverWhenNobodySaysThatItIsOver() {
        take();
        now.addAndGet(Duration.ofMinutes(2).toNanos());

        Tally tally = tallies.of(new Who(Who.Kind.PROVIDER, "p"));
        synchronized (tally) {
            assertThat(tally.retire(now.get())).isTrue();
        }
    }
}
