package dev.signalbox.cluster;

import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.limits.Common;
import dev.signalbox.limits.Entry;
import dev.signalbox.limits.Limited;
import dev.signalbox.limits.Tallies;
import dev.signalbox.limits.Tally.Obstacle;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * Where this replica counts what is limited together with the others. Redis is asked once for each request, for all its limits;
 * everything else is {@linkplain Reporting told} afterwards.
 */
@ApplicationScoped
public class Desk {

    private static final String UNSEEN = "5000";
    private static final String UNLIMITED = "-1";

    private final Link link;
    private final Replicas replicas;
    private final Script admit = Script.named("minute", "admit");
    private final RedisClock clock = new RedisClock();
    private final Crowd crowd = new Crowd();
    private final Tallies tallies;
    private final String self;
    private final Reporting reporting;
    private final AtomicLong names = new AtomicLong();

    /** Closed: there is no Redis yet. */
    public Desk(Link link, Replicas replicas, Vertx vertx, Clock wall) {
        this.link = link;
        this.replicas = replicas;
        this.self = replicas.self();
        this.reporting = new Reporting(link, vertx, admit, self, crowd::count);
        this.tallies = new Tallies(clock::nanos, wall, reporting::changed);
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        if (link.isConfigured()) {
            replicas.doubt(() -> !reporting.isOpen() || reporting.isTroubled());
            replicas.onBeat(this::beat);
            reporting.begin(tallies);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        reporting.end();
    }

    private synchronized void beat(Replicas.Seen seen) {
        clock.told(seen.redisMillis(), seen.nanos());
        crowd.seen(seen.epoch(), seen.replicas().size(), seen.nanos());
    }

    /** What is used here. */
    Tallies tallies() {
        return tallies;
    }

    /** Whether Redis can be asked: it is there, and knows what there is to know. */
    boolean isOpen() {
        return reporting.isOpen();
    }

    /** Between how many replicas limits are divided when it cannot. */
    int crowd() {
        return crowd.count();
    }

    /**
     * Asks whether all replicas together let a request in, which then is.
     *
     * @return fails with a {@link SignalboxException} when they do not, and with something else when Redis cannot be asked; then it
     *     is as if it had not been asked
     */
    Uni<Entry> ask(Entry entry) {
        String name = Long.toString(names.incrementAndGet());
        int now = reporting.generation();
        int chapter = tallies.chapter();
        List<String> keys = new ArrayList<>(4);
        List<String> arguments = new ArrayList<>(13);
        keys.add("replicas");
        keys.add(Reporting.desk(self));
        arguments.addAll(List.of(
                "",
                self,
                Integer.toString(now),
                name,
                Long.toString(entry.expected()),
                UNSEEN,
                Integer.toString(entry.places())));
        for (Limited limited : entry.limits()) {
            keys.add(Report.key(limited.who()));
            Rates rates = limited.rates();
            arguments.add(
                    rates.requestsPerMinute() == null
                            ? UNLIMITED
                            : rates.requestsPerMinute().toString());
            arguments.add(
                    rates.tokensPerMinute() == null
                            ? UNLIMITED
                            : rates.tokensPerMinute().toString());
            arguments.add(
                    rates.concurrent() == null ? UNLIMITED : rates.concurrent().toString());
        }
        return link.run(admit, keys, arguments)
                .onCancellation()
                .invoke(() -> undo(entry, name))
                .onItemOrFailure()
                .transform((answer, failure) -> {
                    if (failure != null) {
                        reporting.failed();
                        if (!(failure instanceof CircuitBreakerOpenException)) {
                            undo(entry, name);
                        }
                        throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
                    }
                    return answered(entry, name, now, chapter, Objects.requireNonNull(answer));
                });
    }

    private Entry answered(Entry entry, String name, int asked, int chapter, Response answer) {
        int what = (int) number(answer, 0);
        if (what < 0) {
            reporting.unknown(asked);
            throw new IllegalStateException("Redis does not know this replica");
        }
        List<Common> common = new ArrayList<>(2);
        for (int i = 4; i < answer.size(); i += 5) {
            common.add(new Common(
                    number(answer, i),
                    number(answer, i + 1),
                    number(answer, i + 2),
                    nanos(number(answer, i + 3)),
                    nanos(number(answer, i + 4))));
        }
        if (what == 0) {
            reporting.answered(name);
            return entry.granted(common, chapter);
        }
        reporting.refused();
        throw entry.refused(
                common, (int) number(answer, 2) - 1, Obstacle.values()[what - 1], Duration.ofMillis(number(answer, 3)));
    }

    private static long number(Response answer, int at) {
        return Long.parseLong(answer.get(at).toString());
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void undo(Entry entry, String name) {
        reporting.undo(new Report.Undone(
                name, entry.limits().stream().map(Limited::who).toList()));
    }
}
