package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CredentialsTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final Credentials two = new Credentials(List.of("a", "b"), now::get);

    @Test
    void theyAreUsedInTurn() {
        assertThat(List.of(two.next(), two.next(), two.next())).containsExactly("a", "b", "a");
    }

    @Test
    void oneThatRestsIsPassedOver() {
        two.rest("a", Duration.ofSeconds(5));
        assertThat(List.of(two.next(), two.next())).containsExactly("b", "b");
        assertThat(two.resting()).isEmpty();
    }

    @Test
    void whenAllRestItSaysForHowLong() {
        two.rest("a", Duration.ofSeconds(5));
        two.rest("b", Duration.ofSeconds(3));
        assertThat(two.next()).isNull();
        assertThat(two.resting()).hasValue(Duration.ofSeconds(3).toNanos());
        now.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(two.next()).isEqualTo("b");
    }

    @Test
    void aShorterRestDoesNotEndALongerOne() {
        two.rest("a", Duration.ofSeconds(5));
        two.rest("a", Duration.ofSeconds(1));
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(List.of(two.next(), two.next())).containsExactly("b", "b");
    }

    @Test
    void aProviderWithoutCredentialsCanRestToo() {
        var none = new Credentials(List.of(), now::get);
        assertThat(none.next()).isEmpty();
        none.rest("", Duration.ofSeconds(1));
        assertThat(none.next()).isNull();
    }

    @Test
    void itNeverPrintsThem() {
        assertThat(two.toString()).isEqualTo("2 credentials");
    }
}
