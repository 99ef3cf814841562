package dev.signalbox.limits;

import dev.signalbox.chat.Grant.Rates;

/**
 * Somebody with limits.
 *
 * @param who they are
 * @param rates how fast they may ask
 */
public record Limited(Who who, Rates rates) {

    /** What falls to each of so many replicas; less than one is none. */
    Limited share(int among) {
        if (among <= 1) {
            return this;
        }
        Integer requests = rates.requestsPerMinute();
        Long tokens = rates.tokensPerMinute();
        Integer concurrent = rates.concurrent();
        return new Limited(
                who,
                new Rates(
                        requests == null ? null : requests / among,
                        tokens == null ? null : tokens / among,
                        concurrent == null ? null : concurrent / among));
    }
}
