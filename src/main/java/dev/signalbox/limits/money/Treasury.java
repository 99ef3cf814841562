package dev.signalbox.limits.money;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Claim;
import dev.signalbox.chat.Cost;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Trail.Served;
import dev.signalbox.limits.money.Decision.Refused;
import dev.signalbox.limits.money.Decision.Why;
import dev.signalbox.limits.money.MoneyConfig.PricingUnknown;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Purse.Scope;
import dev.signalbox.telemetry.Meters;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Sets money aside for attempts before they are made: the worst case of each, in every purse that would have to pay. */
@Singleton
public class Treasury {

    private static final Logger LOG = Logger.getLogger("signalbox.budgets");

    /** How long it may take until what was spent before can be read. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final Decision FREE = new Decision.Granted(null);
    private static final Uni<Decision> FREE_AT_ONCE = Uni.createFrom().item(FREE);

    private final Budgets budgets;
    private final Allowances allowances;
    private final Meters meters;
    private final Clock clock;
    private final boolean denies;
    private final AtomicLong attempts = new AtomicLong();

    /** For CDI. */
    public Treasury(Budgets budgets, Allowances allowances, MoneyConfig config, Meters meters, Clock clock) {
        this.budgets = budgets;
        this.allowances = allowances;
        this.meters = meters;
        this.clock = clock;
        this.denies = config.pricingUnknown() == PricingUnknown.DENY;
    }

    /**
     * What an attempt would be.
     *
     * @param label the deployment's name in metrics
     * @param sent the body that would be sent
     * @param unsaid paths in the caller's body that are not in it
     */
    public record Attempted(
            Exchange exchange,
            ProviderEntry provider,
            DeploymentEntry deployment,
            Served served,
            String label,
            Sent sent,
            List<String> unsaid) {

        /** Bytes that nobody changes. */
        @SuppressWarnings("ArrayRecordComponent")
        public record Sent(byte[] body) {}

        private boolean isFree() {
            return exchange.operation() == Operation.COUNT_TOKENS;
        }

        private WorstCase worst() {
            return WorstCase.of(
                    exchange, deployment, Objects.requireNonNull(deployment.tariff()), sent.body(), unsaid, usual());
        }

        private @Nullable Long usual() {
            return provider.defaults().get("max_tokens") instanceof JsonNode node && node.canConvertToLong()
                    ? node.longValue()
                    : null;
        }
    }

    /** Whether anybody has an eye on what that costs. */
    public boolean counts(Exchange exchange, ProviderEntry provider, DeploymentEntry deployment) {
        var limits = provider.limits();
        return deployment.tariff() == null
                || limits.requestCost() != null
                || limits.dailyCost() != null
                || !allowances.of(exchange.caller(), exchange.time()).isEmpty();
    }

    /** Sets aside what the attempt can cost at most; on the caller's own event loop. */
    public Uni<Decision> admit(Attempted attempt) {
        if (attempt.isFree()) {
            return FREE_AT_ONCE;
        }
        if (attempt.deployment().tariff() == null) {
            return Uni.createFrom().item(unpriced(attempt));
        }
        WorstCase worst = attempt.worst();
        Refused tooDear = above(attempt, worst);
        if (tooDear != null) {
            return Uni.createFrom().item(tooDear);
        }
        List<Purse> purses = purses(attempt);
        if (purses.isEmpty()) {
            return FREE_AT_ONCE;
        }
        var wanted = new Reservation(
                attempt.exchange().id() + "/" + attempts.incrementAndGet(),
                budgets.owner(),
                budgets.deadline(),
                purses,
                worst.picos());
        return budgets.reserve(wanted)
                .map(verdict -> decide(attempt, wanted, worst, verdict))
                .onFailure()
                .recoverWithItem(failure -> new Refused(
                        Why.UNREADABLE,
                        "what was spent before cannot be read now: " + failure.getMessage(),
                        SOON,
                        false));
    }

    /** Why the attempt would not be made now, as far as that is known; null: it would be. Nothing is set aside. */
    public @Nullable Refused refusal(Attempted attempt) {
        if (attempt.isFree()) {
            return null;
        }
        if (attempt.deployment().tariff() == null) {
            return denies ? denied(attempt) : null;
        }
        WorstCase worst = attempt.worst();
        Refused tooDear = above(attempt, worst);
        if (tooDear != null) {
            return tooDear;
        }
        for (Purse purse : purses(attempt)) {
            Balance now = budgets.balance(purse.account());
            long left = now == null ? purse.limit() : now.left(purse.limit());
            if (left < worst.picos() || left == 0) {
                return refused(attempt, worst, purse, left);
            }
        }
        return null;
    }

