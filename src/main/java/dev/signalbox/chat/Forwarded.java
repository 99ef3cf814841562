package dev.signalbox.chat;

import dev.signalbox.chat.Encoded.Unsaid;
import java.util.List;

/**
 * A caller's own body as an upstream of the same language gets it.
 *
 * @param body with as few changes as possible
 * @param unsaid what the upstream is known not to take, such as other vendors' seals on thoughts, and is left out
 */
@SuppressWarnings("ArrayRecordComponent") // bytes that nobody changes
public record Forwarded(byte[] body, List<Unsaid> unsaid) {

    /** A body from which nothing is left out. */
    public static Forwarded whole(byte[] body) {
        return new Forwarded(body, List.of());
    }
}
