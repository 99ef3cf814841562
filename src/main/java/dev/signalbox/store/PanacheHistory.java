package dev.signalbox.store;

import dev.signalbox.chat.SignalboxException;
import dev.signalbox.history.History;
import dev.signalbox.history.Kept;
import dev.signalbox.history.RecentHistory;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Responses in the store, where every replica finds them, for 30 days. While the store is away new ones are kept in this
 * process's memory, and what is in the store cannot be gone on from.
 */
@ApplicationScoped
@Typed(PanacheHistory.class)
public class PanacheHistory implements History {

    private static final Logger LOG = Logger.getLogger(PanacheHistory.class);
    private static final Duration BETWEEN_DELETIONS = Duration.ofHours(1);

    private final ResponseTable table;
    private final Store store;
    private final RecentHistory meanwhile;
    private final Vertx vertx;
    private final Clock clock;
    private final AtomicReference<Instant> lastDeletion = new AtomicReference<>(Instant.EPOCH);
    private volatile boolean isAwayReported;

    PanacheHistory(ResponseTable table, Store store, RecentHistory meanwhile, Vertx vertx, Clock clock) {
        this.table = table;
        this.store = store;
        this.meanwhile = meanwhile;
        this.vertx = vertx;
        this.clock = clock;
    }

    @Override
    public Uni<Void> keep(Kept response) {
        if (!store.isReady()) {
            return keepMeanwhile(response, "it is being started");
        }
        return apart(() -> table.insert(response))
                .invoke(_ -> {
                    isAwayReported = false;
                    deleteOld();
                })
                .replaceWithVoid()
                .onFailure()
                .recoverWithUni(failure -> keepMeanwhile(response, String.valueOf(failure)));
    }

    private Uni<Void> keepMeanwhile(Kept response, String why) {
        if (!isAwayReported) {
            isAwayReported = true;
            LOG.warnf("the store does not take responses, which are kept in memory meanwhile: %s", why);
        }
        return meanwhile.keep(response);
    }

    private void deleteOld() {
        Instant last = lastDeletion.get();
        Instant now = clock.instant();
        if (now.isAfter(last.plus(BETWEEN_DELETIONS)) && lastDeletion.compareAndSet(last, now)) {
            OffsetDateTime limit = OffsetDateTime.ofInstant(now.minus(KEPT_FOR), ZoneOffset.UTC);
            apart(() -> table.deleteBefore(limit))
                    .subscribe()
                    .with(_ -> {}, failure -> LOG.warnf("old responses cannot be deleted: %s", failure));
        }
    }

    @Override
    public Uni<@Nullable Kept> find(String owner, String id) {
        return meanwhile
                .find(owner, id)
                .chain(here -> here != null || !Texts.canBe(id)
                        ? Uni.createFrom().<@Nullable Kept>item(here)
                        : reading(() -> table.row(owner, id)).map(rows -> rows.isEmpty() ? null : rows.getFirst()));
    }

    @Override
    public Uni<List<Kept>> chain(String owner, String id) {
        return meanwhile.chain(owner, id).chain(here -> {
            String next = here.isEmpty() ? id : here.getLast().previous();
            return next == null || !Texts.canBe(next)
                    ? Uni.createFrom().item(here)
                    : reading(() -> table.chain(owner, next)).map(there -> joined(here, there));
        });
    }

    @Override
    public Uni<List<Kept>> holding(String owner, Set<String> items) {
        Set<String> possible = items.stream().filter(Texts::canBe).collect(Collectors.toUnmodifiableSet());
        return meanwhile
                .holding(owner, possible)
                .chain(here -> reading(() -> table.holding(owner, possible)).map(there -> joined(here, there)));
    }

    private static List<Kept> joined(List<Kept> here, List<Kept> there) {
        var all = new ArrayList<>(here);
        all.addAll(there);
        return all;
    }

    @Override
    public Uni<Boolean> forget(String owner, String id) {
        return meanwhile
                .forget(owner, id)
                .chain(here -> here || !Texts.canBe(id)
                        ? Uni.createFrom().item(here)
                        : answering(() -> table.delete(owner, id)).map(count -> count > 0));
    }

    private Uni<List<Kept>> reading(Supplier<Uni<List<ResponseRow>>> read) {
        return answering(read).map(rows -> {
            Instant limit = clock.instant().minus(KEPT_FOR);
            return rows.stream()
                    .map(ResponseRow::kept)
                    .takeWhile(kept -> kept.time().isAfter(limit))
                    .toList();
        });
    }

    private <T> Uni<T> answering(Supplier<Uni<T>> work) {
        if (!store.isReady()) {
            return Uni.createFrom().failure(unavailable("it is being started"));
        }
        return apart(work).onFailure().transform(failure -> {
            if (!(failure instanceof CircuitBreakerOpenException)) {
                LOG.warnf("responses cannot be looked up in the store: %s", failure);
            }
            return unavailable("it cannot be reached");
        });
    }

    private static SignalboxException unavailable(String why) {
        return new SignalboxException(
                503,
                "store_unavailable",
                "earlier responses cannot be looked up, since the store does not answer: " + why,
                null,
                List.of(),
                Duration.ofSeconds(1));
    }

    private <T> Uni<T> apart(Supplier<Uni<T>> work) {
        return Apart.on(vertx, work);
    }
}