    private Decision unpriced(Attempted attempt) {
        meters.unpriced(attempt.label());
        return denies ? denied(attempt) : FREE;
    }

    private static Refused denied(Attempted attempt) {
        return new Refused(
                Why.UNPRICED,
                "the price of model '" + attempt.exchange().model()
                        + "' is unknown, and only models with a price are asked",
                null,
                false);
    }

    private static @Nullable Refused above(Attempted attempt, WorstCase worst) {
        Long most = attempt.provider().limits().requestCost();
        return most == null || worst.picos() <= most
                ? null
                : new Refused(
                        Why.REQUEST,
                        "the request can cost up to " + usd(worst.picos()) + " USD, and one request may cost "
                                + usd(most)
                                + " USD at its provider; ask for fewer tokens: there is nothing to wait for",
                        null,
                        false);
    }

    private List<Purse> purses(Attempted attempt) {
        Exchange exchange = attempt.exchange();
        List<Purse> callers = allowances.of(exchange.caller(), exchange.time());
        ProviderEntry provider = attempt.provider();
        Long daily = provider.limits().dailyCost();
        if (daily == null) {
            return callers;
        }
        List<Purse> all = new ArrayList<>(callers);
        all.add(Purse.of(Scope.PROVIDER, provider.name(), new Budget(daily, Window.DAY), exchange.time()));
        return all;
    }

    private Decision decide(Attempted attempt, Reservation wanted, WorstCase worst, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Granted _ -> new Decision.Granted(new Held(attempt.served(), wanted, worst));
            case Verdict.Refused(var purse, long left) -> refused(attempt, worst, purse, left);
            case Verdict.Unopened _, Verdict.Void _ ->
                new Refused(Why.UNREADABLE, "what was spent before is not known yet", SOON, false);
        };
    }

    private Refused refused(Attempted attempt, WorstCase worst, Purse purse, long left) {
        Account account = purse.account();
        Instant resets = account.resets();
        Scope scope = account.scope();
        String name =
                scope == Scope.KEY ? String.valueOf(attempt.exchange().caller().keyName()) : account.who();
        String message = "the budget of " + scope.code() + " '" + name + "', " + usd(purse.limit()) + " USD "
                + per(account.window()) + ", has " + usd(left) + " USD left, and the request can cost up to "
                + usd(worst.picos()) + " USD; "
                + (resets == null ? "it is not renewed" : "it begins anew at " + resets);
        Duration wait = resets == null ? null : Duration.between(clock.instant(), resets);
        return new Refused(
                scope == Scope.PROVIDER ? Why.PROVIDER : Why.CALLER,
                message,
                wait == null || wait.isNegative() ? null : wait,
                left == 0);
    }

    private static String per(Window window) {
        return window == Window.TOTAL ? "in all" : "a " + window.code();
    }

    private static String usd(long picos) {
        return picos == Long.MAX_VALUE ? "millions of" : new Cost(picos).toString();
    }

    /** A reservation on its way to its settlement. */
    private final class Held implements Claim {
        private final Served by;
        private final Reservation reservation;
        private final WorstCase worst;
        private boolean open = true;

        Held(Served by, Reservation reservation, WorstCase worst) {
            this.by = by;
            this.reservation = reservation;
            this.worst = worst;
        }

        @Override
        public Served by() {
            return by;
        }

        @Override
        public long mostOutput() {
            return worst.outputTokens();
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void settle(long picos) {
            if (open) {
                open = false;
                if (picos > worst.picos()) {
                    LOG.warnf(
                            "an answer of %s cost %s USD, and at most %s were expected: the vendor counts more than it"
                                    + " can",
                            by.deployment(), new Cost(picos), new Cost(worst.picos()));
                }
                budgets.settle(reservation, picos);
            } else {
                budgets.settle(
                        new Reservation(
                                reservation.id() + "+" + attempts.incrementAndGet(),
                                reservation.owner(),
                                reservation.deadline(),
                                reservation.purses(),
                                0),
                        picos);
            }
        }

        @Override
        public void giveBack() {
            if (open) {
                settle(0);
            }
        }
    }
}
