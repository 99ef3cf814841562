package dev.signalbox.history;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A response that a caller can come back to.
 *
 * @param owner the id of the key that made it; empty in open mode
 * @param id as its caller knows it
 * @param time when it was asked for
 * @param previous the id of the response that it goes on from; null when it begins a conversation
 * @param input what was new in the request: a JSON array of items
 * @param response a JSON object
 * @param hidesSeals whether its caller did not ask for the seals of thoughts that are in it
 * @param items the ids of the items in both
 */
public record Kept(
        String owner,
        String id,
        Instant time,
        @Nullable String previous,
        String input,
        String response,
        boolean hidesSeals,
        Set<String> items) {

    /** More than this is not kept. */
    public static final int MOST = 16 << 20;

    public Kept {
        items = Set.copyOf(items);
    }

    /** Its weight in memory and on disk, about. */
    public int size() {
        return input.length() + response.length();
    }
}
