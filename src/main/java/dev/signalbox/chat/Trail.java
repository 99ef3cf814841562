package dev.signalbox.chat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to an exchange so far: who was tried, who answers, what a translation changed, and when. Written by
 * the rooms as the request passes them, on the request's own event loop.
 */
public final class Trail {

    private final List<Attempt> attempts = new ArrayList<>(2);
    private final List<String> dropped = new ArrayList<>(0);
    private final List<String> emulated = new ArrayList<>(0);
    private @Nullable String model;
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
        dropped.clear();
        emulated.clear();
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
        upstreamNanos += nanos - dispatchedAt;
    }

    /** A translation left something out, or said it by other means. */
    public void disclose(List<String> left, List<String> byOtherMeans) {
        dropped.addAll(left);
        emulated.addAll(byOtherMeans);
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
