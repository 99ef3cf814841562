package dev.signalbox.strategy;

import org.jspecify.annotations.Nullable;

/**
 * What a deployment has to do.
 *
 * @param active calls that are under way
 * @param queued calls that wait for their turn
 * @param requests what is left of the requests of a minute; null: not limited
 * @param tokens what is left of the tokens of a minute; null: not limited
 */
public record Load(
        int active,
        int queued,
        @Nullable Headroom requests,
        @Nullable Headroom tokens) {

    /** Nothing, without limits. */
    public static final Load NONE = new Load(0, 0, null, null);

    /** Calls under way and waiting. */
    public int all() {
        return active + queued;
    }

    /**
     * What is left of a limit.
     *
     * @param left how much; below zero when more was used
     * @param limit how much there is
     */
    public record Headroom(long left, long limit) {

        /** The share that is left after so much more. */
        double shareAfter(long more) {
            return limit <= 0 ? 0 : (double) (left - more) / limit;
        }
    }
}
