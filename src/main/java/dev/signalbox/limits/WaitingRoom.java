package dev.signalbox.limits;

import dev.signalbox.chat.CallerGone;
import dev.signalbox.chat.Cancellation;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * So many calls at the same time at one provider, and in front of them so many that wait. Clients take turns, and within a
 * client who comes first goes first. A client that fills the room alone gives way: when the room is full, the last of the
 * client that has most in it goes without a place, if that makes room for a client with fewer.
 */
final class WaitingRoom {

    private final IntSupplier places;
    private final int seats;
    private final LongSupplier nanos;
    private final Supplier<Loop> loops;

    /** Those who wait, by client, in the order in which the clients have their turn. No client is here with nobody waiting. */
    private final Map<String, Deque<Waiting>> turns = new LinkedHashMap<>();

    private int active;
    private int queued;

    /**
     * @param places how many calls at the same time, at this moment
     * @param seats how many wait at most
     * @param nanos the monotonic clock
     * @param loops gives the caller's own
     */
    WaitingRoom(IntSupplier places, int seats, LongSupplier nanos, Supplier<Loop> loops) {
        this.places = places;
        this.seats = seats;
        this.nanos = nanos;
        this.loops = loops;
    }

    /** How many calls are under way. */
    synchronized int active() {
        return active;
    }

    /** How many wait. */
    synchronized int queued() {
        return queued;
    }

    /** A place, when one is free and nobody waits for it; otherwise null. */
    @Nullable Place tryEnter() {
        return takeFree();
    }

    private synchronized @Nullable OnePlace takeFree() {
        if (active >= places.getAsInt() || queued > 0) {
            return null;
        }
        active++;
        return new OnePlace();
    }

    /**
     * A place, at once or when one comes free; on the caller's own loop. It fails with {@link NoPlace}, and with {@link
     * CallerGone} when the cancellation comes before. Whoever gives the Uni up while it waits leaves the room.
     *
     * @param client whose turn it uses
     * @param deadlineNanos until when it waits, by the monotonic clock
     */
    Uni<Place> enter(String client, long deadlineNanos, Cancellation cancellation) {
        return Uni.createFrom()
                .<OnePlace>emitter(emitter -> {
                    OnePlace free = takeFree();
                    if (free != null) {
                        free.giveTo(emitter);
                    } else {
                        new Waiting(client, deadlineNanos, cancellation, emitter).sitDown();
                    }
                })
                .map(OnePlace::handOver);
    }

    /** The next one's turn: gives the places that are free now to whoever can still use them. */
    private void passOn() {
        List<Waiting> late = List.of();
        List<Waiting> next = List.of();
        synchronized (this) {
            active--;
            int free = places.getAsInt() - active;
            for (Waiting waiting = free > 0 ? nextInTurn() : null;
                    waiting != null;
                    waiting = free > 0 ? nextInTurn() : null) {
                if (waiting.isLate()) {
                    late = late.isEmpty() ? new ArrayList<>(2) : late;
                    late.add(waiting);
                } else {
                    next = next.isEmpty() ? new ArrayList<>(2) : next;
                    next.add(waiting);
                    waiting.given = new OnePlace();
                    active++;
                    free--;
                }
            }
        }
        late.forEach(waiting -> waiting.goWithout(NoPlace.Reason.WAITED_TOO_LONG));
        next.forEach(waiting -> waiting.loop.run(waiting::goIn));
    }

    private @Nullable Waiting nextInTurn() {
        if (turns.isEmpty()) {
            return null;
        }
        var first = turns.entrySet().iterator().next();
        String client = first.getKey();
        Deque<Waiting> line = first.getValue();
        Waiting next = line.removeFirst();
        turns.remove(client);
        if (!line.isEmpty()) {
            turns.put(client, line);
        }
        queued--;
        return next;
    }

    /** Who has to go so that a client can sit down without having more in the room than any other; null: nobody. */
    private @Nullable Waiting displacedBy(String client) {
        Deque<Waiting> largest = null;
        for (Deque<Waiting> line : turns.values()) {
            if (largest == null || line.size() > largest.size()) {
                largest = line;
            }
        }
        Deque<Waiting> own = turns.get(client);
        int ownSize = own == null ? 0 : own.size();
        return largest != null && largest.size() > ownSize + 1 ? largest.getLast() : null;
    }

    private final class OnePlace extends AtomicBoolean implements Place {
        private static final long serialVersionUID = 1;
        private boolean taken;

