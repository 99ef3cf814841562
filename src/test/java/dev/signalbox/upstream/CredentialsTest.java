package dev.signalbox.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static UpstreamFailure failure(Kind kind, @Nullable Duration retryAfter) {
        return new UpstreamFailure(kind, "no", 429, null, null, retryAfter, null);
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, PT30S, PT30S",
        "RATE_LIMITED, , PT5S",
        "RATE_LIMITED, PT0S, PT1S",
        "RATE_LIMITED, PT0.3S, PT1S",
        "RATE_LIMITED, PT24H, PT24H",
        "QUOTA_EXHAUSTED, , PT10M",
        "QUOTA_EXHAUSTED, PT1S, PT10M",
        "QUOTA_EXHAUSTED, PT2H, PT2H",
        "CREDENTIAL_REJECTED, , PT1M",
        "CREDENTIAL_REJECTED, PT1S, PT1M",
    })
    void eachKindOfFailureHasItsRest(Kind kind, @Nullable Duration asked, Duration rest) {
        assertThat(two.rest("a", failure(kind, asked))).isEqualTo(rest);
        assertThat(List.of(two.next(), two.next()))
                .as("the other one is used at once")
                .containsExactly("b", "b");
        now.addAndGet(rest.toNanos() - 1);
        assertThat(List.of(two.next(), two.next())).containsExactly("b", "b");
        now.addAndGet(1);
        assertThat(List.of(two.next(), two.next())).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whenAllRestTheSoonestIsTold() {
        two.rest("a", failure(Kind.QUOTA_EXHAUSTED, null));
        two.rest("b", failure(Kind.RATE_LIMITED, Duration.ofSeconds(20)));
        assertThat(two.next()).isNull();
        assertThat(two.resting()).hasValue(Duration.ofSeconds(20).toNanos());
    }

    @Test
    void thoseThatDoNotRestTakeEqualTurns() {
        var four = new Credentials(List.of("a", "b", "c", "d"), now::get);
        four.rest("b", Duration.ofSeconds(5));
        List<String> used = Stream.generate(four::next).limit(300).toList();
        for (String key : List.of("a", "c", "d")) {
            assertThat(used).filteredOn(key::equals).hasSize(100);
        }
    }

    @Test
    void oneThatIsNamedTwiceIsOne() {
        var doubled = new Credentials(List.of("a", "b", "a"), now::get);
        doubled.rest("a", Duration.ofSeconds(5));
        assertThat(List.of(doubled.next(), doubled.next())).containsExactly("b", "b");
        assertThat(doubled.toString()).isEqualTo("2 credentials");
    }

    @Test
    void anUnknownOneCannotRest() {
        two.rest("c", Duration.ofSeconds(5));
        assertThat(two.resting()).isEmpty();
        assertThat(two.next()).isEqualTo("a");
    }

    @Test
    void manyThreadsNeverGetOneThatRests() throws InterruptedException {
        var many = new Credentials(List.of("a", "b", "c"), now::get);
        many.rest("b", Duration.ofSeconds(5));
        var wrong = new AtomicLong();
        List<Thread> threads = Stream.generate(() -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        String key = many.next();
                        if (key == null || key.equals("b")) {
                            wrong.incrementAndGet();
                        }
                    }
                }))
                .limit(4)
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).hasValue(0);
    }

    @Test
    void thoseThatStayGoOnResting() {
        two.rest("a", Duration.ofSeconds(30));
        assertThat(two.following(List.of("a", "b"))).as("nothing has changed").isSameAs(two);
        Credentials next = two.following(List.of("c", "a"));
        assertThat(next.next()).isEqualTo("c");
        assertThat(next.next()).isEqualTo("c");
        assertThat(two.following(List.of("a")).resting())
                .hasValue(Duration.ofSeconds(30).toNanos());
    }

    private record Told(String name, boolean isRejected, Duration left) {}

    private final List<Told> told = new ArrayList<>();

    private Credentials telling(String place) {
        return new Credentials(
                List.of("a", "b"),
                now::get,
                place,
                (name, isRejected, left) -> told.add(new Told(name, isRejected, left)));
    }

    @Test
    void ofManyFailuresAtTheSameTimeOthersAreToldOne() {
        Credentials here = telling("x");
        here.rest("a", failure(Kind.RATE_LIMITED, Duration.ofSeconds(30)));
        here.rest("a", failure(Kind.RATE_LIMITED, Duration.ofSeconds(30)));
        here.rest("a", failure(Kind.RATE_LIMITED, Duration.ofSeconds(20)));
        here.rest("b", failure(Kind.CREDENTIAL_REJECTED, null));
        here.rest("a", failure(Kind.RATE_LIMITED, Duration.ofSeconds(60)));

        assertThat(told)
                .containsExactly(
                        new Told(Credentials.name("x", "a"), false, Duration.ofSeconds(30)),
                        new Told(Credentials.name("x", "b"), true, Duration.ofMinutes(1)),
                        new Told(Credentials.name("x", "a"), false, Duration.ofSeconds(60)));
    }

    @Test
    void whatRestsAtAnotherReplicaRestsHereAsLong() {
        Credentials there = telling("x");
        there.heard(Credentials.name("x", "a"), false, Duration.ofSeconds(30));

        assertThat(List.of(there.next(), there.next())).containsExactly("b", "b");
        there.rest("a", failure(Kind.RATE_LIMITED, Duration.ofSeconds(30)));
        assertThat(told).as("they know").isEmpty();
        now.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(List.of(there.next(), there.next())).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aNameIsOfOnePlaceAndHoldsNothingOfTheSecret() {
        String name = Credentials.name("x", "sk-0123456789");
        assertThat(name).hasSize(8).isNotEqualTo(Credentials.name("y", "sk-0123456789"));
        Credentials here = telling("y");
        here.heard(Credentials.name("x", "a"), false, Duration.ofSeconds(30));
        assertThat(here.next()).isEqualTo("a");
    }

    @Test
    void nonsenseIsNotBelieved() {
        two.heard(Credentials.name("", "a"), false, Duration.ofDays(2));
        two.heard(Credentials.name("", "a"), false, Duration.ofSeconds(-1));
        assertThat(two.next()).isEqualTo("a");
    }

    @Test
    void whatWasRejectedElsewhereIsUsedLast() {
        two.heard(Credentials.name("", "a"), true, Duration.ofMinutes(1));
        assertThat(List.of(two.next(), two.next())).containsExactly("b", "b");
        assertThat(two.rumour()).isNull();

        two.heard(Credentials.name("", "b"), true, Duration.ofMinutes(1));
        assertThat(two.rumour()).contains("rejected at another replica");
        assertThat(two.resting()).as("nothing rests here").isEmpty();
        String used = two.next();
        assertThat(used).isNotNull();
        two.answered(used);
        assertThat(two.rumour()).as("it is of use here").isNull();
        assertThat(List.of(two.next(), two.next())).containsExactly(used, used);
    }

    @Test
    void whatADrillLaysToRestIsToldToNobodyAndWakesWithItsEnd() {
        Credentials here = telling("x");
        here.rest("a", failure(Kind.RATE_LIMITED, null).onPurpose());
        here.rest("b", failure(Kind.RATE_LIMITED, Duration.ofSeconds(30)));
        assertThat(here.resting()).hasValue(Duration.ofSeconds(5).toNanos());

        here.endDrill();

        assertThat(List.of(here.next(), here.next())).containsExactly("a", "a");
        assertThat(told).hasSize(1);
    }
}
