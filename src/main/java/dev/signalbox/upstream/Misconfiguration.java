package dev.signalbox.upstream;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a vendor said of a deployment that is not there. It is left alone for a minute; then one try shows whether it is. */
final class Misconfiguration {

    /** For how long nobody asks again while somebody else is there. */
    static final Duration LEFT_ALONE = Duration.ofMinutes(1);

    private final LongSupplier nanos;
    private volatile @Nullable Said said;

    private record Said(String why, long until) {}

    /** @param nanos the monotonic clock */
    Misconfiguration(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * The vendor says that it is not there.
     *
     * @return whether that is news
     */
    boolean found(UpstreamFailure failure) {
        boolean isNews = said == null;
        said = new Said(failure.inShort(), nanos.getAsLong() + LEFT_ALONE.toNanos());
        return isNews;
    }

    /** It answered, or its provider is configured otherwise from now on. */
    void repaired() {
        if (said != null) {
            said = null;
        }
    }

    /** Whether it was said a moment ago. */
    boolean isFresh() {
        Said now = said;
        return now != null && nanos.getAsLong() - now.until() < 0;
    }

    /** What was said, such as {@code model_unavailable (HTTP 404)}; null: nothing since it last answered. */
    @Nullable String why() {
        Said now = said;
        return now == null ? null : now.why();
    }
}
