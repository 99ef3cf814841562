package dev.signalbox.cluster;

import dev.signalbox.limits.Tallies;
import dev.signalbox.limits.Tally;
import dev.signalbox.limits.Untold;
import dev.signalbox.limits.Who;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells Redis what it cannot know of limits, in {@link Report}s: what became of requests, and what was let in without it. Reports go
 * out at once and until they arrive. A Redis that has lost everything is told all of the last minute. Until it knows what there is
 * to know, the others' uses included, it is not to be asked.
 */
final class Reporting {

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Duration PROMPT = Duration.ofMillis(250);

    /** Longer than requests keep away from a Redis that did not answer them. */
    private static final Duration RECOVERY = Duration.ofMillis(1_250);

    private static final int REMIND = 30;
    private static final int MOST_UNDER_WAY = 32;
    private static final String NO_GENERATION = "-1";
    private static final String NO_NUMBER = "1e15";

    private final Link link;
    private final Vertx vertx;
    private final Script admit;
    private final Script open = Script.named("open");
    private final Script report = Script.named("minute", "report");
    private final String self;
    private final String desk;
    private final IntSupplier crowd;

    private final Queue<Tally> changed = new ConcurrentLinkedQueue<>();
    private final Queue<String> answered = new ConcurrentLinkedQueue<>();
    private final Queue<Report.Undone> undone = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isScheduled = new AtomicBoolean();
    private volatile @Nullable Own own;
    private volatile boolean isOpen;
    private volatile boolean isTroubled;
    private volatile long troubledAt;
    private final AtomicInteger generation = new AtomicInteger();

    // what follows belongs to the context
    private final Deque<Report> unconfirmed = new ArrayDeque<>();
    private long confirmed;
    private boolean isOpening;
    private boolean isTelling;
    private long graceUntil;
    private int ticks;

    /** Where all of it happens, and what is told of. */
    private record Own(Context context, Tallies tallies, long timer) {}

    /**
     * @param admit the other script, which Redis has to know too
     * @param self the name of this replica
     * @param crowd how many replicas there are
     */
    Reporting(Link link, Vertx vertx, Script admit, String self, IntSupplier crowd) {
        this.link = link;
        this.vertx = vertx;
        this.admit = admit;
        this.self = self;
        this.desk = desk(self);
        this.crowd = crowd;
    }

    /** What Redis keeps of a replica is there. */
    static String desk(String replica) {
        return "desk:" + replica;
    }

    /** From now on, whenever there is a connection. */
    void begin(Tallies tallies) {
        Context context = vertx.getOrCreateContext();
        long timer = vertx.setPeriodic(TICK.toMillis(), _ -> inContext(this::tick));
        own = new Own(context, tallies, timer);
        link.onArrival(() -> inContext(this::open));
    }

    void end() {
        Own begun = own;
        if (begun != null) {
            vertx.cancelTimer(begun.timer());
        }
    }

    /** Whether Redis can be asked: it is there, and knows what there is to know. */
    boolean isOpen() {
        return isOpen && link.isConnected();
    }

    /** Whether Redis was too slow for what it was asked last, or refused it. */
    boolean isTroubled() {
        return isTroubled;
    }

    /** What is asked in an older one is void. */
    int generation() {
        return generation.get();
    }

    /** Redis has answered that request, which it let in. */
    void answered(String name) {
        isTroubled = false;
        answered.add(name);
    }

    /** Redis has answered, and let nobody in. */
    void refused() {
        isTroubled = false;
    }

    /** Redis has not answered, or not as it should. */
    void failed() {
        troubledAt = System.nanoTime();
        isTroubled = true;
    }

    /** Redis does not know this replica, as it was in that generation. */
    void unknown(int asked) {
        inContext(() -> lost(asked));
    }

    /** Nobody knows whether Redis let a request in: as if it had not. */
    void undo(Report.Undone request) {
        undone.add(request);
        schedule();
    }

    /** There is something to be told. */
    void changed(Tally tally) {
        changed.add(tally);
        schedule();
    }

    private void schedule() {
        if (!isScheduled.getAndSet(true)) {
            inContext(this::flush);
        }
    }

    private void inContext(Runnable action) {
        Own begun = own;
        if (begun != null) {
            begun.context().runOnContext(_ -> action.run());
        }
    }

    private void tick() {
        ticks++;
        if (!link.isConnected()) {
            isOpen = false;
        } else if (!isTelling) {
            if (!isOpening) {
                open();
            }
        } else {
            if (ticks % REMIND == 0) {
                tallies(Tallies::remind);
            }
            flush();
            if (!isOpen || isTroubled || ticks % REMIND == 0) {
                send(new Report.Draft(), true);
            }
        }
    }

