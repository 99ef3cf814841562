package dev.signalbox.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.CallerGone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Loops loop = new Loops();

    private WaitingRoom room(int places, int seats) {
        return new WaitingRoom(() -> places, seats, loop.now::get, () -> loop);
    }

    private Guest enters(WaitingRoom room, String client) {
        return new Guest(client).enters(room, loop.now.get() + SECOND);
    }

    @Test
    void whereThereIsRoomNobodyWaits() {
        var room = room(2, 0);
        assertThat(enters(room, "a").isIn()).isTrue();
        assertThat(enters(room, "a").isIn()).isTrue();
        assertThat(room.active()).isEqualTo(2);
        assertThat(room.tryEnter()).isNull();
    }

    @Test
    void whoLeavesMakesRoomForTheFirstWhoWaits() {
        var room = room(1, 5);
        Guest inside = enters(room, "a");
        Guest first = enters(room, "a");
        Guest second = enters(room, "a");
        assertThat(room.queued()).isEqualTo(2);

        inside.leaves();
        inside.leaves();
        loop.settle();

        assertThat(first.isIn()).isTrue();
        assertThat(second.waits()).isTrue();
        assertThat(room.active()).isEqualTo(1);
        assertThat(room.queued()).isEqualTo(1);
        assertThat(loop.timers()).isEqualTo(1);
    }

    @Test
    void itGoesOnWhereItWaited() {
        var room = room(1, 1);
        Guest inside = enters(room, "a");
        Guest waiting = enters(room, "a");
        inside.leaves();
        assertThat(waiting.waits()).as("until its own loop has its turn").isTrue();
        assertThat(room.tryEnter()).as("the place is its already").isNull();
        loop.settle();
        assertThat(waiting.isIn()).isTrue();
    }

    @Test
    void aFullRoomSaysSo() {
        var room = room(1, 1);
        enters(room, "a");
        enters(room, "a");
        Guest third = enters(room, "a");
        loop.settle();
        assertThat(third.reason()).isEqualTo(NoPlace.Reason.FULL);
        assertThat(room.queued()).isEqualTo(1);
    }

    @Test
    void withoutSeatsNobodyWaits() {
        var room = room(1, 0);
        enters(room, "a");
        Guest second = enters(room, "b");
        loop.settle();
        assertThat(second.reason()).isEqualTo(NoPlace.Reason.FULL);
    }

    @Test
    void nobodyWaitsForLongerThanItMay() {
        var room = room(1, 1);
        Guest inside = enters(room, "a");
        Guest waiting = enters(room, "a");
        loop.pass(SECOND);
        loop.settle();
        assertThat(waiting.reason()).isEqualTo(NoPlace.Reason.WAITED_TOO_LONG);
        assertThat(room.queued()).isZero();
        inside.leaves();
        assertThat(room.active()).isZero();
    }

    @Test
    void whoComesTooLateIsNotLetInThoughItsTimerHasNotRung() {
        var room = room(1, 2);
        Guest inside = enters(room, "a");
        Guest late = enters(room, "a");
        loop.pass(SECOND / 2);
        Guest inTime = enters(room, "a");
        loop.pass(SECOND / 2);
        inside.leaves();
        loop.settle();
        assertThat(late.reason()).isEqualTo(NoPlace.Reason.WAITED_TOO_LONG);
        assertThat(inTime.isIn()).isTrue();
    }

    @Test
    void whoseTimeIsUpDoesNotSitDown() {
        var room = room(1, 1);
        enters(room, "a");
        Guest second = new Guest("a").enters(room, loop.now.get());
        assertThat(second.reason()).isEqualTo(NoPlace.Reason.WAITED_TOO_LONG);
        assertThat(room.queued()).isZero();
    }

    @Test
    void whoHangsUpLeavesTheRoom() {
        var room = room(1, 2);
        Guest inside = enters(room, "a");
        Guest gone = enters(room, "a");
        Guest stays = enters(room, "a");
        gone.hangsUp();
        assertThat(gone.failure).isInstanceOf(CallerGone.class);
        assertThat(room.queued()).isEqualTo(1);
        inside.leaves();
        loop.settle();
        assertThat(stays.isIn()).isTrue();
        assertThat(loop.timers()).isZero();
    }

    @Test
    void whoHangsUpBetweenBeingCalledAndGoingInPassesItsPlaceOn() {
        for (boolean silently : new boolean[] {true, false}) {
            var room = room(1, 2);
            Guest inside = enters(room, "a");
            Guest gone = enters(room, "a");
            Guest next = enters(room, "a");
            inside.leaves();
            if (silently) {
                gone.givesUp();
            } else {
                gone.hangsUp();
            }
            loop.settle();
            assertThat(gone.isIn()).isFalse();
            assertThat(next.isIn()).isTrue();
            next.leaves();
            loop.settle();
            assertThat(room.active()).isZero();
        }
    }

    @Test
    void aTimerThatRingsWithTheCallDoesNotTakeThePlaceAway() {
        var room = room(1, 1);
        Guest inside = enters(room, "a");
        Guest waiting = enters(room, "a");
        loop.pass(SECOND - 1);
        inside.leaves();
        loop.pass(1);
        loop.settle();
        assertThat(waiting.isIn()).isTrue();
        waiting.leaves();
        assertThat(room.active()).isZero();
    }

    @Test
    void whoHungUpBeforeNeverSitsDown() {
        var room = room(1, 1);
        enters(room, "a");
        var gone = new Guest("b");
        gone.hangsUp();
        gone.enters(room, loop.now.get() + SECOND);
        assertThat(gone.failure).isInstanceOf(CallerGone.class);
        assertThat(room.queued()).isZero();
        assertThat(loop.timers()).isZero();
    }

    @Test
    void clientsTakeTurns() {
        var room = room(1, 10);
        Guest inside = enters(room, "busy");
        List<Guest> all = new ArrayList<>();
        IntStream.range(0, 4).forEach(_ -> all.add(enters(room, "busy")));
        all.add(enters(room, "quiet"));
        all.add(enters(room, "other"));
        all.add(enters(room, "other"));

        assertThat(order(inside, all)).containsExactly("busy", "quiet", "other", "busy", "other", "busy", "busy");
    }

    @Test
    void aBurstOfOneDoesNotKeepOthersOutOfTheRoom() {
        var room = room(1, 3);
        Guest inside = enters(room, "busy");
        List<Guest> burst =
                IntStream.range(0, 3).mapToObj(_ -> enters(room, "busy")).toList();
        Guest quiet = enters(room, "quiet");
        Guest more = enters(room, "quiet");
        loop.settle();

        assertThat(burst.get(2).reason()).isEqualTo(NoPlace.Reason.FULL);
        assertThat(burst.get(1).waits()).isTrue();
        assertThat(quiet.waits()).isTrue();
        assertThat(more.reason()).as("it would have more than the other then").isEqualTo(NoPlace.Reason.FULL);
        assertThat(room.queued()).isEqualTo(3);
        assertThat(order(inside, List.of(burst.get(0), burst.get(1), quiet))).containsExactly("busy", "quiet", "busy");
    }

    /** Whose turn comes when, if each leaves as soon as it is in. */
    private List<String> order(Guest inside, List<Guest> waiting) {
        List<String> order = new ArrayList<>();
        List<Guest> left = new ArrayList<>(waiting);
        inside.leaves();
        loop.settle();
        while (left.stream().anyMatch(Guest::isIn)) {
            Guest next = left.stream().filter(Guest::isIn).findFirst().orElseThrow();
            left.remove(next);
            order.add(next.client);
            next.leaves();
            loop.settle();
        }
        return order;
    }
}
