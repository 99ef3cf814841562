package dev.signalbox.strategy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the strategies of one model remember from request to request: whose turn it is, and what chance has said. All event
 * loops share it. Who only wants to know what would be done asks with a {@link #copy}.
 */
public final class Memory {

    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final AtomicLong chance;
    private final ConcurrentHashMap<String, Turns> turns = new ConcurrentHashMap<>();
    private final Trends trends;

    /** A new one; the same seed leads to the same chances. */
    public Memory(long seed) {
        this(seed, new Trends());
    }

    private Memory(long seed, Trends trends) {
        this.chance = new AtomicLong(seed);
        this.trends = trends;
    }

    /** A number that nobody foresees: where one request begins to draw. */
    long draw() {
        return Rendezvous.mix(chance.getAndAdd(STEP));
    }

    /** The turns that are taken under that name. */
    Turns turns(String name) {
        Turns known = turns.get(name);
        return known == null ? turns.computeIfAbsent(name, _ -> new Turns()) : known;
    }

    /** The weights that follow what is observed. */
    Trends trends() {
        return trends;
    }

    /** The same at this moment; what happens to it stays with it. */
    public Memory copy() {
        Memory copy = new Memory(chance.get(), trends.copy());
        turns.forEach((name, taken) -> copy.turns.put(name, taken.copy()));
        return copy;
    }
}
