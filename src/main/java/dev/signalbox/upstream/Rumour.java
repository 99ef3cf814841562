package dev.signalbox.upstream;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What other replicas say of an upstream, for as long as that counts. It makes it less wanted and never takes it away: the
 * other replica may be the one that is not well. So what happens here goes before it:
 *
 * <ul>
 *   <li>Who was answered a moment ago does not listen.
 *   <li>When its time is over, one attempt after the other finds out whether it is true; before one has, no other rumour
 *       counts. If it fails, it was true for once more.
 *   <li>If it is answered, nothing of that kind is believed for five minutes, or until an attempt fails here too.
 * </ul>
 */
final class Rumour {

    private static final long KNOWN_NANOS = Duration.ofSeconds(5).toNanos();
    /** Answers come often, and not each of them is noted. */
    private static final long NOTED_NANOS = Duration.ofSeconds(4).toNanos();

    private static final long REFUTED_NANOS = Duration.ofMinutes(5).toNanos();

    private final LongSupplier nanos;
    private final AtomicInteger trials = new AtomicInteger();
    private volatile @Nullable Heard heard;
    private volatile long knownUntil;

    private record Heard(String what, long until) {}

    /** @param nanos the monotonic clock */
    Rumour(LongSupplier nanos) {
        this.nanos = nanos;
        this.knownUntil = nanos.getAsLong();
    }

    /**
     * Another replica says so.
     *
     * @return whether it is believed
     */
    synchronized boolean hear(String what, Duration left) {
        long now = nanos.getAsLong();
        if (heard != null || left.isNegative() || left.isZero() || knownUntil - now > 0) {
            return false;
        }
        heard = new Heard(what, now + left.toNanos());
        return true;
    }

    /** Why somebody else is asked rather, in words; null: nothing is said, or it is time to find out. */
    @Nullable String why() {
        Heard now = heard;
        return now == null || (isOver(now) && trials.get() == 0) ? null : now.what();
    }

    private boolean isOver(Heard said) {
        return nanos.getAsLong() - said.until() >= 0;
    }

    /** An attempt begins; true when it finds out, and then {@link #tried} is called at its end. */
    boolean tries() {
        Heard now = heard;
        boolean findsOut = now != null && isOver(now);
        if (findsOut) {
            trials.incrementAndGet();
        }
        return findsOut;
    }

    /** An attempt that found out has ended. */
    void tried() {
        trials.decrementAndGet();
    }

    /** An attempt was answered here. */
    void answered() {
        long now = nanos.getAsLong();
        if (heard != null) {
            synchronized (this) {
                heard = null;
                knownUntil = now + REFUTED_NANOS;
            }
        } else if (knownUntil - now < NOTED_NANOS) {
            knownUntil = now + KNOWN_NANOS;
        }
    }

    /**
     * An attempt failed here.
     *
     * @param again for how long it is true once more, if it was this attempt that found out
     */
    synchronized void failed(Duration again) {
        long now = nanos.getAsLong();
        knownUntil = now;
        Heard said = heard;
        if (said != null && isOver(said)) {
            heard = again.isZero() ? null : new Heard(said.what(), now + again.toNanos());
        }
    }

    /** Nothing was said: things are not as they were. */
    synchronized void forget() {
        heard = null;
    }
}
