package dev.signalbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.upstream.Hint;
import dev.signalbox.upstream.Hint.Trouble;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one replica tells is heard by those that are there, and by those that come later. */
@Timeout(60)
class SharedHintsTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Duration LEFT = Duration.ofMinutes(1);
    private static final Hint REST = new Hint.Rest("p \"quoted\"", "0a1b2c3d", true);
    private static final Hint CIRCUIT = new Hint.Unwell("p/model", Trouble.CIRCUIT);

    private final OwnRedis redis = OwnRedis.started();
    private final List<Replica> replicas = new ArrayList<>();

    private record Heard(Hint hint, Duration left) {}

    /** One gateway's part in it. */
    private final class Replica {
        final Link link = new Link(() -> Optional.of(redis.address()), VERTX);
        final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
        final SharedHints hints;

        Replica(String name) throws InterruptedException {
            replicas.add(this);
            hints = new SharedHints(link, name, (hint, left) -> heard.add(new Heard(hint, left)), VERTX);
            hints.start(new StartupEvent());
            link.start(new StartupEvent());
            while (!link.isConnected()) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }

        void hears(Hint hint) throws InterruptedException {
            Heard next = heard.take();
            while (!next.hint().equals(hint)) {
                next = heard.take();
            }
            assertThat(next.left()).isLessThanOrEqualTo(LEFT).isGreaterThan(LEFT.minusSeconds(30));
        }
    }

    @AfterEach
    void stop() {
        replicas.forEach(replica -> {
            replica.hints.stop(new ShutdownEvent());
            replica.link.stop(new ShutdownEvent());
        });
        redis.close();
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void othersHearItAtOnceAndLater() throws InterruptedException {
        Replica one = new Replica("one");
        Replica other = new Replica("other");

        for (Hint hint : List.of(REST, CIRCUIT, new Hint.Unwell("p/model", Trouble.MISSING))) {
            one.hints.tell(hint, LEFT);
            other.hears(hint);
        }

        Replica later = new Replica("later");
        later.hears(REST);
        later.hears(CIRCUIT);
        assertThat(one.heard).as("who says it knows it").isEmpty();
    }

    @Test
    void whatIsOverIsNotHeardLater() throws InterruptedException {
        Replica one = new Replica("one");
        Replica other = new Replica("other");
        one.hints.tell(REST, Duration.ofMillis(1));
        assertThat(other.heard.take().hint()).isEqualTo(REST);
        one.hints.tell(CIRCUIT, LEFT);
        other.hears(CIRCUIT);

        assertThat(new Replica("later").heard.take().hint()).isEqualTo(CIRCUIT);
    }

    @Test
    void aShorterOneDoesNotShortenALongerOne() throws InterruptedException {
        Replica one = new Replica("one");
        Replica other = new Replica("other");
        one.hints.tell(CIRCUIT, LEFT);
        one.hints.tell(CIRCUIT, Duration.ofSeconds(1));
        other.hears(CIRCUIT);
        assertThat(other.heard.take().left()).isEqualTo(Duration.ofSeconds(1));

        new Replica("later").hears(CIRCUIT);
    }

    @Test
    void withoutRedisNobodyWaitsAndNothingFails() throws InterruptedException {
        Replica one = new Replica("one");
        redis.freeze();
        for (int i = 0; i < 5_000; i++) {
            one.hints.tell(CIRCUIT, LEFT);
        }
        redis.thaw();
        redis.stop();
        one.hints.tell(CIRCUIT, LEFT);
        redis.start();
        Replica later = new Replica("later");

        // what is told before the link is found to be broken is lost
        Heard heard = null;
        while (heard == null || !heard.hint().equals(REST)) {
            one.hints.tell(REST, LEFT);
            heard = later.heard.poll(50, TimeUnit.MILLISECONDS);
        }
    }
}
