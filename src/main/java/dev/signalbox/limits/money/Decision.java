package dev.signalbox.limits.money;

import dev.signalbox.chat.Claim;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether an attempt can be paid for. */
public sealed interface Decision {

    /**
     * It may be made.
     *
     * @param claim what was set aside for it; null: nobody counts
     */
    record Granted(@Nullable Claim claim) implements Decision {}

    /**
     * It may not be made.
     *
     * @param why whose limit it is
     * @param message which one, how much is left of it and when it begins anew, in words for the caller
     * @param pause until then; null: it never does, or waiting does not help
     * @param isSpent whether nothing at all is left
     */
    record Refused(Why why, String message, @Nullable Duration pause, boolean isSpent) implements Decision {}

    /** Whose limit it is. */
    enum Why {
        /** The budget of the caller's key or team. */
        CALLER,
        /** What one request may cost at the provider. */
        REQUEST,
        /** What may be spent at the provider in a day. */
        PROVIDER,
        /** The price is not known, and only what has one is asked. */
        UNPRICED,
        /** What was spent before cannot be read now. */
        UNREADABLE
    }
}
