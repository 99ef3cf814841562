package dev.signalbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.catalogue.InvalidConfig;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LinkTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Script ADD = Script.of("return redis.call('INCRBY', KEYS[1], ARGV[1])");

    private final OwnRedis redis = OwnRedis.started();
    private final Semaphore arrivals = new Semaphore(0);
    private final List<Link> links = new ArrayList<>();

    @AfterEach
    void stop() {
        links.forEach(link -> link.stop(new ShutdownEvent()));
        redis.close();
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aScriptRunsWhetherRedisKnowsItOrNot() throws InterruptedException {
        Link link = linked();

        assertThat(add(link, 2)).isEqualTo(2);
        assertThat(add(link, 3)).isEqualTo(5);
    }

    @Test
    void whatOneSaysTheOthersHear() throws InterruptedException {
        Link one = linked();
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Link other = link();
        other.hear("news", heard::add);
        start(other);
        BlockingQueue<String> later = new LinkedBlockingQueue<>();
        other.hear("later", later::add);

        // a subscription that was sent is not yet one that was made
        String first = null;
        while (first == null) {
            one.publish("news", "hello");
            first = heard.poll(50, TimeUnit.MILLISECONDS);
        }
        String second = null;
        while (second == null) {
            one.publish("later", "you");
            second = later.poll(50, TimeUnit.MILLISECONDS);
        }

        assertThat(first).isEqualTo("hello");
        assertThat(second).isEqualTo("you");
    }

    @Test
    void itIsMadeAgainWhenRedisComesBack() throws InterruptedException {
        Link link = linked();
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        link.hear("news", heard::add);
        add(link, 1);

        redis.stop();
        until(() -> !link.isConnected());
        assertThatThrownBy(() -> add(link, 1)).hasMessageContaining("away");
        redis.start();
        arrivals.acquire();

        assertThat(add(link, 1)).isEqualTo(1);
        String first = null;
        while (first == null) {
            link.publish("news", "again");
            first = heard.poll(50, TimeUnit.MILLISECONDS);
        }
        assertThat(first).isEqualTo("again");
    }

    @Test
    void replicasSeeEachOther() throws InterruptedException {
        Link one = link();
        Link other = link();
        Replicas first = replicas(one);
        Replicas second = replicas(other);
        assertThat(first.count()).isOne();

        until(() -> first.count() == 2 && second.count() == 2);

        assertThat(first.seen().replicas()).containsExactlyInAnyOrder(first.self(), second.self());
        assertThat(first.seen().epoch()).isEqualTo(second.seen().epoch()).isNotEmpty();
        second.stop(new ShutdownEvent());
        until(() -> first.count() == 1);
    }

    @Test
    void aRedisThatIsFrozenIsOneThatIsAway() throws InterruptedException {
        Link link = link();
        Replicas replicas = replicas(link);
        until(() -> !replicas.isDegraded());
        String epoch = replicas.seen().epoch();

        redis.freeze();
        until(replicas::isDegraded);
        assertThat(replicas.count()).isOne();
        until(() -> !link.isConnected());
        redis.thaw();
        until(() -> !replicas.isDegraded());
        assertThat(replicas.seen().epoch()).isEqualTo(epoch);

        redis.stop();
        until(replicas::isDegraded);
        redis.start();
        until(() -> !replicas.isDegraded());
        assertThat(replicas.seen().epoch()).isNotEqualTo(epoch);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:6379", "http://localhost", "redis:///0", "redis://us er@x"})
    void anAddressThatIsNoneIsRefusedByItsKey(String address) {
        assertThatThrownBy(() -> new Link(() -> Optional.of(address), VERTX))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("signalbox.cluster.redis")
                .hasMessageNotContaining("us er");
    }

    @Test
    void withoutAnAddressThereIsNone() {
        assertThat(new Link(Optional::empty, VERTX).isConfigured()).isFalse();
        assertThat(new Link(() -> Optional.of(" "), VERTX).isConfigured()).isFalse();
    }

    private Link link() {
        Link link = new Link(() -> Optional.of(redis.address()), VERTX);
        links.add(link);
        return link;
    }

    private Link linked() throws InterruptedException {
        Link link = link();
        start(link);
        return link;
    }

    private void start(Link link) throws InterruptedException {
        link.onArrival(arrivals::release);
        link.start(new StartupEvent());
        arrivals.acquire();
    }

    private static Replicas replicas(Link link) {
        var replicas = new Replicas(link, new Meters(new SimpleMeterRegistry()), VERTX);
        replicas.start(new StartupEvent());
        link.start(new StartupEvent());
        return replicas;
    }

    private static long add(Link link, int amount) {
        Response answer = link.run(ADD, List.of("sum"), List.of(Integer.toString(amount)))
                .await()
                .atMost(Duration.ofSeconds(10));
        return answer.toLong();
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
