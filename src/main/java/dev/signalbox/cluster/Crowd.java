package dev.signalbox.cluster;

import java.util.concurrent.TimeUnit;

/**
 * Between how many replicas limits are divided while they cannot ask Redis: as many as were seen last. After an outage, and when
 * Redis comes back empty, the others have five seconds to be seen again before they no longer count. Not for two threads at once.
 */
final class Crowd {

    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long OUTAGE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private String epoch = "";
    private boolean isBegun;
    private long lastSeen;
    private long graceUntil;
    private volatile int count = 1;

    /** So many are there, as a beat says. */
    void seen(String now, int many, long nanos) {
        if (isBegun && (!now.equals(epoch) || nanos - lastSeen > OUTAGE_NANOS)) {
            graceUntil = nanos + GRACE_NANOS;
        }
        if (!isBegun) {
            graceUntil = nanos;
        }
        isBegun = true;
        epoch = now;
        lastSeen = nanos;
        count = Math.max(1, nanos - graceUntil < 0 ? Math.max(count, many) : many);
    }

    /** How many there are; at least one. */
    int count() {
        return count;
    }
}
