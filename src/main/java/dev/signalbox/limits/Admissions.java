package dev.signalbox.limits;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;

/**
 * Lets callers in as far as the rates of their key and of its team reach. All replicas of a gateway may count together, which
 * takes time to ask; a caller without limits is never counted.
 */
public interface Admissions {

    /**
     * Lets a request in, on the event loop of whoever asks.
     *
     * @param exchange of a caller who has limits; it is told of what is left to them
     * @return fails with a {@link SignalboxException}, 429 {@code rate_limited}, which says when to come back
     */
    Uni<Admission> admit(Exchange exchange);
}
