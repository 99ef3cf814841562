package dev.signalbox.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.catalogue.ProviderEntry.Limits;
import dev.signalbox.chat.Cancellation;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LimitsByProviderTest {

    private final Loops loop = new Loops();
    private final LimitsByProvider limits = new LimitsByProvider(loop.now::get, () -> loop);

    @Test
    void whereNothingIsLimitedEverythingIsShared() {
        ProviderLimits none = limits.of("open", Limits.NONE);
        assertThat(none).isSameAs(ProviderLimits.NONE);
        assertThat(limits.of("seats", new Limits(null, null, null, 5))).isSameAs(ProviderLimits.NONE);
        assertThat(none.take(1_000_000)).isSameAs(Taken.NOTHING);
        assertThat(none.waitNanos(1_000_000)).isZero();
        assertThat(none.tryEnter()).isSameAs(Place.FREE);
        assertThat(none.enter("a", 0, new Cancellation()).await().indefinitely())
                .isSameAs(Place.FREE);
        assertThat(none.load()).isSameAs(ProviderLimits.Load.NONE);
        assertThat(none.isPaced()).isFalse();
    }

    @Test
    void itSaysWhatAProviderHasToDoAndWhatIsLeft() {
        ProviderLimits some = limits.of("some", new Limits(10, 1_000L, 1, 2));
        assertThat(some.isPaced()).isTrue();
        assertThat(some.take(300)).isNotNull();
        assertThat(some.tryEnter()).isNotNull();
        some.enter("a", Long.MAX_VALUE / 2, new Cancellation()).subscribe().with(_ -> {});
        assertThat(some.load()).isEqualTo(new ProviderLimits.Load(1, 1, new Headroom(9, 10), new Headroom(700, 1_000)));
    }

    @Test
    void aChangeOfOtherThingsForgetsNothing() {
        ProviderLimits before = limits.of("some", new Limits(1, null, null, 0));
        assertThat(before.take(0)).isNotNull();
        assertThat(limits.of("some", new Limits(1, null, null, 0)).take(0)).isNull();
        assertThat(limits.of("some", new Limits(2, null, null, 0)).take(0)).isNotNull();
        assertThat(limits.of("other", new Limits(1, null, null, 0)).take(0)).isNotNull();
    }

    @Test
    void eachKindOfLimitStandsAlone() {
        ProviderLimits paced = limits.of("paced", new Limits(1, null, null, 0));
        assertThat(paced.tryEnter()).isSameAs(Place.FREE);
        ProviderLimits crowded = limits.of("crowded", new Limits(null, null, 1, 0));
        Place place = Objects.requireNonNull(crowded.tryEnter());
        assertThat(crowded.tryEnter()).isNull();
        assertThat(crowded.take(1_000_000)).isSameAs(Taken.NOTHING);
        place.leave();
        assertThat(crowded.tryEnter()).isNotNull();
    }
}
