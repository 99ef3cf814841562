package dev.signalbox.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a waiting room keeps to, whatever happens in which order. */
class WaitingRoomLawsTest {

    private static final long LONGEST = 1_000;

    @Property
    void neverTooManyAndNobodyIsForgotten(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int places, @ForAll @IntRange(max = 6) int seats) {
        var random = new SplittableRandom(seed);
        var loop = new Loops();
        var room = new WaitingRoom(() -> places, seats, loop.now::get, () -> loop);
        List<Guest> all = new ArrayList<>();
        List<Guest> gone = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Guest one = all.isEmpty() ? null : all.get(random.nextInt(all.size()));
            switch (random.nextInt(7)) {
                case 0, 1 ->
                    all.add(new Guest("client" + random.nextInt(3))
                            .enters(room, loop.now.get() + random.nextLong(LONGEST)));
                case 2 -> loop.pass(random.nextLong(LONGEST / 4));
                case 3 -> loop.step();
                case 4 ->
                    all.stream().filter(Guest::isIn).findAny().ifPresent(guest -> {
                        guest.leaves();
                        all.remove(guest);
                    });
                case 5 -> {
                    if (one != null && one.waits()) {
                        one.givesUp();
                        all.remove(one);
                        gone.add(one);
                    }
                }
                default -> {
                    if (one != null && one.waits()) {
                        one.hangsUp();
                        all.remove(one);
                    }
                }
            }
            assertThat(room.active()).isLessThanOrEqualTo(places);
            assertThat(room.queued()).isLessThanOrEqualTo(seats);
            assertThat(all.stream().filter(Guest::isIn).count()).isLessThanOrEqualTo(room.active());
            assertThat(room.queued() == 0 || room.active() == places)
                    .as("nobody waits while there is room")
                    .isTrue();
        }
        assertThat(gone).allMatch(guest -> guest.heard == 0);
        empty(loop, all);
        assertThat(all).allMatch(guest -> guest.heard == 1);
        assertThat(room.active()).isZero();
        assertThat(room.queued()).isZero();
        assertThat(loop.timers()).isZero();
    }

    /** Everybody who is let in leaves, until everybody has heard something. */
    private static void empty(Loops loop, List<Guest> all) {
        loop.settle();
        List<Guest> inside = all.stream().filter(Guest::isIn).toList();
        List<Guest> left = new ArrayList<>();
        while (left.size() < inside.size()) {
            for (Guest guest : inside) {
                if (!left.contains(guest)) {
                    guest.leaves();
                    left.add(guest);
                }
            }
            loop.settle();
            inside = all.stream().filter(Guest::isIn).toList();
        }
    }

    @Property
    void nobodyIsPassedByMoreThanOnceByTheSameClient(
            @ForAll @IntRange(min = 1, max = 20) int burst, @ForAll @IntRange(min = 1, max = 5) int others) {
        var loop = new Loops();
        var room = new WaitingRoom(() -> 1, burst + others, loop.now::get, () -> loop);
        Guest inside = new Guest("busy").enters(room, LONGEST);
        List<Guest> busy = IntStream.range(0, burst)
                .mapToObj(_ -> new Guest("busy").enters(room, LONGEST))
                .toList();
        List<Guest> quiet = IntStream.range(0, others)
                .mapToObj(i -> new Guest("quiet" + i).enters(room, LONGEST))
                .toList();
        inside.leaves();
        loop.settle();
        for (int i = 0; i < others; i++) {
            busy.stream().filter(Guest::isIn).forEach(Guest::leaves);
            quiet.stream().filter(Guest::isIn).forEach(Guest::leaves);
            loop.settle();
        }
        assertThat(quiet).allMatch(Guest::isIn);
    }

    @Test
    @Timeout(60)
    void manyThreadsAtOnce() throws InterruptedException {
        int places = 5;
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var served = new AtomicInteger();
        var refused = new AtomicInteger();
        int callers = 4_000;
        var done = new CountDownLatch(callers);
        try (ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
                ExecutorService pool = Executors.newFixedThreadPool(8)) {
            Loop loop = new Loop() {
                @Override
                public void run(Runnable action) {
                    pool.execute(action);
                }

                @Override
                public Runnable after(long nanos, Runnable action) {
                    var timer = timers.schedule(() -> run(action), nanos, TimeUnit.NANOSECONDS);
                    return () -> timer.cancel(false);
                }
            };
            var room = new WaitingRoom(() -> places, 50, System::nanoTime, () -> loop);
            for (int i = 0; i < callers; i++) {
                int number = i;
                pool.execute(() -> {
                    var guest = new Guest("client" + number % 7);
                    long patience = number % 3 == 0 ? 50_000 : TimeUnit.SECONDS.toNanos(30);
                    var wait = room.enter(guest.client, System.nanoTime() + patience, guest.cancellation)
                            .subscribe()
                            .with(
                                    place -> {
                                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                        pool.execute(() -> {
                                            inside.decrementAndGet();
                                            served.incrementAndGet();
                                            place.leave();
                                            done.countDown();
                                        });
                                    },
                                    _ -> {
                                        refused.incrementAndGet();
                                        done.countDown();
                                    });
                    if (number % 11 == 0) {
                        guest.hangsUp();
                    }
                    assertThat(wait).isNotNull();
                });
            }
            assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
            assertThat(most.get()).isLessThanOrEqualTo(places);
            assertThat(served.get() + refused.get()).isEqualTo(callers);
            assertThat(served.get()).isPositive();
            assertThat(room.active()).isZero();
            assertThat(room.queued()).isZero();
        }
    }
}
