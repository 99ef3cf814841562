package dev.signalbox.limits;

import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.Quota.Left;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One that limits the entry, what is counted of it here, where, and, when all replicas were asked, what they said and when. */
record Inside(
        Limited limited, Tally tally, long slice, @Nullable Common common, long at) {

    @Nullable Left requestsLeft(long elapsed) {
        Rates rates = limited.rates();
        if (common == null) {
            synchronized (tally) {
                return tally.requestsLeft(rates, elapsed);
            }
        }
        return rates.requestsPerMinute() == null
                ? null
                : left(rates.requestsPerMinute(), common.requests(), common.requestsReset() - (elapsed - at));
    }

    @Nullable Left tokensLeft(long elapsed, long correction, long settledAt) {
        Rates rates = limited.rates();
        if (common == null) {
            synchronized (tally) {
                return tally.tokensLeft(rates, elapsed);
            }
        }
        long untilFree = correction > 0
                ? SlidingMinute.SLICES * SlidingMinute.SLICE_NANOS - (elapsed - settledAt)
                : common.tokensReset() - (elapsed - at);
        return rates.tokensPerMinute() == null
                ? null
                : left(rates.tokensPerMinute(), common.tokens() + correction, untilFree);
    }

    private static Left left(long limit, long used, long reset) {
        return new Left(
                limit, Math.clamp(limit - used, 0, limit), Duration.ofNanos(used <= 0 ? 0 : Math.max(0, reset)));
    }
}
