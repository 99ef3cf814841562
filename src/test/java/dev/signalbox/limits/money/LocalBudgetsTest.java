package dev.signalbox.limits.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.limits.money.Purse.Scope;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LocalBudgetsTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger numbers = new AtomicInteger();

    private LocalBudgets budgets(Past past) {
        return new LocalBudgets(past, Clock.fixed(NOON, ZoneOffset.UTC), new Meters(registry), () -> Runnable::run);
    }

    private static Purse purse(Scope scope, long limit, Window window) {
        return Purse.of(scope, "x", new Budget(limit, window), NOON);
    }

    private Reservation reservation(long amount, Purse... purses) {
        return new Reservation("r" + numbers.incrementAndGet(), "local", Long.MAX_VALUE, List.of(purses), amount);
    }

    private static Verdict now(Uni<Verdict> verdict) {
        return verdict.subscribeAsCompletionStage().getNow(null);
    }

    @Test
    void whatTheLedgerSaysWasSpentBeforeIsSpent() {
        Purse purse = purse(Scope.KEY, 100, Window.DAY);
        LocalBudgets budgets = budgets(_ -> Uni.createFrom().item(70L));

        assertThat(now(budgets.reserve(reservation(31, purse)))).isEqualTo(new Verdict.Refused(purse, 30));
        assertThat(now(budgets.reserve(reservation(30, purse)))).isInstanceOf(Verdict.Granted.class);
        assertThat(budgets.balance(purse.account())).isEqualTo(new Balance(70, 30));
    }

    @Test
    void theLedgerIsReadOnceHoweverManyAsk() {
        Purse purse = purse(Scope.KEY, 100, Window.TOTAL);
        List<UniEmitter<? super Long>> asked = new ArrayList<>();
        LocalBudgets budgets = budgets(_ -> Uni.createFrom().emitter(asked::add));

        var first = budgets.reserve(reservation(60, purse)).subscribeAsCompletionStage();
        var second = budgets.reserve(reservation(60, purse)).subscribeAsCompletionStage();
        assertThat(asked).hasSize(1);
        assertThat(first.isDone()).isFalse();
        asked.getFirst().complete(0L);

        assertThat(first.getNow(null)).isInstanceOf(Verdict.Granted.class);
        assertThat(second.getNow(null)).isEqualTo(new Verdict.Refused(purse, 40));
    }

    @Test
    void ofSeveralPursesAllOrNonePay() {
        Purse key = purse(Scope.KEY, 100, Window.DAY);
        Purse team = purse(Scope.TEAM, 50, Window.MONTH);
        LocalBudgets budgets = budgets(_ -> Uni.createFrom().item(0L));

        assertThat(now(budgets.reserve(reservation(60, key, team)))).isEqualTo(new Verdict.Refused(team, 50));
        assertThat(budgets.balance(key.account())).isEqualTo(new Balance(0, 0));
        assertThat(now(budgets.reserve(reservation(101, key, team))))
                .as("the one that begins anew last binds")
                .isEqualTo(new Verdict.Refused(team, 50));
    }

    @Test
    void whatWasSetAsideBecomesWhatItCost() {
        Purse purse = purse(Scope.PROVIDER, 1_000_000_000_000L, Window.DAY);
        LocalBudgets budgets = budgets(_ -> Uni.createFrom().item(0L));
        Reservation wanted = reservation(400_000_000_000L, purse);
        now(budgets.reserve(wanted));

        budgets.settle(wanted, 250_000_000_000L);

        assertThat(budgets.balance(purse.account())).isEqualTo(new Balance(250_000_000_000L, 0));
        assertThat(registry.get("signalbox_budget_remaining_usd")
                        .tag("scope", "provider")
                        .tag("name", "x")
                        .gauge()
                        .value())
                .isEqualTo(0.75);
    }

    @Test
    void fourFifthsAreToldOnce() {
        Book book = new Book(0);
        Purse purse = purse(Scope.TEAM, 100, Window.DAY);
        book.open(purse.account(), 0);
        Reservation first = reservation(79, purse);
        Reservation second = reservation(10, purse);
        Reservation third = reservation(10, purse);
        book.reserve(first, 1);
        book.reserve(second, 1);
        book.reserve(third, 1);

        assertThat(book.settle(first, 79, 1)).isEmpty();
        assertThat(book.settle(second, 1, 1)).containsExactly(purse);
        assertThat(book.settle(third, 10, 1)).isEmpty();
    }

    @Test
    void anotherWindowIsAnotherAccount() {
        Budget budget = new Budget(10, Window.DAY);
        Book book = new Book(0);
        Purse today = Purse.of(Scope.KEY, "x", budget, NOON);
        Purse tomorrow = Purse.of(Scope.KEY, "x", budget, NOON.plusSeconds(43_200));
        book.open(today.account(), 10);
        book.open(tomorrow.account(), 0);

        assertThat(book.reserve(reservation(1, today), 1)).isEqualTo(new Verdict.Refused(today, 0));
        assertThat(book.reserve(reservation(1, tomorrow), 1)).isInstanceOf(Verdict.Granted.class);
        assertThat(today.account().resets()).isEqualTo(tomorrow.account().begin());

        book.forget(tomorrow.account().begin().toEpochMilli() + 1);
        assertThat(book.balance(today.account())).isNull();
        assertThat(book.balance(tomorrow.account())).isEqualTo(new Balance(0, 1));
    }

    @Test
    void whatNobodyCanHoldIsRefusedAndNotRoundedAway() {
        Purse purse = purse(Scope.KEY, Long.MAX_VALUE, Window.DAY);
        Book book = new Book(0);
        book.open(purse.account(), 1);

        assertThat(book.reserve(reservation(Long.MAX_VALUE, purse), 1)).isInstanceOf(Verdict.Refused.class);
        assertThatThrownBy(() -> reservation(-1, purse)).isInstanceOf(IllegalArgumentException.class);
    }
}
