package dev.signalbox.upstream;

import io.vertx.core.Vertx;
import java.time.Duration;

/** A way to do something later. */
@FunctionalInterface
interface Alarm {

    /**
     * Does something once, after that time.
     *
     * @return what calls it off
     */
    Runnable after(Duration delay, Runnable action);

    /** A timer on the event loop of whoever sets it. */
    static Alarm of(Vertx vertx) {
        return (delay, action) -> {
            long timer = vertx.setTimer(Math.max(1, delay.toMillis()), _ -> action.run());
            return () -> vertx.cancelTimer(timer);
        };
    }
}
