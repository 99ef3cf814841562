package dev.signalbox.routing;

import dev.signalbox.strategy.Memory;
import java.util.concurrent.atomic.AtomicLong;

/** What is remembered of one public model from request to request. Any thread may ask. */
final class Experience {

    /** What an answer is taken to be long while none was seen, in tokens. */
    private static final double USUAL_ANSWER = 256;

    /** What the newest answer weighs in the mean. */
    private static final double NEWEST = 0.1;

    private final Memory memory;
    private final HedgeBudget hedges;
    private final AtomicLong answer;

    Experience(Memory memory, HedgeBudget hedges) {
        this(memory, hedges, USUAL_ANSWER);
    }

    private Experience(Memory memory, HedgeBudget hedges, double answer) {
        this.memory = memory;
        this.hedges = hedges;
        this.answer = new AtomicLong(Double.doubleToRawLongBits(answer));
    }

    /** What its strategies remember. */
    Memory memory() {
        return memory;
    }

    /** What its second attempts may cost. */
    HedgeBudget hedges() {
        return hedges;
    }

    /** How many tokens its answers have, a decayed mean. */
    long answerTokens() {
        return Math.round(Double.longBitsToDouble(answer.get()));
    }

    /** An answer had that many tokens. */
    void answered(long tokens) {
        answer.updateAndGet(bits -> {
            double mean = Double.longBitsToDouble(bits);
            return Double.doubleToRawLongBits(mean + NEWEST * (tokens - mean));
        });
    }

    /** The same at this moment, for who only wants to know what would be done. */
    Experience copy() {
        return new Experience(memory.copy(), hedges, Double.longBitsToDouble(answer.get()));
    }
}
