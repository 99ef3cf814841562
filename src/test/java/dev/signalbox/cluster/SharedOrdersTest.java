package dev.signalbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.chat.SignalboxException;
import dev.signalbox.upstream.Breakdown;
import dev.signalbox.upstream.Fault;
import dev.signalbox.upstream.Order;
import dev.signalbox.upstream.OrderBook;
import dev.signalbox.upstream.Orders;
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
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two replicas without a store follow each other's orders over Redis, also one that loses what it held. */
@Timeout(60)
class SharedOrdersTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Fault FAULT =
            new Fault(Breakdown.SERVER_ERROR, 0.5, Duration.ofMillis(100), Instant.parse("2099-03-01T12:00:00Z"));

    private final OwnRedis redis = OwnRedis.started();
    private final List<Replica> replicas = new ArrayList<>();

    /** One gateway's part in it. */
    private final class Replica {
        final Link link = new Link(() -> Optional.of(redis.address()), VERTX);
        final SharedOrders shared = new SharedOrders(link);
        volatile Orders orders = Orders.NONE;
        final OrderBook book = new OrderBook(ordered -> orders = ordered, shared, VERTX, Clock.systemUTC());

        Replica() throws InterruptedException {
            replicas.add(this);
            link.start(new StartupEvent());
            until(link::isConnected);
            book.start();
            until(book::isReady);
        }

        boolean drains(String provider) {
            return orders.drainedSince(provider) != null;
        }
    }

    @AfterEach
    void stop() {
        replicas.forEach(replica -> {
            replica.book.stop();
            replica.link.stop(new ShutdownEvent());
        });
        redis.close();
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static void now(Uni<Void> work) {
        work.await().atMost(Duration.ofSeconds(10));
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void theOtherFollows() throws InterruptedException {
        Replica one = new Replica();
        Replica other = new Replica();

        now(one.book.drain("p"));
        now(one.book.drill("q", FAULT));
        assertThat(one.drains("p")).as("here it holds at once").isTrue();
        until(() -> other.drains("p") && FAULT.equals(other.orders.fault("q")));
        assertThat(other.orders.drainedSince("p")).isEqualTo(one.orders.drainedSince("p"));

        now(other.book.resume("p"));
        now(other.book.endDrill("q"));
        until(() -> !one.drains("p") && one.orders.fault("q") == null);
    }

    @Test
    void whoComesLaterFollowsToo() throws InterruptedException {
        Replica one = new Replica();
        now(one.book.drain("p"));

        assertThat(new Replica().drains("p")).isTrue();
    }

    @Test
    void aDrainThatIsOrderedAgainIsTheSame() throws InterruptedException {
        Replica one = new Replica();
        now(one.book.drain("p"));
        Instant since = one.orders.drainedSince("p");
        now(one.book.drain("p"));

        assertThat(one.orders.drainedSince("p")).isEqualTo(since);
    }

    @Test
    void whatRedisLosesIsPutBack() throws InterruptedException {
        Replica one = new Replica();
        Replica other = new Replica();
        now(one.book.drain("p"));
        now(one.book.drain("q"));
        until(() -> other.drains("q"));

        redis.stop();
        assertThatThrownBy(() -> now(one.book.resume("p")))
                .isInstanceOfSatisfying(SignalboxException.class, failure -> {
                    assertThat(failure.status()).isEqualTo(503);
                    assertThat(failure.code()).isEqualTo("store_unavailable");
                });
        assertThat(one.drains("p")).isTrue();
        redis.start();
        until(() -> one.link.isConnected() && other.link.isConnected());
        now(other.book.resume("q"));

        until(() -> !one.drains("q"));
        assertThat(one.drains("p")).isTrue();
        assertThat(other.drains("p")).isTrue();
        assertThat(new Replica().drains("p")).isTrue();
    }

    @Test
    void whatANewerVersionOrdersDoesNotTakeTheOthersAlong() throws InterruptedException {
        Replica one = new Replica();
        one.link
                .run(
                        Script.named("order"),
                        List.of("orders"),
                        List.of(Order.id(Order.Kind.DRAIN, "x"), "{\"since\":\"tomorrow\"}"))
                .await()
                .atMost(Duration.ofSeconds(10));

        now(one.book.drain("p"));

        assertThat(one.drains("p")).isTrue();
        assertThat(one.drains("x")).isFalse();
    }
}
