package dev.signalbox.strategy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Remembers which beginnings of prompts were sent to which deployments within the last five minutes: vendors keep about that
 * long what they have read. When they are too many the oldest are forgotten, so that callers cannot fill the memory. Any thread may ask.
 */
public final class WarmPrefixes {

    /** How long a prefix is taken to be warm. */
    static final long WARM = TimeUnit.MINUTES.toNanos(5);

    private final int most;
    private final LongSupplier nanos;
    private final AtomicReference<Generations> generations = new AtomicReference<>(new Generations(Map.of()));

    /**
     * The beginning of a prompt.
     *
     * @param hash of all that it says
     * @param tokens how many it has
     */
    public record Prefix(long hash, long tokens) {}

    /** What is being filled, and what was full before: when prefixes come to be too many, that is what is forgotten. */
    private record Generations(Map<Long, Long> young, Map<Long, Long> old) {

        Generations(Map<Long, Long> old) {
            this(new ConcurrentHashMap<>(), old);
        }
    }

    /**
     * @param most how many are remembered at least, if so many were sent; at most twice as many
     * @param nanos the monotonic clock
     */
    public WarmPrefixes(int most, LongSupplier nanos) {
        this.most = most;
        this.nanos = nanos;
    }

    /** A prompt was sent to a deployment. */
    public void sent(Profile deployment, List<Prefix> prefixes) {
        long now = nanos.getAsLong();
        for (Prefix prefix : prefixes) {
            Generations current = generations.get();
            current.young().put(key(deployment, prefix), now);
            if (current.young().size() >= most) {
                generations.compareAndSet(current, new Generations(current.young()));
            }
        }
    }

    /**
     * How many tokens at the beginning of a prompt are warm at a deployment.
     *
     * @param prefixes the shortest first
     */
    public long tokens(Profile deployment, List<Prefix> prefixes) {
        Generations current = generations.get();
        long now = nanos.getAsLong();
        for (Prefix prefix : prefixes.reversed()) {
            Long key = key(deployment, prefix);
            Long young = current.young().get(key);
            Long sent = young == null ? current.old().get(key) : young;
            if (sent != null && now - sent <= WARM) {
                return prefix.tokens();
            }
        }
        return 0;
    }

    private static long key(Profile deployment, Prefix prefix) {
        return Rendezvous.mix(deployment.hash() ^ Rendezvous.mix(prefix.hash()));
    }
}
