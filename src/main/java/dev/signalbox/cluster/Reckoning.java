package dev.signalbox.cluster;

import dev.signalbox.limits.money.Past;
import dev.signalbox.limits.money.Purse.Account;
import dev.signalbox.limits.money.Purse.Scope;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Brings together what Redis has counted and what the ledger says. What was spent before anybody counted is found out when an
 * account is first asked for; rows that come later, of requests that a kill has cut off, are found when sheets are compared.
 *
 * <p>Of what is settled, some rows are in the ledger (each replica says how much it knows to have arrived) and some are on
 * their way. So what is in the ledger beside them lies between its sum less all that is settled, and its sum less what had
 * arrived before it was read.
 */
final class Reckoning {

    private static final Logger LOG = Logger.getLogger("signalbox.budgets");

    /** How old an epoch is before anything is opened: those who had money before have had time to say so. */
    private static final Duration YOUNG = Duration.ofSeconds(3);

    /** A sheet that somebody compared more recently is left alone. */
    private static final Duration RECENT = Duration.ofSeconds(8);

    private static final Duration FORGOTTEN = Duration.ofHours(48);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Within that time each replica that can has told what it has settled; one that was not heard for longer than that has not. */
    private static final Duration TOLD = Duration.ofMillis(2_000);

    private static final Duration LATE = Duration.ofMillis(1_500);

    private final Link link;
    private final Past past;
    private final Advances advances;
    private final Supplier<Executor> loops;
    private final Script survey = Script.of(shared() + Script.named("survey").text());
    private final Script reconcile =
            Script.of(shared() + Script.named("reconcile").text());
    private final ConcurrentHashMap<Account, Uni<Void>> opening = new ConcurrentHashMap<>();

    Reckoning(Link link, Past past, Advances advances, Supplier<Executor> loops) {
        this.link = link;
        this.past = past;
        this.advances = advances;
        this.loops = loops;
    }

    /** What all scripts about money begin with. */
    static String shared() {
        return Script.named("whole").text() + Script.named("sheet").text();
    }

    /**
     * How a sheet stands.
     *
     * @param isReady whether all who are there have told what they have
     * @param isOpened whether it is known what was spent before
     * @param round of which epoch it is, and how often it was compared
     * @param arrived what of all that is settled is in the ledger
     * @param recent since when it is compared, in milliseconds
     */
    private record Survey(boolean isReady, boolean isOpened, String round, long arrived, long recent) {
        static Survey of(Response answer) {
            return new Survey(
                    Told.is(answer.get(0)),
                    Told.is(answer.get(1)),
                    answer.get(2).toString(),
                    Told.whole(answer.get(3)),
                    Told.whole(answer.get(5)) - Told.whole(answer.get(4)));
        }
    }

    private Uni<Survey> surveyed(Account account) {
        return link.run(
                        survey,
                        List.of(Statement.THERE, Statement.sheet(account)),
                        List.of(Long.toString(YOUNG.toMillis()), Long.toString(Advances.UNSEEN.toMillis())))
                .map(Survey::of);
    }

    /** Finds out what was spent before. However many ask at the same time, the ledger is read once. */
    Uni<Void> open(List<Account> accounts) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (Account account : accounts) {
            all = all.chain(() -> opening.computeIfAbsent(
                            account, of -> opened(of).memoize().indefinitely())
                    .onTermination()
                    .invoke(() -> opening.remove(account)));
        }
        return all;
    }

    private Uni<Void> opened(Account account) {
        return Uni.createFrom()
                .deferred(() -> once(account))
                .onFailure()
                .retry()
                .withBackOff(Duration.ofMillis(50), Duration.ofMillis(500))
                .expireIn(PATIENCE.toMillis())
                .onFailure()
                .invoke(failure -> LOG.warnf("what %s has spent cannot be read: %s", account, failure.getMessage()));
    }

    private Uni<Void> once(Account account) {
        return surveyed(account).chain(found -> {
            if (found.isOpened()) {
                return Uni.createFrom().voidItem();
            }
            if (!found.isReady()) {
                return Uni.createFrom()
                        .failure(new IllegalStateException("other replicas have not yet told what they have"));
            }
            return ledger(account)
                    .chain(ledger -> reconciled(account, found, ledger))
                    .chain(done -> done
                            ? Uni.createFrom().voidItem()
                            : Uni.createFrom().failure(new IllegalStateException("another replica was faster")));
        });
    }

    /** As soon as it has the rows that this replica has settled by now. */
    private Uni<Long> ledger(Account account) {
        return past.spent(account)
                .runSubscriptionOn(loops.get())
                .onFailure()
                .retry()
                .withBackOff(Duration.ofMillis(50), Duration.ofMillis(500))
                .expireIn(PATIENCE.toMillis() / 2);
    }

    private Uni<Boolean> reconciled(Account account, Survey found, long ledger) {
        long arrived = past.isShared() ? found.arrived() : advances.arrived(account);
        boolean isExact = past.isShared() && account.scope() != Scope.PROVIDER;
        return link.run(
                        reconcile,
                        List.of(Statement.THERE, Statement.sheet(account)),
                        List.of(
                                found.round(),
                                Long.toString(arrived),
                                Long.toString(ledger),
                                isExact ? "1" : "0",
                                Long.toString(FORGOTTEN.toMillis()),
                                Long.toString(Statement.expires(account)),
                                Long.toString(LATE.toMillis()),
                                Long.toString(Advances.UNSEEN.toMillis())))
                .map(answer -> Told.is(answer.get(0)));
    }

    /** Compares what was counted with the ledger, unless somebody did of late. */
    Uni<Void> compare(List<Account> accounts) {
        Uni<Void> all = Uni.createFrom().voidItem();
        if (!past.isShared()) {
            return all;
        }
        for (Account account : accounts) {
            all = all.chain(() -> compare(account)
                    .onFailure()
                    .invoke(failure -> LOG.debugf("%s is not compared: %s", account, failure.getMessage()))
                    .onFailure()
                    .recoverWithNull());
        }
        return all;
    }

    private Uni<Void> compare(Account account) {
        return surveyed(account).chain(found -> {
            if (!found.isOpened()) { // since Redis was lost nobody had to ask
                return open(List.of(account));
            }
            if (found.recent() < RECENT.toMillis()) {
                return Uni.createFrom().voidItem();
            }
            return ledger(account)
                    .onItem()
                    .delayIt()
                    .by(TOLD)
                    .chain(ledger -> reconciled(account, found, ledger))
                    .replaceWithVoid();
        });
    }
}
