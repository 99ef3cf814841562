package dev.signalbox.upstream;

import java.util.Map;

/**
 * A request as a provider's REST client sends it.
 *
 * @param body JSON, as it is
 * @param headers with credentials
 * @param connected called when there is a connection to write it to
 */
public record Outgoing(byte[] body, Map<String, String> headers, Runnable connected) {

    /** The size alone: prompts and credentials must not be printed. */
    @Override
    public String toString() {
        return body.length + " bytes";
    }
}
