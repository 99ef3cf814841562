package dev.signalbox.cluster;

import dev.signalbox.cluster.Asking.Outcome;
import dev.signalbox.ledger.Backlog;
import dev.signalbox.limits.money.Balance;
import dev.signalbox.limits.money.Budgets;
import dev.signalbox.limits.money.LocalBudgets;
import dev.signalbox.limits.money.Overview;
import dev.signalbox.limits.money.Past;
import dev.signalbox.limits.money.Purse;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Reservation;
import dev.signalbox.limits.money.Verdict;
import dev.signalbox.telemetry.Meters;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Budgets that all replicas share. Attempts are paid out of {@link Advances}, mostly without a word to anybody; one statement at
 * a time goes to Redis, soon after something was settled and at once when somebody waits for money. Without Redis it is {@link
 * LocalBudgets}.
 */
@Singleton
@Alternative
@Priority(1)
public class SharedBudgets implements Budgets {

    private static final Logger LOG = Logger.getLogger("signalbox.budgets");
    private static final String RECALLS = "budgets-recalled";
    private static final String LEAVERS = "budgets-left";

    /** How late Redis hears what was settled: where others may wait for it, and elsewhere. */
    private static final long SOON_MILLIS = 15;

    private static final long LATER_MILLIS = 100;

    /** How long after a recall it is asked again, each time when it was refused. */
    private static final long[] AGAIN_MILLIS = {40, 80, 160};

    private static final Duration PATIENCE_WITH_REDIS = Duration.ofSeconds(2);
    private static final long BREATH_MILLIS = 50;
    private static final Duration LAST_WORD = Duration.ofMillis(500);
    private static final Duration COMPARING = Duration.ofSeconds(10);
    private static final int MOST_COMPARED = 100;
    private static final int BEATS_UNTIL_SHOWN = 5;
    private static final Duration RESTLESS = Duration.ofMinutes(10);
    private static final Duration WORTH_KEEPING = Duration.ofDays(2);

    private final Link link;
    private final Replicas replicas;
    private final LocalBudgets local;
    private final Backlog backlog;
    private final Clock clock;
    private final Vertx vertx;
    private final Advances advances;
    private final Reckoning reckoning;
    private final Overview overview;
    private final Script tell =
            Script.of(Reckoning.shared() + Script.named("budgets").text());
    private final AtomicBoolean isTelling = new AtomicBoolean();
    private final AtomicBoolean isSoon = new AtomicBoolean();
    private final AtomicBoolean isLater = new AtomicBoolean();
    private final AtomicBoolean isComparing = new AtomicBoolean();
    private volatile boolean isBeat;
    private int beats;
    private int compared;
    private volatile long restlessUntil = System.nanoTime();
    private Set<String> seen = Set.of();
    private Map<Account, Long> unarrived = Map.of();
    private @Nullable BooleanSupplier arrival;

    /** For CDI. */
    @Inject
    public SharedBudgets(
            Link link,
            Replicas replicas,
            LocalBudgets local,
            Past past,
            Backlog backlog,
            Clock clock,
            Meters meters,
            Vertx vertx) {
        this.link = link;
        this.replicas = replicas;
        this.local = local;
        this.backlog = backlog;
        this.clock = clock;
        this.vertx = vertx;
        this.advances = new Advances(replicas.self());
        this.reckoning = new Reckoning(link, past, advances, () -> ofItsOwn(vertx));
        this.overview = new Overview(meters, clock, advances::balance);
    }

    private static Executor current(Vertx vertx) {
        Context context = vertx.getOrCreateContext();
        return action -> context.runOnContext(_ -> action.run());
    }

