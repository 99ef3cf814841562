package dev.signalbox.cluster;

import dev.signalbox.telemetry.Meters;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Which replicas there are. Each says once a second that it is there; one that was not seen for five seconds no longer counts.
 * While Redis is away those count that were last seen.
 */
@ApplicationScoped
public class Replicas {

    static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration UNSEEN = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Logger LOG = Logger.getLogger("signalbox.cluster");
    private static final int MOST_MISSED = 2;
    private static final List<String> KEYS = List.of("replicas", "epoch");

    private final Link link;
    private final Meters meters;
    private final Vertx vertx;
    private final Script beat = Script.named("beat");
    private final Script leave = Script.named("leave");
    private final String self = UUID.randomUUID().toString();
    private final List<Consumer<Seen>> watchers = new CopyOnWriteArrayList<>();
    private final List<BooleanSupplier> doubts = new CopyOnWriteArrayList<>();
    private volatile Seen seen = new Seen("", Set.of(self), 0, 0);
    private volatile boolean isHeard;
    private boolean isUnderWay;
    private int missed;
    private long timer = -1;

    /**
     * What a beat saw.
     *
     * @param epoch another one when Redis has lost what it held; empty before the first beat
     * @param replicas that are there, this one included
     * @param redisMillis the time of Redis, in milliseconds since 1970
     * @param nanos when that was here, by {@link System#nanoTime}
     */
    public record Seen(String epoch, Set<String> replicas, long redisMillis, long nanos) {
        public Seen {
            replicas = Set.copyOf(replicas);
        }
    }

    /** Only this one is known yet. */
    public Replicas(Link link, Meters meters, Vertx vertx) {
        this.link = link;
        this.meters = meters;
        this.vertx = vertx;
    }

    void start(@Observes @Priority(2) StartupEvent event) {
        meters.gauge("signalbox_cluster_degraded", Tags.empty(), () -> isDegraded() ? 1 : 0);
        if (link.isConfigured()) {
            link.onArrival(this::beat);
            timer = vertx.setPeriodic(BEAT.toMillis(), _ -> beat());
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
            link.unguarded(leave, KEYS.subList(0, 1), List.of(self)).subscribe().with(_ -> {}, _ -> {});
        }
    }

    /** The name of this replica, another one after each start. */
    public String self() {
        return self;
    }

    /** How many there are, or were when Redis was last heard; at least one. */
    public int count() {
        return Math.max(1, seen.replicas().size());
    }

    /** What was seen last. */
    public Seen seen() {
        return seen;
    }

    /** Whether Redis is away, slow or refuses. Without Redis there is nobody to be heard, and nothing is amiss. */
    public boolean isDegraded() {
        return link.isConfigured() && (!isHeard || doubts.stream().anyMatch(BooleanSupplier::getAsBoolean));
    }

    /** Whoever asks more of Redis than beats can say that it does not get it. */
    public void doubt(BooleanSupplier doubt) {
        doubts.add(doubt);
    }

    /** Is told of every beat that is answered, on the event loop on which Redis answers. */
    public void onBeat(Consumer<Seen> watcher) {
        watchers.add(watcher);
    }

    private void beat() {
        synchronized (this) {
            if (isUnderWay) {
                return;
            }
            isUnderWay = true;
        }
        link.unguarded(
                        beat,
                        KEYS,
                        List.of(
                                self,
                                Long.toString(UNSEEN.toMillis()),
                                UUID.randomUUID().toString()))
                .ifNoItem()
                .after(ANSWER)
                .recoverWithUni(() -> Uni.createFrom().failure(new IllegalStateException("no answer")))
                .onTermination()
                .invoke(this::over)
                .subscribe()
                .with(this::answered, this::unanswered);
    }

    private synchronized void over() {
        isUnderWay = false;
    }

    private void answered(Response answer) {
        missed = 0;
        isHeard = true;
        Set<String> there = new HashSet<>();
        for (int i = 2; i < answer.size(); i++) {
            there.add(answer.get(i).toString());
        }
        there.add(self);
        Seen now = new Seen(
                answer.get(0).toString(), there, Long.parseLong(answer.get(1).toString()), System.nanoTime());
        if (!now.replicas().equals(seen.replicas())) {
            LOG.infof("%d replicas share limits and budgets", there.size());
        }
        seen = now;
        watchers.forEach(watcher -> watcher.accept(now));
    }

    private void unanswered(Throwable failure) {
        LOG.debugf("no beat: %s", failure.getMessage());
        isHeard = false;
        if (++missed >= MOST_MISSED) {
            missed = 0;
            link.abandon(); // a connection that leads nowhere does not end by itself
        }
    }
}
