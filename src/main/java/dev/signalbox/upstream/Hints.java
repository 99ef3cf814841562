package dev.signalbox.upstream;

import java.time.Duration;

/** The way to tell other replicas what was learned of an upstream; what they tell comes to {@link Fleet#heard}. */
@FunctionalInterface
public interface Hints {

    /**
     * Tells it, if anybody can be reached. It neither waits nor fails.
     *
     * @param left for how long that holds from now on
     */
    void tell(Hint hint, Duration left);
}
