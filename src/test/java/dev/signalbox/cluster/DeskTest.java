package dev.signalbox.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Controls;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Grant;
import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Rights;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.limits.Entry;
import dev.signalbox.limits.Who;
import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Redis knows after an outage is what it would have known without one. */
@Timeout(60)
class DeskTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Script COUNTED =
            Script.of("return {redis.call('HGET', KEYS[1], 'r') or '0', redis.call('HGET', KEYS[1], 't') or '0'}");
    private static final Script UNDER_WAY = Script.of("""
            local sum = 0
            local all = redis.call('HGETALL', KEYS[1])
            for i = 1, #all, 2 do
              if string.sub(all[i], 1, 2) == 'c:' then sum = sum + all[i + 1] end
            end
            return sum
            """);
    private static final Script FORGET = Script.of("return redis.call('FLUSHALL')");
    private static final Script SLEEP = Script.of("""
            local begun = redis.call('TIME')
            local now = begun
            while (now[1] - begun[1]) * 1000000 + now[2] - begun[2] < ARGV[1] * 1000 do now = redis.call('TIME') end
            return 1
            """);
    private static final Who KEY = new Who(Who.Kind.KEY, "k");

    private final OwnRedis redis = OwnRedis.started();
    private final List<Replica> all = new ArrayList<>();

    private final class Replica {
        private final Link link = new Link(() -> Optional.of(redis.address()), VERTX);
        private final Replicas replicas = new Replicas(link, new Meters(new SimpleMeterRegistry()), VERTX);
        private final Desk desk = new Desk(link, replicas, VERTX, Clock.systemUTC());

        void start() {
            replicas.start(new StartupEvent());
            desk.start(new StartupEvent());
            link.start(new StartupEvent());
        }

        void stop() {
            desk.stop(new ShutdownEvent());
            replicas.stop(new ShutdownEvent());
            link.stop(new ShutdownEvent());
        }

        Entry entry(Rates rates) {
            Body body = Body.parse(
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}".getBytes(UTF_8));
            var caller = new Caller(
                    "k",
                    "k",
                    null,
                    Rights.ALL,
                    Rights.ALL,
                    List.of(new Grant(Grant.Holder.KEY, "k", rates, null)),
                    Map.of());
            var arrival = new Exchange.Arrival("req_1", Instant.EPOCH, 1, caller, Controls.NONE, Map.of());
            return Objects.requireNonNull(desk.tallies()
                    .entry(new Exchange(
                            arrival,
                            "openai",
                            Operation.CHAT,
                            "m",
                            true,
                            true,
                            body,
                            () -> new OpenAiDialect().decode(body),
                            null)));
        }

        /** Null when it was refused. */
        @Nullable Entry ask(Rates rates) {
            Entry entry = entry(rates);
            try {
                if (desk.isOpen()) {
                    try {
                        return desk.ask(entry)
                                .ifNoItem()
                                .after(Duration.ofMillis(200))
                                .fail()
                                .await()
                                .indefinitely();
                    } catch (SignalboxException refused) {
                        throw refused;
                    } catch (RuntimeException away) {
                        return entry.alone(desk.crowd());
                    }
                }
                return entry.alone(desk.crowd());
            } catch (SignalboxException refused) {
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.retryAfter()).isPositive();
                return null;
            }
        }

        List<Entry> ask(int times, Rates rates) {
            List<Entry> in = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                Entry entry = ask(rates);
                if (entry != null) {
                    in.add(entry);
                }
            }
            return in;
        }
    }

    @AfterEach
    void stop() {
        all.forEach(Replica::stop);
        redis.close();
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private List<Replica> replicas(int many) {
        for (int i = 0; i < many; i++) {
            all.add(new Replica());
        }
        all.forEach(Replica::start);
        together();
        until(() -> all.stream().allMatch(each -> each.desk.crowd() == many));
        return all;
    }

    private void together() {
        until(() -> all.stream().allMatch(each -> each.desk.isOpen() && !each.replicas.isDegraded()));
    }

    private void apart() {
        until(() -> all.stream().noneMatch(each -> each.desk.isOpen()));
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private long counted(int what) {
        return all.getFirst()
                .link
                .unguarded(COUNTED, List.of(Report.key(KEY)), List.of())
                .await()
                .indefinitely()
                .get(what)
                .toLong();
    }

    private long underWay() {
        return all.getFirst()
                .link
                .unguarded(UNDER_WAY, List.of(Report.key(KEY)), List.of())
                .await()
                .indefinitely()
                .toLong();
    }

    private static Rates requests(int many) {
        return new Rates(many, null, null);
    }

    @Test
    void theLimitIsOneForAll() {
        List<Replica> two = replicas(2);

        assertThat(two.getFirst().ask(7, requests(10))).hasSize(7);
        assertThat(two.getLast().ask(7, requests(10))).hasSize(3);
        assertThat(counted(0)).isEqualTo(10);
        assertThat(underWay()).isEqualTo(10);
    }

    @Test
    void whatItTookInTruthAndThatItIsOverIsTold() {
        List<Replica> two = replicas(2);
        var rates = new Rates(null, 1_000L, 5);
        List<Entry> in = two.getFirst().ask(5, rates);
        assertThat(in).hasSize(5);
        assertThat(two.getLast().ask(rates)).isNull();

        in.forEach(entry -> entry.settle(10, 90));

        until(() -> underWay() == 0);
        assertThat(counted(1)).isEqualTo(500);
        assertThat(two.getLast().ask(3, rates)).hasSize(3);
    }

    @Test
    void whileRedisIsAwayEachKeepsToItsShareAndTellsItAfterwards() {
        List<Replica> two = replicas(2);
        List<Entry> before = two.getFirst().ask(3, requests(10));
        redis.stop();
        apart();

        assertThat(two.getFirst().ask(10, requests(10))).hasSize(2);
        List<Entry> meanwhile = two.getLast().ask(10, requests(10));
        assertThat(meanwhile).hasSize(5);
        meanwhile.forEach(entry -> entry.settle(1, 2));
        before.getFirst().settle(4, 5);

        redis.start();
        together();
        until(() -> counted(0) == 10);
        assertThat(counted(1)).isEqualTo(24);
        assertThat(underWay()).isEqualTo(4);
        assertThat(two.getFirst().ask(requests(10))).isNull();
    }

    @Test
    void aRedisThatForgetsIsTold() {
        List<Replica> two = replicas(2);
        two.getFirst().ask(4, requests(10));
        two.getLast().ask(3, requests(10)).forEach(entry -> entry.settle(1, 1));

        two.getFirst().link.unguarded(FORGET, List.of(), List.of()).await().indefinitely();
        // who asks next finds out, and counts alone until the others have told theirs
        two.getFirst().ask(requests(10));
        two.getLast().ask(requests(10));
        until(() -> counted(0) == 9);
        together();

        until(() -> underWay() == 6);
        assertThat(two.getLast().ask(5, requests(10))).hasSize(1);
    }

    @Test
    void anAnswerThatCameTooLateIsAsIfNothingHadBeenAsked() {
        List<Replica> two = replicas(2);
        two.getFirst().ask(2, requests(10));
        // Redis does nothing else for a while, and then what it was asked meanwhile
        two.getFirst()
                .link
                .unguarded(SLEEP, List.of(), List.of("700"))
                .subscribe()
                .with(_ -> {});

        assertThat(two.getFirst().ask(3, requests(10))).hasSize(3);

        together();
        until(() -> counted(0) == 5 && underWay() == 5);
        assertThat(two.getLast().ask(10, requests(10))).hasSize(5);
    }

    @Test
    void aRedisThatWasFrozenKnowsEverythingOnce() {
        List<Replica> two = replicas(2);
        List<Entry> before = two.getFirst().ask(2, requests(100));
        redis.freeze();
        List<Entry> meanwhile = two.getFirst().ask(10, requests(100));
        two.getLast().ask(10, requests(100));
        before.forEach(entry -> entry.settle(1, 1));
        meanwhile.subList(0, 5).forEach(entry -> entry.settle(1, 1));
        apart();
        two.getFirst().ask(3, requests(100));

        redis.thaw();
        together();

        until(() -> counted(0) == 25);
        until(() -> underWay() == 18);
        assertThat(counted(1)).isEqualTo(14);
    }

    @Test
    void aReplicaThatIsGoneHoldsNothing() {
        List<Replica> two = replicas(2);
        var one = new Rates(null, null, 1);
        assertThat(two.getLast().ask(one)).isNotNull();
        assertThat(two.getFirst().ask(one)).isNull();

        two.getLast().link.stop(new ShutdownEvent());

        until(() -> two.getFirst().ask(one) != null);
        assertThat(two.getFirst().desk.isOpen()).isTrue();
    }
}