        /** Somebody has it, and will leave. */
        Place handOver() {
            taken = true;
            return this;
        }

        /** Whoever has stopped listening in this very moment does not hear of it, and would never leave. */
        void giveTo(UniEmitter<? super OnePlace> emitter) {
            emitter.complete(this);
            if (!taken) {
                leave();
            }
        }

        @Override
        public void leave() {
            if (compareAndSet(false, true)) {
                passOn();
            }
        }
    }

    /** One call that waits. It is seated, then given a place or nothing, and then told so, once, on its own loop. */
    private final class Waiting {
        private final String client;
        private final long deadlineNanos;
        private final Cancellation cancellation;
        private final UniEmitter<? super OnePlace> emitter;
        private final Loop loop = loops.get();
        private final Runnable hangUp = () -> goWithout(new CallerGone());
        private final AtomicBoolean told = new AtomicBoolean();
        private @Nullable OnePlace given;
        private volatile @Nullable Runnable alarm;

        Waiting(String client, long deadlineNanos, Cancellation cancellation, UniEmitter<? super OnePlace> emitter) {
            this.client = client;
            this.deadlineNanos = deadlineNanos;
            this.cancellation = cancellation;
            this.emitter = emitter;
        }

        boolean isLate() {
            return deadlineNanos - nanos.getAsLong() <= 0;
        }

        void sitDown() {
            if (isLate()) {
                emitter.fail(new NoPlace(NoPlace.Reason.WAITED_TOO_LONG));
                return;
            }
            emitter.onTermination(this::givenUp);
            boolean free;
            boolean seated = false;
            Waiting displaced = null;
            synchronized (WaitingRoom.this) {
                free = active < places.getAsInt() && queued == 0;
                if (free) {
                    active++;
                    given = new OnePlace();
                } else {
                    displaced = queued < seats ? null : displacedBy(client);
                    if (displaced != null) {
                        displaced.standUp();
                    }
                    seated = queued < seats;
                    if (seated) {
                        queued++;
                        turns.computeIfAbsent(client, _ -> new ArrayDeque<>(2)).addLast(this);
                    }
                }
            }
            if (displaced != null) {
                displaced.goWithout(NoPlace.Reason.FULL);
            }
            if (free) {
                goIn();
            } else if (seated) {
                alarm = loop.after(
                        Math.max(0, deadlineNanos - nanos.getAsLong()),
                        () -> goWithout(new NoPlace(NoPlace.Reason.WAITED_TOO_LONG)));
                cancellation.onCancel(hangUp);
                if (told.get()) {
                    quiet();
                }
            } else {
                goWithout(new NoPlace(NoPlace.Reason.FULL));
            }
        }

        /** Whether it sat there until now. Under the room's lock. */
        private boolean standUp() {
            Deque<Waiting> line = turns.get(client);
            if (line == null || !line.removeLastOccurrence(this)) {
                return false;
            }
            queued--;
            if (line.isEmpty()) {
                turns.remove(client);
            }
            return true;
        }

        void goIn() {
            OnePlace place;
            synchronized (WaitingRoom.this) {
                place = given;
            }
            if (place != null && told.compareAndSet(false, true)) {
                quiet();
                place.giveTo(emitter);
            }
        }

        /** It has no seat any more, and hears why. */
        void goWithout(NoPlace.Reason reason) {
            loop.run(() -> goWithout(new NoPlace(reason)));
        }

        /** It does not want to wait any longer. A place that it was given meanwhile it takes, unless the caller is gone. */
        private void goWithout(Throwable why) {
            OnePlace place;
            synchronized (WaitingRoom.this) {
                standUp();
                place = given;
            }
            if (place != null && why instanceof NoPlace) {
                return;
            }
            if (told.compareAndSet(false, true)) {
                quiet();
                emitter.fail(why);
                if (place != null) {
                    place.leave();
                }
            }
        }

        /** Nobody listens any more, not even for a place that it was given. */
        private void givenUp() {
            if (!told.compareAndSet(false, true)) {
                return;
            }
            quiet();
            OnePlace place;
            synchronized (WaitingRoom.this) {
                standUp();
                place = given;
            }
            if (place != null) {
                place.leave();
            }
        }

        private void quiet() {
            Runnable stop = alarm;
            if (stop != null) {
                stop.run();
            }
            cancellation.forget(hangUp);
        }
    }
}
