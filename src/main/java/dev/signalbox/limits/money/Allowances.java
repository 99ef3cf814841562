package dev.signalbox.limits.money;

import dev.signalbox.chat.Caller;
import java.time.Instant;
import java.util.List;

/** Who pays for what a caller asks. */
@FunctionalInterface
public interface Allowances {

    /** The purses of the key and of its team in the windows of that moment; empty: nobody counts. */
    List<Purse> of(Caller caller, Instant moment);
}
