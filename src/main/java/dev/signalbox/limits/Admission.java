package dev.signalbox.limits;

import dev.signalbox.chat.Quota;
import org.jspecify.annotations.Nullable;

/** One request that was let in. It ends once, however the request does. */
public interface Admission {

    /** Of a caller whose key and team have no limits. */
    Admission FREE = new Admission() {
        @Override
        public @Nullable Quota quota() {
            return null;
        }

        @Override
        public void settle(long prompt, long completion) {
            // nobody counts
        }

        @Override
        public void leave() {
            // nobody counts
        }
    };

    /** What is left to the caller at this moment; null when neither requests nor tokens of a minute are limited. */
    @Nullable Quota quota();

    /**
     * The answer has ended, and took so many tokens in truth. The first call counts.
     *
     * @param prompt tokens that were read
     * @param completion tokens that were written
     */
    void settle(long prompt, long completion);

    /** The request is over. If nobody has said what it took, it took what was expected. The first call counts. */
    void leave();
}
