package dev.signalbox.strategy;

import java.util.Set;

/** A request for tests. */
record Asked(
        boolean stream,
        long promptTokens,
        long expectedOutput,
        String lastUserMessage,
        long contextLength,
        String session,
        String user,
        String key,
        long prefixHash,
        Set<Aim> optimize,
        Quality minimum,
        Long maxCost,
        Long targetCost,
        String provider)
        implements Ask {

    /** A plain request for {@code hello}. */
    static final Asked PLAIN =
            new Asked(false, 100, 50, "hello", 5, null, null, null, 0, Set.of(), null, null, null, null);

    @Override
    public String address() {
        return "192.0.2.1";
    }

    static Asked streaming() {
        return new Asked(true, 100, 50, "hello", 5, null, null, null, 0, Set.of(), null, null, null, null);
    }

    static Asked saying(String message, long context) {
        return new Asked(false, 100, 50, message, context, null, null, null, 0, Set.of(), null, null, null, null);
    }

    static Asked from(String session, String user, String key) {
        return new Asked(false, 100, 50, "hello", 5, session, user, key, 0, Set.of(), null, null, null, null);
    }

    static Asked goingOn(long prefix) {
        return new Asked(false, 100, 50, "hello", 5, null, null, null, prefix, Set.of(), null, null, null, null);
    }

    static Asked wanting(boolean stream, Aim... aims) {
        return new Asked(stream, 100, 50, "hello", 5, null, null, null, 0, Set.of(aims), null, null, null, null);
    }

    static Asked within(Quality minimum, Long maxCost, Long targetCost) {
        return new Asked(false, 100, 50, "hello", 5, null, null, null, 0, Set.of(), minimum, maxCost, targetCost, null);
    }

    static Asked only(String provider) {
        return new Asked(false, 100, 50, "hello", 5, null, null, null, 0, Set.of(), null, null, null, provider);
    }
}
