package dev.signalbox.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to an exchange so far: who was tried, who answers, what a translation changed, and when. Written by
 * the rooms as the request passes them, on the request's own event loop.
 */
public final class Trail {

    private final List<Attempt> attempts = new ArrayList<>(2);
    private final List<Leg> legs = new ArrayList<>(0);
    private final List<Claim> claims = new ArrayList<>(0);
    private List<String> dropped = List.of();
    private List<String> emulated = List.of();
    private @Nullable String model;
    private @Nullable Supplier<Selection> selection;
    private @Nullable Supplier<Quota> quota;
    private boolean configured;
    private String strategy = "";
    private int dispatched;
    private @Nullable Served served;
    private long admitted;
    private long routed;
    private long connected;
    private long firstToken;
    private long dispatchedAt;
    private long upstreamNanos;
    private int underWay;
    private long underWaySince;
    private boolean paid;

    /**
     * The deployment that is being asked, or that answered.
     *
     * @param provider the provider's configured name
     * @param model the upstream model
     * @param tariff what its tokens cost; null when unknown
     */
    public record Served(
            String provider, String model, @Nullable Tariff tariff) {
        /** The deployment's id. */
        public String deployment() {
            return provider + "/" + model;
        }
    }

    /**
     * What one upstream has to be paid for, beside the one that answered.
     *
     * @param by who is paid
     * @param usage for what; null: for a prompt whose answer nobody waited for
     * @param heard whether the caller heard what it said, so that it belongs to the usage that the caller is told
     */
    public record Leg(Served by, @Nullable Usage usage, boolean heard) {}

    /** Somebody has to be paid of whom the caller heard nothing: who lost a race, or could not go on with an answer. */
    public void spent(Served by, @Nullable Usage usage) {
        legs.add(new Leg(by, usage, false));
    }

    /** Somebody has to be paid who broke off in the middle, after the caller had heard them. */
    public void brokeOff(Served by, Usage usage) {
        legs.add(new Leg(by, usage, true));
    }

    /** Who has to be paid beside the one that answers. */
    public List<Leg> legs() {
        return legs;
    }

    /**
     * Money was set aside for an attempt.
     *
     * @return whether it can still be used; when all is paid for, it has gone back already
     */
    public boolean claimed(Claim claim) {
        if (paid) {
            claim.giveBack();
            return false;
        }
        claims.add(claim);
        return true;
    }

    /** The most that an answer of that upstream can be charged for, as far as money was set aside for it. */
    public long mostOutput(Served by) {
        for (Claim claim : claims) {
            if (claim.isOpen() && claim.by().equals(by)) {
                return claim.mostOutput();
            }
        }
        return Long.MAX_VALUE;
    }

    /**
     * That upstream is to be paid that much, from what was set aside for it.
     *
     * @param picos in pico-dollars
     */
    public void charge(Served by, long picos) {
        if (claims.isEmpty()) {
            return;
        }
        Claim closed = null;
        for (Claim claim : claims) {
            if (claim.by().equals(by)) {
                if (claim.isOpen()) {
                    claim.settle(picos);
                    return;
                }
                closed = claim;
            }
        }
        if (picos > 0 && closed != null) {
            closed.settle(picos);
        }
    }

    /** Everybody is paid: what is still set aside goes back, and no more is. */
    public void paid() {
        paid = true;
        claims.forEach(Claim::giveBack);
    }

    /** Who could answer, and who could not; null before that is known. */
    public @Nullable Selection selection() {
        return selection == null ? null : selection.get();
    }

    /** It is being found out who can answer, and who cannot; asked for once, when all is over. */
    public void selected(Supplier<Selection> known) {
        selection = known;
    }

    /** What is left to the caller at this moment; null when nothing of theirs is limited. */
    public @Nullable Quota quota() {
        return quota == null ? null : quota.get();
    }

    /** The caller has limits; asked when they are told of them. */
    public void limited(Supplier<Quota> known) {
        quota = known;
    }

    /** The public name of the model, once it is known that there is one. */
    public @Nullable String model() {
        return model;
    }

    /**
     * The caller asked for this model.
     *
     * @param name its public name
     * @param isConfigured whether that name is in the configuration, and so fit for a metric's label
     */
    public void modelIs(String name, boolean isConfigured) {
        model = name;
        configured = isConfigured;
    }

    /** Whether the name of the model is one of the configuration's. */
    public boolean isConfigured() {
        return configured;
    }

    /** The strategy that put the candidates in order; empty before that. */
    public String strategy() {
        return strategy;
    }

    /** The candidates were put in order. */
    public void routed(String by, long nanos) {
        strategy = by;
        if (routed == 0) {
            routed = nanos;
        }
    }

    /** The request was let in. */
    public void admitted(long nanos) {
        admitted = nanos;
    }

    /** A deployment is asked now. */
    public void dispatched(Served to, long nanos) {
        dispatched++;
        served = to;
        dispatchedAt = nanos;
        connected = 0;
        if (underWay++ == 0) {
            underWaySince = nanos;
        }
    }

    /**
     * It is settled who answers, as far as it can be.
     *
     * @param by who
     * @param left paths in the caller's body that a translation left out
     * @param byOtherMeans paths in the caller's body that a translation said by other means
     */
    public void answers(Served by, List<String> left, List<String> byOtherMeans) {
        served = by;
        dropped = left;
        emulated = byOtherMeans;
    }

    /** The upstream has a connection for this attempt. */
    public void connected(long nanos) {
        connected = nanos;
    }

    /** The first token came. */
    public void firstToken(long nanos) {
        firstToken = nanos;
    }

    /** The attempt ended. */
    public void ended(Attempt attempt, long nanos) {
        attempts.add(attempt);
        if (--underWay == 0) {
            upstreamNanos += nanos - underWaySince;
        }
    }

    /** The attempts that ended, oldest first. */
    public List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /** How many attempts were begun. */
    public int dispatchedCount() {
        return dispatched;
    }

    /** The deployment that was asked last. */
    public @Nullable Served served() {
        return served;
    }

    /** Paths in the caller's body that were dropped. */
    public List<String> dropped() {
        return dropped;
    }

    /** Paths in the caller's body that were said by other means. */
    public List<String> emulated() {
        return emulated;
    }

    /** When the request was let in, in nanoseconds of the monotonic clock; 0 before. */
    public long admittedAt() {
        return admitted;
    }

    /** When the candidates were put in order; 0 before. */
    public long routedAt() {
        return routed;
    }

    /** When the last attempt was begun; 0 before. */
    public long dispatchedAt() {
        return dispatchedAt;
    }

    /** When the last attempt had its connection; 0 before, or when the transport does not say. */
    public long connectedAt() {
        return connected;
    }

    /** When the first token came; 0 before. */
    public long firstTokenAt() {
        return firstToken;
    }

    /** Time spent waiting for upstreams, in nanoseconds. */
    public long upstreamNanos() {
        return upstreamNanos;
    }
}
