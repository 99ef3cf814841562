package dev.signalbox.limits;

import dev.signalbox.chat.Grant.Rates;
import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;

/** Lets entries in, by what all replicas of a gateway use together, when there are several. */
public interface Entrance {

    /** Of the only replica, which has nobody to ask. */
    Entrance ALONE = new Entrance() {
        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public int replicas() {
            return 1;
        }

        @Override
        public Entry attempt(String provider, Rates rates, long expected) {
            throw new IllegalStateException("there is nobody to share with");
        }

        @Override
        public Uni<Entry> enter(Entry entry) {
            throw new IllegalStateException("there is nobody to share with");
        }
    };

    /** Whether limits are shared; what follows is only for when they are. */
    boolean isShared();

    /** How many replicas there are, or were when that was last known; at least one. */
    int replicas();

    /** An attempt at a provider, which is not in yet. */
    Entry attempt(String provider, Rates rates, long expected);

    /**
     * Lets it in, on the event loop of whoever asks.
     *
     * @return fails with a {@link SignalboxException}, 429 {@code rate_limited}, which says when to come back
     */
    Uni<Entry> enter(Entry entry);
}
