package dev.signalbox.routing;

import dev.signalbox.chat.Trail;
import dev.signalbox.chat.Usage;
import dev.signalbox.upstream.EventSink;
import dev.signalbox.upstream.UpstreamFailure.Kind;
import org.jspecify.annotations.Nullable;

/** Where an attempt's events go, and what was noticed on the way. */
interface Ear extends EventSink {

    /** The vendor's last count; null when there was none. */
    @Nullable Usage usage();

    /** When the first token of a stream came, by the monotonic clock; 0: not yet, or it is no stream. */
    long spokeAt();

    /** Why the answer, though whole, is not heard while somebody else may do better; null: it is heard. */
    @Nullable Kind heldBackFor();

    /**
     * The attempt failed.
     *
     * @param by who is to be paid for what it came to nonetheless
     */
    void failed(Trail.Served by);
}
