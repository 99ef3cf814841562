package dev.signalbox.limits;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Grant.Holder;
import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Quota;
import dev.signalbox.chat.Quota.Left;
import dev.signalbox.chat.Rights;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.openai.OpenAiDialect;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LocalAdmissionsTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - MINUTE);
    private final LocalAdmissions admissions = new LocalAdmissions(now::get, Clock.fixed(TIME, ZoneOffset.UTC));

    private static Rates rates(@Nullable Integer requests, @Nullable Long tokens, @Nullable Integer concurrent) {
        return new Rates(requests, tokens, concurrent);
    }

    private static Caller caller(String key, Rates own, @Nullable Rates team) {
        List<Grant> grants = new ArrayList<>();
        grants.add(new Grant(Holder.KEY, key, own, null));
        if (team != null) {
            grants.add(new Grant(Holder.TEAM, "t", team, null));
        }
        return new Caller(key, key, team == null ? null : "t", Rights.ALL, Rights.ALL, grants, Map.of());
    }

    /** A prompt of 40 letters, which is estimated at 10 tokens and 4 for the message. */
    private static Exchange exchange(Caller caller, String more) {
        Body body = Body.parse("{\"model\":\"m\",%s\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(more, "x".repeat(40))
                .getBytes(UTF_8));
        var arrival = new Exchange.Arrival("req_1", Instant.EPOCH, 1, caller, Controls.NONE, Map.of());
        return new Exchange(
                arrival, "openai", Operation.CHAT, "m", true, true, body, () -> new OpenAiDialect().decode(body), null);
    }

    private Admission enter(Caller caller) {
        return enter(exchange(caller, ""));
    }

    private Admission enter(Exchange exchange) {
        return admissions.admit(exchange).await().indefinitely();
    }

    private SignalboxException refused(Exchange exchange) {
        SignalboxException[] told = new SignalboxException[1];
        assertThatThrownBy(() -> enter(exchange)).isInstanceOfSatisfying(SignalboxException.class, e -> told[0] = e);
        assertThat(told[0].status()).isEqualTo(429);
        assertThat(told[0].code()).isEqualTo("rate_limited");
        return told[0];
    }

    private SignalboxException refused(Caller caller) {
        return refused(exchange(caller, ""));
    }

    private static Quota quota(Admission admission) {
        return Objects.requireNonNull(admission.quota());
    }

    @Test
    void soManyRequestsAMinuteAndNoMore() {
        Caller caller = caller("k", rates(2, null, null), null);
        enter(caller).settle(1, 1);
        now.addAndGet(MINUTE / 2);
        enter(caller).settle(1, 1);

        SignalboxException why = refused(caller);

        assertThat(why.message()).isEqualTo("the key has used its 2 requests a minute");
        // the first is forgotten when all of its half second is a minute ago
        assertThat(why.retryAfter()).isBetween(Duration.ofSeconds(30), Duration.ofMillis(30_500));
        now.addAndGet(Objects.requireNonNull(why.retryAfter()).toNanos());
        enter(caller);
        refused(caller);
    }

    @Test
    void whoHasNoLimitsIsNotCounted() {
        assertThat(enter(caller("k", Rates.NONE, null))).isSameAs(Admission.FREE);
        assertThat(admissions.size()).isZero();
    }

    @Test
    void theKeysOfATeamShareItsLimit() {
        enter(caller("a", rates(10, null, null), rates(2, null, null)));
        enter(caller("b", rates(10, null, null), rates(2, null, null)));

        assertThat(refused(caller("a", rates(10, null, null), rates(2, null, null)))
                        .message())
                .startsWith("the team has used its 2");
    }

    @Test
    void whatTheTeamRefusesTheKeyHasNotUsed() {
        Caller caller = caller("a", rates(2, null, null), rates(1, null, null));
        enter(caller);
        IntStream.range(0, 5).forEach(_ -> refused(caller));

        assertThat(quota(enter(caller("a", rates(2, null, null), null))).requests())
                .satisfies(left -> assertThat(left.remaining()).isZero());
    }

    @Test
    void soManyAtTheSameTime() {
        Caller caller = caller("k", rates(null, null, 2), null);
        Admission first = enter(caller);
        enter(caller);

        SignalboxException why = refused(caller);

        assertThat(why.message()).contains("2 requests under way");
        assertThat(why.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        first.settle(1, 1);
        first.leave();
        first.settle(1, 1);
        enter(caller);
        refused(caller);
    }

    @Test
    void tokensAreTakenAtAGuessAndCorrected() {
        Caller caller = caller("k", rates(null, 100L, null), null);
        Exchange asking = exchange(caller, "\"max_tokens\":50,");

        Admission first = enter(asking);
        assertThat(quota(first).tokens())
                .satisfies(left -> assertThat(left.remaining()).isEqualTo(36));
        assertThat(refused(asking).message()).contains("100 tokens a minute");
        first.settle(12, 8);
        assertThat(quota(first).tokens())
                .satisfies(left -> assertThat(left.remaining()).isEqualTo(80));

        // answers have eight tokens here, whatever is asked for
        Admission second = enter(asking);
        assertThat(quota(second).tokens())
                .satisfies(left -> assertThat(left.remaining()).isEqualTo(58));
        second.leave();
        second.settle(90, 9);
        assertThat(quota(second).tokens())
                .satisfies(left -> assertThat(left.remaining()).isEqualTo(58));
    }

    @Test
    void whatIsLeftIsToldOfTheLimitThatBinds() {
        Caller caller = caller("k", rates(5, 1_000L, null), rates(3, 5_000L, null));
        Exchange exchange = exchange(caller, "");

        Admission first = enter(exchange);
        first.settle(14, 6);

        Quota quota = Objects.requireNonNull(exchange.trail().quota());
        assertThat(quota.time()).isEqualTo(TIME);
        assertThat(quota.requests()).isEqualTo(new Left(3, 2, Duration.ofMillis(60_500)));
        assertThat(quota.tokens()).isEqualTo(new Left(1_000, 980, Duration.ofMillis(60_500)));
        now.addAndGet(Duration.ofMillis(60_500).toNanos());
        assertThat(Objects.requireNonNull(exchange.trail().quota()))
                .isEqualTo(new Quota(TIME, new Left(3, 3, Duration.ZERO), new Left(1_000, 1_000, Duration.ZERO)));
    }

    @Test
    void whoIsRefusedIsToldWhatIsLeftToo() {
        Caller caller = caller("k", rates(1, null, null), null);
        enter(caller);
        Exchange second = exchange(caller, "");

        refused(second);

        assertThat(Objects.requireNonNull(second.trail().quota()).requests())
                .isEqualTo(new Left(1, 0, Duration.ofMillis(60_500)));
    }

    @Test
    void aLimitThatChangesHoldsForWhatWasUsedBefore() {
        enter(caller("k", rates(5, null, null), null));
        enter(caller("k", rates(5, null, null), null));

        refused(caller("k", rates(2, null, null), null));
        enter(caller("k", rates(3, null, null), null));
    }

    @Test
    void keysThatHaveNotAskedForAMinuteAreForgotten() {
        IntStream.range(0, 1_000)
                .forEach(i ->
                        enter(caller("old" + i, rates(1, null, null), null)).leave());
        now.addAndGet(2 * MINUTE);
        Admission open = enter(caller("open", rates(1, null, 1), null));

        IntStream.range(0, 100)
                .forEach(i ->
                        enter(caller("new" + i, rates(1, null, null), null)).leave());

        assertThat(admissions.size()).isLessThan(200);
        refused(caller("open", rates(null, null, 1), null));
        open.leave();
    }

    @Test
    void manyThreadsGetNoMoreThanTheLimit() {
        Caller caller = caller("k", rates(500, null, 100), rates(300, null, null));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = Stream.generate(() -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 200; i++) {
                        try {
                            Admission admission = enter(caller);
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            inside.decrementAndGet();
                            admission.settle(1, 1);
                        } catch (SignalboxException e) {
                            Thread.onSpinWait();
                        }
                    }
                }))
                .limit(4)
                .toList();
        threads.forEach(LocalAdmissionsTest::join);

        assertThat(most.get()).isLessThanOrEqualTo(100);
        assertThat(quota(enter(caller("k", rates(1_000, null, null), null))).requests())
                .satisfies(left -> assertThat(left.remaining()).isEqualTo(1_000 - 301));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private record Let(long at, String key) {}

    @Property(tries = 200)
    void inNoMinuteIsMoreAdmittedThanAnyLimit(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 20) int ofKey,
            @ForAll @IntRange(min = 1, max = 30) int ofTeam) {
        var random = new SplittableRandom(seed);
        List<Let> let = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            now.addAndGet(random.nextLong(MINUTE / 20));
            String key = random.nextBoolean() ? "a" : "b";
            try {
                Admission admission = enter(caller(key, rates(ofKey, null, null), rates(ofTeam, null, null)));
                let.add(new Let(now.get(), key));
                admission.settle(1, 1);
            } catch (SignalboxException e) {
                assertThat(e.retryAfter()).isPositive();
            }
        }
        for (Let first : let) {
            List<Let> minute = let.stream()
                    .filter(each -> each.at() - first.at() >= 0 && each.at() - first.at() < MINUTE)
                    .toList();
            assertThat(minute).hasSizeLessThanOrEqualTo(ofTeam);
            assertThat(minute.stream().filter(each -> each.key().equals(first.key())))
                    .hasSizeLessThanOrEqualTo(ofKey);
        }
    }
}
