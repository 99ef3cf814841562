package dev.signalbox.ledger;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Wakes one thread that waits for work; ringing it again before that thread has begun costs one volatile read. */
final class Bell {

    private volatile boolean isRung;
    private volatile @Nullable Thread waiting;

    void ring() {
        if (isRung) {
            return;
        }
        isRung = true;
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Waits until the bell has rung since the last call, or the time is over. */
    void await(long nanos) {
        waiting = Thread.currentThread();
        if (!isRung) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
        isRung = false;
    }
}
