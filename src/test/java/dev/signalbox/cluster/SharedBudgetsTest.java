package dev.signalbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.ledger.Backlog;
import dev.signalbox.limits.money.Balance;
import dev.signalbox.limits.money.Budget;
import dev.signalbox.limits.money.LocalBudgets;
import dev.signalbox.limits.money.Past;
import dev.signalbox.limits.money.Purse;
import dev.signalbox.limits.money.Purse.Scope;
import dev.signalbox.limits.money.Reservation;
import dev.signalbox.limits.money.Verdict;
import dev.signalbox.limits.money.Window;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replicas that share one Redis: what they may spend together, and how often they ask. */
@Timeout(120)
class SharedBudgetsTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Script CALLS = Script.of("""
            local _, calls = string.match(redis.call('INFO', 'commandstats'), '(cmdstat_evalsha:calls=(%d+))')
            return tonumber(calls or 0)""");

    private final OwnRedis redis = OwnRedis.started();
    private final AtomicLong ledger = new AtomicLong();
    private final AtomicInteger numbers = new AtomicInteger();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Replica> replicas = new ArrayList<>();

    private final class Replica {
        private final Link link = new Link(() -> Optional.of(redis.address()), VERTX);
        private final SharedBudgets budgets;

        Replica() {
            var meters = new Meters(registry);
            var all = new Replicas(link, meters, VERTX);
            Past past = _ -> Uni.createFrom().item(ledger::get);
            var local = new LocalBudgets(past, Clock.systemUTC(), meters, VERTX);
            budgets = new SharedBudgets(link, all, local, past, backlog(), Clock.systemUTC(), meters, VERTX);
            all.start(new StartupEvent());
            budgets.start(new StartupEvent());
            link.start(new StartupEvent());
            replicas.add(this);
            until(link::isConnected);
        }

        Verdict reserve(Reservation wanted) {
            return budgets.reserve(wanted).await().atMost(Duration.ofSeconds(15));
        }
    }

    private static Backlog backlog() {
        return new Backlog() {
            @Override
            public long lag() {
                return 0;
            }

            @Override
            public Uni<Void> caughtUp() {
                return Uni.createFrom().voidItem();
            }

            @Override
            public BooleanSupplier arrival() {
                return () -> true;
            }
        };
    }

    @AfterEach
    void stop() {
        replicas.forEach(one -> one.link.stop(new ShutdownEvent()));
        redis.close();
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static Purse purse(long limit) {
        return Purse.of(Scope.TEAM, "x", new Budget(limit, Window.DAY), Instant.now());
    }

    private Reservation of(long amount, Purse... purses) {
        return new Reservation("r" + numbers.incrementAndGet(), "r", Long.MAX_VALUE, List.of(purses), amount);
    }

    @Test
    void whatOneHasSetAsideTheOtherCannotSpend() {
        Replica one = new Replica();
        Replica other = new Replica();
        ledger.set(10);
        Purse purse = purse(100);

        Reservation first = of(60, purse);
        assertThat(one.reserve(first)).isInstanceOf(Verdict.Granted.class);
        assertThat(other.reserve(of(31, purse))).isEqualTo(new Verdict.Refused(purse, 30));
        Reservation second = of(30, purse);
        assertThat(other.reserve(second)).isInstanceOf(Verdict.Granted.class);

        one.budgets.settle(first, 20);
        other.budgets.settle(second, 0);
        until(() -> other.reserve(of(70, purse)) instanceof Verdict.Granted);
        assertThat(one.reserve(of(1, purse))).isEqualTo(new Verdict.Refused(purse, 0));
    }

    @Test
    void whatIsIdleElsewhereIsCalledBackAndSpentToTheLast() {
        Replica one = new Replica();
        Replica other = new Replica();
        Purse purse = purse(10_000_000_000_000_000L);
        Reservation small = of(1_000_000_000_000L, purse);
        assertThat(one.reserve(small)).isInstanceOf(Verdict.Granted.class);
        one.budgets.settle(small, 0); // and has 32 times as much idle

        assertThat(other.reserve(of(10_000_000_000_000_000L, purse))).isInstanceOf(Verdict.Granted.class);
        assertThat(one.reserve(of(1, purse))).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void millionsOfDollarsAreExact() {
        Replica one = new Replica();
        Purse purse = purse(9_000_000_000_000_000_000L);
        ledger.set(8_999_999_999_999_999_000L);

        assertThat(one.reserve(of(1_001, purse))).isEqualTo(new Verdict.Refused(purse, 1_000));
        assertThat(one.reserve(of(999, purse))).isInstanceOf(Verdict.Granted.class);
        assertThat(one.reserve(of(2, purse))).isEqualTo(new Verdict.Refused(purse, 1));
        assertThat(one.reserve(of(1, purse))).isInstanceOf(Verdict.Granted.class);
    }

    /** Many small attempts of a large budget: they are paid for out of an advance. */
    @Test
    void redisIsAskedSeldom() throws InterruptedException {
        Replica one = new Replica();
        Purse purse = purse(1_000_000_000_000_000L);
        one.reserve(of(1_000, purse));
        long before = calls(one);

        int attempts = 3_000;
        for (int i = 0; i < attempts; i++) {
            Reservation wanted = of(1_000, purse);
            assertThat(one.reserve(wanted)).isInstanceOf(Verdict.Granted.class);
            one.budgets.settle(wanted, 900);
            if (i % 3 == 0) {
                TimeUnit.MILLISECONDS.sleep(1); // some two thousand in a second
            }
        }

        assertThat(calls(one) - before).isLessThan(attempts / 20);
        until(() -> {
            Balance balance = one.budgets.balance(purse.account());
            return balance != null && balance.spent() == attempts * 900L;
        });
    }

    private static long calls(Replica replica) {
        return replica.link
                .unguarded(CALLS, List.of(), List.of())
                .await()
                .atMost(Duration.ofSeconds(5))
                .toLong();
    }

    @Test
    void withoutRedisOnlyWhatWasSetAsideIsSpentAndAfterwardsItIsCountedAgain() {
        Replica one = new Replica();
        Purse purse = purse(1_000_000);
        Reservation first = of(1_000, purse);
        assertThat(one.reserve(first)).isInstanceOf(Verdict.Granted.class);
        redis.stop();
        until(() -> !one.link.isConnected());

        long spent = 0;
        Reservation wanted = of(1_000, purse);
        while (granted(one, wanted)) {
            one.budgets.settle(wanted, 1_000);
            spent += 1_000;
            wanted = of(1_000, purse);
        }
        assertThat(spent).isEqualTo(32_000);
        assertThatThrownBy(() -> one.reserve(of(1_000, purse))).hasMessageContaining("Redis is away");

        one.budgets.settle(first, 500);
        ledger.set(10_000); // some of it has come there
        redis.start();
        until(() -> granted(one, of(1_000_000 - 10_000 - 32_500, purse)));

        ledger.set(32_500); // and now all of it: what was counted twice is corrected
        until(() -> {
            Balance balance = one.budgets.balance(purse.account());
            one.budgets.settle(of(0, purse), 0);
            return balance != null && balance.spent() == 32_500;
        });
    }

    private static boolean granted(Replica replica, Reservation wanted) {
        try {
            return replica.reserve(wanted) instanceof Verdict.Granted;
        } catch (RuntimeException away) {
            return false;
        }
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
