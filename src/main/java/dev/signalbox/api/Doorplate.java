package dev.signalbox.api;

import dev.signalbox.chat.Dialect;
import io.vertx.core.http.HttpServerRequest;

/** Says whose language is spoken around a door, so that refusals before and beside it are told in that language too. */
public interface Doorplate {

    /** Whether who sends this is at, or looks for, that door. */
    boolean isFor(HttpServerRequest request);

    /** The language of its errors. */
    Dialect dialect();
}
