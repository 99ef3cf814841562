package dev.signalbox.limits;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** Where a caller waits, and where it goes on: its own event loop. */
interface Loop {

    /** Does that soon. */
    void run(Runnable action);

    /**
     * Does that later.
     *
     * @param nanos after how long
     * @return stops it
     */
    Runnable after(long nanos, Runnable action);

    /** The one of whoever calls this. */
    static Loop current(Vertx vertx) {
        Context context = vertx.getOrCreateContext();
        return new Loop() {
            @Override
            public void run(Runnable action) {
                context.runOnContext(_ -> action.run());
            }

            @Override
            public Runnable after(long nanos, Runnable action) {
                long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
                long timer = vertx.setTimer(millis, _ -> run(action));
                return () -> vertx.cancelTimer(timer);
            }
        };
    }
}