    /** The store is read in a context that nobody else has. */
    private static Executor ofItsOwn(Vertx vertx) {
        Context own = Objects.requireNonNull(VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()));
        VertxContextSafetyToggle.setContextSafe(own, true);
        return action -> own.runOnContext(_ -> action.run());
    }

    void start(@Observes @Priority(0) StartupEvent event) {
        if (!link.isConfigured()) {
            return;
        }
        link.hear(RECALLS, names -> {
            advances.recall(List.of(names.split("\n")));
            soon();
        });
        link.hear(LEAVERS, advances::gone);
        replicas.onBeat(_ -> beat());
        vertx.setPeriodic(COMPARING.toMillis(), _ -> compare());
    }

    void stop(@Observes ShutdownEvent event) {
        if (!link.isConfigured() || !link.isConnected()) {
            return;
        }
        advances.recallAll();
        Statement last = advances.next(System.nanoTime(), false, true);
        try {
            told(last).await().atMost(LAST_WORD);
            link.publish(LEAVERS, advances.owner());
        } catch (RuntimeException e) {
            LOG.debugf("Redis was not told that this replica goes: %s", e.getMessage());
        }
    }

    @Override
    public String owner() {
        return link.isConfigured() ? advances.owner() : local.owner();
    }

    @Override
    public long deadline() {
        return Long.MAX_VALUE;
    }

    @Override
    public Uni<Verdict> reserve(Reservation wanted) {
        if (!link.isConfigured()) {
            return local.reserve(wanted);
        }
        if (advances.reserve(wanted, System.nanoTime())) {
            return Uni.createFrom().item(new Verdict.Granted());
        }
        Executor loop = current(vertx);
        return Uni.createFrom()
                .<Verdict>emitter(emitter -> {
                    var asking = new Asking(wanted, System.nanoTime());
                    emitter.onTermination(() -> advances.forget(asking));
                    asking.answer().whenComplete((verdict, failure) -> {
                        if (failure == null) {
                            emitter.complete(verdict);
                        } else {
                            emitter.fail(failure);
                        }
                    });
                    ask(asking);
                })
                .emitOn(loop);
    }

    private void ask(Asking asking) {
        advances.ask(asking);
        pump();
    }

    @Override
    public void settle(Reservation settled, long actual) {
        if (!link.isConfigured()) {
            local.settle(settled, actual);
            return;
        }
        settled.purses().forEach(overview::show);
        if (advances.settle(settled, actual, System.nanoTime())) {
            soon();
        } else {
            later();
        }
    }

    @Override
    public @Nullable Balance balance(Account account) {
        return link.isConfigured() ? advances.balance(account) : local.balance(account);
    }

    private void soon() {
        if (isSoon.compareAndSet(false, true)) {
            vertx.setTimer(SOON_MILLIS, _ -> {
                isSoon.set(false);
                pump();
            });
        }
    }

    private void later() {
        if (!isSoon.get() && isLater.compareAndSet(false, true)) {
            vertx.setTimer(LATER_MILLIS, _ -> {
                isLater.set(false);
                pump();
            });
        }
    }

    /** Tells what there is to tell. While one statement is under way, what comes waits for its end and goes together. */
    private void pump() {
        if ((!advances.hasNews() && !isBeat) || !isTelling.compareAndSet(false, true)) {
            return;
        }
        boolean lists = isBeat;
        isBeat = false;
        Statement statement = advances.next(System.nanoTime(), lists, false);
        deliver();
        told(statement)
                .subscribe()
                .with(
                        told -> {
                            heard(statement, told);
                            goOn(0);
                        },
                        failure -> {
                            unheard(statement, failure);
                            goOn(BREATH_MILLIS);
                        });
    }

    private Uni<Told> told(Statement statement) {
        return link.run(
                        tell,
                        statement.keys(),
                        statement.arguments(UUID.randomUUID().toString(), Advances.UNSEEN, Advances.GONE))
                .map(Told::of);
    }

    private void heard(Statement statement, Told told) {
        for (Statement.Line line : advances.heard(statement, told, System.nanoTime())) {
            overview.warn(new Purse(line.account(), line.limit()));
        }
        deliver();
    }

    private void unheard(Statement statement, Throwable failure) {
        LOG.debugf("budgets: %s", failure.getMessage());
        advances.unheard(statement);
        boolean mayCome = link.isConnected() || !advances.wasHeard();
        long patience = mayCome ? PATIENCE_WITH_REDIS.toNanos() : 0;
        for (Asking one : advances.giveUp(System.nanoTime() - patience)) {
            one.answer()
                    .completeExceptionally(
                            new IllegalStateException("Redis is away, and what was set aside before does not hold it"));
        }
    }

    private void goOn(long pause) {
        isTelling.set(false);
        if (pause > 0) {
            if (advances.isAsking()) {
                vertx.setTimer(pause, _ -> pump());
            }
        } else if (advances.isAsking() || isBeat) {
            pump();
        } else if (advances.hasNews()) {
            later();
        }
    }

    private void deliver() {
        Set<String> recalled = new HashSet<>();
        for (Outcome outcome : advances.outcomes()) {
            Asking asking = outcome.asking();
            switch (outcome) {
                case Outcome.Decided(var _, var verdict) -> asking.answer().complete(verdict);
                case Outcome.Wanting(var _, var verdict, var idle) -> {
                    int refusals = asking.refused();
                    // what is under way elsewhere comes back by itself: it may just have
                    if (refusals > (idle.isEmpty() ? 1 : AGAIN_MILLIS.length)) {
                        asking.answer().complete(verdict);
                    } else {
                        idle.forEach(account -> recalled.add(account.toString()));
                        vertx.setTimer(AGAIN_MILLIS[refusals - 1], _ -> ask(asking));
                    }
                }
                case Outcome.Unopened(var _, var accounts) ->
                    reckoning.open(accounts).subscribe().with(_ -> ask(asking), asking.answer()::completeExceptionally);
            }
        }
        if (!recalled.isEmpty()) {
            link.publish(RECALLS, String.join("\n", recalled));
        }
    }

    /** Redis was heard: it hears what there is, or at least that this replica is there. */
    private void beat() {
        if (++beats % BEATS_UNTIL_SHOWN == 0) {
            advances.look(overview.shown());
            advances.forget(clock.instant().minus(WORTH_KEEPING));
        }
        notice();
        isBeat = true;
        pump();
    }

    /**
     * Notes what of the settled money is in the ledger. A row goes into the journal right after its money is settled; so what
     * was settled until the beat before has its row on the way by now.
     */
    private void notice() {
        BooleanSupplier isThere = arrival;
        if (isThere == null) {
            arrival = unarrived.isEmpty() ? null : backlog.arrival();
            if (arrival == null) {
                unarrived = advances.unarrived();
            }
        } else if (isThere.getAsBoolean()) {
            advances.arrived(unarrived);
            unarrived = advances.unarrived();
            arrival = null;
        }
        Set<String> now = advances.others(System.nanoTime());
        if (!now.containsAll(seen)) {
            restlessUntil = System.nanoTime() + RESTLESS.toNanos();
        }
        seen = now;
    }

    /** Accounts of use are compared with the ledger, in turn when there are many. */
    private void compare() {
        if (!link.isConnected() || !isComparing.compareAndSet(false, true)) {
            return;
        }
        long now = System.nanoTime();
        List<Account> all = advances.active(now - restlessUntil < 0, now);
        List<Account> some = new ArrayList<>();
        for (int i = 0; i < Math.min(all.size(), MOST_COMPARED); i++) {
            some.add(all.get(Math.floorMod(compared++, all.size())));
        }
        reckoning
                .compare(some)
                .onTermination()
                .invoke(() -> isComparing.set(false))
                .subscribe()
                .with(_ -> {}, failure -> LOG.debugf("not compared: %s", failure.getMessage()));
    }
}
