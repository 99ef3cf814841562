package dev.signalbox.gateway;

import dev.signalbox.chat.Exchange;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;

/** Reads requests that did not come to the door they were written for: the port of those who want to know what became of them. */
@FunctionalInterface
public interface RequestReader {

    /**
     * What the request would be at its own door, if anyone might send it. Its language is found out from the body and the
     * headers. Fails with the {@link dev.signalbox.chat.SignalboxException} that the door would tell; 400 {@code
     * invalid_request} when there is no such door.
     *
     * @param request whose body nobody has read
     */
    Uni<Exchange> read(HttpServerRequest request);
}
