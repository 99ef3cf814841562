package dev.signalbox.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a key or a team is kept, and since when.
 *
 * @param version counts its changes in the store, from 1; 0: it is in a file
 * @param createdAt null: it is in a file
 * @param updatedAt null: it is in a file
 */
public record Mark(
        long version, @Nullable Instant createdAt, @Nullable Instant updatedAt) {

    /** Of what is in a file. */
    public static final Mark FILE = new Mark(0, null, null);

    /** Of what comes to be in the store now. */
    static Mark first(Instant now) {
        return new Mark(1, now, now);
    }

    /** After one more change. */
    Mark changed(Instant now) {
        return new Mark(version + 1, createdAt, now);
    }

    /** Whether a file holds it, so that nothing but the file can change it. */
    public boolean isFile() {
        return version == 0;
    }
}
