package dev.signalbox.limits;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * So many requests and so many tokens a minute, for one provider. What is taken is never more than a limit in any 60 seconds;
 * what turns out afterwards, that an answer took more or fewer tokens than expected, counts for those who come later.
 */
final class Pace {

    private final @Nullable Integer requestLimit;
    private final @Nullable Long tokenLimit;
    private final LongSupplier nanos;
    private final long origin;
    private final SlidingMinute requests = new SlidingMinute();
    private final SlidingMinute tokens = new SlidingMinute();

    /**
     * @param requestLimit requests a minute; null: any number
     * @param tokenLimit tokens a minute; null: any number
     * @param nanos the monotonic clock
     */
    Pace(@Nullable Integer requestLimit, @Nullable Long tokenLimit, LongSupplier nanos) {
        this.requestLimit = requestLimit;
        this.tokenLimit = tokenLimit;
        this.nanos = nanos;
        this.origin = nanos.getAsLong();
    }

    /** Takes one request of so many tokens; null when that is more than what is left. */
    synchronized @Nullable Taken take(long expected) {
        long elapsed = nanos.getAsLong() - origin;
        long slice = requests.at(elapsed);
        tokens.at(elapsed);
        if (requestLimit != null && requests.sum() >= requestLimit) {
            return null;
        }
        if (tokenLimit != null && tokens.sum() > mostBefore(expected, tokenLimit)) {
            return null;
        }
        requests.add(slice, 1);
        tokens.add(slice, expected);
        return new OfPace(slice, expected);
    }

    /** What may be used already when a request of so many tokens comes. One that alone is more than the limit needs a free minute. */
    private static long mostBefore(long expected, long limit) {
        return Math.max(0, limit - expected);
    }

    /** How long until a request of so many tokens could be taken, if nobody else takes any; 0: now. */
    synchronized long waitNanos(long expected) {
        long elapsed = nanos.getAsLong() - origin;
        requests.at(elapsed);
        tokens.at(elapsed);
        long at = Math.max(
                requestLimit == null ? 0 : requests.falls(requestLimit - 1L),
                tokenLimit == null ? 0 : tokens.falls(mostBefore(expected, tokenLimit)));
        return Math.max(0, at - elapsed);
    }

    /** What is left of the requests; null: not limited. */
    synchronized @Nullable Headroom requestsLeft() {
        requests.at(nanos.getAsLong() - origin);
        return requestLimit == null ? null : new Headroom(requestLimit - requests.sum(), requestLimit);
    }

    /** What is left of the tokens; null: not limited. */
    synchronized @Nullable Headroom tokensLeft() {
        tokens.at(nanos.getAsLong() - origin);
        return tokenLimit == null ? null : new Headroom(tokenLimit - tokens.sum(), tokenLimit);
    }

    private final class OfPace implements Taken {
        private final long slice;
        private final long expected;
        private boolean over;

        OfPace(long slice, long expected) {
            this.slice = slice;
            this.expected = expected;
        }

        @Override
        public void settle(long actual) {
            synchronized (Pace.this) {
                if (over) {
                    return;
                }
                over = true;
                long now = tokens.at(nanos.getAsLong() - origin);
                // what was not used was never there; what was used beyond expectation is told only now, and counts from
                // now
                tokens.add(actual > expected ? now : slice, actual - expected);
            }
        }

        @Override
        public void giveBack() {
            synchronized (Pace.this) {
                if (over) {
                    return;
                }
                over = true;
                long elapsed = nanos.getAsLong() - origin;
                requests.at(elapsed);
                tokens.at(elapsed);
                requests.add(slice, -1);
                tokens.add(slice, -expected);
            }
        }
    }
}
