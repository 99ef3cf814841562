package dev.signalbox.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.catalogue.Capabilities;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Claim;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.QuietReply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Trail.Served;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.ledger.Entry;
import dev.signalbox.ledger.Intent;
import dev.signalbox.ledger.Ledger;
import dev.signalbox.ledger.Metering;
import dev.signalbox.limits.money.Balance;
import dev.signalbox.limits.money.Book;
import dev.signalbox.limits.money.Budget;
import dev.signalbox.limits.money.Budgets;
import dev.signalbox.limits.money.Decision;
import dev.signalbox.limits.money.Decision.Refused;
import dev.signalbox.limits.money.Decision.Why;
import dev.signalbox.limits.money.MoneyConfig.PricingUnknown;
import dev.signalbox.limits.money.Purse;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Purse.Scope;
import dev.signalbox.limits.money.Reservation;
import dev.signalbox.limits.money.Treasury;
import dev.signalbox.limits.money.Treasury.Attempted;
import dev.signalbox.limits.money.Verdict;
import dev.signalbox.limits.money.Window;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Money on its way: what an attempt reserves, what its row costs, and what is left, for every end that an attempt can have. */
class MoneyPathTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);
    private static final Tariff DOLLAR = Tariff.of(new Price(BigDecimal.ONE, BigDecimal.ONE, null, null));
    private static final long TOKEN = 1_000_000;
    private static final Purse KEY = Purse.of(Scope.KEY, "key_1", new Budget(1_000 * TOKEN, Window.DAY), NOON);

    private final Book book = new Book(0);
    private final List<Entry> rows = new ArrayList<>();
    private final Meters meters = new Meters(new SimpleMeterRegistry());
    private final Exchange exchange = exchange();
    private final QuietReply reply = new QuietReply();
    private final Metering metering = new Metering(exchange, reply, ledger(), meters);
    private final Treasury treasury = treasury(PricingUnknown.WARN);

    MoneyPathTest() {
        book.open(KEY.account(), 0);
    }

    private final class Direct implements Budgets {
        @Override
        public String owner() {
            return "test";
        }

        @Override
        public long deadline() {
            return Long.MAX_VALUE;
        }

        @Override
        public Uni<Verdict> reserve(Reservation wanted) {
            Verdict verdict = book.reserve(wanted, 1);
            if (verdict instanceof Verdict.Unopened(List<Account> accounts)) {
                accounts.forEach(account -> book.open(account, 0));
                verdict = book.reserve(wanted, 1);
            }
            return Uni.createFrom().item(verdict);
        }

        @Override
        public void settle(Reservation settled, long actual) {
            book.settle(settled, actual, 1);
        }

        @Override
        public @Nullable Balance balance(Account account) {
            return book.balance(account);
        }
    }

    private Treasury treasury(PricingUnknown unknown) {
        return new Treasury(new Direct(), (_, _) -> List.of(KEY), () -> unknown, meters, CLOCK);
    }

    private Ledger ledger() {
        return new Ledger() {
            @Override
            public void intend(Intent intent) {}

            @Override
            public void settle(Entry entry) {
                rows.add(entry);
            }

            @Override
            public boolean isWritable() {
                return true;
            }
        };
    }

    /** 40 letters, at most 100 tokens of an answer. */
    private static Exchange exchange() {
        Body body =
                Body.parse("{\"model\":\"m\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                        .formatted("x".repeat(40))
                        .getBytes(UTF_8));
        var caller = new Caller("key_1", "ci", null, List.of(), Set.of(), null, null);
        var arrival = new Exchange.Arrival("req_1", NOON, 1, caller, Controls.NONE, Map.of());
        return new Exchange(
                arrival, "openai", Operation.CHAT, "m", true, true, body, () -> new OpenAiDialect().decode(body), null);
    }

    private static Attempted attempted(
            Exchange exchange, String provider, @Nullable Tariff tariff, @Nullable Long request, @Nullable Long daily) {
        var at = new ProviderEntry(
                provider,
                "openai-compatible",
                "http://127.0.0.1:1/v1",
                List.of(),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                2,
                1,
                Map.of(),
                Map.of(),
                new ProviderEntry.Circuit(0.5, 20, Duration.ofSeconds(30), 2),
                Map.of(),
                ProviderEntry.Cloud.NONE,
                ProviderEntry.Ranking.DEFAULT,
                new ProviderEntry.Limits(null, null, null, 0, request, daily),
                ProviderEntry.HealthCheck.DEFAULT);
        var entry = new DeploymentEntry(provider, "up", 1, 1, tariff, null, null, Capabilities.UNKNOWN, Set.of());
        return new Attempted(
                exchange,
                at,
                entry,
                new Served(provider, "up", tariff),
                provider + "/up",
                new Attempted.Sent(exchange.body().bytes()),
                List.of());
    }

    private Decision admit(String provider) {
        return admit(treasury, attempted(exchange, provider, DOLLAR, null, null));
    }

    private static Decision admit(Treasury treasury, Attempted attempt) {
        return treasury.admit(attempt).subscribeAsCompletionStage().getNow(null);
    }

    /** An attempt is let in and made. */
    private Served dispatched(String provider) {
        assertThat(admit(provider)).isInstanceOfSatisfying(Decision.Granted.class, granted -> {
            Claim claim = granted.claim();
            assertThat(claim).isNotNull();
            assertThat(exchange.trail().claimed(claim)).isTrue();
        });
        var served = new Served(provider, "up", DOLLAR);
        exchange.trail().dispatched(served, 1);
        return served;
    }

    private long worst() {
        return (exchange.body().bytes().length + 100) * TOKEN;
    }

    private Balance balance() {
        return book.balance(KEY.account());
    }

    private void assertSettled(long tokens) {
        assertThat(balance()).isEqualTo(new Balance(tokens * TOKEN, 0));
        assertThat(rows)
                .singleElement()
                .satisfies(row -> assertThat(row.cost().picos())
                        .as("the row says the same")
                        .isEqualTo(tokens * TOKEN));
    }

    @Test
    void anAnswer() {
        dispatched("a");
        assertThat(balance()).isEqualTo(new Balance(0, worst()));
        metering.begin();
        metering.event(new ChatEvent.Text("y"));
        metering.event(new ChatEvent.Used(new Usage(30, 0, 0, 2, 0)));
        metering.complete();

        assertSettled(32);
    }

    @Test
    void anError() {
        dispatched("a");
        metering.fail(new SignalboxException(503, "all_providers_exhausted", "no", null));

        assertSettled(0);
    }

    @Test
    void aHangUpBeforeTheFirstToken() {
        dispatched("a");
        metering.fail(new SignalboxException(499, "caller_gone", "gone", null));

        // 40 letters are 10 tokens, and 4 for the message
        assertSettled(14);
    }

    @Test
    void aStreamThatBrokeIsNeverDearerThanWhatWasReserved() {
        dispatched("a");
        metering.begin();
        metering.event(new ChatEvent.Text("y".repeat(4_000)));
        metering.fail(new SignalboxException(502, "stream_broken", "it broke", null));

        // a thousand tokens by their length, but no more than a hundred were to be had
        assertSettled(14 + 100);
    }

    @Test
    void aContinuationIsPaidForBesideWhatItContinues() {
        dispatched("a");
        metering.begin();
        metering.event(new ChatEvent.Text("y".repeat(20)));
        assertThat(metering.resume(List.of())).isTrue();
        dispatched("b");
        assertThat(balance()).isEqualTo(new Balance(0, 2 * worst()));
        metering.event(new ChatEvent.Text("y"));
        metering.event(new ChatEvent.Used(new Usage(30, 0, 0, 2, 0)));
        metering.complete();

        assertSettled(14 + 5 + 30 + 2);
    }

    @Test
    void aRaceIsPaidForByBoth() {
        Served loser = dispatched("a");
        dispatched("b");
        exchange.trail().spent(loser, null);
        metering.begin();
        metering.event(new ChatEvent.Text("y"));
        metering.event(new ChatEvent.Used(new Usage(30, 0, 0, 2, 0)));
        metering.complete();

        assertSettled(14 + 32);
    }

    @Test
    void whatWasGivenBackAndIsOwedAfterAllIsCounted() {
        dispatched("a");
        Decision second = admit("b");
        ((Decision.Granted) second).claim().giveBack();
        exchange.trail().claimed(((Decision.Granted) second).claim());
        exchange.trail().spent(new Served("b", "up", DOLLAR), new Usage(5, 0, 0, 0, 0));
        metering.begin();
        metering.event(new ChatEvent.Used(new Usage(30, 0, 0, 2, 0)));
        metering.complete();

        assertSettled(5 + 32);
    }

    @Test
    void nothingIsSetAsideOnceAllIsPaid() {
        dispatched("a");
        Decision late = admit("b");
        metering.begin();
        metering.event(new ChatEvent.Used(new Usage(30, 0, 0, 2, 0)));
        metering.complete();

        assertThat(exchange.trail().claimed(((Decision.Granted) late).claim())).isFalse();
        assertSettled(32);
    }

    @Test
    void aPurseHoldsOnlySoMany() {
        int granted = 0;
        while (admit("a") instanceof Decision.Granted) {
            granted++;
        }

        assertThat(granted).isEqualTo((int) (1_000 * TOKEN / worst()));
        assertThat(admit("a")).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.why()).isEqualTo(Why.CALLER);
            assertThat(refused.message())
                    .contains("key 'ci'", "0.001 USD a day", "begins anew at 2026-06-02T00:00:00Z");
            assertThat(refused.pause()).isEqualTo(Duration.ofHours(12));
        });
    }

    private SignalboxException impossible(Refused... all) {
        var excluded = new Exclusions(exchange, new Demand(exchange));
        for (Refused refused : all) {
            excluded.unaffordable(attempted(exchange, "a", DOLLAR, null, null).deployment(), refused);
        }
        return excluded.impossible("m");
    }

    @Test
    void theCallersOwnBudgetIs402() {
        book.open(KEY.account(), 0);
        while (admit("a") instanceof Decision.Granted) {
            // until nothing is left
        }
        SignalboxException told = impossible((Refused) admit("a"));

        assertThat(told.status()).isEqualTo(402);
        assertThat(told.code()).isEqualTo("budget_exceeded");
        assertThat(told.retryAfter()).isEqualTo(Duration.ofHours(12));
    }

    @Test
    void whatARequestMayCostIs402() {
        Decision decision = admit(treasury, attempted(exchange, "a", DOLLAR, worst() - 1, null));
        assertThat(admit(treasury, attempted(exchange, "a", DOLLAR, worst(), null)))
                .isInstanceOf(Decision.Granted.class);

        SignalboxException told = impossible((Refused) decision);
        assertThat(told.status()).isEqualTo(402);
        assertThat(told.retryAfter()).isNull();
    }

    @Test
    void aProvidersDayIsNobodysFault() {
        Decision decision = admit(treasury, attempted(exchange, "a", DOLLAR, null, worst() - 1));

        assertThat(decision)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.why()).isEqualTo(Why.PROVIDER));
        assertThat(impossible((Refused) decision)).as("it is only unavailable").isNull();
        assertThat(balance()).isEqualTo(new Balance(0, 0));
    }

    @Test
    void whatHasNoPriceIsLetPassOrNot() {
        Attempted unpriced = attempted(exchange, "a", null, null, null);

        assertThat(admit(treasury, unpriced)).isEqualTo(new Decision.Granted(null));
        Decision denied = admit(treasury(PricingUnknown.DENY), unpriced);
        SignalboxException told = impossible((Refused) denied);
        assertThat(told.status()).isEqualTo(400);
        assertThat(told.code()).isEqualTo("pricing_unknown");
    }
}
