package dev.signalbox.strategy;

import org.jspecify.annotations.Nullable;

/**
 * What a strategy sees of one deployment, at one moment and for one request.
 *
 * @param profile what the configuration says
 * @param observed how it did lately
 * @param load what it has to do
 * @param predictedCost of this request, in pico-dollars; null when the price is unknown
 * @param warmTokens how many of the prompt's first tokens were sent to it in the last minutes, and are probably in its cache
 */
public record Candidate(
        Profile profile,
        Observed observed,
        Load load,
        @Nullable Long predictedCost,
        long warmTokens) {

    /** Its id, {@code provider/model}. */
    public String id() {
        return profile.id();
    }

    /** Its provider's name. */
    public String provider() {
        return profile.entry().provider();
    }

    /** The lower, the earlier. */
    public int priority() {
        return profile.entry().priority();
    }

    /** Milliseconds that a caller waits for the first token of a stream, or for a plain answer, lately; null when unknown. */
    public @Nullable Double latency(boolean stream) {
        return stream ? observed.firstTokenMillis() : observed.responseMillis();
    }

    /** The quality that is expected of it, from 0 to 1: what is configured, blended with what was measured. */
    public double quality() {
        return HighestQuality.of(this);
    }

    /** A number for sorting by a value that may be unknown, and then is as good as can be: who was never asked is to be tried. */
    double orUnknown(@Nullable Double known) {
        if (known != null) {
            return known;
        }
        return observed.onlyFailed() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
}
