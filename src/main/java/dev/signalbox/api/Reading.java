package dev.signalbox.api;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Operation;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;

/** How a door reads the bodies of one operation, and how it knows them where no address says whose they are. */
public interface Reading {

    /** How well a body fits. */
    enum Fit {
        /** It is no such body. */
        NONE,
        /** It could be one, though others are likelier. */
        POSSIBLE,
        /** It has what such a body must have. */
        LIKELY,
        /** It has what only such a body has. */
        CERTAIN
    }

    /** What such a body asks for. */
    Operation operation();

    /** The member without which it is none, such as {@code messages}. */
    String member();

    /** How well a body fits, by its members; whether they are well formed is for {@link #read}. */
    Fit fit(MultiMap headers, Body body);

    /**
     * What the body asks, as at the door.
     *
     * @throws dev.signalbox.chat.InvalidRequest naming the field; the Uni may fail with one, too
     */
    Uni<Exchange> read(Exchange.Arrival arrival, MultiMap headers, Body body);
}