    /**
     * Begins on a new connection, or once more on one where something went wrong. The other scripts are refused first, so that
     * Redis knows them: one that it has to be told in full would be overtaken by what is sent after it.
     */
    private void open() {
        isOpen = false;
        isTelling = false;
        isOpening = true;
        int now = generation.incrementAndGet();
        long sent = unconfirmed.isEmpty() ? confirmed : unconfirmed.getLast().number();
        guarded(admit, List.of("replicas", desk), List.of("", self, NO_GENERATION))
                .chain(() -> guarded(report, List.of(desk), List.of("", self, NO_NUMBER)))
                .chain(() -> guarded(
                        open,
                        List.of(desk),
                        List.of(Integer.toString(now), Long.toString(confirmed), Long.toString(sent))))
                .subscribe()
                .with(
                        answer -> inContext(() -> opened(now, Long.parseLong(answer.toString()))),
                        _ -> inContext(() -> lost(now)));
    }

    private Uni<Response> guarded(Script script, List<String> keys, List<String> arguments) {
        return link.unguarded(script, keys, arguments)
                .ifNoItem()
                .after(ANSWER)
                .failWith(() -> new IllegalStateException("no answer"));
    }

    private void opened(int asked, long known) {
        if (asked != generation.get()) {
            return;
        }
        isOpening = false;
        isTelling = true;
        if (known < 0) {
            Set<Who> half = new HashSet<>();
            unconfirmed.forEach(each -> half.addAll(each.whom()));
            unconfirmed.clear();
            answered.clear();
            undone.clear();
            confirmed = 0;
            graceUntil = System.nanoTime() + Crowd.GRACE_NANOS;
            tallies(tallies -> tallies.retell(half));
        } else {
            unconfirmed.removeIf(each -> each.number() <= known);
            confirmed = known;
            unconfirmed.forEach(this::dispatch);
        }
        flush();
        send(new Report.Draft(), true);
    }

    private void tallies(Consumer<Tallies> action) {
        Own begun = own;
        if (begun != null) {
            action.accept(begun.tallies());
        }
    }

    /** Something was not answered, or not as it should be. The next tick begins anew. */
    private void lost(int asked) {
        if (asked == generation.get()) {
            isOpen = false;
            isOpening = false;
            isTelling = false;
        }
    }

    private void flush() {
        isScheduled.set(false);
        while (isTelling && unconfirmed.size() < MOST_UNDER_WAY) {
            Report.Draft draft = draft();
            if (draft.isEmpty()) {
                return;
            }
            send(draft, false);
        }
    }

    private Report.Draft draft() {
        var draft = new Report.Draft();
        // an answer is noted before its request can be undone, and told before
        for (String name = answered.poll(); name != null; name = draft.isLarge() ? null : answered.poll()) {
            draft.answered(name);
        }
        for (var one = draft.isLarge() ? null : undone.poll();
                one != null;
                one = draft.isLarge() ? null : undone.poll()) {
            draft.undo(one);
        }
        for (Tally tally = draft.isLarge() ? null : changed.poll();
                tally != null;
                tally = draft.isLarge() ? null : changed.poll()) {
            Untold untold = tally.tell();
            if (untold != null) {
                draft.tell(tally.who(), untold);
            }
        }
        return draft;
    }

    private void send(Report.Draft draft, boolean isComplete) {
        long last = unconfirmed.isEmpty() ? confirmed : unconfirmed.getLast().number();
        Report next = draft.numbered(last + 1, desk, "desks", self, isComplete);
        unconfirmed.add(next);
        dispatch(next);
    }

    private void dispatch(Report each) {
        int now = generation.get();
        long sent = System.nanoTime();
        guarded(report, each.keys(), each.arguments())
                .subscribe()
                .with(
                        answer -> inContext(() -> arrived(now, each, sent, Long.parseLong(answer.toString()))),
                        _ -> inContext(() -> lost(now)));
    }

    private void arrived(int asked, Report each, long sent, long desks) {
        if (asked != generation.get()) {
            return;
        }
        if (desks < 0) {
            lost(asked);
            return;
        }
        unconfirmed.removeIf(before -> before.number() <= each.number()); // it counts only after those before it
        confirmed = Math.max(confirmed, each.number());
        long now = System.nanoTime();
        if (now - sent < PROMPT.toNanos() && now - troubledAt > RECOVERY.toNanos()) {
            isTroubled = false;
        }
        if (each.isComplete() && !isOpen) {
            isOpen = desks >= crowd.getAsInt() || now - graceUntil >= 0;
        }
        if (!changed.isEmpty() || !undone.isEmpty()) {
            flush();
        }
    }
}
