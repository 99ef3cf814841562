package dev.signalbox.upstream;

import dev.signalbox.upstream.OrderStore.Contents;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes operators' orders and follows those that other replicas took: what an {@link OrderStore} keeps is in force here after
 * half a second. While it is away, what is known stays in force. Without one, orders are of this process alone.
 */
@Singleton
public class OrderBook {

    private static final Logger LOG = Logger.getLogger(OrderBook.class);
    private static final long LOOK_MILLIS = 500;
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);

    /** How long a start waits for the orders before it is ready without. */
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private final @Nullable OrderStore store;
    private final Consumer<Orders> follower;
    private final Vertx vertx;
    private final Clock clock;
    private final AtomicBoolean isLooking = new AtomicBoolean();
    private final AtomicLong tickets = new AtomicLong();
    private final long startedAt = System.nanoTime();
    private volatile long adopted;
    private volatile long revision;
    private volatile Orders orders = Orders.NONE;
    private volatile boolean isAwayReported;
    private long timer = -1;

    /** For CDI. Of two places to keep orders, the one that lasts longer is used. */
    @Inject
    public OrderBook(Fleet fleet, @Any Instance<OrderStore> stores, Vertx vertx, Clock clock) {
        this(fleet::follow, best(stores), vertx, clock);
    }

    /**
     * Begins without orders.
     *
     * @param follower is told of all orders whenever some have changed
     * @param store null: orders are of this process alone
     */
    public OrderBook(Consumer<Orders> follower, @Nullable OrderStore store, Vertx vertx, Clock clock) {
        this.follower = follower;
        this.store = store;
        this.vertx = vertx;
        this.clock = clock;
    }

    private static @Nullable OrderStore best(Iterable<OrderStore> stores) {
        OrderStore best = null;
        for (OrderStore each : stores) {
            if (each.isThere() && (best == null || each.isLasting())) {
                best = each;
            }
        }
        return best;
    }

    void begin(@Observes @Priority(Integer.MAX_VALUE) StartupEvent event) {
        start();
    }

    void end(@Observes ShutdownEvent event) {
        stop();
    }

    /** Begins to follow. */
    public void start() {
        if (store != null) {
            look();
            timer = vertx.setPeriodic(LOOK_MILLIS, _ -> look());
        }
    }

    /** Follows no longer. */
    public void stop() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
    }

    /** Whether what is kept is in force, or it has been away for long enough to go on without. */
    public boolean isReady() {
        return store == null || adopted > 0 || System.nanoTime() - startedAt > PATIENCE_NANOS;
    }

    /** Takes a provider out: nobody is sent there any more, not even when nobody else is healthy; what runs there finishes. */
    public Uni<Void> drain(String provider) {
        Instant since = orders.drainedSince(provider);
        return keep(new Order.Drain(provider, since == null ? clock.instant() : since));
    }

    /** Takes a provider in again. */
    public Uni<Void> resume(String provider) {
        return lift(Order.Kind.DRAIN, provider);
    }

    /** Begins a failure drill in front of a provider, in place of one that runs. */
    public Uni<Void> drill(String provider, Fault fault) {
        return keep(new Order.Drill(provider, fault));
    }

    /** Ends a failure drill, if one runs. */
    public Uni<Void> endDrill(String provider) {
        return lift(Order.Kind.DRILL, provider);
    }

    private Uni<Void> keep(Order order) {
        OrderStore kept = store;
        return kept == null
                ? here(() -> orders = orders.with(order))
                : kept.keep(order).chain(() -> load(kept));
    }

    private Uni<Void> lift(Order.Kind kind, String provider) {
        OrderStore kept = store;
        return kept == null
                ? here(() -> orders = orders.without(kind, provider))
                : kept.lift(kind, provider).chain(() -> load(kept));
    }

    private Uni<Void> here(Runnable change) {
        synchronized (this) {
            change.run();
            follower.accept(orders);
        }
        return Uni.createFrom().voidItem();
    }

    private void look() {
        OrderStore kept = store;
        if (kept == null || !kept.isReady() || !isLooking.compareAndSet(false, true)) {
            return;
        }
        kept.revision()
                .chain(now -> adopted > 0 && now == revision ? Uni.createFrom().voidItem() : load(kept))
                .ifNoItem()
                .after(LONGEST_LOOK)
                .fail()
                .onTermination()
                .invoke(() -> isLooking.set(false))
                .subscribe()
                .with(_ -> reached(), this::away);
    }

    private void reached() {
        if (isAwayReported) {
            isAwayReported = false;
            LOG.info("drains and fault drills of other replicas can be followed again");
        }
    }

    private void away(Throwable why) {
        if (!isAwayReported) {
            isAwayReported = true;
            LOG.warnf(
                    "drains and fault drills of other replicas cannot be followed for now, those that are known stay: %s",
                    why.getMessage());
        }
    }

    private Uni<Void> load(OrderStore kept) {
        return Uni.createFrom().deferred(() -> {
            long ticket = tickets.incrementAndGet();
            return kept.read()
                    .chain(contents -> apart(() -> {
                        adopt(ticket, contents);
                        return contents;
                    }))
                    .replaceWithVoid();
        });
    }

    /** What was read later knows more, whatever its number: a store may have been put back to where it was. */
    private synchronized void adopt(long ticket, Contents contents) {
        if (ticket > adopted) {
            orders = Orders.of(contents.orders());
            revision = contents.revision();
            adopted = ticket;
            follower.accept(orders);
        }
    }

    /** On a thread that may wait: the configuration may be changing at the same time. */
    private <T> Uni<T> apart(Callable<T> work) {
        return Uni.createFrom()
                .completionStage(() -> vertx.executeBlocking(work, true).toCompletionStage());
    }
}
