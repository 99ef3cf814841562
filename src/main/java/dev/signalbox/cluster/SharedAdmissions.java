package dev.signalbox.cluster;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.limits.Admission;
import dev.signalbox.limits.Admissions;
import dev.signalbox.limits.Entrance;
import dev.signalbox.limits.Entry;
import dev.signalbox.limits.LocalAdmissions;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.faulttolerance.Fallback;

/**
 * Counts what callers use, and what providers are asked, at all replicas together, when there is a Redis. While it is away, slow or refuses, each replica keeps
 * to its share of the limits, and of that to what it has not used in the last minute.
 */
@Singleton
@Alternative
@Priority(1)
public class SharedAdmissions implements Admissions, Entrance {

    private final Link link;
    private final LocalAdmissions local;
    private final Desk desk;

    /** For CDI. */
    public SharedAdmissions(Link link, LocalAdmissions local, Desk desk) {
        this.link = link;
        this.local = local;
        this.desk = desk;
    }

    @Override
    public Uni<Admission> admit(Exchange exchange) {
        if (!link.isConfigured()) {
            return local.admit(exchange);
        }
        Entry entry = desk.tallies().entry(exchange);
        if (entry == null) {
            return Uni.createFrom().item(Admission.FREE);
        }
        return enter(entry).map(in -> in);
    }

    @Override
    public boolean isShared() {
        return link.isConfigured();
    }

    @Override
    public int replicas() {
        return desk.crowd();
    }

    @Override
    public Entry attempt(String provider, Rates rates, long expected) {
        return desk.tallies().attempt(provider, rates, expected);
    }

    @Override
    public Uni<Entry> enter(Entry entry) {
        if (!desk.isOpen()) {
            return alone(entry);
        }
        Context caller = Vertx.currentContext();
        Uni<Entry> entered = together(entry);
        return caller == null ? entered : entered.emitOn(command -> caller.runOnContext(_ -> command.run()));
    }

    /** Asks Redis; what it refuses is refused. */
    @NonBlocking
    @Fallback(fallbackMethod = "alone", skipOn = SignalboxException.class)
    Uni<Entry> together(Entry entry) {
        return desk.ask(entry);
    }

    /** Keeps to this replica's share. */
    Uni<Entry> alone(Entry entry) {
        try {
            return Uni.createFrom().item(entry.alone(desk.crowd()));
        } catch (SignalboxException e) {
            return Uni.createFrom().failure(e);
        }
    }
}
