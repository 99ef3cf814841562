package dev.signalbox.chat;

import org.jspecify.annotations.Nullable;

/**
 * What one exchange came to: tokens, money and time.
 *
 * @param usage tokens in disjoint buckets
 * @param estimated whether the gateway had to count them itself
 * @param cost what it cost; null when the price is unknown
 * @param latencyMs from arrival to now
 * @param firstTokenMs from arrival to the first token; null when there was none
 * @param overheadMs the part of the latency that was not waiting for an upstream
 */
public record Receipt(
        Usage usage,
        boolean estimated,
        @Nullable Cost cost,
        double latencyMs,
        @Nullable Double firstTokenMs,
        double overheadMs) {}
